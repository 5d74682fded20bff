"""Answers to self-checks and exercises: shown at once, kept for the figures, the first try of each person counts."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from courses.catalogue.blocks.exercise import exercise_sheets
from courses.progress.models import SelfCheckAnswer
from courses.progress.services import record_try
from tests.factories.bank import QuestionFactory
from tests.factories.catalogue import in_english, make_course, make_lesson

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true"}
BODY = [
    {"type": "check", "value": {"question": "practice-hold"}, "id": "hold"},
    {"type": "exercise", "value": {"title": "", "metrics": ["service_level"], "family": ""}, "id": "sum"},
]


@pytest.fixture
def options():
    question = QuestionFactory(key="practice-hold", practice=True)
    found = question.versions.get().options.order_by("order")
    return {is_right: [option.pk for option in found if option.is_right == is_right] for is_right in (True, False)}


@pytest.fixture
def lesson(options):
    return in_english(make_lesson(make_course("crm", lessons=0), "hold", body=BODY))


@pytest.fixture
def ana(client, cast):
    cast.ana.language = "en"
    cast.ana.save()
    client.force_login(cast.ana)
    return client


def answer(client, lesson, chosen, *, htmx=True, **more):
    door = reverse("courses:check-answer", args=[lesson.pk])
    data = {"check": "practice-hold", "answer": "1", "chosen": chosen, **more}
    return client.post(door, data, headers=HTMX if htmx else {})


def work_out(client, lesson, typed, *, htmx=True, **more):
    door = reverse("courses:check-answer", args=[lesson.pk])
    data = {"exercise": "sum", "try": "1", "result": typed, **more}
    return client.post(door, data, headers=HTMX if htmx else {})


def kept():
    rows = SelfCheckAnswer.objects.order_by("pk")
    return [(row.question, row.metric, row.is_right, row.is_first) for row in rows]


def text(response):
    return " ".join(response.content.decode().split())


def test_an_answer_is_shown_at_once_and_kept(ana, cast, lesson, options):
    shown = text(answer(ana, lesson, options[True]))

    assert shown.startswith('<section class="check panel" id="check-practice-hold"')
    assert "Right." in shown
    row = SelfCheckAnswer.objects.get()
    assert (row.person, row.lesson_key, row.language) == (cast.ana, lesson.translation_key, "en")
    assert kept() == [("practice-hold", "", True, True)]


def test_only_the_first_try_is_the_first(ana, lesson, options):
    answer(ana, lesson, options[False])
    answer(ana, lesson, options[True])

    assert kept() == [("practice-hold", "", False, True), ("practice-hold", "", True, False)]


def test_a_plain_form_leads_to_the_address_that_shows_the_answer(ana, lesson, options):
    answered = answer(ana, lesson, options[False], htmx=False)

    chosen = "".join(f"&chosen={pk}" for pk in options[False])
    url = reverse("courses:lesson-detail", args=["crm", "hold"])
    assert answered["Location"] == f"{url}?check=practice-hold&answer=1{chosen}#check-practice-hold"
    page = text(ana.get(answered["Location"]))
    assert "Not yet." in page
    assert f'action="{reverse("courses:check-answer", args=[lesson.pk])}"' in page
    assert "csrfmiddlewaretoken" in page[page.index('id="check-practice-hold"') :]
    assert len(kept()) == 1  # looking at it again writes nothing


def test_an_answer_in_the_other_language_stays_there(ana, lesson, options):
    chinese = lesson.get_translations().get()

    answered = answer(ana, chinese, options[True], htmx=False)

    assert "&in=zh-hans#check-" in answered["Location"]
    assert SelfCheckAnswer.objects.get().language == "zh-hans"


def test_nothing_chosen_is_no_try(ana, lesson):
    assert "Choose an answer first." in text(answer(ana, lesson, []))
    assert kept() == []


def test_an_exercise_is_kept_with_its_metric(ana, cast, lesson):
    with translation.override("en"):
        sheet = exercise_sheets(lesson.body, reader=str(cast.ana.pk))["sum"]

    assert "Type your answer first." in text(work_out(ana, lesson, ""))
    assert "right yet" in text(work_out(ana, lesson, "3"))
    assert "Right." in text(work_out(ana, lesson, sheet.result))
    assert kept() == [("sum", "service_level", False, True), ("sum", "service_level", True, False)]


def test_an_exercise_without_javascript_leads_to_its_address(ana, lesson):
    answered = work_out(ana, lesson, "3", htmx=False)

    assert answered["Location"].endswith("?exercise=sum&try=1&result=3#exercise-sum")
    assert "right yet" in text(ana.get(answered["Location"]))


def test_what_the_lesson_does_not_ask_is_not_kept(ana, lesson):
    QuestionFactory(key="elsewhere", practice=True)

    assert answer(ana, lesson, ["1"], check="elsewhere").status_code == 404
    assert work_out(ana, lesson, "3", exercise="gone").status_code == 404
    assert answer(ana, lesson, ["1"], check="elsewhere", htmx=False).status_code == 302
    assert kept() == []


def test_authors_who_try_it_out_are_no_readers(ana, cast, lesson, options):
    ana.force_login(cast.tess)

    assert "check-result" in text(answer(ana, lesson, options[True]))
    assert kept() == []


def test_there_is_one_first_try(cast, lesson, at):
    first = record_try(cast.ana, lesson, question="q", is_right=True, at=at)
    later = record_try(cast.ana, lesson, question="q", is_right=True, at=at + timedelta(hours=1))

    assert (first.is_first, later.is_first) == (True, False)
    later.is_first = True
    with pytest.raises(IntegrityError), transaction.atomic():
        later.save()
