import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments import ports
from assessments.assignments.models import Assignment
from assessments.attempts.models import Answer, Attempt
from assessments.attempts.services import start_attempt
from assessments.attempts.states import AttemptState
from assessments.evidence.models import Evidence
from tests.factories.assignments import AssignmentFactory
from tests.factories.attempts import sit
from tests.factories.bank import right_ids, wrong_ids
from tests.factories.quizzes import make_quiz

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def assignment(cast):
    cast.ana.language = "en"
    cast.ana.save()
    return AssignmentFactory(person=cast.ana, quiz=make_quiz(questions=5))


@pytest.fixture
def attempt(assignment, now):
    return start_attempt(assignment, at=now)


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


@pytest.fixture
def overdue(attempt):
    """The same sitting, begun long ago."""
    Attempt.objects.filter(pk=attempt.pk).update(
        started_at=attempt.started_at - 60 * MINUTE, deadline_at=attempt.deadline_at - 60 * MINUTE
    )
    attempt.refresh_from_db()
    return attempt


def door(name: str, attempt: Attempt) -> str:
    tails = {"player": "", "save": "save/", "flag": "flag/", "submit": "submit/", "review": "review/"}
    return f"/quizzes/attempts/{attempt.pk}/{tails[name]}"


def as_script(client: Client, url: str, **fields):
    return client.post(url, fields, headers={"Accept": "application/json"})


# --- who may -------------------------------------------------------------------------------------------------

SEEING = {"lena", "carl", "eva", "quinn", "mona"}


def test_only_the_learner_sits(cast, assignment, attempt):
    """Leaders and analysts see the record (403 at the learner's doors), everybody else doesn't know of it (404)."""
    for name, who in cast.people.items():
        client = Client()
        client.force_login(who)
        expected = 200 if name == "ana" else 403 if name in SEEING else 404
        assert client.get(f"/quizzes/{assignment.pk}/").status_code == expected, name
        assert client.get(door("player", attempt)).status_code == expected, name
        assert client.get(door("submit", attempt)).status_code == expected, name
        if name != "ana":
            for verb in ("save", "flag", "submit"):
                answer = client.post(door(verb, attempt), {"q": 1, "flagged": "1"})
                assert answer.status_code == expected, (name, verb)
            assert client.post(f"/quizzes/{assignment.pk}/", {"seat_is_set": "on"}).status_code == expected, name

    attempt.refresh_from_db()
    assert attempt.state == AttemptState.IN_PROGRESS
    assert not Answer.objects.exists()


def test_review_is_for_the_learner_leaders_and_analysts(cast, assignment, now):
    done = sit(assignment, at=now)
    for name, who in cast.people.items():
        client = Client()
        client.force_login(who)
        expected = 200 if name == "ana" or name in SEEING else 404
        assert client.get(door("review", done)).status_code == expected, name


def test_review_of_an_open_sitting(cast, ana, attempt):
    assert ana.get(door("review", attempt)).url == door("player", attempt)
    carl = Client()
    carl.force_login(cast.carl)
    assert carl.get(door("review", attempt)).status_code == 403


def test_strangers_are_sent_to_sign_in(client, assignment, attempt):
    for url in [
        "/quizzes/",
        f"/quizzes/{assignment.pk}/",
        *(door(name, attempt) for name in ("player", "submit", "review")),
    ]:
        assert client.get(url).url.startswith("/accounts/login/")
    for verb in ("save", "flag", "submit"):
        assert client.post(door(verb, attempt)).url.startswith("/accounts/login/")


def test_saving_and_flagging_are_posts(ana, attempt):
    assert ana.get(door("save", attempt)).status_code == 405
    assert ana.get(door("flag", attempt)).status_code == 405


def test_a_mystery_call_has_no_quiz_page(cast, ana):
    from assessments.scenarios.models import Scenario

    scenario = Scenario.objects.create(key="s", title_zh="宽带迁移", title_en="Moving house")
    row = AssignmentFactory(person=cast.ana, quiz=None, scenario=scenario)

    assert ana.get(f"/quizzes/{row.pk}/").status_code == 404


# --- before --------------------------------------------------------------------------------------------------


def test_intro_tells_what_to_expect(ana, assignment):
    page = ana.get(f"/quizzes/{assignment.pk}/").content.decode()

    assert "Quiz crm-quiz" in page
    assert "Onboarding" in page
    assert "15 minutes" in page
    assert "(4 of 5 questions right)" in page
    assert "My seat is set to training" in page
    assert "Start the quiz" in page


def test_intro_with_extra_time_and_an_early_close(cast, ana, assignment):
    assignment.extra_minutes = 5
    assignment.closes_at = timezone.now() + 7 * MINUTE + timedelta(seconds=30)
    assignment.save()

    page = ana.get(f"/quizzes/{assignment.pk}/").content.decode()

    assert "20 minutes (15 plus your extra time)" in page
    assert "you have 7 minutes instead of 20" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"closed_at": -MINUTE}, "This assignment is closed."),
        ({"closes_at": -MINUTE}, "The time to sit this quiz has passed."),
        ({"opens_at": MINUTE}, "This quiz opens on"),
    ],
)
def test_intro_of_what_is_not_open(ana, assignment, now, fields, words):
    Assignment.objects.filter(pk=assignment.pk).update(**{name: now + offset for name, offset in fields.items()})

    page = ana.get(f"/quizzes/{assignment.pk}/").content.decode()

    assert words in page
    assert "Start the quiz" not in page
    assert ana.post(f"/quizzes/{assignment.pk}/", {"seat_is_set": "on"}).url == f"/quizzes/{assignment.pk}/"
    assert not Attempt.objects.exists()


def test_intro_without_attempts_left(ana, assignment, now):
    for _time in range(2):
        sit(assignment, at=now, right=0)

    page = ana.get(f"/quizzes/{assignment.pk}/").content.decode()

    assert "You have used all attempts." in page
    assert "Attempt 2" in page


def test_intro_of_an_unpublished_quiz(cast, ana, assignment):
    row = AssignmentFactory(person=cast.ana, quiz=make_quiz("new", published=False))

    assert "published yet" in ana.get(f"/quizzes/{row.pk}/").content.decode()


def test_start_asks_for_the_seat_first(ana, assignment):
    page = ana.post(f"/quizzes/{assignment.pk}/")

    assert page.status_code == 200
    assert "set your seat to training first" in page.content.decode()
    assert not Attempt.objects.exists()


def test_start_leads_to_the_player(ana, assignment):
    answer = ana.post(f"/quizzes/{assignment.pk}/", {"seat_is_set": "on"})

    assert answer.url == door("player", Attempt.objects.get())


def test_start_again_goes_on_with_the_same_sitting(ana, attempt):
    answer = ana.post(f"/quizzes/{attempt.assignment_id}/")

    assert answer.url == door("player", attempt)
    assert "You have begun this quiz" in ana.get(f"/quizzes/{attempt.assignment_id}/").content.decode()


# --- sitting -------------------------------------------------------------------------------------------------


def questions_of(page) -> list:
    return [(question.pk, [option.pk for option in question.options]) for question in page.context["questions"]]


def test_coming_back_goes_on_with_the_same_questions_and_deadline(cast, ana, attempt):
    """The browser is closed; another one, signed in anew, shows what was left."""
    first = ana.get(door("player", attempt))
    drawn = attempt.questions.get(order=2)
    as_script(ana, door("save", attempt), q=2, sequence=1, chosen=drawn.option_order[:1])

    other = Client()
    other.force_login(cast.ana)
    back = other.get(door("player", attempt))

    assert questions_of(back) == questions_of(first)
    assert back.context["attempt"].deadline_at == attempt.deadline_at
    assert [question.is_answered for question in back.context["questions"]] == [False, True, False, False, False]
    assert Attempt.objects.count() == 1


def test_player_shows_one_question(ana, attempt):
    page = ana.get(f"{door('player', attempt)}?q=3").content.decode()

    assert page.count('<section class="quiz-question"') == 5
    assert page.count('hidden aria-labelledby="stem-') == 4
    assert 'data-question="3" aria-labelledby' in page


@pytest.mark.parametrize(("asked", "current"), [("", 1), ("?q=4", 4), ("?q=0", 1), ("?q=99", 1), ("?q=x", 1)])
def test_player_finds_its_question(ana, attempt, asked, current):
    assert ana.get(door("player", attempt) + asked).context["current"] == current


def test_player_begins_at_the_first_blank_question(ana, attempt):
    for drawn in attempt.questions.all()[:2]:
        as_script(ana, door("save", attempt), q=drawn.order, sequence=1, chosen=drawn.option_order[:1])

    assert ana.get(door("player", attempt)).context["current"] == 3


def test_player_does_not_show_what_is_right(ana, attempt):
    page = ana.get(door("player", attempt)).content.decode()

    for hidden in ("Feedback", "Because.", "is_right", "Right answer"):
        assert hidden not in page


def test_player_tells_the_time(ana, attempt):
    attempt.assignment.extra_minutes = 5
    attempt.assignment.save()

    page = ana.get(door("player", attempt))

    assert 880 < page.context["remaining"] <= 900
    assert "20 minutes (normally 15, extra time added)" in page.content.decode()


def test_player_costs_the_same_for_5_and_20_questions(cast, ana, now):
    costs = []
    for n in (5, 20):
        row = AssignmentFactory(person=cast.ana, quiz=make_quiz(f"quiz-of-{n}", questions=n))
        made = sit(row, at=now, submit=False)
        ana.get(door("player", made))
        with CaptureQueriesContext(connection) as queries:
            assert ana.get(door("player", made)).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1] <= 12


def test_get_on_an_overdue_sitting_changes_nothing(ana, overdue):
    for name in ("player", "submit"):
        page = ana.get(door(name, overdue)).content.decode()
        assert "The time is up" in page
        assert f'action="{door("submit", overdue)}"' in page

    overdue.refresh_from_db()
    assert overdue.state == AttemptState.IN_PROGRESS
    assert not Evidence.objects.exists()


def test_post_on_an_overdue_sitting_hands_it_in(ana, overdue):
    answer = ana.post(door("submit", overdue))

    overdue.refresh_from_db()
    assert answer.url == door("review", overdue)
    assert (overdue.state, overdue.submitted_at) == (AttemptState.GRADED, overdue.deadline_at)


def test_save_by_script(ana, attempt):
    drawn = attempt.questions.get(order=1)

    answer = as_script(ana, door("save", attempt), q=1, sequence=4, chosen=drawn.option_order[1])

    saved = json.loads(answer.content)
    assert saved["sequence"] == 4
    assert 880 < saved["remaining"] <= 900
    kept = Answer.objects.get()
    assert (kept.chosen, kept.sequence) == ([drawn.option_order[1]], 4)
    assert saved["saved_at"] == timezone.localtime(kept.received_at).strftime("%H:%M")


def test_save_by_script_received_at_is_the_servers(ana, attempt):
    as_script(ana, door("save", attempt), q=1, sequence=1, received_at="2020-01-01T00:00")

    assert abs(Answer.objects.get().received_at - timezone.now()) < MINUTE


def test_save_by_script_under_a_taken_number(ana, attempt):
    one, other = attempt.questions.get(order=1).option_order[:2]
    as_script(ana, door("save", attempt), q=1, sequence=1, chosen=one)

    answer = as_script(ana, door("save", attempt), q=1, sequence=1, chosen=other)

    assert (answer.status_code, json.loads(answer.content)) == (409, {"newest": 1})


@pytest.mark.parametrize(
    "fields",
    [
        {"q": 1, "sequence": 1, "chosen": 0},
        {"q": 1, "sequence": 1, "chosen": "x"},
        {"q": 1, "sequence": 0},
        {"q": 1, "sequence": 10**9},
    ],
)
def test_save_of_nonsense(ana, attempt, fields):
    assert as_script(ana, door("save", attempt), **fields).status_code == 400
    assert ana.post(door("save", attempt), fields).url == f"{door('player', attempt)}?q=1"
    assert not Answer.objects.exists()


@pytest.mark.parametrize("q", ["", "0", "6", "x", "9" * 30])
def test_save_of_a_question_that_is_not_there(ana, attempt, q):
    assert as_script(ana, door("save", attempt), q=q, sequence=1).status_code == 404


def test_save_of_two_answers_where_one_is_taken(ana, attempt):
    chosen = attempt.questions.get(order=1).option_order[:2]

    assert as_script(ana, door("save", attempt), q=1, sequence=1, chosen=chosen).status_code == 400


def test_save_by_script_after_the_deadline(ana, overdue):
    answer = as_script(ana, door("save", overdue), q=1, sequence=1)

    assert answer.status_code == 410
    assert json.loads(answer.content)["message"].startswith("Not kept: the time was up at ")
    overdue.refresh_from_db()
    assert overdue.state == AttemptState.GRADED
    assert "Not kept: the time was up at" in ana.get(door("review", overdue)).content.decode()
    assert not Answer.objects.exists()


def test_save_after_handing_in(ana, attempt):
    ana.post(door("submit", attempt))

    answer = ana.post(door("save", attempt), {"q": 1})

    assert answer.url == door("review", attempt)
    assert "handed in already" in ana.get(answer.url).content.decode()


@pytest.mark.parametrize(("go", "tail"), [("2", "?q=2"), ("", "?q=1"), ("x", "?q=1"), ("submit", "submit/")])
def test_plain_form_saves_and_goes(ana, attempt, go, tail):
    chosen = attempt.questions.get(order=1).option_order[0]

    answer = ana.post(door("save", attempt), {"q": 1, "chosen": chosen, "go": go})

    assert answer.url == door("player", attempt) + tail
    assert Answer.objects.get().chosen == [chosen]


def test_plain_form_changes_its_mind(ana, attempt):
    one, other = attempt.questions.get(order=1).option_order[:2]
    for chosen in (one, other, other):
        ana.post(door("save", attempt), {"q": 1, "chosen": chosen, "go": "2"})

    assert list(Answer.objects.values_list("sequence", "chosen")) == [(1, [one]), (2, [other])]


def test_flag(ana, attempt):
    assert json.loads(as_script(ana, door("flag", attempt), q=2, flagged="1").content) == {"flagged": True}
    assert attempt.questions.get(is_flagged=True).order == 2
    assert ana.post(door("flag", attempt), {"q": 2, "flagged": "0"}).url == f"{door('player', attempt)}?q=2"
    assert not attempt.questions.filter(is_flagged=True).exists()
    assert as_script(ana, door("flag", attempt), q=2, flagged="maybe").status_code == 400


def test_flag_by_a_plain_form_keeps_the_answer(ana, attempt):
    chosen = attempt.questions.get(order=2).option_order[0]

    ana.post(door("flag", attempt), {"q": 2, "flagged": "1", "chosen": chosen})

    assert Answer.objects.get().chosen == [chosen]


def test_flag_after_handing_in(ana, attempt):
    ana.post(door("submit", attempt))

    assert as_script(ana, door("flag", attempt), q=1, flagged="1").status_code == 410


def test_hand_in_page_lists_blank_and_flagged(ana, attempt):
    drawn = attempt.questions.get(order=1)
    as_script(ana, door("save", attempt), q=1, sequence=1, chosen=drawn.option_order[:1])
    as_script(ana, door("flag", attempt), q=1, flagged="1")

    page = ana.get(door("submit", attempt))

    assert [question.number for question in page.context["unanswered"]] == [2, 3, 4, 5]
    assert [question.number for question in page.context["flagged"]] == [1]
    assert "4 questions without an answer" in page.content.decode()


def test_hand_in(ana, attempt):
    assert ana.post(door("submit", attempt)).url == door("review", attempt)
    assert ana.post(door("submit", attempt)).url == door("review", attempt)
    assert ana.get(door("player", attempt)).url == door("review", attempt)
    assert Evidence.objects.count() == 1


# --- after ---------------------------------------------------------------------------------------------------


def test_review_explains_each_question(ana, assignment, now, monkeypatch):
    done = sit(assignment, at=now, right=3)
    skill = done.questions.first().question_version.question.skill
    asked = []

    def lessons(skills, language):
        asked.append((list(skills), language))
        return {skill.pk: [ports.LessonLink("hold", "Hold and call back", "/learn/courses/p/hold/", 8)]}

    monkeypatch.setattr(ports, "lessons_by_skill", lessons)

    page = ana.get(door("review", done))
    text = page.content.decode()

    assert asked == [([skill.pk], "en")]
    review = page.context["review"]
    assert (review.score, review.right, review.n, review.needed, review.missing) == (Decimal("0.6"), 3, 5, 4, 1)
    assert 0 < review.low < review.score < review.high < 1
    assert "Not passed yet" in text
    assert "3 of 5 questions right; 4 were needed." in text
    assert "1 more right answer would have passed." in text
    assert text.count("Hold and call back") == 2
    assert text.count("Because.") == 5
    assert "Feedback 1" in text
    assert "n = 5 questions" in text
    assert "pass share 80%" in text
    assert "Sit it again" in text


def test_review_of_a_passed_quiz(ana, assignment, now):
    page = ana.get(door("review", sit(assignment, at=now))).content.decode()

    assert "Passed" in page
    assert "Sit it again" not in page
    assert "Your answer" in page


def test_review_by_a_leader(cast, client, assignment, now):
    done = sit(assignment, at=now, right=0)
    client.force_login(cast.carl)
    cast.carl.language = "en"
    cast.carl.save()

    page = client.get(door("review", done)).content.decode()

    assert cast.ana.full_name in page
    assert "Your answer" not in page
    assert "Sit it again" not in page


def test_review_costs_the_same_for_5_and_20_questions(cast, ana, now):
    costs = []
    for n in (5, 20):
        done = sit(AssignmentFactory(person=cast.ana, quiz=make_quiz(f"quiz-of-{n}", questions=n)), at=now, right=0)
        ana.get(door("review", done))
        with CaptureQueriesContext(connection) as queries:
            ana.get(door("review", done))
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_list_shows_own_results_newest_first(cast, ana, now):
    quiz = make_quiz()
    other = AssignmentFactory(person=cast.abel, quiz=quiz)
    sit(other, at=now)
    first = sit(AssignmentFactory(person=cast.ana, quiz=quiz), at=now - timedelta(days=2), right=1)
    second = sit(AssignmentFactory(person=cast.ana, quiz=quiz), at=now - timedelta(days=1))
    start_attempt(AssignmentFactory(person=cast.ana, quiz=quiz), at=now)

    assert list(ana.get("/quizzes/").context["page"]) == [second, first]


def test_list_shows_what_there_is_to_sit(cast, ana, now):
    quiz = make_quiz()
    due = AssignmentFactory(person=cast.ana, quiz=quiz, due_on=now.date() - timedelta(days=2))
    plain = AssignmentFactory(person=cast.ana, quiz=quiz)
    begun = AssignmentFactory(person=cast.ana, quiz=quiz, attempts_allowed=1)
    start_attempt(begun, at=now)
    sit(AssignmentFactory(person=cast.ana, quiz=quiz), at=now)  # passed
    sit(AssignmentFactory(person=cast.ana, quiz=quiz, attempts_allowed=1), at=now, right=0)  # none left
    AssignmentFactory(person=cast.ana, quiz=quiz, closed=True)
    AssignmentFactory(person=cast.abel, quiz=quiz)

    rows = ana.get("/quizzes/").context["open"]

    assert [row.assignment for row in rows] == [due, plain, begun]
    assert [row.is_overdue for row in rows] == [True, False, False]


def test_list_when_empty(cast, ana):
    cast.ana.language = "en"
    cast.ana.save()

    assert "No results yet" in ana.get("/quizzes/").content.decode()


def test_list_costs_the_same_for_1_and_3_rows(cast, ana, now):
    costs = []
    quiz = make_quiz()
    for more in (1, 2):
        for _row in range(more):
            sit(AssignmentFactory(person=cast.ana, quiz=quiz), at=now)
            AssignmentFactory(person=cast.ana, quiz=quiz)
        ana.get("/quizzes/")
        with CaptureQueriesContext(connection) as queries:
            assert ana.get("/quizzes/").status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_wrong_answers_are_not_shown_as_right(ana, assignment, now):
    done = sit(assignment, at=now, right=0)

    page = ana.get(door("review", done))

    for question in page.context["questions"]:
        drawn = done.questions.get(pk=question.pk)
        chosen = [option.pk for option in question.options if option.is_chosen]
        right = [option.pk for option in question.options if option.is_right]
        assert chosen == wrong_ids(drawn.question_version)
        assert right == right_ids(drawn.question_version)
