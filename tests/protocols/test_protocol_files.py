"""Protocol files: what we ship can be played in every band and language, and an author's mistakes are named kindly."""

import re
from functools import cache
from pathlib import Path
from typing import Any, cast, get_args

import pytest
from pydantic import BaseModel

from server.adapters.protocol_files import ProtocolFileError, load_protocols, read_protocol
from server.core.languages import COMPLETE
from server.core.live.protocol import PLAN, Band, Protocol, resolved

SHIPPED = Path(__file__).parents[2] / "protocols"
FILES = sorted(SHIPPED.glob("*.yaml"))

SMALL = """\
id: small
version: 1
title: {en: Small, he: קטן}
summary: {en: A small one, he: אחד קטן}
group: text
practices: [listening]
bands: [A, B]
teacher:
  purpose: {en: To test, he: לבדוק}
  choose_text: {en: Any, he: כל טקסט}
  dialogue:
    - {who: {en: Maya, he: מאיה}, says: {en: Why?, he: למה?}}
    - {who: {en: Eli, he: אלי}, says: {en: "Here.", he: "כאן."}}
  look_for: [{en: Words, he: מילים}]
  traps: [{en: Haste, he: חיפזון}]
  debrief: [{en: What?, he: מה?}]
  adaptations: [{en: Slower, he: לאט}]
steps:
  - id: think
    kind: solo
    title: {en: Think, he: לחשוב}
    prompt: {en: Write an idea, he: כתבו רעיון}
    minutes: 2
    inputs:
      - {id: idea, kind: text, prompt: {en: My idea, he: הרעיון שלי}}
  - id: show
    kind: reveal
    title: {en: Show, he: לגלות}
    prompt: {en: Read, he: קראו}
    minutes: 1
    uses: [think]
"""

# Minutes of a pair in the full form, from the suggested timings of each protocol; warm-ups and advisory activities
# are added up by their own tests.
SUGGESTED = {
    "havruta_warm_up": 18,
    "havruta_warm_up_young": 10,
    "listening_to_the_text": 29,
    "listening_to_my_peer_partner": 22,
    "noticing_and_wondering": 29,
    "self_assessment": 3,
}


def problems_of(folder: Path, **files: str | bytes) -> list[str]:
    """Write the files (by id) and return the problems as 'name:line: field: message'."""
    for name, words in files.items():
        (folder / f"{name}.yaml").write_bytes(words if isinstance(words, bytes) else words.encode())
    with pytest.raises(ProtocolFileError) as refused:
        load_protocols(folder)
    return [str(p).removeprefix(f"{folder}/") for p in refused.value.problems]


def changed(old: str, new: str) -> str:
    assert SMALL.count(old) == 1
    return SMALL.replace(old, new)


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8-sig")
    (tmp_path / "notes.txt").write_text("no protocol")
    assert load_protocols(tmp_path) == {"small": read_protocol(tmp_path / "small.yaml")}
    assert read_protocol(tmp_path / "small.yaml").steps[0].prompt["he"] == "כתבו רעיון"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("version: 1\n", "", "1: version: This field is missing."),
        ("version: 1", "version: soon", "2: version: A whole number is expected here, not 'soon'."),
        ("version: 1", "version: 0", "2: version: The number must be at least 1, not 0."),
        ("title: {en: Small, he: קטן}", "title: {en: Small}", "3: title.he: The Hebrew wording is missing."),
        ("title: {en: Small, he: קטן}", "title: {en: '', he: קטן}", "3: title.en: The English wording is empty."),
        (
            "title: {en: Small, he: קטן}",
            "title: Small",
            "3: title: Words in each language are expected here, like {en: …, he: …}, not 'Small'.",
        ),
        (
            "title: {en: Small, he: קטן}",
            "title: {en: 12, he: קטן}",
            "3: title.en: Words are expected here, not 12; put them in quotation marks.",
        ),
        ("practices: [listening]", "practices: []", "6: practices: At least 1 needed here, but there are 0."),
        ("practices: [listening]", "practices: listening", "6: practices: A list is expected here, not 'listening'."),
        ("bands: [A, B]", "bands: [A, D]", "7: bands[1]: 'D' is not possible here; choose one of: A, B, C."),
        ("    kind: solo", "    knid: solo", "20: steps[0].knid: There is no field 'knid' here; was 'kind' meant?"),
        ("minutes: 2", "minutes: long", "23: steps[0].minutes: A number is expected here, not 'long'."),
        ("minutes: 2", "minutes: 99", "23: steps[0].minutes: The number must be at most 60, not 99."),
        ("minutes: 2", "minutes: 0", "23: steps[0].minutes: The number must be more than 0, not 0."),
        ("minutes: 2", "minutes: 2\n    core: perhaps", "24: steps[0].core: 'true' or 'false' is expected here, not"),
        (
            "he: הרעיון שלי}}",
            "he: ''}}",
            "25: steps[0].inputs[0].prompt.he: The Hebrew wording is empty.",
        ),
        ("id: idea", "id: My Idea", "25: steps[0].inputs[0].id: 'My Idea' cannot be an id"),
        (
            "kind: text,",
            "kind: rating, practice: singing, options: [],",
            "25: steps[0].inputs[0].practice: 'singing' is not possible here; choose one of: articulating, challenging,",
        ),
        ("kind: text,", "kind: choice,", "25: steps[0].inputs[0]: Input 'idea': a choice needs at least two options."),
        ("uses: [think]", "uses: []", "26: steps[1]: Step 'show': a reveal says in 'uses' whose words it shows."),
        ("uses: [think]", "uses: [thnik]", "26: steps[1]: Step 'show' uses 'thnik', which is no earlier step."),
        ("  - id: show", "  - id: think", "26: steps[1]: Step 'think' stands twice."),
        ("minutes: 2", "minutes: 20", "1: The short form takes three learners 21 minutes in band A; at most 15."),
        ("id: small", "id: large", "1: id: The id 'large' and the file name differ; name the file large.yaml."),
        ("version: 1", "version: 1\nversion: 2", "3: version: 'version' stands twice; the first is on line 2."),
        ("version: 1", "version: !!python/name:os.system x", "2: version: The tag"),
        ("    uses: [think]", "\tuses: [think]", "31: A line starts with a tab; indent with spaces."),
        ("en: To test", "en: 'To test", "This cannot be read as YAML"),
        ("To test, he", "To: test, he", "9: "),
        ("version: 1", "version: *one", "2: This cannot be read as YAML: found undefined alias 'one'."),
        ("version: 1", "version: {<<: {a: 1}}", "2: version: The left side of ':' is a plain name here."),
        ("version: 1", "version: 1\n---", "3: A file holds one protocol; '---' starts a second one here."),
        ("To test", "To\x07test", "9: There is an invisible control character here; delete it."),
    ],
)
def test_a_mistake_is_named_with_its_line_and_field(tmp_path: Path, old: str, new: str, expected: str) -> None:
    found = problems_of(tmp_path, small=changed(old, new))
    assert any(expected in problem for problem in found), found
    assert all(re.match(r"small\.yaml:\d+: ", problem) for problem in found)


def test_one_mistake_gives_one_sentence(tmp_path: Path) -> None:
    assert len(problems_of(tmp_path, small=changed("kind: solo", "kind: alone"))) == 1


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    broken = SMALL.replace("version: 1\n", "").replace("he: קראו}", "he: ' '}").replace("minutes: 2", "minutes: x")
    found = problems_of(tmp_path, small=broken, other="id: other\n", third=b"")
    assert "small.yaml:1: version: This field is missing." in found
    assert any(p.startswith("small.yaml:22: steps[0].minutes: ") for p in found)
    assert any("steps[1].prompt.he: The Hebrew wording is empty." in p for p in found)
    assert "other.yaml:1: steps: This field is missing." in found
    assert "third.yaml:1: The file is empty." in found


def test_two_files_with_one_id_are_refused(tmp_path: Path) -> None:
    found = problems_of(tmp_path, small=SMALL, smaller=SMALL)
    assert "smaller.yaml:1: id: The id 'small' is already taken by small.yaml; every protocol has its own id." in found


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (b"# long\n" * 40_000, "1: The file is larger than 256 kB; a protocol is much shorter."),
        (b"id: small\ntitle: \xe9\n", "2: The file is not saved as UTF-8; save it again with the encoding UTF-8."),
        (b"- id\n- title\n", "1: A protocol file is a list of fields: 'id: …', 'title: …', 'steps: …'."),
        (b"[" * 2_000, "1: The lists are nested too deeply."),
        (b"id: &a [*a]\n", "1: 'id[0]' contains itself through an alias (*name)."),
        (
            b"a: &a [x, x, x, x, x, x, x, x, x, x]\n"
            + b"".join(b"%c: &%c [%s]\n" % (n, n, b", ".join([b"*%c" % (n - 1)] * 10)) for n in range(98, 106)),
            "1: The aliases (*name) in this file stand for far too many values.",
        ),
    ],
)
def test_files_that_would_hurt_the_server_are_refused_kindly(tmp_path: Path, words: bytes, expected: str) -> None:
    assert problems_of(tmp_path, small=words) == [f"small.yaml:{expected}"]


def test_what_is_no_protocol_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "older.yml").write_text(SMALL, encoding="utf-8")
    found = problems_of(tmp_path)
    assert len(found) == 2
    assert found[0].startswith("folder.yaml:1: The file cannot be opened: ")
    assert found[1] == "older.yml:1: Protocol files end in .yaml; please rename this one."
    with pytest.raises(ProtocolFileError, match="There is no such folder"):
        load_protocols(tmp_path / "nowhere")


def test_every_shipped_file_is_loaded() -> None:
    assert set(load_protocols(SHIPPED)) == {path.stem for path in FILES}


def wordings(value: Any) -> list[dict[str, str]]:
    """Return all wordings inside a model: mappings from language tags to words."""
    if isinstance(value, BaseModel):
        return [w for field in type(value).model_fields for w in wordings(getattr(value, field))]
    if type(value) is tuple:
        return [w for part in cast(tuple[Any, ...], value) for w in wordings(part)]
    if type(value) is dict:
        parts = cast(dict[str, Any], value)
        words = {key: part for key, part in parts.items() if isinstance(part, str)}
        return [words] if words else [w for part in parts.values() for w in wordings(part)]
    return []


@cache
def shipped_protocol(path: Path) -> Protocol:
    return read_protocol(path)


@cache
def all_shipped() -> dict[str, Protocol]:
    return load_protocols(SHIPPED)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
class TestShipped:
    def test_every_wording_is_complete_and_in_its_own_script(self, path: Path) -> None:
        for wording in wordings(shipped_protocol(path)):
            assert set(COMPLETE) <= set(wording)
            assert not re.search(r"[א-ת]", wording["en"]), wording["en"]
            assert re.search(r"[א-ת]", wording["he"]), wording["he"]

    def test_hebrew_addresses_everybody(self, path: Path) -> None:
        for wording in wordings(shipped_protocol(path)):
            assert not re.search(r"[א-ת][/.][א-ת]", wording["he"]), wording["he"]

    def test_every_claimed_band_and_room_size_has_something_to_do(self, path: Path) -> None:
        protocol = shipped_protocol(path)
        for band in protocol.bands:
            for size in (1, *protocol.group_sizes):
                steps = [s for step in protocol.steps if (s := resolved(step, band, size))]
                assert any(s.kind not in ("frame", "board") for s in steps)
                assert all(w.strip() for s in steps for w in s.prompt.values())

    def test_the_short_form_is_short_and_no_longer_than_the_full_one(self, path: Path) -> None:
        protocol = shipped_protocol(path)
        for band in protocol.bands:
            short = protocol.minutes(band, 2, short=True)
            assert 0 < short <= 15
            assert short <= protocol.minutes(band, 2)

    def test_a_step_with_a_partner_says_what_to_do_alone(self, path: Path) -> None:
        protocol = shipped_protocol(path)
        for step in protocol.steps:
            if step.kind in ("turns", "talk", "restate", "together") and step.scope != "class":
                assert step.alone is not None, f"{protocol.id}: {step.id}"

    def test_what_somebody_keeps_private_is_shown_to_nobody_else(self, path: Path) -> None:
        protocol = shipped_protocol(path)
        guarded = {s.id for s in protocol.steps if s.visibility in ("private", "teacher")}
        for step in protocol.steps:
            if step.kind in ("reveal", "board"):
                assert not guarded & set(step.uses), f"{protocol.id}: {step.id}"

    def test_where_it_comes_from_is_said(self, path: Path) -> None:
        assert shipped_protocol(path).teacher.source is not None


def test_minutes_are_close_to_the_suggested_ones() -> None:
    shipped = all_shipped()
    for name, suggested in SUGGESTED.items():
        protocol = shipped[name]
        for band in protocol.bands:
            assert protocol.minutes(band, 2) <= suggested + 2, f"{name} in band {band}"


def short(shipped: dict[str, Protocol], name: str, band: Band, size: int) -> float:
    return shipped[name].minutes(band, size, short=True)


def test_a_whole_arc_in_short_forms_fits_a_lesson_of_45_minutes() -> None:
    shipped = all_shipped()
    arc = ("havruta_warm_up_young", "noticing_and_wondering", "reflection", "self_assessment")
    assert sum(short(shipped, name, "B", 3) for name in arc) <= 33
    assert short(shipped, "noticing_and_wondering", "B", 2) <= 13
    for name in ("havruta_warm_up", "havruta_warm_up_young"):
        assert all(short(shipped, name, band, 2) <= 10 for band in shipped[name].bands)


def test_the_intention_set_in_the_warm_up_comes_back() -> None:
    shipped = all_shipped()
    for name in ("havruta_warm_up", "havruta_warm_up_young"):
        step = next(s for s in shipped[name].steps if s.output == "intention")
        assert (step.visibility, step.keep) == ("after_reveal", "record")
        assert {o.id for i in step.inputs if i.id == "intention" for o in i.options} >= {"listening", "wondering"}
    for name in ("reflection", "self_assessment"):
        assert any(f"{PLAN}intention" in s.uses for s in shipped[name].steps)


def test_every_age_band_has_a_warm_up_a_text_protocol_and_a_reflection() -> None:
    shipped = all_shipped().values()
    for band in get_args(Band):
        assert {"partnership", "text", "reflection"} <= {p.group for p in shipped if band in p.bands}
