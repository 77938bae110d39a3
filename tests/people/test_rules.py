"""Who may do what, personal codes, and what must be agreed before a lesson starts."""

import hashlib
import json
from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.people.codes import ALPHABET, LENGTH, make_code, normalise_code, shown_code
from server.core.people.consent import may_cross, plan_hash, ready_to_start, unanswered, why_not
from server.core.people.models import ClassGroup, Consent, Role, Twinning
from server.core.people.permissions import RULES, Action, may, takes_part
from tests.people.conftest import AGREED, BOSTON, CHICAGO, HAIFA, NOW, TWINNING, lesson, student_of, teacher_of

ROLES: tuple[Role, ...] = get_args(Role)
# Written out by hand, apart from the code's own table: a change of either must be meant.
WITHIN_A_SCHOOL: dict[Action, str] = {
    "see_school": "admin coordinator teacher safety_lead",
    "change_school": "admin coordinator",
    "invite_staff": "admin coordinator",
    "see_class": "coordinator teacher safety_lead",
    "change_class": "coordinator teacher",
    "test_class": "admin coordinator teacher",
    "change_library": "coordinator teacher",
    "export_work": "coordinator teacher",
    "erase_student": "coordinator safety_lead",
    "review_student": "coordinator teacher safety_lead",
    "see_concerns": "safety_lead",
    "join_twinning": "coordinator",
    "change_texts": "coordinator teacher",
}
ACROSS: dict[Action, str] = {
    "see_twinning": "admin coordinator teacher safety_lead",
    "change_twinning": "coordinator",
    "invite_school": "admin coordinator",
    "plan_session": "coordinator teacher",
    "agree_plan": "coordinator teacher",
    "name_adult": "coordinator teacher",
    "host_session": "coordinator teacher",
    "review_session": "coordinator teacher safety_lead",
}
EVERY_KEY = dict(zip("ERTYUPASDFGHJKZXCVBNM", "קראטופשדגכעיחלזסבהנמצ", strict=True))


def test_every_action_stands_in_the_matrix() -> None:
    assert set(WITHIN_A_SCHOOL) | set(ACROSS) == set(RULES) == set(get_args(Action))


@pytest.mark.parametrize(("action", "role"), list(product(get_args(Action), ROLES)))
def test_a_role_reaches_its_own_school_and_twinning_and_no_other(action: Action, role: Role) -> None:
    person = teacher_of(HAIFA, roles=frozenset({role}))
    stranger = teacher_of(BOSTON, roles=frozenset({role}))
    allowed = role in (WITHIN_A_SCHOOL | ACROSS)[action].split()
    within = action in WITHIN_A_SCHOOL
    assert may(person, action, school="haifa") == (allowed and within)
    assert may(person, action, twinning=TWINNING) == (allowed and not within)
    assert may(person, action, school="haifa", twinning=TWINNING) == allowed
    assert not may(person, action, school="chicago")
    assert not may(person, action)
    assert not may(stranger, action, school="haifa", twinning=TWINNING)
    assert not may(person.model_copy(update={"roles": frozenset()}), action, school="haifa", twinning=TWINNING)


@given(st.binary(min_size=64, max_size=64))
def test_a_code_survives_the_card_either_keyboard_and_careless_typing(random_bytes: bytes) -> None:
    code = make_code(random_bytes)
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)
    assert normalise_code(shown_code(code)) == code
    assert normalise_code(f"  {shown_code(code).lower()} ") == code
    assert normalise_code("".join(EVERY_KEY.get(c, c) for c in shown_code(code))) == code


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_code_or_nothing(typed: str) -> None:
    code = normalise_code(typed)
    assert code is None or (len(code) == LENGTH and set(code) <= set(ALPHABET))


def test_codes_are_worth_forty_bits_and_every_symbol_is_as_likely() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 28
    assert len(ALPHABET) ** LENGTH > 2**40
    assert not set("QW0O1ILU") & set(ALPHABET)
    counts = [0] * len(ALPHABET)
    for byte in range(256):
        if byte < 252:
            counts[ALPHABET.index(make_code(bytes([byte] * LENGTH))[0])] += 1
    assert set(counts) == {9}
    with pytest.raises(ValueError, match="too few"):
        make_code(b"\xff" * 64)


@pytest.mark.parametrize("wrong", ["", "ABC", "ABCDEFGH22", "ABCDEFGH0", "Q" * 9, "ABCDEFGH2\x00"])
def test_what_cannot_be_a_code_is_refused(wrong: str) -> None:
    assert normalise_code(wrong) is None


@pytest.mark.parametrize("field", ["takes_part", "media", "keep_words"])
def test_an_unset_answer_keeps_a_student_out(field: str) -> None:
    student = student_of(HAIFA, consent=AGREED.model_copy(update={field: None}))
    assert why_not(student) == "consent_missing"
    assert not may_cross(student)


def test_a_family_may_choose_the_own_class_or_paper() -> None:
    assert may_cross(student_of(HAIFA))
    assert why_not(student_of(HAIFA, consent=AGREED.model_copy(update={"takes_part": "own_class"}))) == "own_class"
    assert why_not(student_of(HAIFA, consent=AGREED.model_copy(update={"takes_part": "paper"}))) == "paper"


LEARNERS = [student_of(HAIFA), student_of(CHICAGO)]
ADULTS = {"teacher-haifa", "teacher-chicago"}


def codes_of(twinning: Twinning = TWINNING, **changed: object) -> list[tuple[str, str | None]]:
    """Return the problems of an agreed lesson with some things changed."""
    planned = lesson()
    agreed = plan_hash(planned)
    sides = tuple(s.model_copy(update={"agreed_plan": agreed}) for s in planned.sides)
    ready = planned.model_copy(update={"sides": sides, **changed})
    return [(p.code, p.side) for p in ready_to_start(ready, twinning, LEARNERS, ADULTS)]


def test_an_agreed_lesson_with_both_adults_is_ready() -> None:
    assert codes_of() == []


def test_any_change_of_what_was_agreed_asks_both_sides_again() -> None:
    plan = lesson().plan.model_copy(update={"pacing": "class"})
    again = [("not_agreed", "a"), ("not_agreed", "b")]
    assert codes_of(plan=plan) == again
    assert codes_of(slot_minutes=60) == again
    assert codes_of(starts_at=NOW.replace(hour=15)) == again
    assert codes_of(title={"en": "Another title"}) == []


def test_that_rooms_see_how_they_share_the_talking_is_agreed_to_as_well() -> None:
    shown = lesson().plan.model_copy(update={"talk_shown": True})
    assert codes_of(plan=shown) == [("not_agreed", "a"), ("not_agreed", "b")]


def test_what_happens_with_late_students_is_agreed_to_as_well() -> None:
    automatic = lesson().plan.model_copy(update={"arrivals": "automatic"})
    assert codes_of(plan=automatic) == [("not_agreed", "a"), ("not_agreed", "b")]


def test_an_agreement_from_before_there_was_that_choice_still_holds() -> None:
    planned = lesson()
    before = planned.plan.model_dump(
        mode="json",
        exclude={"talk_shown": True, "arrivals": True, "arc_lessons": True, "parts": {"__all__": {"partners"}}},
    )
    agreed = {
        "plan": before,
        "starts_at": int(planned.starts_at.timestamp()),
        "slot_minutes": planned.slot_minutes,
        "classes": {side.side: sorted(side.classes) for side in planned.sides},
    }
    canonical = json.dumps(agreed, sort_keys=True, ensure_ascii=False)
    assert plan_hash(planned) == hashlib.sha256(canonical.encode()).hexdigest()


def test_each_thing_that_is_missing_is_named() -> None:
    assert ("twinning_not_active", None) in codes_of(TWINNING.model_copy(update={"status": "ended"}))
    assert ("no_parts", None) in codes_of(plan=lesson().plan.model_copy(update={"parts": ()}))
    planned = lesson()
    bare = tuple(s.model_copy(update={"classes": (), "adult": None}) for s in planned.sides)
    found = [p.code for p in ready_to_start(planned.model_copy(update={"sides": bare}), TWINNING, [], set())]
    assert found == ["class_missing", "not_agreed", "adult_not_named"] * 2


def test_a_child_without_answers_stays_out_and_holds_nobody_up() -> None:
    unset = student_of(HAIFA, 2, consent=Consent())
    planned = lesson()
    sides = tuple(s.model_copy(update={"agreed_plan": plan_hash(planned)}) for s in planned.sides)
    agreed = planned.model_copy(update={"sides": sides})
    assert ready_to_start(agreed, TWINNING, [*LEARNERS, unset], ADULTS) == []
    assert unanswered([*LEARNERS, unset]) == [unset]
    assert not may_cross(unset)
    only_unset = ready_to_start(agreed, TWINNING, [unset, LEARNERS[1]], ADULTS)
    assert [(p.code, p.side) for p in only_unset] == [("nobody_may_cross", "a")]


def test_the_adult_in_charge_must_be_there() -> None:
    problems = ready_to_start(lesson(), TWINNING, LEARNERS, {"teacher-chicago"})
    assert [(p.code, p.side) for p in problems] == [("not_agreed", "a"), ("adult_missing", "a"), ("not_agreed", "b")]


def test_a_school_beside_ours_takes_part_only_with_a_class_of_its_own() -> None:
    ours = ClassGroup(id="class-haifa", school="haifa", name={"en": "7b"})
    beside = ClassGroup(id="class-boston", school="boston", name={"en": "7b"})
    assert takes_part(lesson(), [beside, ours])
    assert not takes_part(lesson(), [beside])
    assert not takes_part(lesson(), [])
