"""Learners' work as xAPI statements: what a learning record store takes. https://github.com/adlnet/xAPI-Spec"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from server.core.live.lesson import Lesson
from server.core.people.models import LessonSession, WorkRecord
from server.core.review.rooms import entries_of

ANSWERED: Final = {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en": "answered", "he": "ענו"}}
QUESTION: Final = "http://adlnet.gov/expapi/activities/question"
LESSON: Final = "http://adlnet.gov/expapi/activities/lesson"


def statements(
    session: LessonSession,
    lesson: Lesson | None,
    works: Iterable[WorkRecord],
    names: Mapping[str, str],
    origin: str,
) -> Iterator[dict[str, Any]]:
    """Yield one statement an answer. A learner is an account of this installation, under the name that `names` gives."""
    about = {
        "id": f"{origin}/sessions/{session.id}",
        "definition": {"type": LESSON, "name": dict(session.title)},
    }
    for work in works:
        if work.student not in names:
            continue
        at = lesson.by_id.get(work.step) if lesson else None
        asked = next((i for i in at.step.inputs if i.id == work.input), None) if at else None
        entries = entries_of(work)
        rated = asked is not None and asked.kind == "rating"
        levels = [option.id for option in asked.options] if asked else []
        result: dict[str, Any] = {
            "response": "\n".join(e.text for e in entries if e.text) or (entries[0].choice or "" if entries else ""),
            "completion": True,
        }
        if rated and entries and entries[0].choice in levels:
            result["score"] = {"raw": levels.index(entries[0].choice) + 1, "min": 1, "max": len(levels)}
        yield {
            # The same work is the same statement, however often it is exported.
            "id": str(uuid5(NAMESPACE_URL, f"{origin}/works/{work.id}")),
            "timestamp": work.at.astimezone(UTC).isoformat(),
            "actor": {"objectType": "Agent", "account": {"homePage": origin, "name": names[work.student]}},
            "verb": ANSWERED,
            "object": {
                "id": f"{origin}/sessions/{session.id}/steps/{work.step}/{work.input}",
                "definition": {
                    "type": QUESTION,
                    "name": dict(at.step.title) if at else {"und": work.step},
                    "description": dict(asked.prompt) if asked else {"und": work.input},
                },
            },
            "context": {"contextActivities": {"parent": [about]}, "platform": "Havruta"},
            "result": result,
        }
