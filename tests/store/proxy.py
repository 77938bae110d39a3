"""A wire to a database that can be cut, go dead, or lose one answer."""

import asyncio
from contextlib import suppress


class Wire:
    """Forwards TCP from a port of its own to the database."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._lose: bytes | None = None
        self.port = 0

    async def mend(self) -> None:
        """Take connections, on the same port as before."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Break all connections and refuse new ones, as a database does that restarts."""
        if self._server:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        # What was held up goes nowhere now: both ends are broken.
        self._flows.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def die(self) -> None:
        """Say nothing any more, break nothing: a machine that lost its power."""
        self._flows.clear()

    def lose_answer_to(self, statement: bytes) -> None:
        """Let the database hear the next such statement, and break the connection before it can answer."""
        self._lose = statement

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        task = asyncio.current_task()
        if task:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        with suppress(OSError):
            from_database, to_database = await asyncio.open_connection(*self._to)
            self._writers.add(to_database)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._asks(reader, to_database, writer))
                group.create_task(self._answers(from_database, writer, to_database))
            self._writers.discard(to_database)
        self._writers.discard(writer)

    async def _asks(self, reader: asyncio.StreamReader, to: asyncio.StreamWriter, back: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while asked := await reader.read(65536):
                await self._flows.wait()
                lost = self._lose is not None and self._lose in asked
                if lost:
                    self._lose = None
                    # Aborted first: not one byte of the answer may come through.
                    back.transport.abort()
                to.write(asked)
                await to.drain()
                if lost:
                    await asyncio.sleep(0.3)
        to.transport.abort()

    async def _answers(
        self, reader: asyncio.StreamReader, to: asyncio.StreamWriter, back: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while answered := await reader.read(65536):
                await self._flows.wait()
                to.write(answered)
                await to.drain()
        to.transport.abort()
        if self._lose is None:
            await asyncio.sleep(0.3)
        back.transport.abort()
