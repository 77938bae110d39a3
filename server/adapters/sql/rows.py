"""Between rows and records: columns carry the names of a record's fields."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import JSON, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from server.core.people.models import Record

AnyRecord = TypeVar("AnyRecord", bound=Record)


def row_of(record: Record, table: Table) -> dict[str, Any]:
    """Return the record's fields that `table` has columns for; what is not a plain value goes in as JSON."""
    plain, as_json = record.model_dump(), record.model_dump(mode="json")
    return {
        column.name: (as_json if isinstance(column.type, JSON) else plain)[column.name]
        for column in table.columns
        if column.name in plain
    }


def record_of(model: type[AnyRecord], row: Mapping[Any, Any], **more: Any) -> AnyRecord:
    """Return the record that a row holds; `more` are fields that live elsewhere."""
    return model.model_validate({name: row[name] for name in model.model_fields if name in row} | more)


async def upsert(connection: AsyncConnection, table: Table, row: dict[str, Any]) -> None:
    """Insert the row, or change the one with the same primary key."""
    # The two dialects spell the same statement in two modules.
    insert = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    keys = [column.name for column in table.primary_key.columns]
    changed = {name: value for name, value in row.items() if name not in keys}
    await connection.execute(insert.values(row).on_conflict_do_update(index_elements=keys, set_=changed))
