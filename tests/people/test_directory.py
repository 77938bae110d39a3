"""What the live room is told of a planned lesson."""

from server.adapters.directory import PeopleDirectory
from server.adapters.protocol_files import read_protocol
from server.adapters.sql.people import SqlPeople
from server.core.people.models import Consent
from server.settings import Settings
from tests.core.builders import ruth
from tests.people.conftest import CHICAGO, HAIFA, FixedClock, student_of


def directory_of(people: SqlPeople) -> PeopleDirectory:
    reflection = read_protocol(Settings().protocols_dir / "reflection.yaml")
    return PeopleDirectory(people, {reflection.id: reflection}, {"ruth-1": ruth()}, FixedClock())


async def largest_group(people: SqlPeople) -> int:
    setup = await directory_of(people).setup("lesson-1")
    assert setup is not None
    return setup.lesson.largest_group


async def test_a_lesson_is_timed_for_the_same_largest_room_as_its_plan_was(people: SqlPeople) -> None:
    assert await largest_group(people) == 3, "two equal classes are planned for a trio, should one child be absent"


async def test_children_who_do_not_cross_make_no_room_larger(people: SqlPeople) -> None:
    at_home = Consent(takes_part="own_class", media="video", keep_words="year")
    for number in (3, 4, 5, 6):
        await people.add_students([(student_of(HAIFA, number, consent=at_home), f"JKLMNPRS{number}")])
    assert await largest_group(people) == 3

    for number in (7, 8, 9):
        await people.add_students([(student_of(HAIFA, number), f"JKLMNPRS{number}")])
    assert await largest_group(people) == 4, f"five of {HAIFA.id} meet two of {CHICAGO.id}"
