"""What learners write: entries with marks in the text. Words live apart from events, so that they can be erased."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MemberId = str
RoomId = str
WorkId = str

LONGEST_TEXT = 2_000
MOST_ENTRIES = 20
MOST_MARKS = 12


class Mark(BaseModel):
    """Evidence: whole words `first`..`last` (indices) of one segment, in one language of the lesson's hashed text."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    segment: Annotated[str, Field(max_length=40)]
    language: Annotated[str, Field(max_length=8)]
    first: Annotated[int, Field(ge=0, le=5_000)]
    last: Annotated[int, Field(ge=0, le=5_000)]


class Entry(BaseModel):
    """One thing a learner gave: words, a chosen option, a tag, marks; `spoken` where it was said aloud instead."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    stem: Annotated[int, Field(ge=0, le=50)] | None = None
    choice: Annotated[str, Field(max_length=40)] | None = None
    tag: Annotated[str, Field(max_length=40)] | None = None
    moment: Annotated[str, Field(max_length=80)] | None = None
    marks: Annotated[tuple[Mark, ...], Field(max_length=MOST_MARKS)] = ()
    spoken: bool = False

    def says_something(self) -> bool:
        """Whether there is anything in it: a mark, an icon or a word spoken aloud counts as much as words."""
        return bool(self.text.strip() or self.choice or self.tag or self.marks or self.spoken)


Entries = Annotated[tuple[Entry, ...], Field(max_length=MOST_ENTRIES)]

Held = Literal["", "contact"]


@dataclass(frozen=True, slots=True)
class Work:
    """One member's words, as stored. `held`: kept from the partner, with the reason; `unfinished`: a draft that time ended."""

    id: WorkId
    member: MemberId
    entries: tuple[Entry, ...]
    held: Held = ""
    unfinished: bool = False
