"""A steady load: commands leave at their planned time whatever the answers do, so that a slow server cannot hide in silence."""

import asyncio
import json
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Protocol

from tests.bench.wire import Answered, Client

WARM_UP_SECONDS = 1.5
LAST_ANSWERS_SECONDS = 5.0
# Neighbours in the list share a room; a stride that is prime to every class size spreads the load over all rooms.
STRIDE = 7919


class Target(Protocol):
    """Somebody who sends commands and drafts."""

    client: Client

    def next_command(self) -> tuple[str, dict[str, Any]]: ...
    def next_draft(self) -> tuple[str, dict[str, Any]]: ...


@dataclass(slots=True)
class Times:
    """What a load saw, in milliseconds from the planned time of sending to the acknowledgement; refusals by code."""

    commands: list[float] = field(default_factory=list[float])
    drafts: list[float] = field(default_factory=list[float])
    refused: Counter[str] = field(default_factory=Counter[str])
    unanswered: int = 0


async def steady(targets: Sequence[Target], a_second: float, seconds: float, *, drafts: bool) -> Times:
    """Send commands at a steady rate, each with a draft half a beat before it; return what was seen after the warm-up."""
    times = Times()
    beat = 1 / a_second
    began = perf_counter()
    counted_from = began + WARM_UP_SECONDS
    end = counted_from + seconds
    number = 0
    while (planned := began + number * beat) < end:
        await asyncio.sleep(max(planned - perf_counter(), 0))
        target = targets[number * STRIDE % len(targets)]
        counted = planned >= counted_from
        if drafts:
            _send(target.client, *target.next_draft(), times, planned, times.drafts if counted else None)
        _send(target.client, *target.next_command(), times, planned, times.commands if counted else None)
        number += 1
    await _last_answers(times)
    return times


def _send(
    client: Client, event: str, message: dict[str, Any], times: Times, planned: float, into: list[float] | None
) -> None:
    times.unanswered += 1
    client.call(event, json.dumps({"id": secrets.token_hex(8), **message}), _noted(times, planned, into))


def _noted(times: Times, planned: float, into: list[float] | None) -> Answered:
    def answered(text: str, at: float) -> None:
        times.unanswered -= 1
        if not text.startswith('[{"ok":true'):
            times.refused[str(json.loads(text)[0].get("code"))] += 1
        elif into is not None:
            into.append((at - planned) * 1000)

    return answered


async def _last_answers(times: Times) -> None:
    deadline = perf_counter() + LAST_ANSWERS_SECONDS
    while times.unanswered and perf_counter() < deadline:  # noqa: ASYNC110 -- once, at the end of a load
        await asyncio.sleep(0.02)
