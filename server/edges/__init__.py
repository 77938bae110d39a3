"""What the world touches: pages, API, socket, signalling, identity."""
