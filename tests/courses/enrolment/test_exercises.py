"""Exercises in the lesson player: a plain GET, figures of one's own, nothing kept."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from courses.catalogue.blocks.exercise import exercise_sheets
from tests.factories.catalogue import in_english, make_course, make_lesson

pytestmark = pytest.mark.django_db


def exercises(number=1):
    """Fresh each time: saving gives each its id."""
    value = {"title": "", "metrics": ["service_level"], "family": ""}
    return [{"type": "exercise", "value": dict(value)} for _number in range(number)]


@pytest.fixture
def course():
    return make_course("wfm", lessons=0)


@pytest.fixture
def lesson(course):
    return in_english(make_lesson(course, "sums", body=exercises()))


@pytest.fixture
def ana(client, cast):
    cast.ana.language = "en"
    cast.ana.save()
    client.force_login(cast.ana)
    return client


def show(client, slug="sums", htmx=False, **asked):
    headers = {"hx-request": "true"} if htmx else {}
    return client.get(reverse("courses:lesson-detail", args=["wfm", slug]), asked, headers=headers)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def figures(response):
    return re.findall(r'<tr><th scope="row">(Calls [^<]+)</th><td>([^<]+)</td>', text(response))


def sheet_of(lesson, person):
    with translation.override("en"):
        [found] = exercise_sheets(lesson.body, reader=str(person.pk)).values()
    return found


def test_each_reader_has_figures_of_ones_own_and_finds_them_again(ana, cast, lesson):
    first = figures(show(ana))

    assert len(first) == 3
    assert figures(show(ana)) == first
    ana.force_login(cast.carl)
    cast.carl.language = "en"
    cast.carl.save()
    assert figures(show(ana)) != first


def test_an_answer_goes_and_comes_without_javascript(ana, cast, lesson):
    sheet = sheet_of(lesson, cast.ana)

    right = text(show(ana, exercise=sheet.key, **{"try": 1, "result": sheet.result}))
    wrong = text(show(ana, exercise=sheet.key, **{"try": 1, "result": "3"}))

    assert "<title>" in right
    assert "Right." in right
    assert "That isn't right yet." in wrong
    assert "This is the way to" in wrong


def test_htmx_gets_the_exercise_alone(ana, cast, lesson):
    sheet = sheet_of(lesson, cast.ana)

    part = text(show(ana, htmx=True, exercise=sheet.key, **{"try": 1, "result": sheet.result}))

    assert part.startswith(f'<section class="exercise check panel" id="exercise-{sheet.key}"')
    assert "Right." in part
    assert "<title>" not in part


def test_another_one_has_other_figures(ana, cast, lesson):
    sheet = sheet_of(lesson, cast.ana)

    first, second = figures(show(ana)), figures(show(ana, exercise=sheet.key, **{"try": 2}))

    assert second != first
    assert figures(show(ana, exercise=sheet.key, **{"try": 2})) == second


@pytest.mark.parametrize("turn", ["", "x", "-1", "1e9", "²", "99999999999"])
def test_strange_tries_are_the_first(ana, cast, lesson, turn):
    sheet = sheet_of(lesson, cast.ana)

    assert figures(show(ana, exercise=sheet.key, **{"try": turn})) == figures(show(ana))


def test_an_exercise_of_another_lesson_is_not_found(ana, cast, lesson, course):
    other = in_english(make_lesson(course, "other", body=exercises()))
    key = sheet_of(other, cast.ana).key

    assert show(ana, htmx=True, exercise=key).status_code == 404
    assert show(ana, htmx=True, exercise="").status_code == 404
    assert show(ana, exercise=key).status_code == 200


def test_exercises_cost_no_query_and_write_nothing(ana, cast, lesson, course):
    make_lesson(course, "many", body=exercises(3))
    show(ana)
    show(ana, slug="many")
    with CaptureQueriesContext(connection) as one:
        show(ana, exercise=sheet_of(lesson, cast.ana).key, result="3")
    with CaptureQueriesContext(connection) as three:
        show(ana, slug="many")

    assert len(one) == len(three)
    written = [query["sql"] for query in one if query["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert [sql for sql in written if "session" not in sql] == []
