"""Every protocol that ships is played to its end, by one to four learners, in every band that it claims, full and short.

Each learner writes words that occur nowhere else (canaries), so that what any view lets through can be told.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from server.adapters.protocol_files import load_protocols
from server.core.languages import COMPLETE, Wording
from server.core.live import commands as c
from server.core.live.lesson import Lesson, LessonStep, Pacing, Part
from server.core.live.protocol import Band, Input, Protocol, Step
from server.core.live.rounds import RoundScene, round_view
from server.core.live.views import Words, board_view, row_view, session_view
from server.core.live.works import Entry, MemberId
from tests.core.builders import DAN, ELI, MAYA, NOA, Played, lesson, ruth

FILES = Path(__file__).parents[2] / "protocols"
ALL = (NOA, DAN, MAYA, ELI)
DEMO = (
    ("havruta_warm_up_young", True),
    ("noticing_and_wondering", True),
    ("reflection", False),
    ("self_assessment", False),
)
MOST_COMMANDS = 2_000


@cache
def shipped() -> dict[str, Protocol]:
    return load_protocols(FILES)


@cache
def lesson_of(band: Band, pacing: Pacing, *parts: tuple[str, bool]) -> Lesson:
    played = (Part(protocol=shipped()[name], short=short) for name, short in parts)
    return lesson(*played, band=band, pacing=pacing, text=ruth())


class Canaries:
    """Plays a lesson; after each command looks whether any view shows what it must not."""

    def __init__(self, the_lesson: Lesson, *members: MemberId) -> None:
        self.play = Played(the_lesson, *members)
        self.members = members
        self.written: dict[str, tuple[MemberId, LessonStep]] = {}
        self.together: set[str] = set()
        self.shared: set[str] = set()
        self.told: set[str] = set()
        self.commands = 0

    def does(self, member: MemberId, command: c.StudentCommand) -> None:
        self.commands += 1
        assert self.commands < MOST_COMMANDS, f"no way on from {self.play.step_id()}"
        before = self.play.at()
        self.play.does(c.Student(member), command)
        self.look(everywhere=isinstance(command, c.Answer | c.AddLine) or self.play.at() != before)

    def look(self, *, everywhere: bool = True) -> None:
        """Every view holds the words that it may hold, and no others; `everywhere`: the room's is not all that changed."""
        play = self.play
        room = play.view().model_dump_json()
        for_all = session_view(play.session, play.scene(), (), play.works).model_dump_json() if everywhere else ""
        row = row_view(play.room(), play.scene()).model_dump_json() if everywhere else ""
        mine = {member: play.mine(member).model_dump_json() for member in self.members} if everywhere else {}
        here = play.scene().lesson_step(play.room())
        for canary, (author, at) in self.written.items():
            assert canary not in for_all
            assert canary not in row
            assert (canary in room) <= may_be_seen(at, here), f"{at.id} shown in {here and here.id}"
            assert not everywhere or canary in mine[author], f"{author} lost what they wrote in {at.id}"
            assert not any(canary in view for member, view in mine.items() if member != author)
            if canary in room:
                self.told.add(canary)
            if here and here.step.kind == "reveal" and at.id in here.uses and may_be_seen(at, here):
                assert canary in room, f"{here.id} does not show {at.id}"
        for canary in self.together:
            assert canary not in for_all
            assert not any(canary in view for view in mine.values())

    def to_the_end(self) -> None:
        """Do on every step what it asks for."""
        while (here := self.play.scene().lesson_step(self.play.room())) is not None:
            step = self.play.scene().step(self.play.room())
            assert step is not None
            says_everything_in_both_languages(step)
            if (
                here.step.scope == "class"
                or here.index == self.play.session.floor
                and self.play.lesson.pacing == "class"
            ):
                self.step_with_the_class(here, step)
            else:
                self.one_step(here, step)
                assert self.play.at() > here.index, f"{here.id} does not end"

    def step_with_the_class(self, here: LessonStep, step: Step) -> None:
        play = self.play
        if play.scene().waits_for_class(play.room()):
            assert play.view().state == "waiting_for_class"
            play.teacher(c.NextGate(after=play.session.floor))
        if step.kind == "board":
            self.share(here)
        elif step.kind == "round":
            self.speak_in_turn(step)
        else:
            self.one_step(here, step)
        assert play.at() == here.index, "only a teacher leads on from a step of the whole class"
        play.teacher(c.NextGate(after=play.session.floor))
        self.look()

    def one_step(self, here: LessonStep, step: Step) -> None:
        match step.kind:
            case "solo":
                self.write(here, step)
            case "together":
                self.write_together(here, step)
            case "turns" | "read" | "restate":
                self.take_turns(here)
            case _:
                pass
        if self.play.at() == here.index:
            self.finish(here)

    def finish(self, here: LessonStep) -> None:
        for member in self.members:
            if self.play.at() == here.index:
                self.does(member, c.Finish(step=here.index))

    def write(self, here: LessonStep, step: Step) -> None:
        for member in self.members:
            for asked in step.inputs:
                canary = f"<{member} on {here.id} {asked.id}>"
                self.written[canary] = (member, here)
                self.does(member, c.Answer(step=here.index, input=asked.id, entries=(entry_for(asked, canary),)))
        if step.completion == "partner_confirms" and len(self.members) > 1:
            for number, member in enumerate(self.members):
                partner = self.members[(number + 1) % len(self.members)]
                self.does(partner, c.Confirm(step=here.index, right=True, member=member))

    def write_together(self, here: LessonStep, step: Step) -> None:
        asked = step.inputs[0]
        for member in self.members:
            canary = f"<together: {member} on {here.id}>"
            self.together.add(canary)
            self.does(member, c.AddLine(step=here.index, input=asked.id, entries=(entry_for(asked, canary),)))
            assert canary in self.play.view().model_dump_json()
        line = self.play.room().lines[-1].id
        for member in self.members:
            self.does(member, c.ApproveLine(step=here.index, line=line))
            self.does(member, c.ChooseLine(step=here.index, line=line))

    def take_turns(self, here: LessonStep) -> None:
        while self.play.at() == here.index and (turn := self.play.turn()):
            if turn.phase == "confirm":
                self.does(turn.acts, c.Confirm(step=here.index, right=turn.loops > 1))
            else:
                self.does(turn.acts, c.TakeTurn(step=here.index))

    def speak_in_turn(self, step: Step) -> None:
        """Everybody has a turn, or a voice of the room; without volunteers there is nothing to wait for."""
        play = self.play
        while not self.round_is_over():
            before = play.session.round.turn
            play.teacher(c.NextSpeaker(after=before))
            if play.session.round.turn == before:
                assert step.round_of == "volunteers"
                return

    def round_is_over(self) -> bool:
        view = round_view(self.play.session, RoundScene(self.play.lesson, self.play.people))
        assert view is not None
        return view.over

    def share(self, here: LessonStep) -> None:
        """Everybody shares their own answers of the steps that the board shows, and the first of the lines."""
        play = self.play
        room = play.room()
        used = {play.lesson.by_id[used].index for used in here.uses}
        for (index, _), given in room.answers.items():
            for member, work in given.items() if index in used else ():
                self.does(member, c.Share(step=here.index, work=work))
                self.shared.add(play.works[work].entries[0].text)
        for line in [line for line in room.lines if line.step in used][:1]:
            self.does(self.members[0], c.Share(step=here.index, work=line.work))
            self.shared.add(play.works[line.work].entries[0].text)
        board = board_view(play.scene(), here.index, [(play.room(), Words(play.works, {}))]).model_dump_json()
        for canary in (*self.written, *self.together):
            assert (canary in board) <= (canary in self.shared)
        assert not any(f'"{member}"' in board for member in self.members), "a board names no child"


def may_be_seen(at: LessonStep, here: LessonStep | None) -> bool:
    """Whether words written at one step may stand in the room's view at another."""
    if here is None or at.step.visibility in ("private", "teacher"):
        return False
    if here.index == at.index:
        return at.step.visibility == "live"
    return here.index > at.index and at.id in here.uses


def entry_for(asked: Input, canary: str) -> Entry:
    return Entry(
        text=canary,
        choice=asked.options[0].id if asked.options else None,
        tag=asked.tags[0].id if asked.tags else None,
    )


def wordings(step: Step) -> Iterator[Wording]:
    """What a step shows."""
    yield from (step.title, step.prompt, *step.stems, *step.deeper, *step.roles.values())
    if step.alone:
        yield step.alone
    for asked in step.inputs:
        yield asked.prompt
        yield from (said for said in (asked.hint, asked.because) if said)
        for option in (*asked.options, *asked.tags):
            yield option.label
            if option.describe:
                yield option.describe


def says_everything_in_both_languages(step: Step) -> None:
    for wording in wordings(step):
        assert all(wording.get(language, "").strip() for language in COMPLETE), f"{step.id}: {wording}"


def bands(name: str) -> tuple[Band, ...]:
    return shipped()[name].bands


NAMES = sorted(path.stem for path in FILES.glob("*.yaml"))


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("short", [False, True], ids=["full", "short"])
@pytest.mark.parametrize("name", NAMES)
def test_a_protocol_is_played_to_its_end(name: str, short: bool, size: int) -> None:
    for band in bands(name):
        played = Canaries(lesson_of(band, "pairs", (name, short)), *ALL[:size])
        played.to_the_end()
        assert played.play.view().state == "done"


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("band", ["A", "B", "C"])
@pytest.mark.parametrize("pacing", ["pairs", "class"])
def test_the_demo_lesson_is_played_to_its_end(pacing: Pacing, band: Band, size: int) -> None:
    played = Canaries(lesson_of(band, pacing, *DEMO), *ALL[:size])
    played.to_the_end()
    assert played.play.view().state == "done"
    seen = {played.written[canary][1].step.id for canary in played.told}
    assert {"cards", "set_intention", "notices", "questions"} <= seen
    for member in ALL[:size]:
        assert f"<{member} on 0.set_intention intention>" in played.play.mine(member).intention


def test_the_intention_of_the_warm_up_is_back_in_the_reflection() -> None:
    steps = lesson_of("B", "pairs", *DEMO).by_id
    assert steps["2.intention_back"].uses == ("0.set_intention",)
    assert steps["3.rate_intention"].uses == ("0.set_intention",)


def test_a_reflection_without_a_warm_up_uses_nothing() -> None:
    assert lesson_of("B", "pairs", ("reflection", False)).by_id["0.intention_back"].uses == ()


def test_lines_are_repeated_for_the_first_verses_and_in_the_short_form_for_one() -> None:
    def repeated(short: bool) -> list[str | None]:
        steps = lesson_of("B", "pairs", ("noticing_and_wondering", short)).steps
        return [step.segment for step in steps if step.step.id == "everyday_words"]

    assert repeated(False) == ["1:14", "1:15", "1:16"]
    assert repeated(True) in (["1:14"], [])


def test_a_statement_in_one_language_still_asks_in_both() -> None:
    part = Part(protocol=shipped()["agree_disagree"], statements=({"he": "רות צדקה"},))
    for step in lesson(part, text=ruth()).steps:
        says_everything_in_both_languages(step.step)


def test_the_youngest_are_asked_about_one_statement() -> None:
    def asked(band: Band) -> list[str]:
        steps = lesson_of(band, "pairs", ("agree_disagree", False)).steps
        return [i.id for step in steps if step.step.id == "before" for i in step.step.inputs]

    assert asked("A") == ["stance_1"]
    assert asked("B") == ["stance_1", "stance_2"]
