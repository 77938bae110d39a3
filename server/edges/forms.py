"""What a form said: values kept as typed, with the errors that stand beside their fields."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from server.core.languages import COMPLETE, Wording

LONGEST_VALUE = 300


@dataclass(slots=True)
class Form:
    """Values by field name; `errors` by field name, empty when all is well."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict[str, str])

    def text(self, name: str, missing: str) -> str:
        """Return the value, or note `missing` as the field's error."""
        value = self.values.get(name, "").strip()
        if not value:
            self.errors[name] = missing
        return value

    def wording(self, name: str, missing: str) -> Wording:
        """Return the fields name_en, name_he … that were filled in; one is enough."""
        values = {language: self.values.get(f"{name}_{language}", "").strip() for language in COMPLETE}
        filled = {language: value for language, value in values.items() if value}
        if not filled:
            self.errors[f"{name}_{COMPLETE[0]}"] = missing
        return filled

    def choice(self, name: str, known: Collection[str], missing: str) -> str:
        """Return the value if it is one of `known`, else note `missing` and return ""."""
        value = self.values.get(name, "")
        if value in known:
            return value
        self.errors[name] = missing
        return ""


def read_form(posted: Mapping[str, object]) -> Form:
    """Return the text fields of a form that was sent, each cut to a sane length; files are left out."""
    return Form({name: value[:LONGEST_VALUE] for name, value in posted.items() if isinstance(value, str)})
