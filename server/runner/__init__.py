"""One turn of the live room: load, decide, append, publish; and the deadlines. Nothing else knows that order."""
