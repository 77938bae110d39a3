"""A second start does not parse what was sound at the first, and never believes it after a change."""

import json
from pathlib import Path

import pytest

from server.adapters import protocol_files
from server.adapters.known_protocols import KnownProtocols
from server.adapters.protocol_files import ProtocolFileError, load_protocols
from server.core.live.protocol import Protocol

SHIPPED = Path(__file__).parents[2] / "protocols" / "reflection.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one sound protocol."""
    made = tmp_path / "protocols"
    made.mkdir()
    (made / SHIPPED.name).write_bytes(SHIPPED.read_bytes())
    return made


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where a start keeps what it has checked."""
    return tmp_path / "data" / "protocols.json"


@pytest.fixture
def no_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, whoever parses YAML fails."""

    def parsed(*_: object) -> object:
        raise AssertionError("the file was parsed again")

    monkeypatch.setattr(protocol_files, "YAML", parsed)


def first_start(folder: Path, kept: Path) -> dict[str, Protocol]:
    return load_protocols(folder, KnownProtocols(kept))


def test_the_second_start_parses_nothing_and_knows_the_same(
    folder: Path, kept: Path, request: pytest.FixtureRequest
) -> None:
    before = first_start(folder, kept)
    request.getfixturevalue("no_yaml")
    assert load_protocols(folder, KnownProtocols(kept)) == before


def test_a_changed_file_is_read_again(folder: Path, kept: Path) -> None:
    first_start(folder, kept)
    file = folder / SHIPPED.name
    file.write_text(file.read_text("utf-8").replace("version: 1", "version: 2", 1), "utf-8")
    assert load_protocols(folder, KnownProtocols(kept))["reflection"].version == 2


def test_a_file_that_became_wrong_is_named_with_its_mistake(folder: Path, kept: Path) -> None:
    first_start(folder, kept)
    (folder / SHIPPED.name).write_text("id: reflection\n", "utf-8")
    with pytest.raises(ProtocolFileError, match=r"reflection\.yaml"):
        load_protocols(folder, KnownProtocols(kept))


def test_a_known_file_under_another_name_is_checked_against_that_name(folder: Path, kept: Path) -> None:
    first_start(folder, kept)
    (folder / SHIPPED.name).rename(folder / "other.yaml")
    with pytest.raises(ProtocolFileError, match="the file name differ"):
        load_protocols(folder, KnownProtocols(kept))


@pytest.mark.parametrize("spoiled", ["", "[]", '{"x": 1}', "not json"])
def test_a_spoiled_memory_costs_time_and_nothing_else(folder: Path, kept: Path, spoiled: str) -> None:
    before = first_start(folder, kept)
    kept.write_text(spoiled)
    assert load_protocols(folder, KnownProtocols(kept)) == before


def test_a_remembered_protocol_that_the_rules_refuse_is_read_from_its_file(folder: Path, kept: Path) -> None:
    before = first_start(folder, kept)
    kept.write_text(json.dumps(dict.fromkeys(json.loads(kept.read_text("utf-8")), "{}")))
    assert load_protocols(folder, KnownProtocols(kept)) == before


def test_a_folder_that_cannot_be_written_to_does_not_stop_a_start(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    assert "reflection" in first_start(folder, tmp_path / "data" / "protocols.json")
