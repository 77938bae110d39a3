"""How the tables came to be: Alembic's scripts. HEAD is the newest, known without importing Alembic."""

HEAD = "0007"
