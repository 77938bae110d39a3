"""SQLite and PostgreSQL behind the same tables, through SQLAlchemy Core."""
