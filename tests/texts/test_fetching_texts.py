"""Fetching a passage: the words come as they are, and a library that is slow, wrong, huge or hostile is cut off."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from server.adapters import sefaria as adapter
from server.adapters.sefaria import SefariaTexts, is_public
from server.adapters.sql.engine import make_engine, migrate
from server.adapters.sql.school_texts import KEPT_FOR, FetchedPassages
from server.core.importing.fetched import Fetched
from server.ports.school_texts import FetchTrouble
from tests.texts.sefaria_server import EXPORTED, Sefaria, sefaria

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


class Forgetful:
    """Keeps no passage."""

    async def kept(self, asked: list[str], now: datetime) -> Fetched | None:
        """Nothing is kept."""
        return None

    async def keep(self, asked: list[str], passage: Fetched, now: datetime) -> None:
        """Nothing is kept."""


@pytest.fixture
async def library() -> AsyncGenerator[Sefaria]:
    """A library on loopback."""
    async with sefaria() as running:
        yield running


def asking(library: Sefaria) -> SefariaTexts:
    return SefariaTexts(library.url, Forgetful())


async def trouble(texts: SefariaTexts, reference: str = "Ruth 1:8-18", **editions: str) -> str:
    with pytest.raises(FetchTrouble) as caught:
        await texts.fetch(reference, editions, NOW)
    return caught.value.code


@pytest.mark.parametrize("reference", ["Ruth 1:8-18", "Ruth.1.8-18", "רות א:ח-יח"])
async def test_a_passage_comes_in_both_languages_with_editions_and_licences(library: Sefaria, reference: str) -> None:
    found = await asking(library).fetch(reference, {}, NOW)
    for language in ("he", "en"):
        edition = found.editions[language]
        assert (edition.title, edition.licence) == (EXPORTED[language]["versionTitle"], "Public Domain")
        assert [address for address, _ in edition.lines] == [f"1:{n}" for n in range(8, 19)]
    assert found.ref == {"en": "Ruth 1:8-18", "he": "רות א׳:ח׳-י״ח"}
    assert [other.title for other in found.others] == ["A Free New Translation"]


async def test_words_are_never_normalised_and_footnotes_and_markup_are_left_out(library: Sefaria) -> None:
    found = await asking(library).fetch("Ruth 1:8-18", {}, NOW)
    assert [said for _, said in found.editions["he"].lines] == EXPORTED["he"]["text"][0][7:18]
    assert [said for _, said in found.editions["en"].lines] == EXPORTED["en"]["text"][0][7:18]


async def test_a_library_that_knows_only_the_older_form_is_asked_in_that(library: Sefaria) -> None:
    newer = await asking(library).fetch("Ruth 1:8-18", {}, NOW)
    library.older_only = True
    older = await asking(library).fetch("Ruth 1:8-18", {}, NOW)
    assert older.editions == newer.editions
    assert await trouble(asking(library), "Life of Pi 1") == "unknown_reference"


async def test_a_single_verse_and_a_whole_chapter_have_their_addresses(library: Sefaria) -> None:
    one = await asking(library).fetch("Ruth 1:16", {}, NOW)
    assert [address for address, _ in one.editions["he"].lines] == ["1:16"]
    chapter = await asking(library).fetch("Ruth 1", {}, NOW)
    assert [address for address, _ in chapter.editions["en"].lines] == [f"1:{n}" for n in range(1, 19)]


async def test_a_passage_without_an_english_version_comes_in_hebrew(library: Sefaria) -> None:
    library.without = {"en"}
    assert set((await asking(library).fetch("Ruth 1:8-18", {}, NOW)).editions) == {"he"}


async def test_another_edition_is_asked_for_by_its_name(library: Sefaria) -> None:
    title = EXPORTED["en"]["versionTitle"]
    assert (await asking(library).fetch("Ruth 1:8", {"en": title}, NOW)).editions["en"].title == title
    library.without = {"he"}
    assert await trouble(asking(library), en="No Such Edition") == "no_such_edition"


async def test_a_licence_that_is_not_free_is_told_and_kept(library: Sefaria) -> None:
    library.licence["en"] = "CC-BY-NC"
    english = (await asking(library).fetch("Ruth 1:8-18", {}, NOW)).editions["en"]
    assert (english.licence, english.free) == ("CC-BY-NC", False)


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ("page", "not_understood"),
        ("broken", "not_understood"),
        ("deep", "not_understood"),
        ("nested", "not_understood"),
        ("shapeless", "not_understood"),
        ("many", "not_understood"),
        ("huge", "too_large"),
        ("endless", "too_large"),
        ("bomb", "too_large"),
        ("other_host", "led_elsewhere"),
        ("round", "led_elsewhere"),
        ("400", "unknown_reference"),
        ("404", "unknown_reference"),
        ("429", "busy"),
        ("500", "unreachable"),
    ],
)
async def test_an_answer_that_is_no_passage_is_a_trouble_with_a_name(
    library: Sefaria, behaviour: str, code: str
) -> None:
    library.behaviour = behaviour
    assert await trouble(asking(library)) == code


async def test_a_library_that_does_not_answer_is_not_waited_for(library: Sefaria) -> None:
    library.behaviour = "slow"
    texts = SefariaTexts(library.url, Forgetful(), total_seconds=0.3)
    async with asyncio.timeout(60):
        assert await trouble(texts) == "slow"


async def test_nobody_at_the_address_is_unreachable() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}"
    assert await trouble(SefariaTexts(nobody, Forgetful())) == "unreachable"


async def test_a_redirect_within_the_host_is_followed(library: Sefaria) -> None:
    library.behaviour = "moved"
    assert (await asking(library).fetch("Ruth 1:8", {}, NOW)).editions["en"].lines == (("1:8", "moved"),)


async def test_hostile_markup_comes_out_as_plain_words(library: Sefaria) -> None:
    library.behaviour = "hostile"
    assert (await asking(library).fetch("Ruth 1:8", {}, NOW)).editions["en"].lines == (("1:8", "Go home"),)


@pytest.mark.parametrize("reference", ["../../admin", "Ruth/../../x", "Ruth 1:8?version=x#y", "http://example.org/"])
async def test_a_reference_leads_to_no_other_page(library: Sefaria, reference: str) -> None:
    assert await trouble(asking(library), reference) == "unknown_reference"
    assert all(path.startswith(("/api/v3/texts/", "/api/texts/")) for path in library.asked)


@pytest.mark.parametrize("reference", ["", "   ", "1234", "x" * 500])
async def test_what_cannot_be_a_reference_is_not_even_asked(library: Sefaria, reference: str) -> None:
    assert await trouble(asking(library), reference) == "unknown_reference"
    assert library.asked == []


async def test_a_server_that_asks_nobody_says_so() -> None:
    texts = SefariaTexts("", Forgetful())
    assert (texts.host, await trouble(texts)) == ("", "off")


async def test_somebody_s_loop_is_stopped_before_the_library_minds(
    library: Sefaria, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "MOST_A_MINUTE", 2)
    texts = asking(library)
    for _ in range(2):
        await texts.fetch("Ruth 1:8", {}, NOW)
    assert await trouble(texts) == "busy"
    assert len(library.asked) == 2


async def test_a_passage_is_asked_for_once_a_month(library: Sefaria, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'havruta.sqlite'}"
    await migrate(url)
    engine = make_engine(url)
    try:
        texts = SefariaTexts(library.url, FetchedPassages(engine))
        first = await texts.fetch("Ruth 1:8-18", {}, NOW)
        library.behaviour = "500"
        assert await texts.fetch("Ruth 1:8-18", {}, NOW + KEPT_FOR - timedelta(minutes=1)) == first
        assert len(library.asked) == 1
        assert await trouble(texts, "Ruth 1:8-17") == "unreachable"
        with pytest.raises(FetchTrouble):
            await texts.fetch("Ruth 1:8-18", {}, NOW + KEPT_FOR)
    finally:
        await engine.dispose()


class NameThatLeads(AbstractResolver):
    """Resolves every name to one address."""

    def __init__(self, address: str) -> None:
        self.address = address

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the address."""
        return [ResolveResult(hostname=host, host=self.address, port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing to close."""


async def test_a_name_that_leads_inside_the_network_is_not_followed(library: Sefaria) -> None:
    port = library.url.rpartition(":")[2]
    inside = SefariaTexts(f"http://texts.example:{port}", Forgetful(), resolver=lambda: NameThatLeads("127.0.0.1"))
    assert await trouble(inside) == "unreachable"
    assert library.asked == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 -- an address to refuse, not one to listen on
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::a00:1", False),
        ("not an address", False),
    ],
)
def test_which_addresses_are_out_in_the_world(address: str, public: bool) -> None:
    assert is_public(address) is public
