"""Alembic's way in: runs the scripts on the connection that `migrate` hands over."""

from alembic import context
from sqlalchemy import Connection

from server.adapters.sql import (
    adults_tables,
    live_tables,
    pairing_tables,
    people_tables,
    rehearsal_tables,
    shelf_tables,
    text_tables,
)
from server.adapters.sql.metadata import metadata

# Importing the modules is what puts their tables into the metadata.
ALL_TABLES = (adults_tables, live_tables, pairing_tables, people_tables, rehearsal_tables, shelf_tables, text_tables)

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
