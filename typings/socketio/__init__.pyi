"""The part of python-socketio that Havruta uses, typed: the package ships no types of its own."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from logging import Logger
from typing import Any, Literal, TypeVar, overload

from aiohttp.web import Application

from . import exceptions as exceptions
from . import packet as packet

_Handler = TypeVar("_Handler", bound=Callable[..., Any])

class AsyncManager:
    logger: Logger | None
    server: AsyncServer
    def __init__(self) -> None: ...
    def get_participants(self, namespace: str, room: str | None) -> Iterable[tuple[str, str]]: ...
    def is_connected(self, sid: str, namespace: str) -> bool: ...

class AsyncRedisManager(AsyncManager):
    def __init__(
        self,
        url: str = ...,
        channel: str = ...,
        write_only: bool = ...,
        logger: Logger | bool | None = ...,
        json: Any = ...,
        redis_options: Mapping[str, Any] | None = ...,
    ) -> None: ...
    async def emit(
        self,
        event: str,
        data: Any,
        namespace: str | None = ...,
        room: str | list[str] | None = ...,
        skip_sid: str | list[str] | None = ...,
    ) -> None: ...

class AsyncNamespace:
    namespace: str
    def __init__(self, namespace: str | None = ...) -> None: ...

class AsyncServer:
    manager: AsyncManager
    packet_class: Any
    # The engineio.AsyncServer underneath, which is untyped too.
    eio: Any
    environ: dict[str, dict[str, Any]]
    def __init__(
        self,
        client_manager: AsyncManager | None = ...,
        logger: Logger | bool = ...,
        json: Any = ...,
        async_handlers: bool = ...,
        namespaces: list[str] | Literal["*"] | None = ...,
        *,
        always_connect: bool = ...,
        serializer: str = ...,
        async_mode: Literal["aiohttp", "asgi", "sanic", "tornado"] | None = ...,
        ping_interval: float | tuple[float, float] = ...,
        ping_timeout: float = ...,
        max_http_buffer_size: int = ...,
        allow_upgrades: bool = ...,
        http_compression: bool = ...,
        compression_threshold: int = ...,
        cookie: str | dict[str, Any] | None = ...,
        cors_allowed_origins: str | list[str] | Callable[[str, dict[str, Any]], bool] | None = ...,
        cors_credentials: bool = ...,
        monitor_clients: bool = ...,
        transports: list[Literal["polling", "websocket"]] | None = ...,
        engineio_logger: Logger | bool = ...,
    ) -> None: ...
    def attach(self, app: Application, socketio_path: str = ...) -> None: ...
    @overload
    def on(self, event: str, handler: None = ..., namespace: str | None = ...) -> Callable[[_Handler], _Handler]: ...
    @overload
    def on(self, event: str, handler: Callable[..., Any], namespace: str | None = ...) -> None: ...
    def event(self, handler: _Handler) -> _Handler: ...
    def register_namespace(self, namespace_handler: AsyncNamespace) -> None: ...
    async def emit(
        self,
        event: str,
        data: Any = ...,
        to: str | list[str] | None = ...,
        room: str | list[str] | None = ...,
        skip_sid: str | list[str] | None = ...,
        namespace: str | None = ...,
        callback: Callable[..., Any] | None = ...,
        ignore_queue: bool = ...,
    ) -> None: ...
    async def call(
        self,
        event: str,
        data: Any = ...,
        to: str | None = ...,
        sid: str | None = ...,
        namespace: str | None = ...,
        timeout: float = ...,
        ignore_queue: bool = ...,
    ) -> Any: ...
    async def enter_room(self, sid: str, room: str, namespace: str | None = ...) -> None: ...
    async def leave_room(self, sid: str, room: str, namespace: str | None = ...) -> None: ...
    async def close_room(self, room: str, namespace: str | None = ...) -> None: ...
    async def get_session(self, sid: str, namespace: str | None = ...) -> dict[str, Any]: ...
    async def save_session(self, sid: str, session: dict[str, Any], namespace: str | None = ...) -> None: ...
    def session(self, sid: str, namespace: str | None = ...) -> AbstractAsyncContextManager[dict[str, Any]]: ...
    async def disconnect(self, sid: str, namespace: str | None = ..., ignore_queue: bool = ...) -> None: ...
    def rooms(self, sid: str, namespace: str | None = ...) -> list[str]: ...
    def get_environ(self, sid: str, namespace: str | None = ...) -> dict[str, Any] | None: ...
    def transport(self, sid: str, namespace: str | None = ...) -> str: ...
    async def shutdown(self) -> None: ...

class AsyncClient:
    connected: bool
    sid: str | None
    # The engineio.AsyncClient underneath, which is untyped too.
    eio: Any
    def __init__(
        self,
        reconnection: bool = ...,
        reconnection_attempts: int = ...,
        reconnection_delay: float = ...,
        reconnection_delay_max: float = ...,
        randomization_factor: float = ...,
        logger: Logger | bool = ...,
        serializer: str = ...,
        json: Any = ...,
        handle_sigint: bool = ...,
        *,
        engineio_logger: Logger | bool = ...,
        request_timeout: float = ...,
        http_session: Any = ...,
        ssl_verify: bool = ...,
        websocket_extra_options: dict[str, Any] | None = ...,
    ) -> None: ...
    async def connect(
        self,
        url: str | Callable[[], str | Awaitable[str]],
        headers: Mapping[str, str] | Callable[[], Any] = ...,
        auth: Any = ...,
        transports: list[str] | str | None = ...,
        namespaces: list[str] | str | None = ...,
        socketio_path: str = ...,
        wait: bool = ...,
        wait_timeout: float = ...,
        retry: bool = ...,
    ) -> None: ...
    @overload
    def on(self, event: str, handler: None = ..., namespace: str | None = ...) -> Callable[[_Handler], _Handler]: ...
    @overload
    def on(self, event: str, handler: Callable[..., Any], namespace: str | None = ...) -> None: ...
    def event(self, handler: _Handler) -> _Handler: ...
    async def emit(
        self,
        event: str,
        data: Any = ...,
        namespace: str | None = ...,
        callback: Callable[..., Any] | None = ...,
    ) -> None: ...
    async def call(self, event: str, data: Any = ..., namespace: str | None = ..., timeout: float = ...) -> Any: ...
    async def wait(self) -> None: ...
    async def disconnect(self) -> None: ...
    async def shutdown(self) -> None: ...
    def get_sid(self, namespace: str | None = ...) -> str | None: ...
