"""The directory, a person's page, and one code for one person."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.audit.models import AuditEntry
from lms.people.models import OneTimeCode, RosterShift, SeatNumber
from lms.people.services.codes import check_code
from lms.people.states import PersonStatus
from tests.factories.people import UserFactory, join

DIRECTORY = "/people/"


def names(client, **query):
    return [person.full_name for person in client.get(DIRECTORY, query).context["page"]]


def page_of(person):
    return reverse("people:detail", args=[person.pk])


# --- the directory


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        ("ada", 200), ("wes", 200), ("lena", 200), ("carl", 200), ("otto", 200), ("eva", 200), ("quinn", 200),
        ("mona", 200), ("ana", 403), ("olga", 403), ("tess", 403),
    ],
)  # fmt: skip
def test_who_may_look_people_up(cast, client, who, answer):
    client.force_login(cast.people[who])

    assert client.get(DIRECTORY).status_code == answer


def test_strangers_are_asked_to_sign_in(cast, client):
    for url in (DIRECTORY, page_of(cast.ana)):
        assert "/accounts/login/" in client.get(url).url
    assert "/accounts/login/" in client.post(reverse("people:issue-code", args=[cast.ana.pk])).url


@pytest.fixture
def wang(cast):
    person = UserFactory(employee_no="010086", full_name="王晓雯", latin_name="Wendy Wang")
    join(person, cast.team_a)
    return person


@pytest.mark.parametrize(
    "typed",
    ["王晓雯", "晓雯", "010086", "0086", "wxw", "WXW", "wang xiao wen", "wangxiaowen", "xiaowen", "xiao", "wendy"],
)
def test_people_are_found_by_name_number_pinyin_and_initials(cast, client, wang, typed):
    client.force_login(cast.ada)

    assert names(client, q=typed) == ["王晓雯"]


@pytest.mark.parametrize("typed", ["muller", "Müller", "MÜLLER", "jm", "jurgenm"])
def test_a_latin_name_is_found_with_its_marks_and_without(cast, client, typed):
    UserFactory(full_name="Jürgen Müller", employee_no="J9")
    client.force_login(cast.ada)

    assert names(client, q=typed) == ["Jürgen Müller"]


def test_short_pinyin_doesnt_meet_the_middle_of_a_syllable(cast, client):
    UserFactory(full_name="王晓雯")
    client.force_login(cast.ada)

    assert "王晓雯" not in names(client, q="ang")
    assert "安娜" in names(client, q="an")


def test_order_is_by_pinyin_or_by_number(cast, client, wang):
    client.force_login(cast.ada)
    UserFactory(employee_no="000001", full_name="赵敏")

    by_name, by_number = names(client), names(client, sort="number")

    assert by_name[0] == "阿贝"
    assert by_name[-2:] == ["伊娃", "赵敏"]
    assert by_number[:2] == ["赵敏", "王晓雯"]


def test_namesakes_are_shown_with_their_numbers(cast, client, wang):
    UserFactory(employee_no="020000", full_name="王晓雯")
    client.force_login(cast.ada)

    content = client.get(DIRECTORY, {"q": "wxw"}).content.decode()

    assert "010086" in content
    assert "020000" in content


def test_filters_by_team_with_what_is_below_and_by_status(cast, client):
    cast.olga.status = PersonStatus.LEAVE
    cast.olga.save()
    cast.abel.status = PersonStatus.LEFT
    cast.abel.save()
    client.force_login(cast.ada)

    assert set(names(client, team=cast.team_a.pk)) == {"安娜", "莱娜", "卡尔", "伊娃"}
    assert {"安娜", "奥尔加", "昆"} <= set(names(client, team=cast.site_node.pk))
    assert names(client, status="leave") == ["奥尔加"]
    assert names(client, status="left") == ["阿贝"]
    assert "阿贝" not in names(client)
    assert "阿贝" in names(client, status="everybody")


def test_a_filter_that_doesnt_exist_is_no_error(cast, client):
    client.force_login(cast.ada)

    assert client.get(DIRECTORY, {"team": "999", "sort": "x", "status": "y", "page": "z"}).status_code == 200


def test_the_directory_is_paged(cast, client):
    UserFactory.create_batch(60)
    client.force_login(cast.ada)

    assert len(names(client)) == 50
    assert len(names(client, page=2)) == 60 + len(cast.people) - 50


def queries_of(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_the_directory_asks_the_same_number_of_queries_for_one_and_for_three(cast, client, wang):
    client.force_login(cast.ada)
    one = queries_of(client, DIRECTORY + "?q=wxw")
    for number in ("2", "3"):
        join(UserFactory(employee_no=number, full_name="王晓雯"), cast.team_b)

    assert queries_of(client, DIRECTORY + "?q=wxw") == one


# --- a person's page


@pytest.mark.parametrize(
    ("who", "answer", "reads"),
    [
        ("ada", 200, True), ("wes", 200, True), ("lena", 200, True), ("carl", 200, True), ("eva", 200, True),
        ("mona", 200, True), ("otto", 200, False), ("ana", 200, True), ("abel", 403, None), ("olga", 403, None),
        ("tess", 403, None),
    ],
)  # fmt: skip
def test_who_reads_what_of_ana(cast, client, who, answer, reads):
    SeatNumber.objects.create(person=cast.ana, number="seat-6001", from_on=date(2026, 1, 5))
    client.force_login(cast.people[who])

    got = client.get(page_of(cast.ana))

    assert got.status_code == answer
    if answer == 200:
        assert got.context["reads_file"] == reads
        assert ("seat-6001" in got.content.decode()) == reads


@pytest.mark.parametrize(("who", "sees"), [("carl", True), ("eva", True), ("otto", False), ("ada", False)])
def test_the_way_to_the_scores_is_for_whom_the_record_is_visible(cast, client, who, sees):
    client.force_login(cast.people[who])

    assert client.get(page_of(cast.ana)).context["sees_record"] == sees


def test_nobody_of_that_number_is_404(cast, client):
    client.force_login(cast.ada)

    assert client.get("/people/999999/").status_code == 404


def test_the_page_tells_history_seats_and_two_weeks_of_roster(cast, client):
    here = ZoneInfo("Asia/Shanghai")
    today = timezone.localdate(timezone=here)
    monday = today - timedelta(days=today.weekday())
    for on, shift in [(monday, "first"), (monday + timedelta(days=13), "last"), (monday + timedelta(days=14), "after")]:
        starts_at = datetime(on.year, on.month, on.day, 8, 30, tzinfo=here)
        RosterShift.objects.create(
            person=cast.ana, on=on, shift=shift, starts_at=starts_at, ends_at=starts_at + timedelta(hours=4),
            activity="phone",
        )  # fmt: skip
    client.force_login(cast.carl)

    got = client.get(page_of(cast.ana))

    content = got.content.decode()
    assert "08:30–12:30" in content
    assert "first" in content
    assert "last" in content
    assert ">after<" not in content
    assert [len(week) for week in got.context["weeks"]] == [7, 7]
    assert [membership.team for membership in got.context["memberships"]] == [cast.team_a]
    assert [leader.latin_name for leader in got.context["leaders"]] == ["Carl", "Lena"]


def test_the_page_asks_the_same_number_of_queries_however_long_the_history(cast, client):
    client.force_login(cast.carl)
    one = queries_of(client, page_of(cast.ana))
    for year in (2023, 2024):
        SeatNumber.objects.create(person=cast.ana, number=str(year), from_on=date(year, 1, 1), to_on=date(year, 12, 31))
        cast.ana.memberships.create(team=cast.team_b, role="agent", from_on=date(year, 1, 1), to_on=date(year, 12, 31))

    assert queries_of(client, page_of(cast.ana)) == one


# --- a code for one person


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        ("ada", 200), ("lena", 200), ("carl", 200), ("otto", 403), ("eva", 403), ("quinn", 403), ("mona", 403),
        ("wes", 403), ("tess", 403), ("ana", 403), ("abel", 403),
    ],
)  # fmt: skip
def test_who_may_issue_a_code_for_ana(cast, client, who, answer):
    client.force_login(cast.people[who])

    got = client.post(reverse("people:issue-code", args=[cast.ana.pk]))

    assert got.status_code == answer
    assert OneTimeCode.objects.filter(person=cast.ana).exists() == (answer == 200)


def test_the_code_is_on_the_screen_once(cast, client):
    client.force_login(cast.lena)

    got = client.post(reverse("people:issue-code", args=[cast.ana.pk]))

    code = got.context["code"]
    assert code in got.content.decode()
    assert "no-store" in got.headers["Cache-Control"]
    assert check_code(cast.ana, code, timezone.now())
    assert code not in client.get(page_of(cast.ana)).content.decode()
    assert AuditEntry.objects.get(action="code_issued").actor == cast.lena


def test_a_code_is_posted_for_and_not_for_who_has_left(cast, client):
    client.force_login(cast.ada)
    url = reverse("people:issue-code", args=[cast.abel.pk])
    cast.abel.status = PersonStatus.LEFT
    cast.abel.is_active = False
    cast.abel.save()

    assert client.get(url).status_code == 405
    assert client.post(url).url == page_of(cast.abel)
    assert not OneTimeCode.objects.exists()
