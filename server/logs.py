"""Logs: one line an event, ids only, never what a child wrote."""

import logging
import sys

import structlog


def configure_logs(*, quiet: bool = False) -> None:
    """Send logs to standard error; `quiet` (demo, bots) from warnings up, in a form for people."""
    level = logging.WARNING if quiet else logging.INFO
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    renderer = structlog.dev.ConsoleRenderer(colors=False) if quiet else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
