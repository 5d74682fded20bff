from dataclasses import replace
from decimal import Decimal

import pytest

from assessments.bank.rules import OptionWords, Wording, faults, grade
from assessments.bank.states import QuestionKind

SINGLE, MULTIPLE, TRUE_FALSE = QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.TRUE_FALSE


@pytest.mark.parametrize(
    ("kind", "right", "chosen", "share"),
    [
        (SINGLE, {1}, [1], 1),
        (SINGLE, {1}, [2], 0),
        (SINGLE, {1}, [], 0),
        (SINGLE, {1}, [1, 2], 0),
        (TRUE_FALSE, {7}, [7], 1),
        (TRUE_FALSE, {7}, [8], 0),
        (MULTIPLE, {1, 3}, [3, 1], 1),
        (MULTIPLE, {1, 3}, [1], 0),
        (MULTIPLE, {1, 3}, [1, 3, 4], 0),
        (MULTIPLE, {1, 3}, [], 0),
        (MULTIPLE, set(), [], 0),
    ],
)
def test_grade(kind, right, chosen, share):
    assert grade(kind, right=right, chosen=chosen) == Decimal(share)


def wording(kind=SINGLE, right=(0,), n=4) -> Wording:
    options = tuple(OptionWords(f"选项{i}", f"Option {i}", is_right=i in right) for i in range(n))
    return Wording(kind=kind, stem_zh="题目", stem_en="Stem", options=options)


@pytest.mark.parametrize(
    "complete",
    [wording(), wording(MULTIPLE, (0, 2)), wording(MULTIPLE, (1,)), wording(TRUE_FALSE, (1,), 2), wording(n=2)],
)
def test_faults_of_a_complete_wording(complete):
    assert faults(complete) == []


@pytest.mark.parametrize(
    "faulty",
    [
        wording(right=()),
        wording(right=(0, 1)),
        wording(n=1),
        wording(TRUE_FALSE, (0,), 3),
        wording(TRUE_FALSE, (), 2),
        wording(MULTIPLE, ()),
        wording(MULTIPLE, (0, 1), 2),
        replace(wording(), stem_en=" "),
        replace(wording(), stem_zh=""),
        replace(wording(), options=(OptionWords("是", "Yes", is_right=True), OptionWords("否", ""))),
    ],
)
def test_faults_of_an_unfinished_wording(faulty):
    assert len(faults(faulty)) == 1
