"""Personal codes: nine letters and digits that a child can read from a card and type with either keyboard."""

from collections.abc import Sequence

# No 0/O, 1/I/L, U/V to mix up; no Q and W, which a Hebrew keyboard layout types as "/" and "'".
ALPHABET = "ABCDEFGHJKMNPRSTVXYZ23456789"
LENGTH = 9
# 28 symbols, nine of them: 28⁹ ≈ 2^43.3 codes.

# The Israeli standard layout (SI 1452): what a key types in Hebrew → what the same key types in English.
_BY_POSITION = dict(zip("קראטופשדגכעיחלזסבהנמצ", "ERTYUPASDFGHJKZXCVBNM", strict=True))
_TOLERATED = frozenset(" \t\r\n\u00a0-_.·־‐‑‒–—−\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069")


def make_code(random_bytes: bytes) -> str:
    """Return a code from random bytes (64 of them are plenty).

    Every symbol is equally likely: bytes that would favour the first symbols are left out. Raises ValueError when too few
    bytes remain.
    """
    fair = 256 - 256 % len(ALPHABET)
    symbols = [ALPHABET[byte % len(ALPHABET)] for byte in random_bytes if byte < fair]
    if len(symbols) < LENGTH:
        raise ValueError("too few random bytes for a code")
    return "".join(symbols[:LENGTH])


def normalise_code(typed: str) -> str | None:
    """Return the code that was meant, or None if this cannot be one.

    Lower case, spaces and dashes of any kind are accepted, and so are keys pressed while the keyboard was in Hebrew.
    """
    meant = "".join(_BY_POSITION.get(c, c) for c in typed.upper() if c not in _TOLERATED)
    return meant if len(meant) == LENGTH and all(c in ALPHABET for c in meant) else None


def shown_code(code: str) -> str:
    """Return the code as it stands on a card: XXX-XXX-XXX."""
    return "-".join(_groups(code))


def _groups(code: str) -> Sequence[str]:
    return [code[i : i + 3] for i in range(0, len(code), 3)]
