"""Words out of markup: what an edition marks up for its own pages becomes plain words, and nothing in it can act."""

import re
from html.parser import HTMLParser

LONGEST_MARKED_UP = 20_000
"""Characters of one marked-up verse that are read; a verse with all its footnotes is far shorter."""

# C0 and C1 without tab and line feed; what turns the direction of what follows; what is no character at all.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_ACCENTS = re.compile("[\u0591-\u05af]")
_PASEQ = re.compile(r"\s*\u05c0")
_GAPS = re.compile(r"[ \t\n\u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
# Divisions of a Torah scroll, which Bible editions print inside the verse.
_SCROLL_DIVISION = re.compile(r"\s*\{[פס]\}\s*$")
_NOTHING_TO_READ = frozenset({"script", "style", "template", "iframe", "object", "svg", "sup", "title", "noscript"})
_NO_END = frozenset({"br", "img", "hr", "wbr", "input", "meta", "link", "source", "embed", "area", "base", "col"})


def plain(marked_up: str) -> str:
    """Return the words of a verse in an edition's markup: without footnotes and their marks, without any element.

    Letters, niqqud and teamim are kept as they came, never normalised. Ketiv and qere come out as "ketiv [qere]".
    """
    reader = _Words()
    reader.feed(marked_up[:LONGEST_MARKED_UP])
    reader.close()
    return _SCROLL_DIVISION.sub("", one_line("".join(reader.found)))


def one_line(words: str) -> str:
    """Return words on one line, without what cannot be seen and turns text around."""
    return _GAPS.sub(" ", _UNSEEN.sub("", words)).strip()


def visible(words: str) -> str:
    """Return words of several lines without what cannot be seen and turns text around; every kind of line break is "\\n"."""
    return _UNSEEN.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))


def without_accents(words: str) -> str:
    """Return Hebrew without teamim (cantillation) and paseq; niqqud, meteg, maqaf and sof pasuq stay."""
    return _ACCENTS.sub("", _PASEQ.sub("", words))


class _Words(HTMLParser):
    """Collects what is to be read. `_left_out` counts elements open inside one that is not read at all."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._left_out: list[str] = []
        self._ketiv = 0
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = set((dict(attrs).get("class") or "").split())
        if tag in _NO_END:
            self.found.append(" " if tag in ("br", "hr") and not self._left_out else "")
        elif self._left_out:
            self._left_out.append(tag)
        elif tag in _NOTHING_TO_READ or classes & {"footnote", "footnote-marker", "mam-spi-pe", "mam-spi-samekh"}:
            self._left_out.append(tag)
        else:
            ketiv = "mam-kq-k" in classes
            self._ketiv += ketiv
            self._open.append((tag, ketiv))

    def handle_endtag(self, tag: str) -> None:
        if self._left_out:
            if tag in self._left_out:
                while self._left_out.pop() != tag:
                    pass
            return
        if any(tag == opened for opened, _ in self._open):
            while True:
                opened, ketiv = self._open.pop()
                self._ketiv -= ketiv
                if opened == tag:
                    break
        if tag in ("p", "div", "li"):
            self.found.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._left_out:
            # That edition writes "(ketiv) [qere]"; the library and the room read "ketiv [qere]".
            self.found.append(data.strip("()") if self._ketiv else data)
