"""The live room: protocols, commands, events, and what one makes of the other."""
