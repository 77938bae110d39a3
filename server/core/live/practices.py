"""The six practices and the two habits of learning together, in words that a child can observe."""

from typing import Final

from server.core.languages import Wording
from server.core.live.protocol import Habit, Practice, Protocol

Named = Practice | Habit

PRACTICES: Final[tuple[Practice, ...]] = (
    "listening",
    "articulating",
    "wondering",
    "focusing",
    "supporting",
    "challenging",
)
HABITS: Final[tuple[Habit, ...]] = ("used_text", "shared_time")

LABELS: Final[dict[Named, Wording]] = {
    "listening": {"en": "Listening", "he": "הקשבה"},
    "articulating": {"en": "Articulating", "he": "ניסוח"},
    "wondering": {"en": "Wondering", "he": "תהייה"},
    "focusing": {"en": "Focusing", "he": "מיקוד"},
    "supporting": {"en": "Supporting", "he": "תמיכה"},
    "challenging": {"en": "Challenging", "he": "אתגור"},
    "used_text": {"en": "Using the text", "he": "שימוש בטקסט"},
    "shared_time": {"en": "Sharing the time", "he": "חלוקת הזמן"},
}
LOOKS_LIKE: Final[dict[Named, Wording]] = {
    "listening": {
        "en": "One speaks at a time. I answer what was said, and can say it back.",
        "he": "מדברים בתורות. עונים על מה שנאמר, ויודעים לחזור עליו.",
    },
    "articulating": {
        "en": "I say my idea so that my partner can repeat it, and I give a “because”.",
        "he": "אומרים את הרעיון כך שהחברותא יכולה לחזור עליו, ומוסיפים ״כי״.",
    },
    "wondering": {
        "en": "I ask questions that I cannot answer yet, about the text and about my partner's idea.",
        "he": "שואלים שאלות שעוד אין עליהן תשובה, על הטקסט ועל הרעיון של החברותא.",
    },
    "focusing": {
        "en": "I stay with one idea until it is clear, and come back to it when we drift.",
        "he": "נשארים עם רעיון אחד עד שהוא ברור, וחוזרים אליו כשהשיחה נודדת.",
    },
    "supporting": {
        "en": "I add a reason, a line or an example to an idea that is not mine.",
        "he": "מוסיפים נימוק, שורה או דוגמה לרעיון של אחרים.",
    },
    "challenging": {
        "en": "I say “and what about this line?”, kindly, and I ask it of my own ideas as well.",
        "he": "שואלים ״ומה עם השורה הזאת?״ בנועם, וגם כלפי הרעיונות שלנו.",
    },
    "used_text": {
        "en": "We showed where, in words of the text.",
        "he": "הראינו איפה, במילים של הטקסט.",
    },
    "shared_time": {
        "en": "Both of us spoke and both of us listened.",
        "he": "היה מקום לדבר ומקום להקשיב, לכולם.",
    },
}


def exercised_by(protocols: list[Protocol]) -> Practice | None:
    """Return the practice that a lesson exercised most: the first one of its last protocol about a text, else of any."""
    about_text = [p for p in protocols if p.group == "text"] or [p for p in protocols if p.group != "reflection"]
    return about_text[-1].practices[0] if about_text else None
