"""Messages between browsers and server: models, and the one registry from which the API documents are made."""
