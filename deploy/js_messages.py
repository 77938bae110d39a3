"""Finds t("…") in browser modules for Babel, also inside html`…`, where Babel's own extractor loses its way at a quote."""

import re
from collections.abc import Collection, Iterator
from typing import IO, Any, NamedTuple


class Token(NamedTuple):
    """A piece of a module: `kind` is name, string or mark; `text` is the unescaped value of a string."""

    kind: str
    text: str
    line: int


Message = tuple[int, str, tuple[str | None, ...], list[str]]

SKIPPED = re.compile(r"\s+|//[^\n]*|/\*.*?\*/", re.DOTALL)
NAME = re.compile(r"[A-Za-z_$][\w$]*")
NUMBER = re.compile(r"\d[\w.]*")
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*")
ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\n)|(.))", re.DOTALL)
CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
BEFORE_A_REGEX = {"return", "typeof", "case", "in", "of", "await", "yield", "void", "delete"}


def extract(
    file: IO[bytes], keywords: Collection[str], comment_tags: object, options: dict[str, Any]
) -> Iterator[Message]:
    """Yield what Babel expects of an extractor: (line, function, its literal arguments, no comments)."""
    tokens = list(tokenize(file.read().decode("utf-8")))
    for index, token in enumerate(tokens[:-1]):
        before = tokens[index - 1].text if index else ""
        is_call = (
            token.kind == "name"
            and token.text in keywords
            and tokens[index + 1] == ("mark", "(", tokens[index + 1].line)
        )
        if is_call and before not in {".", "function"}:
            yield token.line, token.text, tuple(arguments(tokens, index + 2)), []


def arguments(tokens: list[Token], index: int) -> list[str | None]:
    """Return a call's arguments from its opening bracket on; None stands for what is not a literal."""
    found: list[list[Token]] = [[]]
    depth = 1
    for token in tokens[index:]:
        if token.kind == "mark":
            depth += (token.text in "([{") - (token.text in ")]}")
            if depth == 0:
                break
            if token.text == "," and depth == 1:
                found.append([])
                continue
        found[-1].append(token)
    return [literal(argument) for argument in found if argument]


def literal(argument: list[Token]) -> str | None:
    """Return the text of a string, or of strings joined by +, or None."""
    strings, joints = argument[::2], argument[1::2]
    if all(token.kind == "string" for token in strings) and all(token.text == "+" for token in joints):
        return "".join(token.text for token in strings)
    return None


def tokenize(code: str) -> Iterator[Token]:
    """Yield the tokens of a module, those inside `${…}` in their place."""
    position, line = 0, 1
    previous = Token("mark", ";", 1)
    # One entry an open template: how many braces are open inside its current `${`.
    templates: list[int] = []
    while position < len(code):
        start = position
        token: Token | None = None
        if skipped := SKIPPED.match(code, position):
            position = skipped.end()
        elif code[position] == "`" or (code[position] == "}" and templates and templates[-1] == 0):
            if code[position] == "}":
                templates.pop()
            text, position, goes_on = template_part(code, position + 1)
            if goes_on:
                templates.append(0)
            # Only a template without `${` is a literal; the parts of another stand between marks that join nothing.
            whole = code[start] == "`" and not goes_on
            token = Token("string", text, line) if whole else Token("mark", "`", line)
        elif string := STRING.match(code, position):
            position = string.end()
            token = Token("string", unescape(string.group()[1:-1]), line)
        elif name := NAME.match(code, position) or NUMBER.match(code, position):
            position = name.end()
            token = Token("name", name.group(), line)
        elif code[position] == "/" and may_precede_regex(previous) and (regex := REGEX.match(code, position)):
            position = regex.end()
            token = Token("name", regex.group(), line)
        else:
            position += 1
            token = Token("mark", code[start], line)
            if templates:
                templates[-1] += (token.text == "{") - (token.text == "}")
        if token is not None:
            yield token
            previous = token
        line += code.count("\n", start, position)


def template_part(code: str, position: int) -> tuple[str, int, bool]:
    """Read template text from `position`: the text, where it ended, and whether it ended in `${` rather than a backtick."""
    start = position
    while position < len(code):
        if code[position] == "\\":
            position += 2
        elif code[position] == "`":
            return unescape(code[start:position]), position + 1, False
        elif code.startswith("${", position):
            return unescape(code[start:position]), position + 2, True
        else:
            position += 1
    raise ValueError("a template literal is never closed")


def may_precede_regex(token: Token) -> bool:
    """Return whether a slash after this token begins a regular expression rather than a division."""
    return token.text in BEFORE_A_REGEX if token.kind == "name" else token.kind == "mark" and token.text not in ")]}`"


def unescape(text: str) -> str:
    """Return the value of a JavaScript string as written between its quotes."""

    def value(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        return chr(int(code, 16)) if code else "" if match[4] else CONTROLS.get(match[5], match[5])

    return ESCAPE.sub(value, text)
