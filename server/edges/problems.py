"""What goes wrong, told to a person: a status, a stable code, a sentence."""


class Problem(Exception):
    """Raised by any handler; the security middleware answers with a kind page, or with JSON under /api.

    `sentence` is already in the reader's language.
    """

    def __init__(self, status: int, code: str, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.sentence = sentence
        self.headers = headers or {}
