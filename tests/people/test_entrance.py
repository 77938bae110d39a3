"""The doors, as a browser meets them, in both languages."""

from datetime import timedelta

import pytest

from server.core.people.models import School, Staff, Twinning, TwinningSide
from server.edges.identity import hash_password, local_path
from server.edges.limits import CODES_A_MINUTE
from server.edges.pages.entrance import DemoDoor, DemoStudent, DemoTeacher
from tests.people.conftest import BOSTON, HAIFA, NOW, House, OpenHouse, furnish, lesson, teacher_of

CODE = "ABCDEFGH2"
PASSWORD = "a sentence nobody guesses"
SIGN_UP = {"name_en": "Rina", "name_he": "רינה", "email": "rina@haifa.example", "password": PASSWORD}
SCHOOL = {
    "school_en": "Harbour School",
    "school_he": "בית ספר הנמל",
    "place_en": "Haifa",
    "country": "IL",
    "zone": "Asia/Jerusalem",
    "language": "he",
    "jewish_calendar": "yes",
}


async def test_the_first_page_speaks_the_browsers_language(open_house: OpenHouse) -> None:
    house = await open_house()
    _, english = await house.get("/")
    _, hebrew = await house.get("/", headers={"Accept-Language": "he-IL,he;q=0.9,en;q=0.5"})
    assert '<html lang="en" dir="ltr">' in english
    assert "I am a student" in english
    assert '<html lang="he" dir="rtl">' in hebrew
    assert "כניסת תלמידים" in hebrew
    assert "I am a student" not in hebrew


async def test_the_language_button_is_remembered_on_the_device(open_house: OpenHouse) -> None:
    house = await open_house()
    assert await house.post("/language", {"language": "he", "next": "/j"}) == (303, "/j")
    assert 'dir="rtl"' in (await house.get("/"))[1]
    assert (await house.post("/language", {"language": "tlh", "next": "/j"}))[0] == 422


async def test_a_code_leads_to_a_first_name_and_then_into_the_students_own_path(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    assert await house.post("/j", {"code": "abc-def gh2"}) == (303, f"/j/{CODE}")
    status, page = await house.get(f"/j/{CODE}")
    assert status == 200
    assert "דנה 1" in page, "a Hebrew speaker is greeted in Hebrew"
    assert (await house.get("/s/haifa-1/")) == (303, "/j"), "looking at the greeting signs nobody in"
    assert await house.post(f"/j/{CODE}") == (303, "/s/haifa-1/")
    status, page = await house.get("/s/haifa-1/")
    assert status == 200
    assert '"session": "lesson-1"' in page
    assert '"socket": "/s/haifa-1/socket.io/"' in page
    assert await house.get("/s/haifa-2/") == (303, "/j"), "one student's cookie opens no other student's page"


async def test_a_student_leaves_and_the_door_is_closed_again(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    await house.post(f"/j/{CODE}")
    assert await house.post("/s/haifa-1/leave") == (303, "/j")
    assert await house.get("/s/haifa-1/") == (303, "/j")


async def test_a_second_learner_comes_to_the_same_device_with_their_own_code(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    assert await house.post("/s/haifa-1/share", {"code": "ABCDEFGH3"}) == (303, "/j"), "nobody is signed in here"
    await house.post(f"/j/{CODE}")
    await house.post("/s/haifa-1/language", {"language": "en"})
    assert "Type the code of the second card" in (await house.get("/s/haifa-1/share"))[1]
    assert await house.post("/s/haifa-1/share", {"code": "abc-def gh3"}) == (303, "/s/haifa-1/")
    page = (await house.get("/s/haifa-1/"))[1]
    assert '"also": {"id": "haifa-2"' in page
    assert "</bdi> leaves this device" in page
    assert await house.get("/s/haifa-2/") == (303, "/j"), "it opens no path of theirs"
    assert await house.post("/s/haifa-1/unshare") == (303, "/s/haifa-1/")
    assert '"also": null' in (await house.get("/s/haifa-1/"))[1]


async def test_the_second_code_is_told_of_like_the_first(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    await house.post(f"/j/{CODE}")
    await house.post("/s/haifa-1/language", {"language": "en"})
    assert (await house.post("/s/haifa-1/share", {"code": "no"}))[0] == 422
    status, page = await house.post("/s/haifa-1/share", {"code": "ZZZZZZZZZ"})
    assert status == 404
    assert "This code opens no door here" in page
    house.live.shares = False
    status, page = await house.post("/s/haifa-1/share", {"code": "ABCDEFGH4"})
    assert status == 422
    assert "cannot share a device" in page
    assert "Dana 2" not in page, "a code that does not belong here names nobody"
    assert '"also": null' in (await house.get("/s/haifa-1/"))[1]


async def test_guessing_second_codes_counts_with_the_first(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    await house.post(f"/j/{CODE}")
    guesses = [
        (await house.post("/s/haifa-1/share", {"code": f"ZZZZZZ{a}{b}Z"}))[0] for a in "ABCDEF" for b in "ABCDEF"
    ]
    assert guesses == [404] * CODES_A_MINUTE + [429] * (36 - CODES_A_MINUTE)
    assert (await house.get("/j/ZZZZZZZZZ"))[0] == 429


async def test_an_unknown_code_is_told_kindly_and_names_nobody(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    status, page = await house.get("/j/ZZZZZZZZZ")
    assert status == 404
    assert "This code opens no door here" in page
    assert '<code dir="ltr">unknown_code</code>' in page
    assert "Dana" not in page
    status, page = await house.post("/j", {"code": "no"})
    assert status == 422
    assert '<code dir="ltr">not_a_code</code>' in page
    assert "<code" not in (await house.get("/j"))[1]


async def test_guessing_codes_is_slowed_for_that_address_and_passes(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    for _ in range(3 * CODES_A_MINUTE):
        assert (await house.get(f"/j/{CODE}"))[0] == 200, "right codes cost nothing, however many"
    guesses = [(await house.get(f"/j/ZZZZZZ{a}{b}Z"))[0] for a in "ABCDEF" for b in "ABCDEF"]
    assert guesses == [404] * CODES_A_MINUTE + [429] * (36 - CODES_A_MINUTE)


async def test_staff_sign_in_and_come_back_to_where_they_were_going(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    await house.people.save_staff(teacher_of(HAIFA, language="en"), await hash_password(PASSWORD))
    wrong = await house.post("/signin", {"email": "teacher@haifa.example", "password": "wrong", "next": "/classes/1"})
    assert wrong[0] == 422
    assert "teacher@haifa.example" in wrong[1], "what was typed is kept"
    nobody = await house.post("/signin", {"email": "nobody@haifa.example", "password": "wrong"})
    assert "do not go together" in wrong[1]
    assert "do not go together" in nobody[1]
    for answer in (wrong, nobody):
        assert '<code dir="ltr">wrong_password</code>' in answer[1], "the same word, whichever of the two was wrong"
    right = {"email": "TEACHER@haifa.example", "password": PASSWORD, "next": "/classes/1"}
    assert await house.post("/signin", right) == (303, "/classes/1")
    assert await house.get("/signin") == (303, "/home")
    assert await house.post("/signout") == (303, "/")
    assert (await house.get("/signin"))[0] == 200


async def test_a_password_that_was_never_chosen_never_fits(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    assert (await house.post("/signin", {"email": "teacher@haifa.example", "password": ""}))[0] == 422


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\nb", "javascript:1"]
)
def test_a_link_leads_nobody_to_another_site(elsewhere: str) -> None:
    assert local_path(elsewhere) == "/home"


async def test_the_setup_link_makes_the_first_school_once(open_house: OpenHouse) -> None:
    house = await open_house()
    await house.people.new_invitation("token", "setup", {}, NOW + timedelta(days=1))
    status, page = await house.post("/setup/token", SIGN_UP | SCHOOL | {"password": "short", "country": "XX"})
    assert status == 422
    assert 'value="rina@haifa.example"' in page
    assert "short" not in page, "a password is never sent back"
    assert await house.post("/setup/token", SIGN_UP | SCHOOL) == (303, "/home")
    found = await house.people.staff_by_email("rina@haifa.example")
    assert found is not None
    assert "admin" in found[0].roles
    school = await house.people.school(found[0].school)
    assert school is not None
    assert (school.zone, school.days, school.diaspora) == ("Asia/Jerusalem", (7, 1, 2, 3, 4, 5), False)
    assert (await house.get("/setup/token"))[0] == 410


async def test_a_colleague_joins_the_school_that_invited_them_with_the_roles_it_gave(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    about = {"school": "haifa", "roles": "teacher,safety_lead"}
    await house.people.new_invitation("token", "staff", about, NOW + timedelta(days=1))
    assert "Haifa school" in (await house.get("/invite/token"))[1]
    taken = await house.post("/invite/token", SIGN_UP | {"email": "Teacher@HAIFA.example"})
    assert taken[0] == 422
    assert await house.post("/invite/token", SIGN_UP) == (303, "/home")
    found = await house.people.staff_by_email("rina@haifa.example")
    assert found is not None
    assert (found[0].school, found[0].roles) == ("haifa", frozenset({"teacher", "safety_lead"}))


async def test_the_partner_school_joins_its_side_and_the_twinning_begins(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    waiting = Twinning(
        id="waiting",
        names={"en": "Waiting"},
        sides=(TwinningSide(side="a", schools=("haifa",)), TwinningSide(side="b", schools=())),
        status="invited",
    )
    await house.people.save_twinning(waiting)
    await house.people.new_invitation("token", "partner", {"twinning": "waiting", "side": "b"}, NOW + timedelta(days=1))
    assert "Haifa school" in (await house.get("/invite/token"))[1]
    assert await house.post("/invite/token", SIGN_UP | SCHOOL) == (303, "/home")
    joined = await house.people.twinning("waiting")
    assert joined is not None
    assert joined.status == "active"
    assert len(joined.sides[1].schools) == 1
    newcomer = await house.people.staff_by_email("rina@haifa.example")
    assert newcomer is not None
    assert "admin" not in newcomer[0].roles


async def signed_in_coordinator(house: House, school: School) -> None:
    """Sign a coordinator of a school in, in the house's only browser."""
    coordinator = teacher_of(school, roles=frozenset({"teacher", "coordinator"}), language="en")
    await house.people.save_staff(coordinator, await hash_password(PASSWORD))
    await house.post("/signin", {"email": coordinator.email, "password": PASSWORD})


async def link_to(house: House, side: str, by: str) -> None:
    """Make the link to a side of the twinning, sent by a school."""
    about = {"twinning": "twinning", "side": side, "by": by}
    await house.people.new_invitation("token", "partner", about, NOW + timedelta(days=7))


async def test_a_coordinator_joins_with_their_own_school_instead_of_a_new_one(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    await link_to(house, "b", "chicago")
    await signed_in_coordinator(house, BOSTON)
    page = (await house.get("/invite/token"))[1]
    assert "Join with <bdi>Boston school</bdi>" in page
    assert "Chicago school" in page, "who stands on that side is said"
    assert 'name="password"' not in page, "nothing is to be filled in"
    assert 'name="password"' in (await house.get("/invite/token?another=1"))[1]
    assert await house.post("/invite/token", {"do": "join"}) == (303, "/twinnings/twinning?done=joined")
    joined = await house.people.twinning("twinning")
    assert joined is not None
    assert [side.schools for side in joined.sides] == [("haifa",), ("chicago", "boston")]
    assert (await house.get("/invite/token"))[0] == 410, "the link worked once"


async def test_a_school_that_is_there_already_leaves_the_link_for_another(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    await link_to(house, "b", "chicago")
    await signed_in_coordinator(house, HAIFA)
    assert "learns in this twinning already" in (await house.get("/invite/token"))[1]
    assert (await house.post("/invite/token", {"do": "join"}))[0] == 409
    assert await house.people.invitation("token", NOW) is not None
    twinning = await house.people.twinning("twinning")
    assert twinning is not None
    assert twinning.side_of("haifa") == "a"


async def test_only_a_coordinator_binds_a_school_to_a_twinning(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    await link_to(house, "b", "chicago")
    assert (await house.post("/invite/token", {"do": "join"}))[1].startswith("/signin"), "nobody is signed in"
    await house.people.save_staff(teacher_of(BOSTON, language="en"), await hash_password(PASSWORD))
    await house.post("/signin", {"email": "teacher@boston.example", "password": PASSWORD})
    assert "a coordinator of your school can join" in (await house.get("/invite/token"))[1]
    assert (await house.post("/invite/token", {"do": "join"}))[0] == 403
    assert await house.people.twinnings_of("boston") == []


async def test_a_link_sent_across_ends_when_the_side_has_its_school(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    await link_to(house, "b", "haifa")
    assert (await house.get("/invite/token"))[0] == 410
    assert (await house.post("/invite/token", SIGN_UP | SCHOOL))[0] == 410
    twinning = await house.people.twinning("twinning")
    assert twinning is not None
    assert twinning.sides[1].schools == ("chicago",)


async def test_a_new_school_comes_to_a_side_that_has_one(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    await link_to(house, "b", "chicago")
    assert await house.post("/invite/token", SIGN_UP | SCHOOL) == (303, "/home")
    twinning = await house.people.twinning("twinning")
    assert twinning is not None
    assert twinning.status == "active"
    assert twinning.sides[1].schools[0] == "chicago"
    assert len(twinning.sides[1].schools) == 2


async def test_an_old_link_says_so(open_house: OpenHouse) -> None:
    house = await open_house()
    await house.people.new_invitation("token", "setup", {}, NOW - timedelta(seconds=1))
    status, page = await house.get("/setup/token")
    assert status == 410
    assert "too old" in page
    assert (await house.get("/invite/other"))[0] == 410


async def test_names_in_the_boot_data_cannot_close_its_element(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    student = await house.people.student("haifa-1")
    assert student is not None
    await house.people.save_student(student.model_copy(update={"names": {"en": "</script><script>alert(1)</script>"}}))
    await house.post(f"/j/{CODE}")
    page = (await house.get("/s/haifa-1/"))[1]
    assert "alert(1)" in page
    assert "</script><script>alert" not in page


async def test_the_lesson_to_go_to_is_the_one_that_runs_else_todays(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    await house.post(f"/j/{CODE}")
    house.clock.at = NOW + timedelta(hours=8)
    assert '"session": null' in (await house.get("/s/haifa-1/"))[1], "this morning's lesson is over"
    await house.people.save_session(lesson(2, status="running"))
    assert '"session": "lesson-2"' in (await house.get("/s/haifa-1/"))[1]


async def test_the_demos_shortcuts_exist_only_in_a_demo(open_house: OpenHouse) -> None:
    house = await open_house()
    assert (await house.post("/demo/fill"))[0] == 404
    assert (await house.post("/demo/teacher", {"teacher": "teacher-haifa"}))[0] == 404


async def test_the_pseudo_locale_marks_every_sentence_of_the_door(open_house: OpenHouse) -> None:
    house = await open_house(pseudo_locale=True)
    page = (await house.get("/j"))[1]
    assert "⟦Théćódé" not in page
    assert "⟦Thé códé óñ thé ćárd⟧".replace("códé", "ćódé") in page


async def test_staff_settings_follow_the_language_button(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    await house.people.save_staff(teacher_of(HAIFA), await hash_password(PASSWORD))
    await house.post("/signin", {"email": "teacher@haifa.example", "password": PASSWORD})
    await house.post("/language", {"language": "en", "next": "/"})
    changed: Staff | None = await house.people.staff("teacher-haifa")
    assert changed is not None
    assert changed.language == "en"


async def test_the_demos_first_page_has_everything_one_click_away(open_house: OpenHouse) -> None:
    filled: list[bool] = []

    async def fill() -> None:
        filled.append(True)

    names = {"en": "Teacher of haifa"}
    teacher = DemoTeacher("teacher-haifa", names, HAIFA.names, "teacher@haifa.example", PASSWORD, "a")
    student = DemoStudent({"en": "Dana 1"}, HAIFA.names, CODE, "a")
    house = await open_house(door=DemoDoor((teacher,), (student,), "lesson-1", fill), demo=True)
    await furnish(house.people)
    page = (await house.get("/"))[1]
    for expected in ("Teacher of haifa", PASSWORD, f'href="/j/{CODE}"', "ABC-DEF-GH2", "/demo/fill"):
        assert expected in page
    assert await house.post("/demo/fill") == (303, "/?filled=1")
    assert filled == [True]
    assert (await house.post("/demo/teacher", {"teacher": "teacher-chicago"}))[0] == 404
    assert await house.post("/demo/teacher", {"teacher": "teacher-haifa"}) == (303, "/sessions/lesson-1/live")
    assert await house.get("/signin") == (303, "/home")
