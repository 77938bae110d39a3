"""Appends without end and says which appends were acknowledged, until it is killed: `appending_child.py URL`."""

import asyncio
import sys

from server.adapters.sql.engine import make_engine
from server.adapters.sql.live import SqlLiveStore
from tests.store.made import one, words

STREAMS = [f"s.{number}" for number in range(8)]


async def append_forever(store: SqlLiveStore, stream: str) -> None:
    """Append to one stream and print `stream version command` of what was acknowledged."""
    version = (await store.versions([stream]))[stream]
    while True:
        version += 1
        append = one(stream, version)
        command = append.appended.command
        work = words(f"w-{command}", room=stream)
        if await store.append(one(stream, version, command=command, works=(work,))):
            sys.stdout.write(f"{stream} {version} {command}\n")
            sys.stdout.flush()


async def main() -> None:
    """Append to all streams at once."""
    store = SqlLiveStore(make_engine(sys.argv[1]))
    store.start()
    async with asyncio.TaskGroup() as group:
        for stream in STREAMS:
            group.create_task(append_forever(store, stream))


if __name__ == "__main__":
    asyncio.run(main())
