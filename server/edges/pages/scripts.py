"""JSON inside a page, inert whatever names and titles contain."""

import json

from markupsafe import Markup


def script_json(value: object) -> Markup:
    """Return JSON for a script element of type application/json."""
    text = json.dumps(value, ensure_ascii=False).replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    # Nothing is left in it that could end the element or open another.
    return Markup(text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))  # noqa: S704
