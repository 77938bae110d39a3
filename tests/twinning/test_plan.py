"""A plan's minutes, its problems and the lesson that it becomes."""

from datetime import UTC, datetime, timedelta

import pytest

from server.core.live.protocol import Input, Override, Protocol, Step, TeacherNotes
from server.core.people.models import LessonSession, Plan, PlannedPart, SessionSide
from server.core.texts import Segment, Source, Text
from server.core.twinning.plan import (
    PlanProblem,
    Problem,
    compile_plan,
    differences,
    edition,
    largest_group,
    problems,
    run_of_show,
    timetable,
)

BOTH = {"en": "words", "he": "מילים"}
NOTES = TeacherNotes.model_validate(
    {
        "purpose": BOTH,
        "choose_text": BOTH,
        "dialogue": [{"who": BOTH, "says": BOTH}] * 2,
        "look_for": [BOTH],
        "traps": [BOTH],
        "debrief": [BOTH],
        "adaptations": [BOTH],
    }
)
TALK = Protocol(
    id="talk",
    version=1,
    title=BOTH,
    summary=BOTH,
    group="text",
    practices=("listening",),
    bands=("B", "C"),
    teacher=NOTES,
    steps=(
        Step(
            id="think",
            kind="solo",
            title=BOTH,
            prompt=BOTH,
            minutes=3,
            short_minutes=2,
            inputs=(Input(id="a", kind="text", prompt=BOTH),),
        ),
        Step(id="tell", kind="turns", title=BOTH, prompt=BOTH, minutes=4, completion="turns"),
        Step(id="extra", kind="talk", title=BOTH, prompt=BOTH, minutes=5, core=False),
    ),
)
GREET = Protocol(
    id="greet",
    version=1,
    title=BOTH,
    summary=BOTH,
    group="warm_up",
    practices=("listening",),
    bands=("A", "B", "C"),
    needs_text=False,
    teacher=NOTES,
    steps=(
        Step(
            id="hello",
            kind="frame",
            title=BOTH,
            prompt=BOTH,
            minutes=2,
            overrides=(Override(groups=(4,), skip=True),),
        ),
    ),
)
RUTH = Text(
    id="ruth",
    title=BOTH,
    ref=BOTH,
    theme=BOTH,
    intro=BOTH,
    source={"en": Source(edition="An edition", licence="Public Domain")},
    levels=("A", "B", "C"),
    segments=tuple(Segment(id=f"1:{n}", number=n, words={"en": "some words", "he": "כמה מילים"}) for n in range(1, 9)),
)
PROTOCOLS = {"talk": TALK, "greet": GREET}
TEXTS = {"ruth": RUTH}
PLAN = Plan(parts=(PlannedPart(protocol="greet"), PlannedPart(protocol="talk")), text="ruth", first="1:2", last="1:5")


def test_minutes_are_those_of_the_largest_room_with_arrival_and_close() -> None:
    # The two turns of four minutes become three in a trio: 3 + 6 + 5.
    times = timetable(PLAN, 30, PROTOCOLS, TEXTS, 3)
    assert times.parts == (2, 14)
    assert times.total == 2 + 14 + 5 + 2
    assert times.left == 7


def test_the_short_form_leaves_out_what_is_not_core() -> None:
    short = PLAN.model_copy(update={"parts": (PlannedPart(protocol="talk", short=True),)})
    assert timetable(short, 30, PROTOCOLS, TEXTS, 2).parts == (6,)


def test_minutes_of_one_step_can_be_replaced() -> None:
    changed = PLAN.model_copy(update={"parts": (PlannedPart(protocol="talk", minutes={"tell": 10}),)})
    assert timetable(changed, 30, PROTOCOLS, TEXTS, 3).parts == (18,)


def test_a_protocol_that_is_not_there_takes_no_minutes_and_moves_no_others() -> None:
    gone = PLAN.model_copy(update={"parts": (PlannedPart(protocol="lost"), PlannedPart(protocol="greet"))})
    assert timetable(gone, 30, PROTOCOLS, TEXTS, 3).parts == (0, 2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"parts": ()}, "no_parts"),
        ({"parts": (PlannedPart(protocol="lost"),)}, "unknown_protocol"),
        ({"parts": (PlannedPart(protocol="talk", minutes={"gone": 3}),)}, "unknown_step"),
        ({"band": "A"}, "band_not_fitted"),
        ({"text": None}, "text_needed"),
        ({"text": "lost"}, "unknown_text"),
        ({"first": "9:9"}, "unknown_segment"),
        ({"first": "1:5", "last": "1:2"}, "span_backwards"),
    ],
)
def test_what_cannot_become_a_lesson_says_why(change: dict[str, object], code: str) -> None:
    plan = PLAN.model_copy(update=change)
    assert [p.code for p in problems(plan, 45, PROTOCOLS, TEXTS, 3) if p.blocks] == [code]
    with pytest.raises(PlanProblem) as refused:
        compile_plan(plan, BOTH, PROTOCOLS, TEXTS, 3)
    assert refused.value.problem.code == code


def test_a_plan_that_is_too_long_is_advised_against_and_not_refused() -> None:
    found = problems(PLAN, 20, PROTOCOLS, TEXTS, 3)
    assert found == [Problem("too_long", blocks=False, params={"over": "3"}), Problem("no_reflection", blocks=False)]
    assert compile_plan(PLAN, BOTH, PROTOCOLS, TEXTS, 3).steps


def test_more_than_four_verses_are_advised_against() -> None:
    found = problems(PLAN.model_copy(update={"last": "1:6"}), 60, PROTOCOLS, TEXTS, 3)
    assert ("long_span", {"segments": "5"}) in [(p.code, p.params) for p in found]


def test_a_colleague_advises_on_the_order_and_refuses_nothing() -> None:
    looks_back = GREET.model_copy(update={"steps": (GREET.steps[0].model_copy(update={"uses": ("plan.intention",)}),)})
    plan = Plan(
        parts=(PlannedPart(protocol="greet"), PlannedPart(protocol="talk")), text=PLAN.text, first="1:2", last="1:3"
    )
    found = problems(plan, 60, PROTOCOLS | {"greet": looks_back}, TEXTS, 3)
    assert [(p.code, p.part, p.blocks) for p in found] == [("no_intention", 0, False), ("no_reflection", None, False)]


def test_statements_in_one_language_are_pointed_out() -> None:
    told = TALK.model_copy(update={"statements": (BOTH,)})
    known = PROTOCOLS | {"talk": told}

    def codes(statements: tuple[dict[str, str], ...]) -> set[str]:
        parts = (PlannedPart(protocol="talk", statements=statements),)
        return {p.code for p in problems(PLAN.model_copy(update={"parts": parts}), 60, known, TEXTS, 3)}

    assert "own_statements" in codes(())
    assert "statements_in_one_language" in codes(({"en": "Only English"},))
    assert not {"own_statements", "statements_in_one_language"} & codes((BOTH,))


def test_the_lesson_holds_the_chosen_verses_only() -> None:
    lesson = compile_plan(PLAN, {"en": "Ruth"}, PROTOCOLS, TEXTS, 3)
    assert lesson.text is not None
    assert [s.id for s in lesson.text.segments] == ["1:2", "1:3", "1:4", "1:5"]
    assert [s.id for s in lesson.steps] == ["0.hello", "1.think", "1.tell", "1.extra"]


def test_a_whole_text_needs_no_ends() -> None:
    lesson = compile_plan(PLAN.model_copy(update={"first": None, "last": None}), BOTH, PROTOCOLS, TEXTS, 3)
    assert lesson.text == RUTH


@pytest.mark.parametrize(
    ("one", "other", "size"),
    [(1, 1, 2), (0, 12, 3), (12, 12, 3), (28, 17, 3), (12, 11, 3), (20, 10, 3), (28, 10, 4), (0, 0, 2)],
)
def test_the_largest_room_follows_from_the_two_numbers(one: int, other: int, size: int) -> None:
    assert largest_group(one, other) == largest_group(other, one) == size


def test_the_run_of_show_goes_from_bell_to_goodbye_without_a_gap() -> None:
    starts = datetime(2026, 3, 9, 14, 10, tzinfo=UTC)
    moments = run_of_show(compile_plan(PLAN, BOTH, PROTOCOLS, TEXTS, 3), starts)
    assert [m.what for m in moments] == ["arrival", "step", "step", "step", "step", "close"]
    assert all(a.ends == b.begins for a, b in zip(moments, moments[1:], strict=False))
    assert moments[-1].ends - starts == timedelta(minutes=timetable(PLAN, 45, PROTOCOLS, TEXTS, 3).total)


def test_a_step_that_the_largest_room_skips_is_not_in_the_run_of_show() -> None:
    plan = PLAN.model_copy(update={"parts": (PlannedPart(protocol="greet"), PlannedPart(protocol="talk"))})
    steps = [
        m.step.id
        for m in run_of_show(compile_plan(plan, BOTH, PROTOCOLS, TEXTS, 4), datetime(2026, 3, 9, tzinfo=UTC))
        if m.step
    ]
    assert steps == ["1.think", "1.tell", "1.extra"]


SESSION = LessonSession(
    id="s",
    twinning="t",
    title={"en": "Ruth"},
    starts_at=datetime(2026, 3, 9, 14, 10, tzinfo=UTC),
    plan=PLAN,
    sides=(SessionSide(side="a", classes=("x", "y")), SessionSide(side="b", classes=("z",))),
)


def test_an_edition_changes_with_whatever_the_form_can_change_and_with_nothing_else() -> None:
    a, b = SESSION.sides
    same = SESSION.model_copy(
        update={"status": "lobby", "sides": (a.model_copy(update={"adult": "me", "classes": ("y", "x")}), b)}
    )
    assert edition(same) == edition(SESSION)
    at_home = SESSION.model_copy(update={"sides": (a.model_copy(update={"place": "home"}), b)})
    others = [at_home, *(SESSION.model_copy(update=u) for u in ({"title": {"en": "R"}}, {"slot_minutes": 50}))]
    assert len({edition(s) for s in [SESSION, *others]}) == 4


def test_two_versions_are_told_apart_by_name() -> None:
    mine = SESSION.model_copy(update={"slot_minutes": 50, "plan": PLAN.model_copy(update={"last": "1:4"})})
    assert differences(SESSION, mine) == ("slot", "text")
