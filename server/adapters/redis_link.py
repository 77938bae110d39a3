"""How Redis is spoken to: short waits, one listener that comes back by itself. Redis is never the truth."""

import asyncio
from collections.abc import Callable
from typing import Any

import redis.asyncio
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

RETRY_SECONDS = 0.5
SILENCE_SECONDS = 2.0
CANCEL_SECONDS = 0.2
REDIS_AWAY = (RedisError, OSError)
_logger = structlog.get_logger(__name__)


def connect(url: str) -> Any:
    """Return a client that fails within two seconds instead of trying again: whoever uses it has a loop of its own."""
    # Typed loosely: the library's own types know only part of what it takes and gives.
    client: Any = redis.asyncio.Redis
    return client.from_url(
        url, socket_connect_timeout=1.0, socket_timeout=2.0, retry=Retry(NoBackoff(), 0), health_check_interval=0
    )


def key(client: Any, name: str) -> str:
    """Return a name of ours in this Redis. Channels are shared by all its databases, so the number is part of the name."""
    number = client.connection_pool.connection_kwargs.get("db", 0) or 0
    return f"havruta:{number}:{name}"


async def end(*tasks: "asyncio.Task[None]") -> None:
    """Cancel tasks until they are over: under load, a command to Redis has been seen to swallow a cancellation."""
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=CANCEL_SECONDS)


class Listener:
    """Hears one channel. `ready` is called after each subscription: what was said before it may have been missed."""

    def __init__(self, client: Any, channel: str, hear: Callable[[bytes], None], ready: Callable[[], None]) -> None:
        self._client = client
        self._channel = channel
        self._hear = hear
        self._ready = ready
        self._away = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen; Redis may still be away."""
        self._task = asyncio.get_running_loop().create_task(self._forever(), name=f"listen {self._channel}")

    async def stop(self) -> None:
        """Listen no more."""
        if self._task:
            await end(self._task)

    async def _forever(self) -> None:
        while True:
            try:
                async with self._client.pubsub() as subscription:
                    await subscription.subscribe(self._channel)
                    await self._listen(subscription)
            except REDIS_AWAY as problem:
                if not self._away:
                    _logger.warning("redis_is_away", channel=self._channel, error=type(problem).__name__)
                self._away = True
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self, subscription: Any) -> None:
        asked = False
        while True:
            message = await subscription.get_message(timeout=SILENCE_SECONDS)
            if message is None:
                # A connection that was cut without a word looks like a quiet one; only asking tells them apart.
                if asked:
                    raise TimeoutError
                await subscription.ping()
                asked = True
                continue
            asked = False
            if message["type"] == "subscribe":
                if self._away:
                    _logger.info("redis_is_back", channel=self._channel)
                self._away = False
                self._ready()
            elif message["type"] == "message":
                self._hear(message["data"])
