"""What is documented is what there is: settings, codes, commands, links, examples and the API's own documents."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast, get_args

import pytest
from pydantic import BaseModel

from server.adapters.protocol_files import read_protocol
from server.core.live.lesson import Part
from server.core.live.protocol import (
    Input,
    InputKind,
    InputOverride,
    Override,
    Protocol,
    Step,
    StepKind,
    TeacherNotes,
)
from server.core.live.refusals import REFUSAL_CODES
from server.edges import api, security
from server.edges import socket as live_socket
from server.edges.pages import entrance
from server.edges.sentences import SENTENCES
from server.settings import Settings
from server.wire import messages
from server.wire.documents import STUDENT_COMMANDS, TEACHER_COMMANDS, asyncapi, openapi
from tests.core.builders import lesson, ruth
from tests.core.test_every_protocol import ALL, Canaries

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
HTTP_METHODS = ("get", "put", "post", "delete", "patch")


def words_of(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def in_code(name: str) -> set[str]:
    """Return everything that stands between backticks in a document."""
    return set(re.findall(r"`([^`\n]+)`", words_of(name)))


# -- settings, codes, commands ----------------------------------------------------------------------------------------


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    rows = set(re.findall(r"^\| `HAVRUTA_([A-Z_]+)` \|", words_of("settings.md"), re.MULTILINE))
    assert rows == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", [path.relative_to(ROOT).as_posix() for path in DOCUMENTS])
def test_no_document_names_a_setting_that_does_not_exist(name: str) -> None:
    # What tests and compose read beside the server's own settings.
    others = {"DOMAIN", "ADMIN_EMAIL", "TEST_DATABASE_URL", "TEST_REDIS_URL"}
    named = set(re.findall(r"\bHAVRUTA_([A-Z][A-Z_]*[A-Z])\b", (ROOT / name).read_text()))
    assert named <= {field.upper() for field in Settings.model_fields} | others


@pytest.mark.parametrize("code", sorted({*REFUSAL_CODES, *SENTENCES}))
def test_every_refusal_and_every_sentence_is_explained(code: str) -> None:
    assert code in in_code("refusals.md")


def codes_in(module: Any, pattern: str) -> set[str]:
    found = set(re.findall(pattern, Path(cast(str, module.__file__)).read_text()))
    assert found, f"the pattern finds nothing in {module.__name__}"
    return found


def test_every_way_in_which_a_message_is_malformed_is_explained() -> None:
    codes = codes_in(messages, r'(?:Malformed\(|code = |else )"([a-z_]+)"')
    assert {"malformed", "not_a_command", "unknown_kind"} <= codes <= in_code("refusals.md")


def test_every_reason_to_refuse_a_connection_is_explained() -> None:
    assert codes_in(live_socket, r'Refusal\("([a-z_]+)"\)') <= in_code("refusals.md")


def test_every_notice_is_explained() -> None:
    codes = set(cast(tuple[str, ...], messages.Notice.model_fields["code"].annotation.__args__))  # type: ignore[union-attr]
    assert codes <= in_code("refusals.md")


def test_every_problem_of_http_is_explained() -> None:
    edges = Path(security.__file__).parent
    raised = {
        code
        for path in edges.rglob("*.py")
        for code in re.findall(r'\bProblem\(\s*\d+,\s*"([a-z_]+)"', path.read_text())
    }
    assert {"our_mistake", "not_found", "from_elsewhere"} <= raised <= in_code("refusals.md")


@pytest.mark.parametrize("code", sorted(entrance.WRONG))
def test_every_way_to_be_wrong_at_a_door_is_explained(code: str) -> None:
    assert code in in_code("refusals.md")


@pytest.mark.parametrize(
    "kind", sorted({c.model_fields["kind"].default for c in (*STUDENT_COMMANDS, *TEACHER_COMMANDS)})
)
def test_every_command_is_documented(kind: str) -> None:
    assert kind in in_code("wire.md")


# -- links and names --------------------------------------------------------------------------------------------------


def relative_links(path: Path) -> Iterator[str]:
    without_code = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code):
        if not re.match(r"[a-z]+:", target):
            yield target


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in relative_links(path):
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        assert there.exists(), f"{path.name}: {target}"
        if anchor:
            assert anchor in headings(there), f"{path.name}: {target}"


def headings(path: Path) -> set[str]:
    """Return the anchors that a Markdown page gives its headings."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def named_tests() -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    for path in DOCUMENTS:
        for file, test in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", path.read_text()):
            found.append((path.name, file, test))
    return found


@pytest.mark.parametrize(("document", "file", "test"), named_tests())
def test_every_test_that_a_promise_names_exists(document: str, file: str, test: str) -> None:
    assert (ROOT / file).is_file(), f"{document} names {file}"
    if test:
        assert re.search(rf"def {test}\(", (ROOT / file).read_text()), f"{document} names {test}"


def test_every_make_target_that_a_document_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for path in DOCUMENTS:
        for block in re.findall(r"```\w*\n(.*?)```", path.read_text(), re.DOTALL):
            for target in re.findall(r"^(?:[A-Z_]+=\S+ )*make ([a-z-]+)", block, re.MULTILINE):
                assert target in targets, f"{path.name}: make {target}"


# -- protocols --------------------------------------------------------------------------------------------------------


def worked_example(folder: Path) -> Protocol:
    """Return the example of the guide, read as the server reads a file."""
    examples = re.findall(r"```yaml\n(id: (\w+)\n.*?)```", words_of("writing-a-protocol.md"), re.DOTALL)
    ((text, name),) = examples
    (folder / f"{name}.yaml").write_text(text)
    return read_protocol(folder / f"{name}.yaml")


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("short", [False, True], ids=["full", "short"])
def test_the_worked_example_of_a_protocol_is_played_to_its_end(tmp_path: Path, short: bool, size: int) -> None:
    example = worked_example(tmp_path)
    for band in example.bands:
        played = Canaries(lesson(Part(protocol=example, short=short), band=band, text=ruth()), *ALL[:size])
        played.to_the_end()
        assert played.play.view().state == "done"


@pytest.mark.parametrize("kind", [*get_args(StepKind), *get_args(InputKind)])
def test_every_kind_of_step_and_input_is_explained_to_authors(kind: str) -> None:
    assert f"| `{kind}` |" in words_of("writing-a-protocol.md")


@pytest.mark.parametrize(
    "model", [Protocol, Step, Input, Override, InputOverride, TeacherNotes], ids=lambda m: m.__name__
)
def test_every_field_of_a_protocol_file_is_explained_to_authors(model: type[BaseModel]) -> None:
    named = {word for code in in_code("writing-a-protocol.md") for word in re.findall(r"\w+", code)}
    assert set(model.model_fields) <= named


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_document_claims_to_be_the_original(path: Path) -> None:
    text = " ".join(path.read_text().split())
    if "Pedagogy of Partnership" in text:
        assert re.search(r"inspired by the Pedagogy of Partnership", text, re.IGNORECASE)
    for sentence in re.split(r"(?<=[.!?])\s", text):
        about_them = re.search(r"Pedagogy of Partnership|\bPoP\b|original sheets?", sentence)
        claims = re.search(r"\b(official|original|authentic|endorsed|certified|approved|licensed)\b", sentence)
        if about_them and claims:
            assert re.search(r"\b(not|never|no)\b", sentence), sentence


# -- the API's own documents ------------------------------------------------------------------------------------------


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inside in cast(dict[str, object], value).items():
            if key == "$ref":
                yield str(inside)
            else:
                yield from references(inside)
    elif isinstance(value, list):
        for inside in cast(list[object], value):
            yield from references(inside)


def resolved(document: Any, reference: str) -> Any:
    assert reference.startswith("#/"), reference
    for part in reference[2:].split("/"):
        document = document[part.replace("~1", "/").replace("~0", "~")]
    return document


def test_every_reference_in_the_socket_document_resolves() -> None:
    document = asyncapi("1")
    found = list(references(document))
    assert len(found) > 50
    for reference in found:
        resolved(document, reference)


def test_the_socket_document_describes_every_command_with_its_fields() -> None:
    document = asyncapi("1")
    for command in (*STUDENT_COMMANDS, *TEACHER_COMMANDS):
        payload = document["components"]["messages"][command.__name__]["payload"]
        fields = set(resolved(document, payload["$ref"])["properties"])
        assert fields == set(command.model_fields)


def test_every_operation_uses_messages_of_its_own_channel() -> None:
    document = asyncapi("1")
    for operation in document["operations"].values():
        channel = operation["channel"]["$ref"]
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"])


def test_every_address_in_the_http_document_is_served_and_the_other_way_round() -> None:
    document = openapi("1")
    described = {
        (method.upper(), path) for path, item in document["paths"].items() for method in item if method in HTTP_METHODS
    }
    served = {(route.method, without_pattern(route.path)) for route in api.routes}  # type: ignore[attr-defined]
    assert described == served


def without_pattern(path: str) -> str:
    """Return a route's path as OpenAPI writes it: {hash:[0-9a-f]{64}} is {hash}."""
    return re.sub(r"\{(\w+):.*?\}(?=/|$)", r"{\1}", path)


# -- what stands in front ---------------------------------------------------------------------------------------------


def test_the_shipped_proxy_takes_as_much_as_the_server_and_counts_on_websockets_alone() -> None:
    shipped = (ROOT / "deploy" / "Caddyfile").read_text()
    (most,) = re.findall(r"max_size (\d+)MiB", shipped)
    assert int(most) * 1024 * 1024 == security.MOST_BYTES
    assert "lb_policy cookie" not in shipped
    assert not re.search(r"\bpolls?\b", shipped)
