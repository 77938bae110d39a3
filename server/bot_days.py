"""How a simulated student's lesson goes: when they come, how quick they are, whether they drop out, ask for help, or stay away."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

Anyone = TypeVar("Anyone")

FIRST_OUT_AFTER = 3
"""Things that are done in a lesson before anybody drops out of it."""
LAST_OUT_AFTER = 30


@dataclass(frozen=True, slots=True)
class Shares:
    """How a class behaves. Shares are of all its students, 0 to 1; `arrive_over` is in seconds."""

    arrive_over: float = 150.0
    late: float = 0.05
    absent: float = 0.03
    drop: float = 0.12
    help: float = 0.08


@dataclass(frozen=True, slots=True)
class Day:
    """One student's lesson. Seconds at a person's pace; `out_after` counts what they have done when they drop out.

    `comes_after` None: they never come. `tempo` below 1 is quick.
    """

    comes_after: float | None
    tempo: float = 1.0
    out_after: tuple[int, ...] = ()
    help_after: int | None = None


def days(many: int, shares: Shares, seed: int) -> list[Day]:
    """Return a day for each of `many` students; the same seed makes the same days.

    A class arrives in a crowd with a tail: most in the first half of `arrive_over`. Who is late comes up to twice as long after
    that. Some drop out once and come back, a third of those twice. One is much quicker than all others.
    """
    chance = random.Random(f"days:{seed}:{many}")  # noqa: S311 -- choices of a simulation
    order = list(range(many))
    chance.shuffle(order)
    absent = set(order[: round(many * shares.absent)])
    late = set(order[len(absent) : len(absent) + round(many * shares.late)])
    made = [_day(number in absent, number in late, shares, chance) for number in range(many)]
    there = [number for number, day in enumerate(made) if day.comes_after is not None]
    if len(there) > 2:
        quickest = chance.choice(there)
        made[quickest] = Day(made[quickest].comes_after, tempo=0.2)
    return made


def _day(absent: bool, late: bool, shares: Shares, chance: random.Random) -> Day:
    if absent:
        return Day(None)
    comes = chance.betavariate(2, 4) * shares.arrive_over
    if late:
        comes = shares.arrive_over * (1 + chance.random() * 2)
    outs: tuple[int, ...] = ()
    if chance.random() < shares.drop:
        many = 2 if chance.random() < 1 / 3 else 1
        outs = tuple(sorted(chance.sample(range(FIRST_OUT_AFTER, LAST_OUT_AFTER), many)))
    helped = chance.randrange(2, 20) if chance.random() < shares.help else None
    return Day(comes, chance.uniform(0.6, 1.6), outs, helped)


def in_turn(sides: Sequence[Sequence[Anyone]]) -> list[Anyone]:
    """Return one of each side in turn, so that however many are taken from the front, the sides are even."""
    longest = max(map(len, sides), default=0)
    return [side[n] for n in range(longest) for side in sides if n < len(side)]
