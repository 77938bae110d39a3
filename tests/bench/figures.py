"""What a bench says: one JSON object a line, the same form for every figure."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. None stands for what could not be measured here, has no target, or has no floor."""

    bench: str
    value: float | None
    unit: str
    better: Literal["lower", "higher"]
    target: float | None = None
    floor: float | None = None
    floor_of: str | None = None

    def tell(self) -> None:
        """Print it."""
        rounded = {"value": _rounded(self.value), "floor": _rounded(self.floor)}
        print(json.dumps(asdict(self) | rounded), flush=True)


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.3g}") if abs(value) < 1000 else float(round(value))


def remark(words: str) -> None:
    """Say on standard error what is going on: standard output holds figures only."""
    print(words, file=sys.stderr, flush=True)


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value below which `share` (0 to 1) of all values lie; None of nothing."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else None
