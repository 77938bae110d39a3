"""Figures for Prometheus: what the server does, never who or what a child wrote."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

ACK_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """One registry an app, so that several apps can live in one test process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._commands = Counter(
            "havruta_commands",
            "Commands by kind and outcome (ok or a refusal code)",
            ("kind", "outcome"),
            registry=self.registry,
        )
        self._acknowledged = Histogram(
            "havruta_ack_seconds",
            "From a command's turn to its acknowledgement",
            buckets=ACK_BUCKETS,
            registry=self.registry,
        )
        self._rooms = Gauge("havruta_rooms", "Rooms by state", ("state",), registry=self.registry)
        self._connections = Gauge(
            "havruta_connections", "Open live connections on this process", registry=self.registry
        )

    def command(self, kind: str, outcome: str, seconds: float) -> None:
        """Count one command."""
        self._commands.labels(kind, outcome).inc()
        self._acknowledged.observe(seconds)

    def watch_connections(self, count: Callable[[], int]) -> None:
        """Read the number of connections when asked."""
        self._connections.set_function(count)

    def rooms(self, by_state: dict[str, int]) -> None:
        """Set how many rooms there are in each state."""
        for state, count in by_state.items():
            self._rooms.labels(state).set(count)

    def text(self) -> bytes:
        """Return the figures in Prometheus' text format."""
        return generate_latest(self.registry)
