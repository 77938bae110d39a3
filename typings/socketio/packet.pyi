"""The Socket.IO packet, as far as Havruta overrides it."""

from typing import Any

EVENT: int
ACK: int
BINARY_EVENT: int
BINARY_ACK: int

class Packet:
    json: Any
    packet_type: int
    def __init__(
        self,
        packet_type: int = ...,
        data: Any = ...,
        namespace: str | None = ...,
        id: int | None = ...,
        binary: bool | None = ...,
        encoded_packet: str | None = ...,
    ) -> None: ...
    def encode(self) -> str | list[str | bytes]: ...
    def decode(self, encoded_packet: str) -> int: ...
