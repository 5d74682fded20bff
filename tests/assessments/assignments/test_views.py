"""The pages of exceptions: the list, the form that shows first what it does, withdrawing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.assignments.models import WindowOverride
from assessments.assignments.rules import Override
from assessments.assignments.services import give_override, withdraw_override
from assessments.attempts.services import start_attempt
from lms.people.models import User
from tests.conftest import MON_9
from tests.factories.assignments import AssignmentFactory
from tests.factories.people import SiteFactory, UserFactory, join, make_team
from tests.factories.quizzes import make_quiz

MINUTE = timedelta(minutes=1)
LIST, GIVE = reverse("assessments:override-list"), reverse("assessments:override-give")


@pytest.fixture(autouse=True)
def _plain_english(cast):
    User.objects.update(language="en")


@pytest.fixture(autouse=True)
def _it_is_monday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: MON_9)


@pytest.fixture
def quiz(db):
    return make_quiz()  # 15 minutes, two attempts


@pytest.fixture
def carl(client, cast):
    client.force_login(cast.carl)
    return client


@pytest.fixture
def exception(quiz, cast):
    def make(to, *, reason="Magnifier", **values):
        return give_override(quiz, Override(**values), to=to, reason=reason, actor=cast.mona, at=MON_9)

    return make


def page_of(response):
    return " ".join(response.content.decode().split())


def fields(quiz, **more):
    return {"quiz": quiz.pk, "whose": "person", "who": "ANA", "reason": "Magnifier"} | more


TWENTY = {"limit": "value", "limit_minutes": "20"}


# --- the list --------------------------------------------------------------------------------------------------------


def test_list_says_what_for_whom_by_whom_and_why(carl, cast, exception):
    exception(cast.ana, limit_minutes=20, closes_at=None)
    exception(cast.olga, limit_minutes=99, reason="Not for Carl")

    page = page_of(carl.get(LIST))

    for words in ("安娜", "ANA", "Quiz crm-quiz", "time limit 20 min", "never closes", "Magnifier", "莫娜"):
        assert words in page
    assert "Not for Carl" not in page


def test_list_shows_those_that_hold_unless_asked(carl, cast, exception):
    withdraw_override(exception(cast.ana, limit_minutes=20, reason="Over"), actor=cast.mona, at=MON_9)
    exception(cast.abel, limit_minutes=30, reason="Holds")

    def reasons(state):
        page = page_of(carl.get(LIST, {"state": state}))
        return {reason for reason in ("Over", "Holds") if f"<td>{reason}</td>" in page}

    assert (reasons(""), reasons("withdrawn"), reasons("all")) == ({"Holds"}, {"Over"}, {"Over", "Holds"})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "abe"}, {"Of Abel"}),
        ({"q": "nobody"}, set()),
        ({"team": "a"}, {"Of Abel", "Of the team"}),
        ({"quiz": "crm"}, {"Of Abel", "Of the team", "Of all"}),
        ({"quiz": "x"}, {"Of Abel", "Of the team", "Of all"}),
    ],
)
def test_list_filters(carl, cast, quiz, exception, query, expected):
    exception(cast.abel, limit_minutes=30, reason="Of Abel")
    exception(cast.team_a, limit_minutes=30, reason="Of the team")
    exception(cast.site_node, limit_minutes=30, reason="Of all")
    known = {"a": cast.team_a.pk, "crm": quiz.pk}

    page = page_of(carl.get(LIST, {name: known.get(value, value) for name, value in query.items()}))

    assert {reason for reason in ("Of Abel", "Of the team", "Of all") if f"<td>{reason}</td>" in page} == expected


def test_list_without_any_says_what_to_do(carl):
    page = page_of(carl.get(LIST))

    assert "No exceptions hold" in page
    assert GIVE in page


def test_list_lets_change_only_what_is_ones_own_to_give(carl, cast, exception):
    own, above = exception(cast.team_a, limit_minutes=20), exception(cast.site_node, limit_minutes=30)

    page = page_of(carl.get(LIST))

    assert reverse("assessments:override-withdraw", args=[own.pk]) in page
    assert reverse("assessments:override-withdraw", args=[above.pk]) not in page


def test_list_asks_the_same_number_of_queries_for_1_and_3_rows(carl, cast, quiz, exception):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert carl.get(LIST).status_code == 200
        return len(queries)

    exception(cast.ana, limit_minutes=20)
    exception(cast.team_a, limit_minutes=20)
    cost()
    few = cost()
    for _n in range(3):
        join(person := UserFactory(), cast.team_a)
        exception(person, limit_minutes=20)

    assert cost() == few


# --- giving one ------------------------------------------------------------------------------------------------------


def test_give_shows_first_what_it_does_and_saves_nothing(carl, cast, quiz):
    start_attempt(AssignmentFactory(person=cast.ana, quiz=quiz), at=MON_9 - 5 * MINUTE)

    response = carl.post(GIVE, fields(quiz, **TWENTY))

    page = page_of(response)
    assert "<td>15 min</td><td><strong>20 min</strong></td>" in page
    assert "1 open sitting gets another deadline at once" in page
    assert "March 2, 2026 09:10</time> → <strong><time" in page
    assert "March 2, 2026 09:15</time></strong>" in page
    assert 'value="20"' in page  # what was typed is still there
    assert not WindowOverride.objects.exists()


def test_give_after_a_look(carl, cast, quiz):
    AssignmentFactory(person=cast.ana, quiz=quiz)
    look = carl.post(GIVE, fields(quiz, **TWENTY))

    response = carl.post(GIVE, fields(quiz, **TWENTY, seen=look.context["seen"]), follow=True)

    row = WindowOverride.objects.get()
    assert (row.person, row.given_by, row.reason) == (cast.ana, cast.carl, "Magnifier")
    assert row.as_value() == Override(limit_minutes=20)
    assert "Done. 1 person was told." in page_of(response)


def test_give_something_else_than_was_looked_at_is_shown_again(carl, cast, quiz):
    look = carl.post(GIVE, fields(quiz, **TWENTY))

    response = carl.post(GIVE, fields(quiz, limit="value", limit_minutes="25", seen=look.context["seen"]))

    assert "25 min" in page_of(response)
    assert not WindowOverride.objects.exists()


def test_give_where_somebody_was_faster_is_shown_again(carl, cast, quiz, exception):
    look = carl.post(GIVE, fields(quiz, **TWENTY))
    exception(cast.ana, limit_minutes=30, reason="First")

    response = carl.post(GIVE, fields(quiz, **TWENTY, seen=look.context["seen"]))

    assert "It takes the place of the exception by 莫娜 (“First”)" in page_of(response)
    assert WindowOverride.objects.live().get().limit_minutes == 30


def test_give_to_a_group(carl, cast, quiz):
    for who in (cast.ana, cast.abel):
        AssignmentFactory(person=who, quiz=quiz)
    sent = fields(quiz, whose="team", who="", team=cast.team_a.pk, attempts="unlimited")
    look = carl.post(GIVE, sent)
    assert "2 people" in page_of(look)

    carl.post(GIVE, sent | {"seen": look.context["seen"]})

    assert WindowOverride.objects.get().as_value() == Override(attempts=None)


def test_give_everything_at_once(carl, cast, quiz):
    sent = fields(
        quiz, limit="unlimited", opens="value", opens_at="2026-03-03T08:00", closes="value",
        closes_at="2026-03-04T18:00", attempts="value", attempts_allowed="1",
    )  # fmt: skip

    carl.post(GIVE, sent | {"seen": carl.post(GIVE, sent).context["seen"]})

    assert WindowOverride.objects.get().as_value() == Override(
        opens_at=datetime(2026, 3, 3, 0, 0, tzinfo=UTC), closes_at=datetime(2026, 3, 4, 10, 0, tzinfo=UTC),
        limit_minutes=None, attempts=1,
    )  # fmt: skip


def test_give_takes_the_clock_of_the_site_of_whoever_it_is_for(client, cast, quiz):
    """Mona sits in Shanghai and leads a team in Lisbon, too."""
    lisbon = SiteFactory(code="lis", time_zone="Europe/Lisbon")
    team = make_team("Lisboa", site=lisbon)
    join(cast.mona, team, "operations_manager")
    client.force_login(cast.mona)
    sent = fields(quiz, whose="team", who="", team=team.pk, closes="value", closes_at="2026-07-01T18:00")

    look = client.post(GIVE, sent)
    client.post(GIVE, sent | {"seen": look.context["seen"]})

    assert "July 1, 2026 18:00" in page_of(look)
    assert "Times are those of the site (Europe/Lisbon)." in page_of(look)
    row = WindowOverride.objects.get()
    assert row.closes_at == datetime(2026, 7, 1, 17, 0, tzinfo=UTC)
    anew = page_of(client.get(GIVE, {"from": row.pk}))
    assert 'value="2026-07-01T18:00"' in anew


def test_give_finds_the_person_by_pinyin_and_offers_several(carl, cast, quiz):
    other = UserFactory(full_name="安妮", employee_no="ANNI")
    join(other, cast.team_a)

    response = carl.post(GIVE, fields(quiz, who="an", **TWENTY))
    assert "This fits 2 people: choose one." in page_of(response)
    assert "安妮 · ANNI" in page_of(response)

    look = carl.post(GIVE, fields(quiz, who="an", person=other.pk, **TWENTY))
    carl.post(GIVE, fields(quiz, who="an", person=other.pk, **TWENTY, seen=look.context["seen"]))
    assert WindowOverride.objects.get().person == other


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"who": ""}, "Type a name, an employee number or pinyin."),
        ({"who": "OLGA"}, "Nobody for whom you run exams is called that."),
        ({"who": "CARL"}, "Nobody for whom you run exams is called that."),
        ({"whose": "team", "who": ""}, "Choose a team."),
        ({"limit": "value", "limit_minutes": ""}, "Fill this in, or choose another answer above."),
        ({"limit": "inherit", "limit_minutes": "20"}, "You typed a value here, but chose something else."),
        ({"limit": "unlimited", "limit_minutes": "20"}, "You typed a value here, but chose something else."),
        ({"limit": "value", "limit_minutes": "0"}, "greater than or equal to 1"),
        ({"limit": "inherit", "limit_minutes": ""}, "Nothing would be different."),
        (
            {"opens": "value", "opens_at": "2026-03-03T08:00", "closes": "value", "closes_at": "2026-03-03T08:00"},
            "It has to close after it opens.",
        ),
        ({"closes": "value", "closes_at": "tomorrow"}, "Enter a valid date/time."),
        ({"reason": ""}, "This field is required."),
        ({"quiz": "0"}, "Select a valid choice."),
    ],
)
def test_what_can_not_be_given_is_said_and_kept(carl, quiz, sent, words):
    response = carl.post(GIVE, fields(quiz, **TWENTY) | sent)

    page = page_of(response)
    assert words in page
    assert "What it does" not in page
    assert not WindowOverride.objects.exists()


def test_a_person_chosen_before_the_name_was_changed_is_asked_again(carl, cast, quiz):
    response = carl.post(GIVE, fields(quiz, who="ABEL", person=cast.ana.pk, **TWENTY))

    assert response.context["effects"].to == cast.abel


def test_give_asks_the_same_number_of_queries_for_3_and_30(carl, cast, quiz):
    sent = fields(quiz, whose="team", who="", team=cast.team_a.pk, **TWENTY)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert carl.post(GIVE, sent).context["effects"].moved
        return len(queries)

    def more(n):
        for _n in range(n):
            join(person := UserFactory(), cast.team_a)
            start_attempt(AssignmentFactory(person=person, quiz=quiz), at=MON_9)

    more(3)
    cost()
    few = cost()
    more(27)

    assert cost() == few


def test_links_fill_the_form_in(carl, cast, quiz):
    page = page_of(carl.get(GIVE, {"quiz": quiz.pk, "who": "ANA"}))

    assert f'<option value="{quiz.pk}" selected>' in page
    assert 'value="ANA"' in page


def test_changing_one_starts_from_what_holds(carl, cast, exception):
    row = exception(cast.ana, limit_minutes=20, attempts=None, reason="Magnifier")

    form = carl.get(GIVE, {"from": row.pk}).context["form"]

    assert {name: form.initial.get(name) for name in ("who", "limit", "limit_minutes", "attempts", "closes", "reason")} == {
        "who": "ANA", "limit": "value", "limit_minutes": 20, "attempts": "unlimited", "closes": "inherit",
        "reason": "Magnifier",
    }  # fmt: skip


@pytest.mark.parametrize("pk", ["0", "x", "99999999999999999999"])
def test_changing_one_that_is_not_there(carl, pk):
    assert carl.get(GIVE, {"from": pk}).status_code == 404


# --- withdrawing -----------------------------------------------------------------------------------------------------


def test_withdraw_shows_first_what_it_does(carl, cast, quiz, exception):
    start_attempt(AssignmentFactory(person=cast.ana, quiz=quiz), at=MON_9)
    row = exception(cast.ana, limit_minutes=20)
    door = reverse("assessments:override-withdraw", args=[row.pk])

    page = page_of(carl.get(door))
    assert "<td>20 min</td><td><strong>15 min</strong></td>" in page
    assert "1 open sitting gets another deadline at once" in page
    assert WindowOverride.objects.live().exists()

    response = carl.post(door, follow=True)
    row.refresh_from_db()
    assert row.withdrawn_at == MON_9
    assert "1 open sitting has another deadline." in page_of(response)


def test_withdraw_again_says_so(carl, cast, exception):
    row = exception(cast.ana, limit_minutes=20)
    door = reverse("assessments:override-withdraw", args=[row.pk])
    carl.post(door)

    assert "This exception was withdrawn already." in page_of(carl.post(door, follow=True))


def test_withdraw_what_stands_above(carl, cast, exception):
    row = exception(cast.site_node, limit_minutes=20)

    assert carl.post(reverse("assessments:override-withdraw", args=[row.pk])).status_code == 403


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_in_both_languages(client, cast, quiz, exception, language):
    User.objects.update(language=language)
    cast.tess.refresh_from_db()
    client.force_login(cast.tess)
    row = exception(cast.ana, limit_minutes=20)

    pages = [client.get(LIST), client.get(GIVE), client.post(GIVE, fields(quiz, **TWENTY))]
    pages.append(client.get(reverse("assessments:override-withdraw", args=[row.pk])))

    assert [page.status_code for page in pages] == [200] * 4
