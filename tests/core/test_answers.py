"""What may be an answer, what is held back from a partner, and what makes a safety lead look."""

from typing import get_args

import pytest
from pydantic import ValidationError

from server.core.live import commands as c
from server.core.live.answers import contact_details
from server.core.live.watchwords import alarming
from server.core.live.works import LONGEST_TEXT, MOST_ENTRIES, MOST_MARKS, Entry, Mark
from server.core.texts import words
from tests.core.builders import DAN, NOA, Played, asked, entries, lesson, refusal, reveal, ruth, solo, talk

QUOTED_IN_THE_TEXT = ruth("1:16", "1:17")


@pytest.mark.parametrize(
    "text",
    [
        "my number is 052-1234567",
        "054 765 43 21",
        "052 - 123 - 4567",
        "+972 52 123 4567",
        "call (212) 555-0100",
        "0521234567",
        "٠٥٢١٢٣٤٥٦٧",
        "052\u200b1234567",
        "write to noa.levi@example.com",
        "noa@mail.school.org.il",
        "noa＠example.com",
        "I am @noa_levi there",
        "אני ב@noalevi",
        "see https://example.com/a",
        "www.example.org",
        "discord.gg/abcd",
        "t.me/noalevi",
        "youtu.be/dQw4w9",
        "mysite.co.il",
    ],
)
def test_ways_to_reach_a_child_are_noticed(text: str) -> None:
    assert contact_details(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ruth 1:14–17",
        "verses 1:1-18 and 2:3",
        "Ruth 1:14-17, 2:1-4, 3:5-10",
        "1:1, 1:2, 1:3, 1:4, 1:5",
        "רות א׳, ט״ז–י״ז",
        "2+2 is 4",
        "in 1948",
        "1939–1945",
        "between 1948 - 1967",
        "5708-5784",
        "10 years, 3 people, 70 names",
        "one verse.Another verse",
        "she @ home",
        "it costs 1,000,000",
        "1 2 3 4 5 6",
        "yes/no and he/she",
        "",
    ],
)
def test_what_one_writes_about_a_text_is_no_contact(text: str) -> None:
    assert not contact_details(text)


@pytest.mark.parametrize(
    "text",
    [
        "I want to die",
        "sometimes i think about Suicide",
        "I'm scared to go home",
        "I’m scared to go home",
        "don’t tell anyone",
        "he\nhits   me",
        "send me a pic",
        "בא לי למות",
        "הוא נגע בי.",
        "ושהוא מַרְבִּיץ לִי",
    ],
)
def test_words_that_a_safety_lead_should_see(text: str) -> None:
    assert alarming(entries("a quiet word", text), ruth())


@pytest.mark.parametrize(
    "text",
    [
        "where thou diest, will I die",
        "the judges judged",
        "Naomi was afraid that nobody would marry them",
        "הוא נגע ביד שלה",
        "מרביץ לילד",
        "יום אונסק״ו",
    ],
)
def test_words_about_the_text_alarm_nobody(text: str) -> None:
    assert not alarming(entries(text), ruth())


def test_words_quoted_from_the_text_of_the_lesson_alarm_nobody() -> None:
    text = QUOTED_IN_THE_TEXT.model_copy(
        update={
            "segments": (QUOTED_IN_THE_TEXT.segments[0].model_copy(update={"words": {"en": "for I want to die here"}}),)
        }
    )
    assert not alarming(entries("why does she say I want to die?"), text)
    assert alarming(entries("why does she say I want to die?"), ruth())
    assert alarming(entries("why does she say I want to die?"), None)


class TestLimits:
    def test_no_more_entries_than_asked_for_and_too_few_are_no_reason(self) -> None:
        play = Played(lesson(solo("think", asked("idea", "list", min=2, max=3))), NOA)
        assert refusal(lambda: play.answer(NOA, "1", "2", "3", "4")) == "too_many_entries"
        assert play.answer(NOA, "1").events
        assert play.answer(NOA).events

    def test_marks_lie_in_the_text_of_the_lesson(self) -> None:
        play = Played(lesson(solo("think", asked("idea", "marks", evidence="wanted")), text=ruth()), NOA)
        segment = ruth().segments[0]
        last = len(words(segment.words["he"])) - 1

        def mark(segment_id: str, language: str, first: int, last: int) -> c.Answer:
            marked = Mark(segment=segment_id, language=language, first=first, last=last)
            return c.Answer(step=0, input="idea", entries=(Entry(marks=(marked,)),))

        assert play.does(c.Student(NOA), mark(segment.id, "he", 0, last)).events
        for wrong in (
            mark(segment.id, "he", 0, last + 1),
            mark(segment.id, "he", 2, 1),
            mark(segment.id, "fr", 0, 0),
            mark("1:1", "he", 0, 0),
        ):
            assert refusal(lambda wrong=wrong: play.does(c.Student(NOA), wrong)) == "unknown_word"

    def test_without_a_text_nothing_can_be_marked(self) -> None:
        play = Played(lesson(solo()), NOA)
        marked = Mark(segment="1:14", language="he", first=0, last=0)
        answer = c.Answer(step=0, input="idea", entries=(Entry(marks=(marked,)),))
        assert refusal(lambda: play.does(c.Student(NOA), answer)) == "unknown_word"

    @pytest.mark.parametrize(
        "entry",
        [
            {"text": "x" * (LONGEST_TEXT + 1)},
            {"marks": [{"segment": "1:14", "language": "he", "first": 0, "last": 0}] * (MOST_MARKS + 1)},
            {"marks": [{"segment": "1:14", "language": "he", "first": -1, "last": 0}]},
            {"by": "somebody else"},
        ],
        ids=["too long", "too many marks", "before the first word", "unknown field"],
    )
    def test_an_entry_has_its_bounds(self, entry: dict[str, object]) -> None:
        with pytest.raises(ValidationError):
            c.Answer.model_validate({"step": 0, "input": "idea", "entries": [entry]})

    def test_an_answer_has_its_bounds(self) -> None:
        with pytest.raises(ValidationError):
            c.Answer.model_validate({"step": 0, "input": "idea", "entries": [{"text": "x"}] * (MOST_ENTRIES + 1)})
        with pytest.raises(ValidationError):
            c.Answer.model_validate({"step": -1, "input": "idea", "entries": []})

    def test_nobody_says_in_a_command_who_they_are(self) -> None:
        for command in (*get_args(c.StudentCommand), *get_args(c.TeacherRoomCommand), *get_args(c.SessionCommand)):
            assert not {"sender", "by", "staff"} & set(command.model_fields)


class TestHeldBack:
    def test_an_answer_with_contact_details_stays_with_its_author(self) -> None:
        play = Played(lesson(solo(), reveal("think"), talk()), NOA, DAN)
        play.answer(NOA, "my mail is noa@example.com")
        play.finish(NOA, DAN)
        assert [(given.entries, given.held) for given in play.view().given] == [((), "contact")]
        mine = play.mine(NOA).answers[0]
        assert (mine.entries, mine.held) == (entries("my mail is noa@example.com"), "contact")

    def test_what_no_partner_sees_is_not_held(self) -> None:
        play = Played(lesson(solo(visibility="teacher"), talk()), NOA, DAN)
        assert play.answer(NOA, "my mail is noa@example.com").works[0].held == ""
