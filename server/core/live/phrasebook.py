"""What teachers say often, in both languages: a note of one press, which every child reads in their own."""

from dataclasses import dataclass

from server.core.languages import Wording
from server.core.live.lesson import Lesson
from server.core.live.refusals import Refused
from server.core.live.works import Entry
from server.core.texts import verse_number

VERSE = "{verse}"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase; `{verse}` in it stands for a verse that the teacher names."""

    id: str
    words: Wording

    @property
    def about_a_verse(self) -> bool:
        """Whether the teacher names a verse with it."""
        return any(VERSE in words for words in self.words.values())


PHRASEBOOK: tuple[Phrase, ...] = (
    Phrase("look_again", {"en": "Look again at verse {verse}.", "he": "כדאי להסתכל שוב בפסוק {verse}."}),
    Phrase("ask_why", {"en": "Ask your partner why.", "he": "כדאי לשאול את החברותא: למה?"}),
    Phrase("which_word", {"en": "Which word in verse {verse} shows it?", "he": "איזו מילה בפסוק {verse} מראה את זה?"}),
    Phrase("let_finish", {"en": "Let your partner finish, then answer.", "he": "נותנים לחברותא לסיים, ואז עונים."}),
    Phrase("own_words", {"en": "Say in your own words what you heard.", "he": "אפשר להגיד במילים שלכם מה שמעתם."}),
    Phrase("another_way", {"en": "Is there another way to understand it?", "he": "יש עוד דרך להבין את זה?"}),
    Phrase("carry_on", {"en": "Good listening – carry on.", "he": "הקשבה יפה – להמשיך כך."}),
    Phrase("back_to_text", {"en": "Please come back to the text.", "he": "חוזרים בבקשה אל הטקסט."}),
)
BY_ID = {phrase.id: phrase for phrase in PHRASEBOOK}


def note_entries(lesson: Lesson, text: str, phrase: str | None, segment: str | None) -> tuple[Entry, ...]:
    """Return a note as it is stored: typed words as they are, a phrase as one entry a language, tagged with it."""
    if phrase is None:
        return (Entry(text=text),)
    found = BY_ID.get(phrase)
    if found is None:
        raise Refused("unknown_option")
    if not found.about_a_verse:
        return tuple(Entry(text=words, tag=language) for language, words in found.words.items())
    verse = next((s for s in lesson.text.segments if s.id == segment), None) if lesson.text else None
    if verse is None or verse.number is None:
        raise Refused("unknown_word")
    number = verse.number
    return tuple(
        Entry(text=words.replace(VERSE, verse_number(number, language)), tag=language)
        for language, words in found.words.items()
    )


def wording_of(entries: tuple[Entry, ...]) -> Wording:
    """Return a note's words by language; nothing where a teacher typed them."""
    return {entry.tag: entry.text for entry in entries if entry.tag}
