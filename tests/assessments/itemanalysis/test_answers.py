"""Answers that aren't options: what was typed, what was right line by line. Calculated by hand, then from the database."""

import json
from decimal import Decimal
from io import BytesIO

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from python_calamine import CalamineWorkbook

from assessments.attempts.models import Answer, AttemptQuestion
from assessments.attempts.services import void_question
from assessments.attempts.states import VoidMode
from assessments.bank.models import Question
from assessments.bank.queries import asked_questions, forget_asked_questions
from assessments.bank.rules import AnswerKey, GapKey, OptionKey
from assessments.bank.states import QuestionKind
from assessments.itemanalysis.queries import quiz_figures, readings
from assessments.itemanalysis.rules import Given, Parts, analyse, parts_of, worth_of_parts
from tests.assessments.itemanalysis.test_rules import sittings
from tests.factories.bank import make_question, right_answer
from tests.factories.quizzes import make_quiz
from tests.factories.sittings import write_sittings

#: Six learners, two questions: the first is the one that is typed or answered in parts, the second the rest.
SIX = [[1, 1], [1, 1], [0, 1], [0, 0], [0, 0], [0, 0]]


# --- typed, by hand ------------------------------------------------------------------------------------------


def typed(answers, *, of_question=None, questions=(0,)) -> Given:
    """`answers[i]`: the number of the answer that sitting i gave, or None."""
    made = [(row, answer) for row, answer in enumerate(answers) if answer is not None]
    rows, given = zip(*made, strict=True) if made else ((), ())
    most = max(given, default=-1) + 1
    return Given(
        np.array(rows, np.int64), np.array(given, np.int64),
        np.array(of_question or [0] * most, np.int64), np.array(questions, np.int64),
    )  # fmt: skip


def test_typed_answers_by_hand():
    """Answer 0 by learners 1, 2 and 3 (rest 1, 1, 1), answer 1 by 4 and 5 (rest 0, 0); learner 6 (rest 0) is blank."""
    found = analyse(sittings(SIX), given=typed([0, 0, 0, 1, 1, None])).questions[0]

    assert [(row.answer, row.n, row.share.estimate, row.rest_mean) for row in found.typed.top] == [
        (0, 3, 3 / 6, 1.0), (1, 2, 2 / 6, 0.0),
    ]  # fmt: skip
    # Wilson's interval for 3 of 6.
    assert (found.typed.top[0].share.low, found.typed.top[0].share.high) == pytest.approx((0.1876, 0.8124), abs=1e-4)
    assert found.typed.others is None
    assert (found.typed.blank.n, found.typed.blank.share.estimate, found.typed.blank.rest_mean) == (1, 1 / 6, 0.0)
    assert found.blank == 1


def test_after_five_the_others_are_summed():
    """Eight learners; answer 3 twice, six others once each: the five first stand by themselves."""
    marks = [[0, share] for share in (1, 1, 1, 1, 1, 1, 0, 1)]
    found = analyse(sittings(marks), given=typed([3, 3, 0, 1, 2, 4, 5, 6])).questions[0].typed

    assert [(row.answer, row.n) for row in found.top] == [(3, 2), (0, 1), (1, 1), (2, 1), (4, 1)]
    assert (found.others.answer, found.others.n, found.others.distinct) == (None, 2, 2)
    assert found.others.share.estimate == 2 / 8
    assert found.others.rest_mean == (0 + 1) / 2
    assert (found.blank.n, found.blank.rest_mean) == (0, None)


def test_typed_answers_count_where_the_question_counts():
    """The first learner's question is void, the second wasn't asked it."""
    marks = [[float("nan"), 1], [float("nan"), 1], [1, 1], [0, 0], [0, 0], [0, 1]]
    found = analyse(sittings(marks), given=typed([0, None, 0, 1, None, 1])).questions[0]

    assert [(row.answer, row.n, row.share.n) for row in found.typed.top] == [(1, 2, 4), (0, 1, 4)]
    assert found.typed.top[0].rest_mean == 1 / 2
    assert (found.typed.blank.n, found.blank) == (1, 1)


def test_a_typed_question_that_nobody_answered_is_blank():
    found = analyse(sittings(SIX), given=typed([None] * 6)).questions[0]

    assert (found.typed.top, found.typed.others, found.typed.blank.n) == ((), None, 6)
    assert found.typed.blank.rest_mean == pytest.approx(0.5)
    assert (found.blank, found.typed.blank.share.estimate) == (6, 1.0)


def test_answers_belong_to_their_questions():
    given = Given(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([0, 1]), np.array([0, 1]))

    first, second = analyse(sittings(SIX), given=given).questions

    assert [(row.answer, row.n) for row in first.typed.top] == [(0, 1)]
    assert [(row.answer, row.n) for row in second.typed.top] == [(1, 2)]
    assert (first.blank, second.blank) == (5, 4)


def test_a_quiz_of_one_question_has_no_rest():
    found = analyse(sittings([[1], [1], [0], [0], [0]]), given=typed([0, 0, 1, 1, None])).questions[0].typed

    assert [row.rest_mean for row in (*found.top, found.blank)] == [None, None, None]


# --- line by line, by hand -----------------------------------------------------------------------------------


def parts(worths) -> Parts:
    """`worths[i][p]`: what sitting i's part p is worth, or None. All of question 0."""
    made = [(row, p, worth) for row, line in enumerate(worths) for p, worth in enumerate(line) if worth is not None]
    rows, places, worth = zip(*made, strict=True) if made else ((), (), ())
    return Parts(
        np.array(rows, np.int64), np.array(places, np.int64), np.array(worth, float), np.zeros(len(worths[0]), np.int64)
    )


def test_lines_by_hand():
    found = analyse(sittings(SIX), parts=parts([[1, 1], [1, 0], [1, None], [0, 0], [0, None], [None, None]])).questions[
        0
    ]

    assert [(row.share.estimate, row.share.n, row.blank) for row in found.parts] == [(3 / 6, 6, 1), (1 / 6, 6, 3)]
    assert found.blank == 1
    assert analyse(sittings(SIX)).questions[0].parts == ()


def test_gaps_that_bring_a_part_have_their_mean():
    """1, 0.5, 0.5, 0, 0, blank: 2 of 6."""
    (found,) = analyse(sittings(SIX), parts=parts([[1], [0.5], [0.5], [0], [0], [None]])).questions[0].parts

    assert found.share.estimate == pytest.approx(2 / 6)
    assert found.blank == 1


def test_lines_count_where_the_question_counts():
    marks = [[float("nan"), 1], [1, 1], [0, 1], [0, 0], [0, 0], [0, 0]]
    (found,) = analyse(sittings(marks), parts=parts([[1], [1], [0], [0], [0], [None]])).questions[0].parts

    assert (found.share.estimate, found.share.n, found.blank) == (1 / 5, 5, 1)


MATCHING = AnswerKey(
    QuestionKind.MATCHING,
    (OptionKey(1, match=11), OptionKey(2, match=12), OptionKey(3)),
    matches=frozenset({11, 12, 13}),
)
ORDERING = AnswerKey(QuestionKind.ORDERING, (OptionKey(1), OptionKey(2), OptionKey(3)))
CLOZE = AnswerKey(
    QuestionKind.CLOZE,
    gaps=(
        GapKey(1, QuestionKind.NUMERIC, Decimal(1), "%", (OptionKey(1, is_right=True, accepted=("90",)),)),
        GapKey(2, QuestionKind.SINGLE, Decimal(2), "", (OptionKey(2), OptionKey(3, is_right=True))),
        GapKey(
            3,
            QuestionKind.SHORT_TEXT,
            Decimal(1),
            "",
            (OptionKey(4, is_right=True, accepted=("hold",)), OptionKey(5, credit=Decimal("0.5"), accepted=("wait",))),
        ),
    ),
)


@pytest.mark.parametrize(
    ("key", "response", "expected"),
    [
        (MATCHING, {"1": 11, "2": 13}, [1, 0]),
        (MATCHING, {"2": 12}, [None, 1]),
        (MATCHING, {}, [None, None]),
        (ORDERING, [1, 3, 2], [1, 0, 0]),
        (ORDERING, [], [None, None, None]),
        (CLOZE, {"1": "９０ %", "2": [3], "3": "Wait"}, [1, 1, 0.5]),
        (CLOZE, {"1": "80", "2": [], "3": " "}, [0, None, None]),
        (AnswerKey(QuestionKind.SINGLE, (OptionKey(1, is_right=True),)), [1], []),
    ],
)
def test_each_part_is_judged_by_itself(key, response, expected):
    assert worth_of_parts(key, response) == expected
    assert len(parts_of(key)) == len(expected)


# --- from the database ---------------------------------------------------------------------------------------


@pytest.fixture
def quiz(db):
    return make_quiz("answers-quiz", questions=1)


@pytest.fixture
def version(quiz):
    return quiz.versions.get()


@pytest.fixture
def rest(version):
    """A question everybody chooses an option of."""
    wording = Question.objects.get(key="answers-quiz-q0").versions.get()
    wording.used_at = wording.created_at
    wording.save()
    return wording


def wording(kind):
    return make_question(kind, used=True, key=f"a-{kind}".replace("_", "-")).versions.get()


def answer(version, rest, asked, responses, *, right=()):
    """A sitting for each response: blank where it is None. `right`: the places of those who have everything right."""
    chosen = [[None if response is None else 0, 0 if place in right else 1] for place, response in enumerate(responses)]
    attempts = write_sittings(version, [asked, rest], chosen)
    for place, (attempt, response) in enumerate(zip(attempts, responses, strict=True)):
        Answer.objects.filter(attempt_question__attempt=attempt, attempt_question__order=1).update(response=response)
        AttemptQuestion.objects.filter(attempt=attempt, order=1).update(share=int(place in right))


def test_typed_numbers_are_read_as_numbers(version, rest):
    asked = wording(QuestionKind.NUMERIC)  # 345 ± 5 s, 300 for half
    responses = ["345", "345 s", "３４５秒", "300", "300.0", "No idea", "no  idea", None]
    answer(version, rest, asked, responses, right=(0, 1, 2))

    with translation.override("en"):
        (found,) = [row for row in quiz_figures(version).questions if row.pk == asked.pk]

    assert [(row.text, row.figures.n, row.worth, row.figures.rest_mean) for row in found.answers] == [
        ("345", 3, 1, 1.0), ("300", 2, Decimal("0.5"), 0.0), ("No idea", 2, 0, 0.0), ("left blank", 1, None, 0.0),
    ]  # fmt: skip
    assert (found.options, found.parts, found.figures.blank) == ([], [], 1)


def test_typed_texts_are_folded_and_named_by_their_usual_spelling(version, rest):
    asked = wording(QuestionKind.SHORT_TEXT)
    responses = ["Hold!", "hold", "hold", "静音 等待", "靜音等待", "wait a bit", "a", "b", "c", "d", "e", None]
    answer(version, rest, asked, responses)

    with translation.override("en"):
        (found,) = [row for row in quiz_figures(version).questions if row.pk == asked.pk]

    assert [(row.text, row.figures.n, row.worth) for row in found.answers] == [
        ("hold", 3, 1), ("静音 等待", 2, 1), ("wait a bit", 1, Decimal("0.5")), ("a", 1, 0), ("b", 1, 0),
        ("3 other answers", 3, None), ("left blank", 1, None),
    ]  # fmt: skip


def test_the_newest_typed_answer_counts(version, rest):
    asked = wording(QuestionKind.NUMERIC)
    answer(version, rest, asked, ["1"] * 5)
    first = Answer.objects.filter(attempt_question__question_version=asked).first()
    Answer.objects.create(
        attempt_question=first.attempt_question, sequence=2, response="", made_at=first.made_at,
        received_at=first.received_at,
    )  # fmt: skip

    assert readings(version).given.sittings.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("kind", "wrong", "texts"),
    [
        (
            QuestionKind.MATCHING,
            lambda key: {str(key.options[0].pk): key.options[0].match, str(key.options[1].pk): key.options[0].match},
            [("Work order", "Task"), ("Screen pop", "Record")],
        ),
        (
            QuestionKind.CLOZE,
            lambda key: {"1": "90", "2": [key.gaps[1].options[0].pk]},
            [("Gap 1", "90 %"), ("Gap 2", "is below")],
        ),
    ],
)
def test_lines_and_gaps_are_told_one_by_one(version, rest, kind, wrong, texts):
    asked = wording(kind)
    key = asked_questions([asked])[asked.pk].key
    right = right_answer(key)
    answer(version, rest, asked, [right, right, wrong(key), wrong(key), wrong(key), None], right=(0, 1))

    with translation.override("en"):
        (found,) = [row for row in quiz_figures(version).questions if row.pk == asked.pk]

    assert [(row.text, row.right) for row in found.parts] == texts
    assert [(row.figures.share.estimate, row.figures.blank) for row in found.parts] == [(5 / 6, 1), (2 / 6, 1)]
    assert (found.answers, found.options, found.figures.blank) == ([], [], 1)


def test_items_in_order_are_told_one_by_one(version, rest):
    asked = wording(QuestionKind.ORDERING)
    first, second, third = (option.pk for option in asked.options.order_by("order"))
    answer(version, rest, asked, [[first, second, third], [first, third, second], [third, first, second], None, None])

    with translation.override("en"):
        (found,) = [row for row in quiz_figures(version).questions if row.pk == asked.pk]

    assert [(row.text, row.right, row.figures.share.estimate) for row in found.parts] == [
        ("Listen", "place 1", 2 / 5), ("Apologise", "place 2", 1 / 5), ("Act", "place 3", 1 / 5),
    ]  # fmt: skip


def test_gaps_are_numbered_in_the_text(version, rest):
    asked = wording(QuestionKind.CLOZE)
    answer(version, rest, asked, [None] * 5)

    with translation.override("en"):
        (found,) = [row for row in quiz_figures(version).questions if row.pk == asked.pk]

    assert found.text == "Stem [1], [2]"


def test_marked_answers_have_neither(version, rest):
    asked = wording(QuestionKind.WRITTEN)
    answer(version, rest, asked, ["Dear Mr Wang"] * 5)

    (found,) = [row for row in quiz_figures(version).questions if row.pk == asked.pk]

    assert (found.answers, found.parts, found.options, found.figures.blank) == ([], [], [], None)


def test_signs_are_shown_as_they_are(version, rest):
    rest.stem_en = "R&D < QC?"
    rest.save()
    answer(version, rest, wording(QuestionKind.NUMERIC), ["1"] * 5)

    with translation.override("en"):
        assert "R&D < QC?" in [row.text for row in quiz_figures(version).questions]


def test_reading_every_kind_takes_the_queries_of_one(version, rest):
    def queries() -> int:
        forget_asked_questions()
        with CaptureQueriesContext(connection) as captured:
            quiz_figures(version)
        return len(captured)

    answer(version, rest, wording(QuestionKind.NUMERIC), ["1"] * 5)
    for_one = queries()
    for kind in (QuestionKind.SHORT_TEXT, QuestionKind.CLOZE, QuestionKind.MATCHING, QuestionKind.ORDERING):
        asked = wording(kind)
        right = right_answer(asked_questions([asked])[asked.pk].key)
        answer(version, rest, asked, [right] * 5)

    assert queries() == for_one <= 7


# --- pages and files -----------------------------------------------------------------------------------------


@pytest.fixture
def sat(version, rest):
    numeric, cloze = wording(QuestionKind.NUMERIC), wording(QuestionKind.CLOZE)
    right = right_answer(asked_questions([cloze])[cloze.pk].key)
    # Nobody knows the number: too hard.
    answer(version, rest, numeric, ["123", "123", "=1+1", None] * 6)
    answer(version, rest, cloze, [right, None] * 12, right=range(0, 24, 2))
    return numeric


def as_(client, person):
    person.language = "en"
    person.save()
    client.force_login(person)
    return client


def page_of(version):
    return reverse("assessments:item-analysis", args=[version.pk])


def test_the_page_tells_what_was_typed_and_what_was_right(client, cast, version, sat):
    text = as_(client, cast.tess).get(page_of(version)).content.decode()

    for words in ("What was typed", "123", "left blank", "Right line by line", "Gap 2", "is below"):
        assert words in text


def test_flagged_questions_lead_on_for_authors(client, cast, version, rest, sat):
    text = as_(client, cast.tess).get(page_of(version)).content.decode()

    assert reverse("questions:edit", args=[sat.pk]) in text
    assert reverse("assessments:void-form", args=[sat.pk]) in text
    assert reverse("assessments:regrade-form", args=[version.quiz_id]) in text
    cloze = Question.objects.get(key="a-cloze").versions.get()
    assert reverse("assessments:void-form", args=[cloze.pk]) not in text  # half of them know it: no flag


def test_who_only_reads_is_led_nowhere(client, cast, version, sat):
    text = as_(client, cast.mona).get(page_of(version)).content.decode()

    assert "too hard" in text
    for words in ("/reports/corrections/", reverse("questions:edit", args=[sat.pk])):
        assert words not in text


def test_a_flagged_question_that_is_void_already_says_so(client, cast, version, sat, at):
    void_question(sat, mode=VoidMode.FULL, reason="Faulty", actor=cast.tess, at=at)

    text = as_(client, cast.tess).get(page_of(version)).content.decode()

    assert "It has been declared void, but the scores have not been regraded yet." in text
    assert "Look at the void question" in text


def test_files_have_them_too(client, cast, version, sat):
    tess = as_(client, cast.tess)

    found = {row["key"]: row for row in json.loads(tess.get(page_of(version)[:-1] + ".json").content)["questions"]}
    book = CalamineWorkbook.from_filelike(BytesIO(tess.get(page_of(version)[:-1] + ".xlsx").content))

    assert [(row["text"], row["n"], row["worth"], row["distinct"]) for row in found["a-numeric"]["answers"]] == [
        ("123", 12, 0, 1), ("=1+1", 6, 0, 1), (None, 6, None, 0),
    ]  # fmt: skip
    assert [(row["text"], row["share"]["estimate"], row["blank"]) for row in found["a-cloze"]["parts"]] == [
        ("Gap 1", 0.5, 12), ("Gap 2", 0.5, 12),
    ]  # fmt: skip
    assert book.sheet_names == ["Quiz", "Questions", "Options", "Answers typed", "Lines and gaps", "How to read it"]
    typed_rows = [row[1:5] for row in book.get_sheet_by_name("Answers typed").to_python()[1:]]
    assert typed_rows == [["a-numeric", "123", 0, 12], ["a-numeric", "=1+1", 0, 6], ["a-numeric", "left blank", "", 6]]
    assert [row[2:5] for row in book.get_sheet_by_name("Lines and gaps").to_python()[1:]] == [
        ["Gap 1", "90 %", 0.5], ["Gap 2", "is below", 0.5],
    ]  # fmt: skip
