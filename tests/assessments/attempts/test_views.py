import json
import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments import ports
from assessments.assignments.models import Assignment
from assessments.assignments.rules import Override
from assessments.assignments.services import give_override, try_quiz
from assessments.attempts.forms.sitting import anchor_of
from assessments.attempts.models import Answer, AnswerMark, AnswerRecording, Attempt, AttemptQuestion, QuestionVoid
from assessments.attempts.services import close_overdue_attempts, give_extra_time, start_attempt, submit_attempt
from assessments.attempts.states import AttemptState, VoidMode
from assessments.bank.states import QuestionKind
from assessments.evidence.models import Evidence
from assessments.quizzes.models import QuizVersion, Slot
from assessments.quizzes.states import Navigation, Overdue, ReviewPart, ReviewTime
from tests.factories.assignments import AssignmentFactory
from tests.factories.attempts import sit
from tests.factories.bank import right_ids, wrong_ids
from tests.factories.kinds import MARKED, make_quiz_of_kinds
from tests.factories.quizzes import QuizSectionFactory, make_quiz

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
EVERYTHING = [part.value for part in ReviewPart]
#: A WebM file begins so; the rest is never looked at.
SOUND = b"\x1a\x45\xdf\xa3" + bytes(200)


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
    return age(attempt, 60 * MINUTE)


def age(attempt: Attempt, by: timedelta) -> Attempt:
    Attempt.objects.filter(pk=attempt.pk).update(
        started_at=attempt.started_at - by, deadline_at=attempt.deadline_at - by if attempt.deadline_at else None
    )
    attempt.refresh_from_db()
    return attempt


def set_rules(attempt: Attempt, **fields) -> Attempt:
    """As if the quiz had been published so."""
    QuizVersion.objects.filter(pk=attempt.quiz_version_id).update(**fields)
    return Attempt.objects.get(pk=attempt.pk)


def door(name: str, attempt: Attempt) -> str:
    return f"/quizzes/attempts/{attempt.pk}/{'' if name == 'player' else f'{name}/'}"


def as_script(client: Client, url: str, **fields):
    return client.post(url, fields, headers={"Accept": "application/json"})


def item(
    attempt: Attempt, order: int, sequence: int = 1, *, answer=None, at: datetime | None = None, elapsed=0
) -> dict:
    """One save as the player sends it: the first option, made `elapsed` ms after the exchange at `at` (now)."""
    drawn = attempt.questions.get(order=order)
    chosen = drawn.option_order[:1] if answer is None else answer
    anchor = anchor_of(attempt, at=at or timezone.now())
    return {"q": order, "sequence": sequence, "answer": chosen, "anchor": anchor, "elapsed": elapsed}


def save(client: Client, attempt: Attempt, *saves: dict, **more):
    body = json.dumps({"anchor": anchor_of(attempt, at=timezone.now()), "saves": list(saves)} | more)
    headers = {"Accept": "application/json"}
    return client.post(door("save", attempt), body, content_type="application/json", headers=headers)


def statuses(answer) -> list[str]:
    return [row["status"] for row in answer.json()["results"]]


# --- who may -------------------------------------------------------------------------------------------------

SEEING = {"lena", "carl", "eva", "quinn", "mona"}
DEEDS = ("save", "flag", "check", "record", "submit")


def test_only_the_learner_sits(cast, assignment, attempt):
    """Leaders and analysts see the record (403 at the learner's doors), everybody else doesn't know of it (404)."""
    for name, who in cast.people.items():
        client = Client()
        client.force_login(who)
        expected = 200 if name == "ana" else 403 if name in SEEING else 404
        assert client.get(f"/quizzes/{assignment.pk}/").status_code == expected, name
        for page in ("player", "clock", "submit"):
            assert client.get(door(page, attempt)).status_code == expected, (name, page)
        if name != "ana":
            for verb in DEEDS:
                answer = client.post(door(verb, attempt), {"q": 1, "flagged": "1"})
                assert answer.status_code == expected, (name, verb)
            assert save(client, attempt, item(attempt, 1)).status_code == expected, name
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
    pages = [door(name, attempt) for name in ("player", "clock", "submit", "review")]
    for url in ["/quizzes/", f"/quizzes/{assignment.pk}/", *pages]:
        assert client.get(url).url.startswith("/accounts/login/")
    for verb in DEEDS:
        assert client.post(door(verb, attempt)).url.startswith("/accounts/login/")


@pytest.mark.parametrize("verb", ["save", "flag", "check", "record"])
def test_deeds_are_posts(ana, attempt, verb):
    assert ana.get(door(verb, attempt)).status_code == 405


def test_a_mystery_call_has_no_quiz_page(cast, ana):
    from assessments.scenarios.models import Scenario

    scenario = Scenario.objects.create(key="s", title_zh="宽带迁移", title_en="Moving house")
    row = AssignmentFactory(person=cast.ana, quiz=None, scenario=scenario)

    assert ana.get(f"/quizzes/{row.pk}/").status_code == 404


# --- before --------------------------------------------------------------------------------------------------


def intro(client: Client, assignment: Assignment) -> str:
    return client.get(f"/quizzes/{assignment.pk}/").content.decode()


def override(assignment: Assignment, cast, **fields) -> None:
    give_override(
        assignment.quiz, Override(**fields), to=assignment.person, reason="Reads with a magnifier", actor=cast.carl,
        at=timezone.now(),
    )  # fmt: skip


def test_intro_tells_what_to_expect(ana, assignment):
    page = intro(ana, assignment)

    assert "Quiz crm-quiz" in page
    assert "Onboarding" in page
    assert "15 minutes" in page
    assert "(4 of 5 questions right)" in page
    assert "(counts: The best)" in page
    assert "My seat is set to training" in page
    assert "Start the quiz" in page
    assert "extended" not in page
    assert "must be right" not in page


def test_intro_with_extra_time(cast, ana, assignment):
    override(assignment, cast, limit_minutes=20)

    assert "20 minutes, extended from 15" in intro(ana, assignment)


def test_intro_without_a_limit_for_this_person(cast, ana, assignment):
    override(assignment, cast, limit_minutes=None, attempts=None)

    page = intro(ana, assignment)

    assert "none for you (normally 15 minutes)" in page
    assert "as many as you like" in page
    assert "the clock goes on" not in page


def test_intro_says_before_the_start_that_the_close_cuts_the_time(cast, ana, assignment):
    override(assignment, cast, limit_minutes=20)
    Assignment.objects.filter(pk=assignment.pk).update(closes_at=timezone.now() + 7 * MINUTE + timedelta(seconds=30))

    assert "you have 7 minutes instead of 20" in intro(ana, assignment)


@pytest.mark.parametrize(
    ("overdue", "words"),
    [
        (Overdue.AUTOSUBMIT, "what was saved is handed in for you"),
        (Overdue.GRACE, "you have 5 minutes left to hand in, but not to answer"),
        (Overdue.ABANDON, "nothing is handed in for you"),
    ],
)
def test_intro_says_what_happens_at_the_end(ana, assignment, overdue, words):
    assignment.quiz.versions.update(overdue=overdue, grace_minutes=5)

    assert words in intro(ana, assignment)


def test_intro_names_sections_and_questions_that_must_be_right(ana, assignment):
    version = assignment.quiz.versions.get()
    QuizSectionFactory(version=version, title_en="Privacy", pass_share=Decimal("0.9"))
    Slot.objects.update(section=1, is_must_pass=True)

    page = intro(ana, assignment)

    assert "and in “Privacy”:" in page
    assert "90%" in page
    assert "Some questions must be right to pass" in page


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

    page = intro(ana, assignment)

    assert words in page
    assert "Start the quiz" not in page
    assert ana.post(f"/quizzes/{assignment.pk}/", {"seat_is_set": "on"}).url == f"/quizzes/{assignment.pk}/"
    assert not Attempt.objects.exists()


def test_intro_during_the_waiting_time(ana, assignment, now):
    assignment.quiz.versions.update(wait_minutes=60)
    sit(assignment, at=now - 10 * MINUTE, right=0)

    page = intro(ana, assignment)

    assert "The next one can begin on" in page
    assert "60 minutes of waiting between two attempts" in page
    assert "Start the quiz" not in page


def test_intro_without_attempts_left(ana, assignment, now):
    for _time in range(2):
        sit(assignment, at=now, right=0)

    page = intro(ana, assignment)

    assert "You have used all attempts." in page
    assert "Attempt 2" in page


def test_intro_of_an_unpublished_quiz(cast, ana, assignment):
    row = AssignmentFactory(person=cast.ana, quiz=make_quiz("new", published=False))

    assert "published yet" in intro(ana, row)


def test_intro_while_an_attempt_is_being_marked(cast, ana, assignment, now):
    row = AssignmentFactory(person=cast.ana, quiz=make_quiz_of_kinds("essay", *MARKED))
    sitting = start_attempt(row, at=now)
    save(ana, sitting, item(sitting, 1, answer="Dear customer"))
    submit_attempt(sitting, actor=cast.ana, at=now)

    assert "being marked by a person" in intro(ana, row)


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
    assert "You have begun this quiz" in intro(ana, attempt.assignment)


def test_an_author_tries_a_quiz_out(cast, client, assignment):
    client.force_login(cast.tess)
    cast.tess.language = "en"
    cast.tess.save()

    started = client.post(f"/quizzes/{assignment.quiz_id}/try/", follow=True)

    assert "Nothing of it is kept in anybody" in started.content.decode()
    assert try_quiz(assignment.quiz, actor=cast.tess, at=timezone.now()).is_preview


# --- sitting -------------------------------------------------------------------------------------------------


def questions_of(page) -> list:
    shown = [row.question for each in page.context["pages"] for row in each.rows]
    return [(question.pk, [option.pk for option in question.options]) for question in shown]


def test_coming_back_goes_on_with_the_same_questions_and_deadline(cast, ana, attempt):
    """The browser is closed; another one, signed in anew, shows what was left."""
    first = ana.get(door("player", attempt))
    save(ana, attempt, item(attempt, 2))

    other = Client()
    other.force_login(cast.ana)
    back = other.get(door("player", attempt))

    assert questions_of(back) == questions_of(first)
    assert back.context["attempt"].deadline_at == attempt.deadline_at
    answered = [row.question.is_answered for page in back.context["pages"] for row in page.rows]
    assert answered == [False, True, False, False, False]
    assert Attempt.objects.count() == 1


def test_player_shows_one_question(ana, attempt):
    page = ana.get(f"{door('player', attempt)}?q=3").content.decode()

    assert page.count('<section class="quiz-question"') == 5
    assert page.count('class="quiz-page"') == 5
    assert page.count('autocomplete="off" hidden>') == 4
    assert 'id="page-3" data-page="3" data-place-text="3 / 5" autocomplete="off">' in page


def test_player_shows_pages_of_several_questions(ana, attempt):
    attempt.questions.filter(order__gte=3).update(page=2)
    attempt.questions.filter(order__lt=3).update(page=1)

    page = ana.get(door("player", attempt))

    assert [(each.number, each.first, each.last) for each in page.context["pages"]] == [(1, 1, 2), (2, 3, 5)]
    assert [(each.before, each.after) for each in page.context["pages"]] == [(None, 3), (1, None)]
    assert 'data-place-text="3–5 / 5"' in page.content.decode()


@pytest.mark.parametrize(("asked", "current"), [("", 1), ("?q=4", 4), ("?q=0", 1), ("?q=99", 1), ("?q=x", 1)])
def test_player_finds_its_question(ana, attempt, asked, current):
    assert ana.get(door("player", attempt) + asked).context["current"] == current


def test_player_begins_at_the_first_blank_question(ana, attempt):
    save(ana, attempt, item(attempt, 1), item(attempt, 2))

    assert ana.get(door("player", attempt)).context["current"] == 3


def test_player_does_not_show_what_is_right(ana, attempt):
    page = ana.get(door("player", attempt)).content.decode()

    for hidden in ("Feedback", "Because.", "is_right", "Right answer", "tint-good"):
        assert hidden not in page


def test_player_asks_every_kind(cast, ana, now):
    cast.ana.language = "en"
    cast.ana.save()
    row = AssignmentFactory(person=cast.ana, quiz=make_quiz_of_kinds("all", per_page=0))
    sitting = start_attempt(row, at=now)

    page = ana.get(door("player", sitting)).content.decode()

    for kind in QuestionKind:
        assert (f'data-kind="{kind}"' in page) == (kind not in ("written", "spoken")), kind
    assert "Each right one counts" in page
    assert "320" not in page  # the accepted answer of the number
    assert "Workforce" not in page
    assert page.count('data-gap="') == 2


def test_player_tells_the_time(cast, ana, attempt):
    page = ana.get(door("player", attempt))
    assert 880 < page.context["remaining"] <= 900
    assert "15 minutes ·" in page.content.decode()

    give_extra_time(cast.team_a, minutes=5, reason="Power cut", actor=cast.carl, at=timezone.now())

    page = ana.get(door("player", attempt))
    assert 1180 < page.context["remaining"] <= 1200
    assert "20 minutes (normally 15, extra time added)" in page.content.decode()


def test_player_without_a_deadline_has_no_timer(cast, ana, assignment, now):
    override(assignment, cast, limit_minutes=None)
    sitting = start_attempt(assignment, at=now)

    page = ana.get(door("player", sitting))

    assert page.context["remaining"] is None
    assert "<span data-clock hidden>" in page.content.decode()
    assert "no time limit" in page.content.decode()


def test_player_forward_only_sends_one_page(ana, attempt):
    attempt = set_rules(attempt, navigation=Navigation.SEQUENTIAL)
    stems = list(attempt.questions.values_list("question_version__stem_en", flat=True))

    page = ana.get(f"{door('player', attempt)}?q=4")
    text = page.content.decode()

    assert page.context["current"] == 1
    assert stems[0] in text
    assert all(stem not in text for stem in stems[1:])
    assert "You can't come back to a page that you leave." in text
    assert text.count('<button type="button" disabled>') == 4


def test_a_page_that_was_left_stays_as_it_was(ana, attempt):
    attempt = set_rules(attempt, navigation=Navigation.SEQUENTIAL)

    left = save(ana, attempt, item(attempt, 1), page=1)
    again = save(ana, attempt, item(attempt, 1, 2, answer=attempt.questions.get(order=1).option_order[1:2]))

    assert statuses(left) == ["kept"]
    assert statuses(again) == ["locked"]
    assert ana.get(door("player", attempt)).context["current"] == 2


def test_a_plain_form_leaves_a_page(ana, attempt):
    attempt = set_rules(attempt, navigation=Navigation.SEQUENTIAL)
    chosen = attempt.questions.get(order=1).option_order[0]

    answer = ana.post(door("save", attempt), {"q": 1, "a1": chosen, "leave": "1"}, follow=True)

    assert answer.context["current"] == 2
    assert Answer.objects.get().response == [chosen]


def test_every_page_left_leads_to_the_hand_in_page(ana, attempt):
    attempt = set_rules(attempt, navigation=Navigation.SEQUENTIAL)
    Attempt.objects.filter(pk=attempt.pk).update(page_left=5)

    page = ana.get(door("player", attempt), follow=True)

    assert page.redirect_chain[0][0] == door("submit", attempt)
    assert not page.context["unanswered"]
    assert "5 questions that you left stay without an answer." in page.content.decode()
    assert "Back to the questions" not in page.content.decode()


@pytest.mark.parametrize("name", ["player", "submit"])
def test_pages_cost_the_same_for_3_and_12_questions(cast, ana, now, name):
    costs = []
    for n in (3, 12):
        row = AssignmentFactory(person=cast.ana, quiz=make_quiz(f"quiz-of-{n}", questions=n))
        made = sit(row, at=now, submit=False)
        ana.get(door(name, made))
        with CaptureQueriesContext(connection) as queries:
            assert ana.get(door(name, made)).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_a_save_costs_the_same_for_1_and_3_answers(cast, ana, attempt):
    costs = []
    save(ana, attempt, item(attempt, 5))
    for orders in ((1,), (2, 3, 4)):
        saves = [item(attempt, order) for order in orders]
        with CaptureQueriesContext(connection) as queries:
            assert statuses(save(ana, attempt, *saves)) == ["kept"] * len(orders)
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_player_after_the_time_only_offers_the_result(ana, overdue):
    page = ana.get(door("player", overdue)).content.decode()

    assert "The time is up" in page
    assert "<fieldset" not in page
    overdue.refresh_from_db()
    assert overdue.state == AttemptState.IN_PROGRESS  # GET changes nothing

    assert ana.post(door("submit", overdue)).url == door("review", overdue)
    overdue.refresh_from_db()
    assert (overdue.state, overdue.submitted_at) == (AttemptState.GRADED, overdue.deadline_at)


def test_in_the_grace_period_only_handing_in_is_possible(ana, attempt):
    age(attempt, 17 * MINUTE)
    attempt = set_rules(attempt, overdue=Overdue.GRACE, grace_minutes=5)

    page = ana.get(door("player", attempt), follow=True)

    assert page.redirect_chain[0][0] == door("submit", attempt)
    assert "Only handing in is possible, until" in page.content.decode()
    assert "?q=" not in page.content.decode()
    assert statuses(save(ana, attempt, item(attempt, 1))) == ["late"]
    assert ana.post(door("submit", attempt)).url == door("review", attempt)
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.GRADED


@pytest.mark.parametrize(
    ("overdue", "words"),
    [
        (Overdue.GRACE, "That has passed: this attempt is abandoned"),
        (Overdue.ABANDON, "this attempt is abandoned and brings no score"),
    ],
)
def test_after_the_end_an_attempt_is_abandoned(ana, attempt, overdue, words):
    age(attempt, 60 * MINUTE)
    attempt = set_rules(attempt, overdue=overdue, grace_minutes=5)

    assert words in ana.get(door("player", attempt)).content.decode()

    review = ana.post(door("submit", attempt), follow=True).content.decode()
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score) == (AttemptState.ABANDONED, None)
    assert "Abandoned" in review
    assert "This attempt brings no score" in review
    assert "Sit it again" in review


def test_clock_follows_a_longer_deadline(cast, ana, attempt):
    before = ana.get(door("clock", attempt)).json()

    give_extra_time(cast.team_a, minutes=10, reason="Power cut", actor=cast.carl, at=timezone.now())
    after = ana.get(door("clock", attempt)).json()

    assert before["is_open"] is True
    assert before["total"] == 900
    assert after["total"] == 1500
    assert 595 <= after["remaining"] - before["remaining"] <= 600


def test_clock_of_a_sitting_that_is_over(ana, attempt):
    ana.post(door("submit", attempt))

    assert ana.get(door("clock", attempt)).json()["is_open"] is False


@pytest.mark.parametrize("page", ["", "submit/"])
def test_an_older_window_is_told_that_a_newer_one_goes_on(ana, attempt, page):
    def is_newest(opened):
        return ana.get(door("clock", attempt), headers={"X-Quiz-Window": opened}).json()["is_newest"]

    windows = [
        re.search(r'data-opened="(\d+)"', ana.get(f"/quizzes/attempts/{attempt.pk}/{page}").content.decode()).group(1)
        for _window in range(2)
    ]

    assert [is_newest(opened) for opened in windows] == [windows[0] == windows[1], True]
    assert is_newest("no number") is True
    cache.clear()
    assert is_newest(windows[0]) is True


# --- saving --------------------------------------------------------------------------------------------------


def test_save_keeps_answers_and_says_so(ana, attempt):
    answer = save(ana, attempt, item(attempt, 1), item(attempt, 3))

    body = answer.json()
    assert body["results"] == [
        {"q": 1, "sequence": 1, "status": "kept", "newest": 1},
        {"q": 3, "sequence": 1, "status": "kept", "newest": 1},
    ]
    assert body["total"] == 900
    assert 880 < body["remaining"] <= 900
    assert {"saved_at", "anchor", "deadline"} <= set(body)
    assert Answer.objects.count() == 2


def test_a_save_sent_twice_is_one_save(ana, attempt):
    once = item(attempt, 1)

    assert statuses(save(ana, attempt, once)) == statuses(save(ana, attempt, once)) == ["kept"]
    assert Answer.objects.count() == 1


def test_a_number_that_another_window_used_is_taken(ana, attempt):
    save(ana, attempt, item(attempt, 1, 1))

    answer = save(ana, attempt, item(attempt, 1, 1, answer=attempt.questions.get(order=1).option_order[1:2]))

    assert answer.json()["results"] == [{"q": 1, "sequence": 1, "status": "taken", "newest": 1}]
    assert Answer.objects.get().response == attempt.questions.get(order=1).option_order[:1]


def test_made_in_time_and_received_late_counts_and_is_marked(ana, attempt):
    age(attempt, 15 * MINUTE + timedelta(seconds=30))
    shortly_before = timezone.now() - timedelta(minutes=2)

    answer = save(
        ana, attempt,
        item(attempt, 1, at=shortly_before, elapsed=60_000),
        item(attempt, 2, at=shortly_before, elapsed=119_000),
    )  # fmt: skip

    assert statuses(answer) == ["kept", "late"]
    kept = Answer.objects.get()
    assert kept.is_synced_late
    assert kept.made_at < attempt.deadline_at < kept.received_at
    page = ana.post(door("submit", attempt), follow=True).content.decode()
    assert "The answer to question 1 reached the server after the end, but was made in time: it counts." in page
    assert "Not kept, because it came after the time was up: your last answer to question 2." in page


def test_a_clock_of_the_browser_is_not_believed(ana, attempt):
    """An anchor of another sitting, a forged one, and a time in the future say nothing."""
    other = Attempt.objects.get(pk=attempt.pk)
    other.pk += 1
    saves = [
        item(attempt, 1) | {"anchor": anchor_of(other, at=attempt.started_at)},
        item(attempt, 2) | {"anchor": "1.1:forged"},
        item(attempt, 3, elapsed=10**12),
        item(attempt, 4, elapsed="NaN"),
        item(attempt, 5, elapsed=-5000),
    ]

    save(ana, attempt, *saves)

    for answer in Answer.objects.all():
        assert answer.made_at <= answer.received_at
        assert answer.received_at - answer.made_at < timedelta(seconds=5)
    assert Answer.objects.count() == 5


@pytest.mark.parametrize(
    "body",
    [
        b" ", b"[]", b"{}", b'{"saves": 1}', b'{"saves": [{}]}', b'{"saves": [{"q": 1, "sequence": 0, "answer": []}]}',
        b'{"saves": [], "page": "1"}',
        b'{"saves": [{"q": true, "sequence": 1, "answer": []}]}', b"[" * 100_000, b"\xff",
    ],
)  # fmt: skip
def test_save_refuses_what_it_cannot_read(ana, attempt, body):
    answer = ana.post(door("save", attempt), body, content_type="application/json")

    assert answer.status_code == 400
    assert "was not kept" in answer.json()["message"]
    assert not Answer.objects.exists()


def test_save_of_an_answer_that_does_not_fit_keeps_the_others(ana, attempt):
    unknown = item(attempt, 3) | {"q": 99}

    answer = save(ana, attempt, item(attempt, 1, answer=[10**9]), item(attempt, 2), unknown)

    assert statuses(answer) == ["malformed", "kept", "malformed"]
    assert Answer.objects.get().attempt_question.order == 2


def test_save_after_handing_in_says_of_which_answers(ana, attempt):
    kept = item(attempt, 1)
    save(ana, attempt, kept)
    ana.post(door("submit", attempt))

    answer = save(ana, attempt, kept, item(attempt, 3), item(attempt, 4))

    assert answer.status_code == 410
    assert answer.json()["not_kept"] == [3, 4]
    words = "Not kept, because this quiz was handed in before: your last answers to questions 3, 4."
    assert answer.json()["message"] == words
    assert words in ana.get(door("review", attempt)).content.decode()
    assert save(ana, attempt, kept).status_code == 200


def test_plain_save_after_the_time_ends_the_sitting(ana, overdue):
    chosen = overdue.questions.get(order=1).option_order[0]

    answer = ana.post(door("save", overdue), {"q": 1, "a1": chosen}, follow=True)

    assert "Not kept: the time was up at " in answer.content.decode()
    overdue.refresh_from_db()
    assert overdue.state == AttemptState.GRADED
    assert not Answer.objects.exists()


def test_plain_save_after_handing_in(ana, attempt):
    ana.post(door("submit", attempt))

    answer = ana.post(door("save", attempt), {"q": 1, "a1": attempt.questions.get(order=1).option_order[0]})

    assert answer.url == door("player", attempt)
    assert "handed in already" in ana.get(door("review", attempt)).content.decode()


@pytest.mark.parametrize(("go", "tail"), [("2", "?q=2"), ("", "?q=1"), ("x", "?q=1"), ("submit", "submit/")])
def test_plain_form_saves_and_goes(ana, attempt, go, tail):
    chosen = attempt.questions.get(order=1).option_order[0]

    answer = ana.post(door("save", attempt), {"q": 1, "a1": chosen, "go": go})

    assert answer.url == door("player", attempt) + tail
    assert Answer.objects.get().response == [chosen]


def test_plain_form_changes_its_mind(ana, attempt):
    one, other = attempt.questions.get(order=1).option_order[:2]
    for chosen in (one, other, other):
        ana.post(door("save", attempt), {"q": 1, "a1": chosen, "go": "2"})

    assert list(Answer.objects.values_list("sequence", "response")) == [(1, [one]), (2, [other])]


def test_plain_form_answers_every_kind(cast, ana, now):
    row = AssignmentFactory(person=cast.ana, quiz=make_quiz_of_kinds("all", per_page=0))
    sitting = start_attempt(row, at=now)
    drawn = {each.question_version.kind: each for each in sitting.questions.select_related("question_version")}

    def ids(kind, **which):
        return list(drawn[kind].question_version.options.filter(**which).order_by("order").values_list("pk", flat=True))

    left, right = ids("matching")[:2], ids("matching")
    steps = ids("ordering")
    fields = {
        "q": list(range(1, 9)),
        "a1": ids("single")[:1],
        "a2": ids("multiple")[:2],
        "a3": ids("true_false")[:1],
        **{f"a4-{pk}": right[place] for place, pk in enumerate(left)},
        **{f"a5-{pk}": place for place, pk in enumerate(steps, start=1)},
        "a6": "322 s",
        "a7": "workforce  MANAGEMENT",
        "a8-1": "20",
        "a8-2": ids("cloze", gap=2)[:1],
    }

    ana.post(door("save", sitting), fields)
    page = ana.get(f"{door('player', sitting)}?q=1").content.decode()
    ana.post(door("submit", sitting))

    sitting.refresh_from_db()
    assert Answer.objects.count() == 8
    assert sitting.score == 1
    assert 'value="322 s"' in page
    assert page.count(" selected") >= 2 + 4 + 1


def test_flag(ana, attempt):
    assert as_script(ana, door("flag", attempt), q=2, flagged="1").json() == {"flagged": True}
    assert attempt.questions.get(is_flagged=True).order == 2
    assert ana.post(f"{door('flag', attempt)}?flagged=0", {"flag": 2}).url == f"{door('player', attempt)}?q=2"
    assert not attempt.questions.filter(is_flagged=True).exists()
    assert as_script(ana, door("flag", attempt), q=2, flagged="maybe").status_code == 400
    assert as_script(ana, door("flag", attempt), q=99, flagged="1").status_code == 404


def test_flag_by_a_plain_form_keeps_the_answers_of_its_page(ana, attempt):
    chosen = attempt.questions.get(order=2).option_order[0]

    ana.post(f"{door('flag', attempt)}?flagged=1", {"q": 2, "flag": 2, "a2": chosen})

    assert Answer.objects.get().response == [chosen]
    assert attempt.questions.get(is_flagged=True).order == 2


def test_flag_after_handing_in(ana, attempt):
    ana.post(door("submit", attempt))

    assert as_script(ana, door("flag", attempt), q=1, flagged="1").status_code == 410


# --- checking while answering --------------------------------------------------------------------------------


def test_check_shows_what_is_right_and_locks_the_answer(ana, attempt):
    attempt = set_rules(attempt, review={ReviewTime.DURING: EVERYTHING})
    drawn = attempt.questions.get(order=1)
    wrong = wrong_ids(drawn.question_version)

    answer = ana.post(door("check", attempt), {"q": 1, "check": 1, "a1": wrong})
    page = ana.get(answer.url).content.decode()

    assert answer.url == f"{door('player', attempt)}?q=1"
    assert page.count("Because.") == 1
    assert "Checked: this answer stands." in page
    assert page.count("Check this answer") == 4
    assert statuses(save(ana, attempt, item(attempt, 1, 2, answer=right_ids(drawn.question_version)))) == ["locked"]


def test_check_of_a_quiz_that_shows_nothing_while_answering(ana, attempt):
    assert "Check this answer" not in ana.get(door("player", attempt)).content.decode()

    answer = ana.post(door("check", attempt), {"q": 1, "check": 1}, follow=True)

    assert "shows right answers only after it was handed in" in answer.content.decode()
    assert not AttemptQuestion.objects.filter(checked_at__isnull=False).exists()


# --- spoken answers ------------------------------------------------------------------------------------------


@pytest.fixture
def spoken(cast, now):
    cast.ana.language = "en"
    cast.ana.save()
    return start_attempt(
        AssignmentFactory(person=cast.ana, quiz=make_quiz_of_kinds("say", *MARKED, per_page=0)), at=now
    )


def sound(size: int | None = None, content_type: str = "audio/webm") -> SimpleUploadedFile:
    return SimpleUploadedFile("answer.webm", SOUND if size is None else bytes(size), content_type=content_type)


def test_a_recording_becomes_the_answer(ana, spoken):
    answer = as_script(ana, door("record", spoken), q=2, recording=sound(content_type="audio/webm;codecs=opus"))

    body = answer.json()
    recording = AnswerRecording.objects.get()
    assert (body["recording"], body["sequence"]) == (recording.pk, 1)
    assert Answer.objects.get().response == [recording.pk]
    heard = ana.get(body["url"])
    assert b"".join(heard.streaming_content) == SOUND
    assert body["url"] in ana.get(door("player", spoken)).content.decode()


def test_a_plain_form_uploads_a_recording_and_keeps_its_page(ana, spoken):
    fields = {"q": [1, 2], "a1": "Dear customer", "record": 2, "recording-2": sound()}

    answer = ana.post(door("record", spoken), fields)

    assert answer.url == f"{door('player', spoken)}?q=2"
    assert Answer.objects.count() == 2


@pytest.mark.parametrize("upload", [None, "empty", "text"])
def test_a_recording_that_is_none_is_refused(ana, spoken, upload):
    files = {None: {}, "empty": {"recording": sound(0)}, "text": {"recording": sound(content_type="text/html")}}

    answer = as_script(ana, door("record", spoken), q=2, **files[upload])

    assert answer.status_code == 400
    assert not AnswerRecording.objects.exists()


def test_an_answer_is_recorded_so_many_times_and_no_more(ana, spoken, monkeypatch):
    monkeypatch.setattr("assessments.attempts.services.answering.MOST_RECORDINGS", 2)
    for _take in range(2):
        as_script(ana, door("record", spoken), q=2, recording=sound())

    third = as_script(ana, door("record", spoken), q=2, recording=sound())

    assert third.status_code == 400
    assert "no more can be kept" in third.json()["message"]
    last = AnswerRecording.objects.get(attempt_question__order=2, pk=Answer.objects.last().response[0])
    assert last == AnswerRecording.objects.last()


def test_a_recording_for_a_question_that_asks_for_none_is_refused(ana, spoken):
    assert as_script(ana, door("record", spoken), q=1, recording=sound()).status_code == 400
    assert not AnswerRecording.objects.exists()


def test_a_recording_made_in_time_counts_when_it_arrives_within_the_tolerance(ana, spoken):
    age(spoken, 15 * MINUTE + timedelta(seconds=30))
    anchor = anchor_of(spoken, at=timezone.now() - 2 * MINUTE)

    in_time = as_script(ana, door("record", spoken), q=2, recording=sound(), anchor=anchor, elapsed="1000")

    assert in_time.status_code == 200
    assert Answer.objects.get().is_synced_late


def test_a_recording_that_comes_too_late_is_refused(ana, spoken):
    age(spoken, 60 * MINUTE)

    assert as_script(ana, door("record", spoken), q=2, recording=sound()).status_code == 410
    assert not Answer.objects.exists()


# --- handing in ----------------------------------------------------------------------------------------------


def test_hand_in_page_lists_blank_and_flagged(ana, attempt):
    save(ana, attempt, item(attempt, 1))
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


def test_handed_in_in_time_though_received_after_the_end(ana, attempt):
    """The button was pressed before the deadline: where an attempt would be abandoned, it is not."""
    age(attempt, 15 * MINUTE + timedelta(seconds=20))
    attempt = set_rules(attempt, overdue=Overdue.ABANDON)

    ana.post(door("submit", attempt), {"anchor": anchor_of(attempt, at=timezone.now() - MINUTE), "elapsed": "1000"})

    attempt.refresh_from_db()
    assert attempt.state == AttemptState.GRADED


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
    """Leaders see everything, whatever the learner may see."""
    done = set_rules(sit(assignment, at=now, right=0), review={})
    client.force_login(cast.carl)
    cast.carl.language = "en"
    cast.carl.save()

    page = client.get(door("review", done)).content.decode()

    assert cast.ana.full_name in page
    assert "Chosen" in page
    assert "Because." in page
    assert "Your answer" not in page
    assert "Sit it again" not in page


def test_review_shows_nothing_more_than_the_policy(ana, assignment, now):
    done = set_rules(sit(assignment, at=now, right=3), review={})

    page = ana.get(door("review", done)).content.decode()

    assert "Not passed yet" in page
    assert "shows its questions and answers to nobody who sat it" in page
    for hidden in ("60%", "3 of 5", "Stem crm-quiz", "Because.", "Right answer", "Question by question"):
        assert hidden not in page
    for url in ("/quizzes/", f"/quizzes/{assignment.pk}/"):
        listed = ana.get(url).content.decode()
        assert door("review", done) in listed
        assert "60%" not in listed


@pytest.mark.parametrize(
    ("parts", "seen", "unseen"),
    [
        (["answers"], ["Your answer"], ["60%", "Right answer", "Because.", "Feedback", "not right", "tint-good"]),
        (["marks"], ["60%", "not right"], ["Your answer", "Right answer", "Because.", "Feedback", "tint-good"]),
        (["answers", "marks"], ["60%", "not right", "Your answer"], ["Right answer", "Because.", "Feedback"]),
        (["right_answers"], ["Right answer"], ["60%", "Your answer", "Because.", "not right"]),
        (["answers", "feedback"], ["Because.", "Feedback"], ["60%", "Right answer", "not right", "tint-good"]),
    ],
)
def test_review_shows_each_part_by_itself(ana, assignment, now, parts, seen, unseen):
    done = set_rules(sit(assignment, at=now, right=3), review={ReviewTime.RIGHT_AFTER: parts})

    page = ana.get(door("review", done)).content.decode().split("<main", 1)[1]

    for words in seen:
        assert words in page
    for words in unseen:
        assert words not in page


def test_review_says_what_comes_later(ana, assignment, now):
    Assignment.objects.filter(pk=assignment.pk).update(closes_at=now + timedelta(days=2))
    assignment.refresh_from_db()
    done = set_rules(
        sit(assignment, at=now, right=3), review={ReviewTime.LATER: ["marks"], ReviewTime.AFTER_CLOSE: EVERYTHING}
    )

    page = ana.get(door("review", done))
    text = page.content.decode()

    assert "This quiz shows nothing more than this for now." in text
    assert [len(later.parts) for later in page.context["more"]] == [1, 3]
    assert "you will also find here: Marks." in text
    assert "you will also find here: The own answers, Right answers, Feedback and explanations." in text


def test_review_of_every_kind(cast, ana, now):
    cast.ana.language = "en"
    cast.ana.save()
    row = AssignmentFactory(person=cast.ana, quiz=make_quiz_of_kinds("all"))
    sitting = start_attempt(row, at=now)
    numbers = {each.question_version.kind: each for each in sitting.questions.select_related("question_version")}
    matching, ordering = numbers["matching"], numbers["ordering"]
    left = matching.question_version.options.get(text_en="Busy").pk
    wrong_side = matching.question_version.options.get(match_en="Escalate").pk
    steps = list(ordering.question_version.options.order_by("-order").values_list("pk", flat=True))
    save(
        ana, sitting,
        item(sitting, matching.order, answer={str(left): wrong_side}),
        item(sitting, ordering.order, answer=steps),
        item(sitting, numbers["numeric"].order, answer="300"),
        item(sitting, numbers["short_text"].order, answer="work force"),
        item(sitting, numbers["cloze"].order, answer={"1": "30"}),
    )  # fmt: skip
    ana.post(door("submit", sitting))

    page = ana.get(door("review", sitting)).content.decode()

    assert "Right answer:</span> Call back later" in page
    assert "Right place: 1" in page
    assert "320 ± 5 s" in page
    assert "Workforce management" in page
    assert "(right answer: 20 s)" in page
    assert "(right answer: 80%)" in page
    assert "of 8 questions fully right" not in page  # nothing was partly right
    assert "0 of 8 questions right" in page


def test_review_of_a_weighted_quiz_speaks_of_points(ana, assignment, now):
    done = sit(assignment, at=now, right=3)
    done.questions.filter(order=1).update(points=3)

    assert (
        "3 of 5 questions fully right. Points decide: 80% of them were needed."
        in ana.get(door("review", done)).content.decode()
    )


def test_review_names_sections_and_a_failed_must_pass(ana, assignment, now):
    QuizSectionFactory(version=assignment.quiz.versions.get(), title_en="Privacy", pass_share=Decimal("0.9"))
    Slot.objects.update(section=1, is_must_pass=True)
    done = sit(assignment, at=now, right=4)

    page = ana.get(door("review", done)).content.decode()

    assert "1 question that must be right was not: that alone fails the attempt" in page
    assert "Privacy" in page
    assert "90%" in page


def test_review_while_answers_are_being_marked_and_after(cast, ana, spoken, now):
    save(ana, spoken, item(spoken, 1, answer="Dear <b>customer</b>"))
    as_script(ana, door("record", spoken), q=2, recording=sound())

    page = ana.post(door("submit", spoken), follow=True).content.decode()

    assert "Handed in, being marked" in page
    assert page.count("being marked") >= 3
    assert "Dear &lt;b&gt;customer" in page
    assert "<audio" in page
    assert "Passed" not in page
    assert "Not passed yet" not in page
    listed = ana.get("/quizzes/").content.decode()
    assert "being marked" in listed

    AnswerMark.objects.create(
        attempt_question=spoken.questions.get(order=1), marker=cast.eva, points={}, share=Decimal("0.6"),
        comment="Warm words", marked_at=now,
    )  # fmt: skip
    assert "Warm words" in ana.get(door("review", spoken)).content.decode()


def test_review_of_an_abandoned_attempt_leads_nowhere_without_attempts(cast, ana, attempt):
    age(attempt, 60 * MINUTE)
    attempt = set_rules(attempt, overdue=Overdue.ABANDON, attempts_allowed=1)
    close_overdue_attempts(at=timezone.now())

    page = ana.get(door("review", attempt)).content.decode()

    assert "before the quiz was handed in" in page
    assert "tell your supervisor" in page
    assert "No attempts left." in page
    assert "no score yet" not in page
    assert "abandoned" in ana.get("/quizzes/").content.decode()


def test_review_of_what_was_handed_in_by_the_sweep(ana, attempt):
    age(attempt, 60 * MINUTE)
    close_overdue_attempts(at=timezone.now())

    assert "what was saved by then was handed in" in ana.get(door("review", attempt)).content.decode()


def test_review_explains_void_questions(cast, ana, attempt, now):
    for order, mode in ((1, VoidMode.FULL), (2, VoidMode.DROPPED)):
        version = attempt.questions.get(order=order).question_version
        QuestionVoid.objects.create(
            question_version=version, mode=mode, reason=f"Two options were right {order}", voided_by=cast.tess,
            voided_at=now,
        )  # fmt: skip
    ana.post(door("submit", attempt))

    page = ana.get(door("review", attempt)).content.decode()

    assert "Question 1 counts as right for everybody." in page
    assert "Question 2 isn't counted for anybody." in page
    assert "Two options were right 1" in page


def test_review_costs_the_same_for_3_and_12_questions(cast, ana, now):
    costs = []
    for n in (3, 12):
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

    assert [row.attempt for row in ana.get("/quizzes/").context["rows"]] == [second, first]


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
