"""What server processes tell each other: "this session's seats, people or presence changed"."""

import asyncio
from collections.abc import Awaitable, Callable

import orjson
import structlog

from server.adapters.redis_link import REDIS_AWAY, RETRY_SECONDS, Listener, connect, end, key

Hear = Callable[[str, str], Awaitable[None]]
_logger = structlog.get_logger(__name__)


class LocalBus:
    """Fulfils ports.live.Bus where there is no other process to tell."""

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""

    async def tell(self, topic: str, session: str) -> None:
        """Nobody else is there."""

    def listen(self, hear: Hear) -> None:
        """Nobody else will say anything."""


class RedisBus:
    """Fulfils ports.live.Bus through Redis. What is told while Redis is away is said when it is back.

    `on_gap` is awaited after the connection was lost and found again: others may have told us something meanwhile.
    """

    def __init__(self, redis_url: str, process_id: str) -> None:
        self._client = connect(redis_url)
        self._me = process_id
        self._channel = key(self._client, "bus")
        self._hearers: list[Hear] = []
        # A dict keeps the order and drops repeats: what changed twice need be said once.
        self._waiting: dict[tuple[str, str], None] = {}
        self._heard: asyncio.Queue[tuple[str, str] | None] = asyncio.Queue()
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._subscribed_before = False
        self._listener = Listener(self._client, self._channel, self._take, self._subscribed)
        self.on_gap: Callable[[], Awaitable[None]] = _nothing

    async def start(self) -> None:
        """Begin to speak and to listen; works whether Redis is there or not."""
        loop = asyncio.get_running_loop()
        self._listener.start()
        self._tasks = [
            loop.create_task(self._speak_forever(), name="bus-speaks"),
            loop.create_task(self._hear_forever(), name="bus-hears"),
        ]

    async def stop(self) -> None:
        """Fall silent; what was told is sent first, if Redis is there."""
        await self._listener.stop()
        await end(*self._tasks)
        try:
            await self._say(list(self._waiting))
        except REDIS_AWAY:
            _logger.warning("bus_stops_unheard", count=len(self._waiting))
        await self._client.aclose()

    async def tell(self, topic: str, session: str) -> None:
        """See ports.live.Bus.tell. Nobody waits for Redis."""
        self._waiting[topic, session] = None
        self._wake.set()

    def listen(self, hear: Hear) -> None:
        """See ports.live.Bus.listen."""
        self._hearers.append(hear)

    async def _speak_forever(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                saying, self._waiting = self._waiting, {}
                try:
                    await self._say(list(saying))
                except asyncio.CancelledError:
                    self._waiting = saying | self._waiting
                    raise
                except REDIS_AWAY:
                    self._waiting = saying | self._waiting
                    await asyncio.sleep(RETRY_SECONDS)

    async def _say(self, messages: list[tuple[str, str]]) -> None:
        if not messages:
            return
        async with self._client.pipeline(transaction=False) as pipe:
            for topic, session in messages:
                pipe.publish(self._channel, orjson.dumps({"from": self._me, "topic": topic, "session": session}))
            await pipe.execute()

    def _subscribed(self) -> None:
        if self._subscribed_before:
            self._heard.put_nowait(None)
        self._subscribed_before = True

    def _take(self, message: bytes) -> None:
        try:
            told = orjson.loads(message)
            if told["from"] != self._me:
                self._heard.put_nowait((str(told["topic"]), str(told["session"])))
        except (ValueError, KeyError, TypeError):
            # Another version of the program.
            _logger.warning("bus_not_understood")

    async def _hear_forever(self) -> None:
        while True:
            told = await self._heard.get()
            try:
                if told is None:
                    await self.on_gap()
                else:
                    for hear in self._hearers:
                        await hear(*told)
            except Exception:
                # One that fails must not make us deaf to the next.
                _logger.exception("hearing_failed", topic=told[0] if told else "gap")


async def _nothing() -> None:
    """Nobody asked to know."""
