from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from assessments.attempts.models import Answer, AttemptQuestion
from assessments.attempts.states import AttemptState, VoidMode
from assessments.bank.queries import forget_asked_questions
from assessments.bank.states import QuestionKind
from assessments.itemanalysis.queries import (
    first_attempts,
    letter_of,
    published_quiz_versions,
    quiz_figures,
    readings,
    shown_flag,
)
from assessments.itemanalysis.rules import Finding
from assessments.itemanalysis.states import Flag
from tests.conftest import MON_9
from tests.factories.assignments import AssignmentFactory
from tests.factories.attempts import AttemptFactory, sit
from tests.factories.bank import OptionFactory, QuestionFactory, QuestionVersionFactory
from tests.factories.people import UserFactory
from tests.factories.quizzes import QuizVersionFactory, make_quiz
from tests.factories.sittings import NOT_ASKED, wordings_of, write_sittings

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
NAN = float("nan")


@pytest.fixture
def quiz(db):
    return make_quiz("figures-quiz", questions=3)


@pytest.fixture
def version(quiz):
    return quiz.versions.get()


@pytest.fixture
def wordings(version):
    return wordings_of("figures-quiz")


def same(found, expected) -> bool:
    return np.array_equal(found, np.array(expected, float), equal_nan=True)


# --- whose sittings ------------------------------------------------------------------------------------------


def test_only_first_graded_sittings_of_learners_on_this_version_are_read(quiz, version, wordings):
    ana, abel = UserFactory(), UserFactory()
    (first, abels) = write_sittings(version, wordings, [[0, 0, 1], [1, 1, 1]], people=[ana, abel])
    write_sittings(version, wordings, [[0, 0, 0]], people=[ana], at=MON_9 + timedelta(days=1))
    write_sittings(version, wordings, [[0, 0, 0]], is_preview=True)
    other = QuizVersionFactory(quiz=quiz, published=True)
    write_sittings(other, wordings, [[0, 0, 0]])
    AttemptFactory(assignment=AssignmentFactory(quiz=quiz), quiz_version=version)
    AttemptFactory(
        assignment=AssignmentFactory(quiz=quiz), quiz_version=version, state=AttemptState.ABANDONED, submitted_at=MON_9
    )

    assert set(first_attempts(version)) == {first, abels}
    assert readings(version).sittings.n == 2
    assert {row.pk: row.n for row in published_quiz_versions()} == {version.pk: 2, other.pk: 1}


def test_the_first_is_the_one_begun_first(version, wordings):
    ana = UserFactory()
    write_sittings(version, wordings, [[0, 0, 0]], people=[ana], at=MON_9 + timedelta(days=1))
    (earlier,) = write_sittings(version, wordings, [[1, 1, 1]], people=[ana])

    assert list(first_attempts(version)) == [earlier]


def test_versions_that_are_drafts_are_not_listed(quiz, version):
    QuizVersionFactory(quiz=quiz)

    assert list(published_quiz_versions()) == [version]


# --- into arrays ---------------------------------------------------------------------------------------------


def test_sittings_become_arrays(version, wordings):
    write_sittings(version, wordings, [[0, 1, None], [0, 0, 3], [2, NOT_ASKED, 0]])

    read = readings(version)

    assert [question.pk for question in read.questions] == [wording.pk for wording in wordings]
    assert read.keys == ["figures-quiz-q0", "figures-quiz-q1", "figures-quiz-q2"]
    assert read.sittings.scores == pytest.approx([1 / 3, 2 / 3, 1 / 2], abs=1e-5)
    assert read.sittings.passed.tolist() == [False, False, False]
    assert same(read.sittings.shares, [[1, 0, 0], [1, 1, 0], [0, NAN, 1]])
    assert same(read.sittings.points, [[1, 1, 1], [1, 1, 1], [1, NAN, 1]])
    assert same(read.sittings.places, [[1, 2, 3], [1, 2, 3], [1, NAN, 2]])
    assert same(read.sittings.seconds, [[10, 20, NAN], [10, 20, 30], [10, NAN, 20]])
    assert read.sittings.chance.tolist() == [0.25, 0.25, 0.25]
    assert read.picks.of_question.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]
    assert read.picks.is_right.tolist() == [True, False, False, False] * 3
    chosen = sorted(zip(read.picks.sittings.tolist(), read.picks.options.tolist(), strict=True))
    assert chosen == [(0, 0), (0, 5), (1, 0), (1, 4), (1, 11), (2, 2), (2, 8)]


def test_sittings_of_the_real_engine_are_read(version):
    for right in (3, 1, 0):
        sit(AssignmentFactory(quiz=version.quiz), right=right)

    read = readings(version)

    assert sorted(read.sittings.shares.sum(axis=1)) == [0, 1, 3]
    assert read.sittings.seconds.shape == (3, 3)
    assert read.picks.is_right[read.picks.options].sum() == 4


def test_void_questions_are_gaps(version, wordings):
    write_sittings(version, wordings, [[0, 0, 0], [1, 1, 1]])
    AttemptQuestion.objects.filter(question_version=wordings[1]).update(void=VoidMode.FULL)

    found = readings(version).sittings

    assert same(found.shares, [[1, NAN, 1], [0, NAN, 0]])
    assert same(found.points, [[1, NAN, 1], [1, NAN, 1]])
    assert same(found.places, [[1, 2, 3], [1, 2, 3]])
    assert found.is_void.tolist() == [False, True, False]


def test_the_newest_answer_in_time_counts(version, wordings):
    (attempt,) = write_sittings(version, wordings, [[0, 0, 0]])
    options = [option.pk for option in wordings[0].options.all()]
    drawn = attempt.questions.get(order=1)
    late = {"made_at": attempt.deadline_at, "received_at": attempt.deadline_at + MINUTE}
    Answer.objects.create(attempt_question=drawn, sequence=10, response=[options[2]], **late)
    too_late = {"made_at": attempt.deadline_at, "received_at": attempt.deadline_at + 2 * MINUTE}
    Answer.objects.create(attempt_question=drawn, sequence=11, response=[options[3]], **too_late)

    found = readings(version).picks

    assert found.options.tolist()[0] == 2


def test_an_answer_taken_back_is_blank(version, wordings):
    (attempt,) = write_sittings(version, wordings, [[0, 0, 0]])
    moment = MON_9 + 2 * MINUTE
    Answer.objects.create(
        attempt_question=attempt.questions.get(order=2), sequence=2, response=[], made_at=moment, received_at=moment
    )

    assert readings(version).picks.options.tolist() == [0, 8]


def test_several_options_of_multiple_choice_are_all_picked(version):
    question = QuestionFactory(version=False)
    wording = QuestionVersionFactory(question=question, kind=QuestionKind.MULTIPLE, right=(0, 1))
    write_sittings(version, [wording], [[0]])
    options = [option.pk for option in wording.options.all()]
    Answer.objects.update(response=[options[3], options[1]])

    found = readings(version)

    assert sorted(found.picks.options.tolist()) == [1, 3]
    assert found.sittings.chance.tolist() == [0]


def test_questions_without_options_have_none(version):
    question = QuestionFactory(version=False)
    wording = QuestionVersionFactory(question=question, kind=QuestionKind.NUMERIC, right=())
    OptionFactory(version=wording, text_en="20", is_right=True)
    write_sittings(version, [wording], [[None]] * 6)

    (found,) = quiz_figures(version).questions

    assert (found.options, found.figures.blank) == ([], 6)
    assert found.figures.facility.estimate == 0


def test_nobody_yet(version):
    figures = quiz_figures(version)

    assert (figures.analysis.summary.n, figures.analysis.needed, figures.questions) == (0, 5, [])


def test_reading_takes_the_same_queries_for_one_learner_and_many(version, wordings):
    def queries() -> int:
        forget_asked_questions()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            quiz_figures(version)
        return len(captured)

    write_sittings(version, wordings, [[0, 1, 2]])
    for_one = queries()
    write_sittings(version, wordings, [[0, 1, 2]] * 7)

    assert queries() == for_one
    assert for_one <= 7


# --- in words ------------------------------------------------------------------------------------------------


def test_questions_stand_in_the_order_of_the_quiz(version, wordings):
    write_sittings(version, wordings[::-1], [[0, 0, 0]] * 5)

    found = quiz_figures(version).questions

    assert [(row.number, row.key) for row in found] == [
        (1, "figures-quiz-q2"), (2, "figures-quiz-q1"), (3, "figures-quiz-q0"),
    ]  # fmt: skip


def test_questions_whose_place_is_chance_stand_by_their_keys(version, wordings):
    write_sittings(version, wordings[::-1], [[0, 0, 0]] * 5)
    write_sittings(version, wordings, [[0, 0, 0]])

    assert [row.key[-2:] for row in quiz_figures(version).questions] == ["q0", "q1", "q2"]


def test_wordings_are_shown_as_plain_text_in_the_readers_language(version, wordings):
    wordings[0].stem_zh, wordings[0].stem_en = "**先** 做什么？", "What is done *first*?\n\n- Now\n- Later"
    wordings[0].save()
    write_sittings(version, wordings, [[0, 0, 0]] * 5)

    with translation.override("en"):
        english = quiz_figures(version).questions[0]
    with translation.override("zh-hans"):
        chinese = quiz_figures(version).questions[0]

    assert (english.text, chinese.text) == ("What is done first? Now Later", "先 做什么？")
    assert [(option.letter, option.text) for option in english.options][:2] == [("A", "Option 0"), ("B", "Option 1")]


def test_flags_name_the_options():
    with translation.override("en"):
        found = shown_flag(Finding(Flag.DEAD_DISTRACTOR, (1, 3)))
        negative = shown_flag(Finding(Flag.NEGATIVE, is_sure=False))

    assert found.advice.startswith("Hardly anybody chooses B, D.")
    assert (negative.state, negative.advice.endswith("it may still be chance.")) == ("attention", True)
    assert shown_flag(Finding(Flag.NEGATIVE)).state == "bad"


def test_letters_end_with_z():
    assert [letter_of(place) for place in (0, 25, 26)] == ["A", "Z", "27"]
