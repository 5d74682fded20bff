"""The pages of marking, void questions and regrades. Who may open them: tests/architecture/test_doors.py."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.attempts.models import AnswerMark, QuestionVoid, Regrade
from assessments.attempts.queries import regrade_preview, waiting_in_blind_order
from assessments.attempts.services import commit_regrade, void_question, withdraw_void
from assessments.attempts.states import AttemptState
from assessments.bank.states import QuestionKind, QuestionStatus
from tests.factories.assignments import AssignmentFactory
from tests.factories.attempts import sit
from tests.factories.marking import hand_in, make_open_quiz, mark, open_answer
from tests.factories.quizzes import make_quiz

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def as_(client, person):
    person.language = "en"
    person.save()
    client.force_login(person)
    return client


def page_of(question):
    return reverse("assessments:marking-question", args=[question.question_version_id])


def post_to(question):
    return reverse("assessments:marking-answer", args=[question.question_version_id, question.pk])


def typed(question, *given, comment=""):
    options = question.question_version.options.order_by("order")
    return {f"points-{option.pk}": value for option, value in zip(options, given, strict=True)} | {"comment": comment}


@pytest.fixture
def attempt(cast):
    return hand_in(cast.ana, make_open_quiz(), text="Dear <b>Mr Wang</b>,\n\nI am sorry.")


@pytest.fixture
def answer(attempt):
    return open_answer(attempt)


@pytest.fixture
def eva(client, cast):
    return as_(client, cast.eva)


@pytest.fixture
def quinn(client, cast):
    return as_(client, cast.quinn)


# --- the queue -----------------------------------------------------------------------------------------------


def test_the_queue_says_what_waits(eva, cast, answer):
    hand_in(cast.abel, answer.attempt.assignment.quiz)

    text = eva.get(reverse("assessments:marking-list")).content.decode()

    assert "Write the reply." in text
    assert "2 answers" in text
    assert page_of(answer) in text
    assert "to decide" not in text


def test_an_empty_queue_says_what_comes(eva):
    text = eva.get(reverse("assessments:marking-list")).content.decode()

    assert "No answer waits for your marks" in text


def test_the_queue_asks_as_much_for_one_row_as_for_three(eva, cast):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            eva.get(reverse("assessments:marking-list"))
        return len(queries)

    hand_in(cast.ana, make_open_quiz("one"))
    cost()
    one = cost()
    for key in ("two", "three"):
        hand_in(cast.ana, make_open_quiz(key))
    cost()

    assert cost() == one


# --- one answer ----------------------------------------------------------------------------------------------


def test_the_marker_sees_the_answer_and_not_whose_it_is(eva, cast, answer):
    text = eva.get(page_of(answer)).content.decode()

    assert "Dear &lt;b&gt;Mr Wang&lt;/b&gt;,\n\nI am sorry." in text
    assert "In the customer&#x27;s words" in text or "In the customer's words" in text
    for told in (cast.ana.full_name, cast.ana.latin_name, cast.ana.employee_no, cast.team_a.name):
        assert told not in text


def test_the_second_marker_does_not_see_the_first_mark(eva, cast):
    answer = open_answer(hand_in(cast.ana, make_open_quiz(needs_second_marker=True)))
    mark(answer, 3, 0, actor=cast.quinn, comment="SEEN-BY-QUINN")

    text = eva.get(page_of(answer)).content.decode()

    assert "SEEN-BY-QUINN" not in text
    assert "75" not in text.split("<main")[1]
    assert "Marker 1" not in text


def test_the_third_sees_both_marks_without_names(client, cast):
    answer = open_answer(hand_in(cast.ana, make_open_quiz(needs_second_marker=True)))
    mark(answer, 3, 1, actor=cast.eva, comment="SEEN-BY-EVA")
    mark(answer, 0, 1, actor=cast.quinn, comment="SEEN-BY-QUINN")

    text = as_(client, cast.tess).get(page_of(answer)).content.decode()

    assert "SEEN-BY-EVA" in text
    assert "SEEN-BY-QUINN" in text
    assert "25%" in text
    assert "100%" in text
    for name in (cast.eva.full_name, cast.quinn.full_name, cast.ana.full_name):
        assert name not in text.split("<main")[1]


def test_marks_are_kept_and_the_next_answer_is_shown(eva, cast, answer):
    other = open_answer(hand_in(cast.abel, answer.attempt.assignment.quiz))

    response = eva.post(post_to(answer), typed(answer, "2", "1", comment="Shorter, please"), follow=True)

    assert response.redirect_chain == [(page_of(answer), 302)]
    assert response.context["answer"].pk == other.pk
    row = AnswerMark.objects.get()
    assert (row.share, row.comment, row.marker) == (Decimal("0.75"), "Shorter, please", cast.eva)


def test_after_the_last_one_the_queue_is_shown(eva, cast, answer):
    response = eva.post(post_to(answer), typed(answer, "3", "1"), follow=True)

    assert response.redirect_chain[-1][0] == reverse("assessments:marking-list")
    assert "Nothing is left to mark here" in response.content.decode()
    answer.attempt.refresh_from_db()
    assert answer.attempt.state == AttemptState.GRADED


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("", "1"), "Give points here"),
        (("4", "1"), "No more than 3 points."),
        (("-1", "1"), "No fewer than 0 points."),
        (("two", "1"), "Type a number"),
        (("0.333", "1"), "2 decimal places"),
    ],
)
def test_points_that_do_not_fit_are_said_and_nothing_typed_is_lost(eva, answer, given, words):
    response = eva.post(post_to(answer), typed(answer, *given, comment="A long comment"))

    text = response.content.decode()
    assert words in text
    assert "A long comment" in text
    assert not AnswerMark.objects.exists()


def test_whoever_comes_second_is_told_and_keeps_what_was_typed(eva, cast, answer):
    mark(answer, 0, 0, actor=cast.quinn)

    response = eva.post(post_to(answer), typed(answer, "2", "1", comment="A long comment"))

    text = response.content.decode()
    assert "These marks were not kept." in text
    assert "needs no mark any more" in text
    assert "A long comment" in text
    assert 'value="2"' in text
    assert AnswerMark.objects.get().marker == cast.quinn


def test_an_answer_can_be_left_for_later(eva, cast, answer):
    others = [open_answer(hand_in(person, answer.attempt.assignment.quiz)) for person in (cast.abel, cast.ana)]
    order = waiting_in_blind_order(cast.eva, answer.question_version)
    assert set(order) == {answer.pk, *(other.pk for other in others)}

    shown = [eva.get(page_of(answer), {"after": pk} if pk else {}).context["answer"].pk for pk in [None, *order]]

    assert shown == [*order, order[0]]


@pytest.mark.parametrize("after", ["x", "-1", "999999", "9" * 40])
def test_an_odd_word_for_the_answer_to_leave_shows_the_first(eva, answer, after):
    assert eva.get(page_of(answer), {"after": after}).context["answer"].pk == answer.pk


def test_a_spoken_answer_is_played(eva, cast):
    answer = open_answer(hand_in(cast.ana, make_open_quiz(kind=QuestionKind.SPOKEN), text="sound"))
    address = reverse("private-file", args=["answer-recording", answer.recordings.get().pk])

    text = eva.get(page_of(answer)).content.decode()
    played = eva.get(address)

    assert f'src="{address}"' in text
    assert b"".join(played.streaming_content) == b"sound"
    assert str(answer.attempt_id) + "-" not in played["Content-Disposition"]


def test_only_the_recording_that_counts_is_played(eva, cast, at):
    answer = open_answer(hand_in(cast.ana, make_open_quiz(kind=QuestionKind.SPOKEN), text="sound"))
    first = answer.recordings.get()
    first.pk = None
    first.save()

    assert eva.get(page_of(answer)).context["answer"].recording.pk == answer.answers.get().response[0]


def test_an_answer_of_another_question_is_not_found(eva, cast, answer):
    other = open_answer(hand_in(cast.ana, make_open_quiz("other-quiz")))

    response = eva.post(
        reverse("assessments:marking-answer", args=[answer.question_version_id, other.pk]), typed(answer, "1", "1")
    )

    assert response.status_code == 404


def test_a_question_nobody_was_asked_is_no_reading_matter(eva, cast, answer):
    unasked = make_open_quiz("other-quiz").versions.get().slots.first().question.versions.get()

    assert eva.get(reverse("assessments:marking-question", args=[unasked.pk])).status_code == 404


# --- void questions ------------------------------------------------------------------------------------------


@pytest.fixture
def quiz(db):
    return make_quiz(questions=4, pass_share=Decimal("0.75"))


@pytest.fixture
def failed(cast, quiz):
    return sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=2)


@pytest.fixture
def faulty(failed):
    return failed.questions.filter(share=0).first().question_version


def void_page(version):
    return reverse("assessments:void-form", args=[version.pk])


def regrade_page(quiz):
    return reverse("assessments:regrade-form", args=[quiz.pk])


def test_the_form_shows_the_question_and_what_it_touches(quinn, quiz, faulty):
    text = quinn.get(void_page(faulty)).content.decode()

    assert faulty.stem_en in text
    assert "Asked in 1 graded attempts and 0 that are being marked, of 1 people." in text
    assert regrade_page(quiz) in text
    assert "New attempts still draw it." in text


def test_a_wording_that_is_no_longer_drawn_needs_no_warning(quinn, faulty):
    faulty.question.status = QuestionStatus.RETIRED
    faulty.question.save()

    assert "New attempts still draw it." not in quinn.get(void_page(faulty)).content.decode()


def test_a_question_is_declared_void_and_counts_again(quinn, cast, faulty):
    shown = quinn.post(void_page(faulty), {"mode": "full", "reason": "Two readings"}, follow=True).content.decode()
    assert "This wording is void" in shown
    assert "Two readings" in shown
    assert [(row.mode, row.voided_by) for row in faulty.voids.all()] == [("full", cast.quinn)]

    shown = quinn.post(reverse("assessments:void-withdraw", args=[faulty.pk]), follow=True).content.decode()
    assert "This wording is void" not in shown
    assert faulty.voids.get().withdrawn_at is not None


@pytest.mark.parametrize(
    ("data", "words"),
    [({"mode": "full", "reason": " "}, "Say what is wrong"), ({"reason": "Two readings"}, "Choose what becomes")],
)
def test_a_void_without_mode_or_reason_is_not_kept(quinn, faulty, data, words):
    assert words in quinn.post(void_page(faulty), data).content.decode()
    assert not QuestionVoid.objects.exists()


def test_somebody_else_was_faster(quinn, cast, faulty, at):
    void_question(faulty, mode="dropped", reason="Mine", actor=cast.tess, at=at)

    text = quinn.post(void_page(faulty), {"mode": "full", "reason": "Two readings"}, follow=True).content.decode()

    assert "Somebody else has declared this question void meanwhile." in text
    assert [row.mode for row in faulty.voids.all()] == ["dropped"]


def test_withdrawing_what_does_not_hold_changes_nothing(quinn, faulty):
    response = quinn.post(reverse("assessments:void-withdraw", args=[faulty.pk]))

    assert response.status_code == 302
    assert not QuestionVoid.objects.exists()


# --- regrades ------------------------------------------------------------------------------------------------


@pytest.fixture
def voided(cast, faulty, at):
    return void_question(faulty, mode="full", reason="Two readings", actor=cast.tess, at=at)


def test_the_dry_run_is_shown_with_before_and_then(quinn, cast, quiz, voided):
    text = quinn.get(regrade_page(quiz)).content.decode()

    assert cast.ana.full_name in text
    assert "50%" in text
    assert "75%" in text
    assert "passed now" in text
    assert not Regrade.objects.exists()


def test_without_a_change_there_is_nothing_to_commit(quinn, quiz, failed):
    text = quinn.get(regrade_page(quiz)).content.decode()

    assert "A regrade would change nothing" in text
    assert "Commit this regrade" not in text


def test_a_regrade_is_committed_as_shown(quinn, cast, quiz, failed, voided):
    expected = quinn.get(regrade_page(quiz)).context["form"].initial["expected"]

    text = quinn.post(regrade_page(quiz), {"expected": expected, "reason": "Faulty"}, follow=True).content.decode()

    failed.refresh_from_db()
    assert failed.score == Decimal("0.75")
    assert "Regraded: 1 score was corrected." in text
    assert "1 score changed" in text
    assert Regrade.objects.get().regraded_by == cast.quinn


def test_what_changed_meanwhile_is_shown_anew_with_the_reason_kept(quinn, cast, quiz, failed, faulty, voided, at):
    seen = quinn.get(regrade_page(quiz)).context["form"].initial["expected"]
    withdraw_void(voided, actor=cast.tess, at=at)
    void_question(faulty, mode="dropped", reason="Two readings", actor=cast.tess, at=at)

    response = quinn.post(regrade_page(quiz), {"expected": seen, "reason": "Long and careful"})

    text = response.content.decode()
    assert "Something has changed since you looked" in text
    assert "Long and careful" in text
    assert response.context["form"].initial["expected"] == regrade_preview(quiz).fingerprint != seen
    assert not Regrade.objects.exists()


def test_a_regrade_without_reason_is_not_committed(quinn, quiz, failed, voided):
    seen = regrade_preview(quiz).fingerprint

    text = quinn.post(regrade_page(quiz), {"expected": seen, "reason": ""}).content.decode()

    assert "Say why the scores are corrected." in text
    assert seen in text
    failed.refresh_from_db()
    assert failed.score == Decimal("0.5")


def test_people_the_author_does_not_know_stay_without_name(client, cast, quiz, failed, voided):
    cast.tess.memberships.update(team=cast.team_b)

    text = as_(client, cast.tess).get(regrade_page(quiz)).content.decode()

    assert cast.ana.full_name not in text
    assert "somebody of another team" in text


def test_try_outs_stand_apart(quinn, cast, quiz, faulty, voided):
    sit(AssignmentFactory(person=cast.tess, quiz=quiz, is_preview=True), right=0)
    context = quinn.get(regrade_page(quiz)).context

    assert len(context["previews"]) == 0  # graded with the void already
    voided.withdrawn_at = voided.voided_at
    voided.save()
    context = quinn.get(regrade_page(quiz)).context

    assert [change.is_preview for change, _person in context["previews"]] == [True]
    assert context["rows"] == []


def test_questions_asked_lead_to_their_void(quinn, quiz, faulty, voided):
    text = quinn.get(regrade_page(quiz)).content.decode()

    assert text.count(reverse("assessments:void-form", args=[faulty.pk])) == 1
    assert text.count("Declare void") == 3


def test_the_list_of_quizzes_leads_to_their_regrade(quinn, quiz, failed):
    assert regrade_page(quiz) in quinn.get(reverse("assessments:regrade-list")).content.decode()


def test_without_results_the_list_says_what_comes(quinn, quiz):
    assert "No results yet" in quinn.get(reverse("assessments:regrade-list")).content.decode()


def test_the_dry_run_asks_as_much_for_one_change_as_for_three(quinn, cast, quiz, at):
    def cost():
        quinn.get(regrade_page(quiz))
        with CaptureQueriesContext(connection) as queries:
            response = quinn.get(regrade_page(quiz))
        return len(response.context["rows"]), len(queries)

    first = sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=0)
    row = void_question(first.questions.first().question_version, mode="full", reason="Faulty", actor=cast.tess, at=at)
    one = cost()
    withdraw_void(row, actor=cast.tess, at=at)
    for person in (cast.abel, cast.olga):
        sit(AssignmentFactory(person=person, quiz=quiz), right=0)
    void_question(row.question_version, mode="full", reason="Faulty", actor=cast.tess, at=at)
    three = cost()

    assert (one[0], three[0]) == (1, 3)
    assert one[1] == three[1]


def test_the_learner_reads_the_news_of_a_regrade(client, cast, quiz, failed, voided, at):
    commit_regrade(quiz, reason="Faulty", actor=cast.quinn, at=at, expected=regrade_preview(quiz).fingerprint)

    text = as_(client, cast.ana).get(reverse("notifications:list")).content.decode()

    assert "Your result was corrected" in text
    assert "It was 50% and is 75% now. Why: Faulty" in text
