"""A protocol edited in a form: any sequence of changes leaves a sound protocol, or says what is in the way."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.adapters.protocol_files import SentProtocols, load_protocols
from server.core.live.protocol import Protocol
from server.core.twinning.own_protocol import (
    LARGEST_DOCUMENT,
    Refused,
    checked,
    copied,
    document_of,
    fields_with_faults,
    moved,
    split_key,
    why_stays,
    without,
)
from server.core.twinning.protocol_form import Document, form_of, with_typed

ROOT = Path(__file__).resolve().parents[2]
PROTOCOLS = load_protocols(ROOT / "protocols")
MARK = {"en": "(ours)", "he": "(שלנו)"}


def own(name: str = "noticing_and_wondering") -> Document:
    return copied(PROTOCOLS[name], "own_test", MARK)


def as_sent(document: Document) -> dict[str, str]:
    """Return what a browser sends when nobody has typed anything."""
    return {
        one.name + (f":{key}" if key else ""): value
        for section in form_of(document)
        for one in section.fields
        for key, value in one.values.items()
        if one.kind != "flag" or value
    }


def loops_hang_together(document: Document) -> bool:
    runs: list[str] = []
    for step in document["steps"]:
        if step.get("loop") and (not runs or runs[-1] != step["loop"]):
            runs.append(step["loop"])
        elif not step.get("loop"):
            runs.append("")
    named = [run for run in runs if run]
    return len(named) == len(set(named))


@pytest.mark.parametrize("name", sorted(PROTOCOLS))
def test_a_copy_is_sound_and_a_form_that_nobody_typed_in_changes_nothing(name: str) -> None:
    document = own(name)
    assert checked(document)[1] == []
    assert with_typed(document, as_sent(document)) == document


@pytest.mark.parametrize("name", sorted(PROTOCOLS))
def test_every_protocol_goes_out_as_a_file_and_comes_back_the_same(name: str) -> None:
    files = SentProtocols()
    read = files.read(files.write(document_of(PROTOCOLS[name])).encode())
    assert read == PROTOCOLS[name]


def test_a_changed_prompt_is_changed_in_its_language_alone() -> None:
    document = own()
    step = document["steps"][1]
    changed = with_typed(document, {f"steps.{step['id']}.prompt:he": "כתבו מה ראיתם"})
    assert changed["steps"][1]["prompt"] == {**step["prompt"], "he": "כתבו מה ראיתם"}
    assert checked(changed)[0] is not None


def test_a_missing_language_is_named_at_its_field_and_the_words_are_kept() -> None:
    document = with_typed(own(), {"title:he": " ", "steps.read.stems:en": "One\nTwo", "steps.read.stems:he": "אחת"})
    protocol, faults = checked(document)
    assert protocol is None
    by_name = fields_with_faults(form_of(document), faults)
    assert [f.params for f in by_name["title"]] == [{"languages": "he"}]
    (line,) = by_name["steps.read.stems"]
    assert (line.at[-1], line.params) == (1, {"languages": "he"})
    assert document["steps"][0]["stems"][1] == {"en": "Two"}


def test_a_number_that_is_none_is_kept_as_typed_and_named() -> None:
    document = with_typed(own(), {"steps.read.minutes": "ten", "loop_segments": "99"})
    by_name = fields_with_faults(form_of(document), checked(document)[1])
    assert {name: [f.code for f in faults] for name, faults in by_name.items()} == {
        "steps.read.minutes": ["not_a_number"],
        "loop_segments": ["too_large"],
    }
    assert as_sent(document)["steps.read.minutes"] == "ten"


def test_a_short_form_that_is_too_long_says_by_how_much() -> None:
    document = with_typed(own(), {"steps.read.short_minutes": "30"})
    (fault,) = checked(document)[1]
    assert fault.code == "short_form_too_long"
    assert float(fault.params["minutes"]) > 30


def test_names_that_are_no_field_change_nothing() -> None:
    document = own()
    sent = as_sent(document)
    hostile = {
        "id": "x",
        "steps.read.kind": "board",
        "steps.read.uses": "x",
        "__class__": "x",
        "steps.none.title:en": "x",
    }
    assert with_typed(document, sent | hostile) == document


def test_a_very_large_protocol_is_not_taken() -> None:
    document = own() | {"statements": [{"en": "x" * 300, "he": "x" * 300}] * (LARGEST_DOCUMENT // 500)}
    assert "document_too_large" in {f.code for f in checked(document)[1]}


def test_a_step_stays_after_the_one_whose_words_it_needs() -> None:
    document = own("agree_disagree")
    with pytest.raises(Refused) as refused:
        moved(document, "before_shown", -1)
    assert (refused.value.code, refused.value.other) == ("needs_earlier", "before")
    with pytest.raises(Refused) as refused:
        moved(document, "before", 1)
    assert (refused.value.code, refused.value.other) == ("needed_later", "before_shown")


def test_only_an_optional_step_that_nobody_needs_can_be_taken_out() -> None:
    document = own("agree_disagree")
    assert [s["id"] for s in without(document, "switch")["steps"]] == [
        s["id"] for s in document["steps"] if s["id"] != "switch"
    ]
    core = why_stays(document, "close")
    assert core is not None
    assert core.code == "core_stays"
    marked = with_typed(document, {k: v for k, v in as_sent(document).items() if k != "steps.now.core"})
    needed = why_stays(marked, "now")
    assert needed is not None
    assert (needed.code, needed.other) == ("needed_later", "spectrum")


def test_keys_of_own_protocols_are_told_from_all_other_names() -> None:
    assert split_key("own_ab12@3") == ("own_ab12", 3)
    assert split_key("own_ab12") == ("own_ab12", None)
    for other in ("reflection", "own_ab12@0", "own_ab12@x", "own_AB", "own_ab12@3@4", "own_%", ""):
        assert split_key(other) is None


def rearranged(document: Document, step: str, wish: str) -> tuple[Document, str]:
    """Return the document after one press, and why it was refused or ""."""
    try:
        if wish == "out":
            return without(document, step), ""
        return moved(document, step, -1 if wish == "up" else 1), ""
    except Refused as refused:
        return document, refused.code


words = st.text(max_size=60) | st.sampled_from(
    ["", " ", "<script>alert(1)</script>", "{{ 7*7 }}", "א\nב", "1e999", "0", "-3"]
)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_sequence_of_changes_keeps_the_structure_sound_or_is_refused(data: st.DataObject) -> None:
    document = own(data.draw(st.sampled_from(sorted(PROTOCOLS))))
    kinds = {step["id"]: (step["kind"], step.get("uses"), step.get("loop")) for step in document["steps"]}
    for _ in range(data.draw(st.integers(1, 8))):
        step = data.draw(st.sampled_from([s["id"] for s in document["steps"]]))
        before = json.dumps(document, sort_keys=True)
        match data.draw(st.sampled_from(["type", "up", "down", "out"])):
            case "type":
                names = sorted(as_sent(document))
                typed = data.draw(st.dictionaries(st.sampled_from(names), words, max_size=6))
                marks = {k: v for k, v in as_sent(document).items() if k.endswith(".core")}
                document = with_typed(document, marks | typed)
                continue
            case wish:
                document, refusal = rearranged(document, step, wish)
                assert refusal in (
                    "",
                    "at_the_end",
                    "needs_earlier",
                    "needed_later",
                    "in_a_loop",
                    "core_stays",
                    "last_step",
                )
                assert not refusal or json.dumps(document, sort_keys=True) == before
    protocol, faults = checked(document)
    assert (protocol is None) == bool(faults)
    assert all(fault.code != "other" for fault in faults), faults
    assert loops_hang_together(document)
    for s in document["steps"]:
        assert (s["kind"], s.get("uses"), s.get("loop")) == kinds[s["id"]]
    if protocol is not None:
        assert Protocol.model_validate(document_of(protocol)) == protocol
        assert with_typed(document_of(protocol), as_sent(document_of(protocol))).keys() == document_of(protocol).keys()
