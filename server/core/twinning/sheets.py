"""A table out of a spreadsheet, as its cells: whatever encoding and separator it was saved with."""

import csv
import io
import re
from collections.abc import Callable
from typing import Final

# Pasted along unseen by spreadsheets in right-to-left sheets; harmless at the edge of a cell.
EDGES: Final = " \t\u00a0\u200b\u200e\u200f\ufeff"
_MIXED_WORD: Final = re.compile("[A-Za-z][\u0591-\u05f4]|[\u05d0-\u05ea][A-Za-z]")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class BrokenQuotes(Exception):  # noqa: N818 -- what a person typed is no fault
    """A quotation mark is opened and not closed, from `line` on."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def decoded(csv_bytes: bytes) -> str | None:
    """Return the text: UTF-8 (with or without its mark), UTF-16 with its mark, or Windows-1255; None where it is none of these."""
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    marked = next((encoding for mark, encoding in marks if csv_bytes.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "cp1255"):
        try:
            text = csv_bytes.decode(encoding)
        except UnicodeDecodeError:
            continue
        # "José" saved in a western encoding would come out as "Josי": better refused than kept wrong.
        return None if encoding == "cp1255" and _MIXED_WORD.search(text) else text
    return None


def rows(text: str, is_heading: Callable[[str], bool]) -> list[tuple[int, list[str]]]:
    """Return the rows that hold anything, each with the line that it begins on; raise BrokenQuotes.

    Of comma, semicolon and tab, whichever divides the first line into the most headings separates the cells.
    """
    found: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, is_heading), strict=True)
    line = 1
    try:
        for row in reader:
            cells = [cell.strip(EDGES) for cell in row]
            if any(cells):
                found.append((line, cells))
            line = reader.line_num + 1
    except csv.Error:
        raise BrokenQuotes(line) from None
    return found


def _delimiter(text: str, is_heading: Callable[[str], bool]) -> str:
    heading = next((line for line in text.splitlines() if line.strip(EDGES)), "")

    def known(delimiter: str) -> int:
        return sum(is_heading(cell.strip('"')) for cell in heading.split(delimiter))

    return max((",", ";", "\t"), key=lambda delimiter: (known(delimiter), heading.count(delimiter)))


def inert(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def as_typed(cell: str) -> str:
    """Return what a cell said before it was made inert."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
