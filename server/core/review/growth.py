"""How one learner, or a class, saw their own practice over time: ordinal levels with their moments, never an average."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from server.core.languages import Wording
from server.core.live.practices import HABITS, PRACTICES, Named
from server.core.review.outline import Compared, Given, Outline

When = Literal["lesson", "at_first", "now"]
ORDER: tuple[Named, ...] = (*PRACTICES, *HABITS)
_KNOWN: dict[str, Named] = {named: named for named in ORDER}


@dataclass(frozen=True, slots=True)
class Dot:
    """One rating. `level` counts from 0 among `scale`, the labels of the form that was answered; `words` are the learner's."""

    student: str
    session: str
    at: datetime
    practice: Named
    level: int
    scale: tuple[Wording, ...]
    when: When = "lesson"
    moment: Wording | None = None
    words: str = ""

    @property
    def label(self) -> Wording:
        """The level in words."""
        return self.scale[self.level]


@dataclass(frozen=True, slots=True)
class Goal:
    """A growth goal, and the lessons whose intentions took it up afterwards."""

    session: str
    at: datetime
    practice: str
    label: Wording
    words: str
    taken_up: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A portrait of a learning partner: prompts with what was answered."""

    session: str
    at: datetime
    said: tuple[tuple[Wording, str], ...]


@dataclass(frozen=True, slots=True)
class Growth:
    """What one learner said of their own practice, oldest first. `portraits`: the first and the latest."""

    dots: Mapping[Named, tuple[Dot, ...]] = field(default_factory=dict[Named, tuple[Dot, ...]])
    goals: tuple[Goal, ...] = ()
    portraits: tuple[Card, ...] = ()


def growth_of(given: Iterable[Given], outlines: Mapping[str, Outline]) -> Growth:
    """Return one learner's ratings by practice, goals with what came of them, and portraits."""
    answers = sorted(given, key=lambda g: g.at)
    found: dict[Named, list[Dot]] = {}
    for dot in dots_of(answers, outlines):
        found.setdefault(dot.practice, []).append(dot)
    intended = [
        (g.at, g.session, choice) for g in answers if _output(g, outlines) == "intention" for choice in _choices(g)
    ]
    cards = _cards(answers, outlines)
    return Growth(
        {practice: tuple(found[practice]) for practice in ORDER if practice in found},
        tuple(_followed(goal, intended) for goal in _goals(answers, outlines)),
        tuple(cards if len(cards) < 2 else (cards[0], cards[-1])),
    )


def dots_of(given: Iterable[Given], outlines: Mapping[str, Outline]) -> list[Dot]:
    """Return the ratings among these answers that can still be read with their scale."""
    answers = list(given)
    intended = {
        (g.student, g.session): choice for g in answers if _output(g, outlines) == "intention" for choice in _choices(g)
    }
    found: list[Dot] = []
    for g in answers:
        outline = outlines.get(g.session)
        asked = outline.asked.get((g.step, g.input)) if outline else None
        if outline is None or asked is None or not asked.rated:
            continue
        practice = _practice(asked, outline, intended.get((g.student, g.session)))
        levels = [level for level, _ in asked.options]
        for entry in g.entries:
            choice = entry.get("choice")
            if practice is not None and choice in levels:
                scale = tuple(label for _, label in asked.options)
                moment = outline.titles.get(str(entry.get("moment")))
                words = str(entry.get("text") or "")
                found.append(
                    Dot(g.student, g.session, g.at, practice, levels.index(str(choice)), scale, _when(g), moment, words)
                )
    return found


def _output(given: Given, outlines: Mapping[str, Outline]) -> str | None:
    outline = outlines.get(given.session)
    asked = outline.asked.get((given.step, given.input)) if outline else None
    return asked.output if asked else None


def _choices(given: Given) -> list[str]:
    return [str(entry["choice"]) for entry in given.entries if entry.get("choice")]


def _when(given: Given) -> When:
    if given.input.endswith("_first"):
        return "at_first"
    return "now" if given.input.endswith("_now") else "lesson"


def _practice(asked: Compared, outline: Outline, intended: str | None) -> Named | None:
    if asked.practice == "protocol":
        return _KNOWN.get(outline.exercised or "")
    named = intended if asked.practice == "intention" else asked.practice
    return _KNOWN.get(named or "")


def _goals(answers: Iterable[Given], outlines: Mapping[str, Outline]) -> list[Goal]:
    found: list[Goal] = []
    for g in answers:
        outline = outlines.get(g.session)
        asked = outline.asked.get((g.step, g.input)) if outline else None
        if asked is None or asked.output != "growth_goal":
            continue
        labels = dict(asked.options)
        for entry in g.entries:
            if choice := str(entry.get("choice") or ""):
                # A goal that the form no longer names is shown under its own name: better than nothing.
                label = labels.get(choice, {"en": choice})
                found.append(Goal(g.session, g.at, choice, label, str(entry.get("text") or "")))
    return found


def _followed(goal: Goal, intended: Sequence[tuple[datetime, str, str]]) -> Goal:
    later = tuple(session for at, session, chosen in intended if at > goal.at and chosen == goal.practice)
    return replace(goal, taken_up=later)


def _cards(answers: Iterable[Given], outlines: Mapping[str, Outline]) -> list[Card]:
    by_session: dict[str, list[Given]] = {}
    for g in answers:
        if _output(g, outlines) == "portrait":
            by_session.setdefault(g.session, []).append(g)
    cards = [
        Card(
            session,
            some[0].at,
            tuple(
                (outlines[session].asked[g.step, g.input].prompt, str(entry["text"]))
                for g in some
                for entry in g.entries
                if entry.get("text")
            ),
        )
        for session, some in by_session.items()
    ]
    return [card for card in cards if card.said]


# -- a class ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spread:
    """How a class rated one practice in one lesson: how many chose each level. No child is in it."""

    session: str
    at: datetime
    practice: Named
    scale: tuple[Wording, ...]
    counts: tuple[int, ...]

    @property
    def n(self) -> int:
        """How many rated."""
        return sum(self.counts)

    @property
    def median(self) -> int:
        """The level of the middle learner; of an even number, the lower of the two middle ones."""
        return median_level(self.counts)


def median_level(counts: Sequence[int]) -> int:
    """Return the level of the middle one, for ordinal levels: always one of the levels, never between two."""
    half = (sum(counts) + 1) // 2
    seen = 0
    for level, count in enumerate(counts):
        seen += count
        if seen >= half > 0:
            return level
    return 0


def spreads(dots: Iterable[Dot], fewest: int) -> dict[Named, tuple[Spread, ...]]:
    """Return a class's ratings lesson by lesson, `now` and lesson ratings together.

    A spread of fewer than `fewest` learners would show single children, and is left out. Scales of different length (two
    ages in one class) are told apart.
    """
    together: dict[tuple[Named, str, int], list[Dot]] = {}
    for dot in dots:
        if dot.when != "at_first":
            together.setdefault((dot.practice, dot.session, len(dot.scale)), []).append(dot)
    found: dict[Named, list[Spread]] = {}
    for (practice, session, size), some in together.items():
        # Who rated a practice twice in a lesson (their intention was what the lesson exercised) counts once, as they said last.
        last = {dot.student: dot for dot in some}
        if len(last) >= fewest:
            levels = Counter(dot.level for dot in last.values())
            counts = tuple(levels[level] for level in range(size))
            found.setdefault(practice, []).append(Spread(session, some[0].at, practice, some[0].scale, counts))
    return {p: tuple(sorted(found[p], key=lambda s: (s.at, len(s.scale)))) for p in ORDER if p in found}
