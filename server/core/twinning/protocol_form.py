"""The fields of a protocol's form: which there are, what stands in them, and the document with what was typed."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from server.core.languages import COMPLETE

Document = dict[str, Any]
"""A protocol as a file would say it: plain values, possibly not sound yet."""

Place = tuple[str | int, ...]
Kind = Literal["words", "long", "lines", "number", "flag"]


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of the form. `name` keeps its meaning when steps move; `at` is where its value stands now.

    `values` are as typed: by language, or under "" for a number or a mark.
    """

    name: str
    label: str
    kind: Kind
    at: Place
    values: dict[str, str]
    required: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True)
class FormGroup:
    """Fields under one small heading: `what` says of what, `about` which (a number, ages, room sizes)."""

    what: Literal["plain", "input", "option", "tag", "role", "override", "say"]
    fields: list[FormField]
    about: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class FormSection:
    """A part of the form: about the protocol, the teacher's page, or one step."""

    what: Literal["about", "teacher", "step"]
    at: Place
    groups: list[FormGroup]
    step: Document = field(default_factory=dict[str, Any])

    @property
    def fields(self) -> list[FormField]:
        """All fields of the section."""
        return [one for group in self.groups for one in group.fields]


def form_of(document: Document) -> list[FormSection]:
    """Return every field that the form offers for this document, in order."""
    about = [
        _words(document, (), "title", required=True),
        _words(document, (), "summary", "long", required=True),
        _lines(document, (), "statements"),
        _number(document, (), "loop_segments"),
    ]
    return [
        FormSection("about", (), [FormGroup("plain", about)]),
        FormSection("teacher", ("teacher",), _teacher(_group(document, "teacher"))),
        *(
            FormSection("step", ("steps", n), list(_step_groups(step, ("steps", n))), step)
            for n, step in enumerate(_list(document, "steps"))
        ),
    ]


def with_typed(document: Document, typed: Mapping[str, str]) -> Document:
    """Return the document with what was typed. Names that are no field of this form change nothing.

    A field that was not sent stays as it is; a mark (a checkbox) that was not sent is taken away.
    """
    changed = deepcopy(document)
    for section in form_of(document):
        for one in section.fields:
            _put(changed, one, typed)
    return changed


def _teacher(notes: Document) -> list[FormGroup]:
    at: Place = ("teacher",)
    plain = [_words(notes, at, name, "long", required=True) for name in ("purpose", "choose_text")]
    points = [_lines(notes, at, name, required=True) for name in ("look_for", "traps", "debrief", "adaptations")]
    said = [
        FormGroup(
            "say",
            [
                _words(line, (*at, "dialogue", n), "who", required=True),
                _words(line, (*at, "dialogue", n), "says", "long", required=True),
            ],
            {"number": n + 1},
        )
        for n, line in enumerate(_list(notes, "dialogue"))
    ]
    return [FormGroup("plain", [*plain, *points, _words(notes, at, "source", "long")]), *said]


def _step_groups(step: Document, at: Place) -> Iterator[FormGroup]:
    kind = step.get("kind")
    numbers = ["minutes", "short_minutes"]
    numbers += ["turn_seconds", "rounds"] if kind == "turns" else ["max_loops"] if kind == "restate" else []
    yield FormGroup(
        "plain",
        [
            _words(step, at, "title", required=True),
            _words(step, at, "prompt", "long", required=True),
            _words(step, at, "alone", "long"),
            *(_number(step, at, name, required=name == "minutes") for name in numbers),
            FormField(
                _name((*at, "core"), step), "core", "flag", (*at, "core"), {"": "on" if step.get("core", True) else ""}
            ),
            _lines(step, at, "stems"),
            _lines(step, at, "deeper"),
        ],
    )
    roles = _group(step, "roles")
    if roles:
        yield FormGroup(
            "role", [_words(roles, (*at, "roles"), role, "long", required=True, step=step) for role in roles]
        )
    for n, asked in enumerate(_list(step, "inputs")):
        yield from _input_groups(asked, (*at, "inputs", n), step, n)
    for n, override in enumerate(_list(step, "overrides")):
        if not override.get("skip"):
            yield _override_group(override, (*at, "overrides", n), step)


def _input_groups(asked: Document, at: Place, step: Document, number: int) -> Iterator[FormGroup]:
    counted = ["min", "max"] if asked.get("kind") in ("list", "marks") else []
    yield FormGroup(
        "input",
        [
            _words(asked, at, "prompt", "long", required=True, step=step),
            _words(asked, at, "hint", "long", step=step),
            *([_words(asked, at, "because", step=step)] if "because" in asked else []),
            *(_number(asked, at, name, step=step) for name in counted),
        ],
        {"number": number + 1, "kind": asked.get("kind", "")},
    )
    for what, listed in (("option", "options"), ("tag", "tags")):
        for n, option in enumerate(_list(asked, listed)):
            place = (*at, listed, n)
            fields = [_words(option, place, "label", required=True, step=step)]
            if "describe" in option:
                fields.append(_words(option, place, "describe", "long", step=step))
            yield FormGroup("option" if what == "option" else "tag", fields, {"number": n + 1})


def _override_group(override: Document, at: Place, step: Document) -> FormGroup:
    """Only what differs already, and the prompt: a page of empty fields would hide the few that matter."""
    fields: list[FormField] = []
    for name in ("title", "prompt", "minutes", "stems", "rounds", "turn_seconds"):
        if name == "stems" and name in override:
            fields.append(_lines(override, at, name, step=step))
        elif name in ("minutes", "rounds", "turn_seconds") and name in override:
            fields.append(_number(override, at, name, step=step))
        elif name == "prompt" or (name == "title" and name in override):
            fields.append(_words(override, at, name, "long" if name == "prompt" else "words", step=step))
    roles = _group(override, "roles")
    fields += [_words(roles, (*at, "roles"), role, "long", required=True, step=step) for role in roles]
    for asked, changed in _group(override, "inputs").items():
        place = (*at, "inputs", asked)
        if "prompt" in changed:
            fields.append(_words(changed, place, "prompt", "long", step=step))
        fields += [_number(changed, place, name, step=step) for name in ("min", "max") if name in changed]
        fields += [
            _words(option, (*place, "options", n), "label", required=True, step=step)
            for n, option in enumerate(_list(changed, "options"))
        ]
    about = {"bands": _list(override, "bands"), "groups": _list(override, "groups")}
    return FormGroup("override", fields, about)


def _words(
    holder: Document,
    at: Place,
    name: str,
    kind: Kind = "words",
    *,
    required: bool = False,
    step: Document | None = None,
) -> FormField:
    wording = _group(holder, name)
    values = {language: str(wording.get(language, "")) for language in COMPLETE}
    place = (*at, name)
    return FormField(_name(place, step or holder), name, kind, place, values, required)


def _lines(
    holder: Document, at: Place, name: str, *, required: bool = False, step: Document | None = None
) -> FormField:
    listed = _list(holder, name)
    values = {
        # A line is a line here: what a file broke over two is shown as one.
        language: "\n".join(" ".join(str(one.get(language, "")).split()) for one in listed).rstrip("\n")
        for language in COMPLETE
    }
    place = (*at, name)
    return FormField(_name(place, step or holder), name, "lines", place, values, required)


def _number(
    holder: Document, at: Place, name: str, *, required: bool = False, step: Document | None = None
) -> FormField:
    value = holder.get(name)
    place = (*at, name)
    shown = "" if value is None else f"{value:g}" if isinstance(value, int | float) else str(value)
    return FormField(_name(place, step or holder), name, "number", place, {"": shown}, required)


def _name(at: Place, step: Document) -> str:
    """Return a field's name: a step is named by its id, so that what is typed finds it when the order has changed."""
    parts = [str(part) for part in at]
    if at[0] == "steps":
        parts[1] = str(step.get("id"))
    return ".".join(parts)


def _put(document: Document, one: FormField, typed: Mapping[str, str]) -> None:
    holder: Any = document
    for part in one.at[:-1]:
        holder = holder[part]
    name = one.at[-1]
    match one.kind:
        case "flag":
            if typed.get(one.name) == "on":
                holder.pop(name, None)
            else:
                holder[name] = False
        case "number":
            if one.name in typed:
                _put_or_drop(holder, name, _as_number(typed[one.name]), one.required)
        case "lines":
            sent = {lang: typed[key] for lang in COMPLETE if (key := f"{one.name}:{lang}") in typed}
            if sent:
                _put_or_drop(holder, name, _as_lines(one, sent, _list(holder, str(name))), one.required)
        case _:
            sent = {lang: typed[key] for lang in COMPLETE if (key := f"{one.name}:{lang}") in typed}
            if sent:
                wording: dict[str, str] = {
                    **_group(holder, str(name)),
                    **{lang: _tidy(words) for lang, words in sent.items()},
                }
                kept = {lang: words for lang, words in wording.items() if words}
                if not any(lang in kept for lang in COMPLETE) and not one.required:
                    kept = {}
                _put_or_drop(holder, name, kept, one.required)


def _put_or_drop(holder: Any, name: Any, value: Any, required: bool) -> None:
    if value in ("", [], {}) and not required:
        holder.pop(name, None)
    else:
        holder[name] = value


def _tidy(words: str) -> str:
    return words.replace("\r\n", "\n").replace("\r", "\n").strip()


def _as_number(words: str) -> object:
    said = words.strip().replace(",", ".")
    if re.fullmatch(r"[0-9]{1,9}", said):
        return int(said)
    return float(said) if re.fullmatch(r"[0-9]{1,9}\.[0-9]{1,6}", said) else said


def _as_lines(one: FormField, sent: Mapping[str, str], before: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return a wording for each line; line 3 in one language belongs to line 3 in the other."""
    typed = {lang: _tidy_lines(sent.get(lang, one.values[lang])) for lang in COMPLETE}
    count = max(len(lines) for lines in typed.values())
    found: list[dict[str, str]] = []
    for n in range(count):
        wording = {lang: lines[n] for lang, lines in typed.items() if n < len(lines) and lines[n]}
        others = before[n] if len(before) == count else {}
        if wording:
            found.append({lang: words for lang, words in others.items() if lang not in COMPLETE} | wording)
    return found


def _tidy_lines(words: str) -> list[str]:
    lines = [line.strip() for line in _tidy(words).split("\n")]
    return [] if lines == [""] else lines


def _group(holder: Document, name: str) -> Document:
    return cast(Document, holder.get(name) or {})


def _list(holder: Document, name: str) -> list[Document]:
    return cast("list[Document]", holder.get(name) or [])
