"""What answers are worth, kind by kind; and what holds for every kind and every answer."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.bank.models import Option, QuestionVersion
from assessments.bank.queries import answer_key
from assessments.bank.rules import (
    AnswerKey,
    GapKey,
    MalformedAnswer,
    OptionKey,
    Wording,
    checked,
    faults,
    grade,
    is_blank,
)
from assessments.bank.states import MARKED_KINDS, QuestionKind
from tests.assessments.bank.wordings import plain, wordings
from tests.factories.bank import complete_wording, right_answer

SINGLE, MULTIPLE, TRUE_FALSE = QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.TRUE_FALSE
MATCHING, ORDERING, NUMERIC = QuestionKind.MATCHING, QuestionKind.ORDERING, QuestionKind.NUMERIC
SHORT_TEXT, CLOZE, WRITTEN, SPOKEN = (
    QuestionKind.SHORT_TEXT,
    QuestionKind.CLOZE,
    QuestionKind.WRITTEN,
    QuestionKind.SPOKEN,
)
HALF = Decimal("0.5")


def key_of(wording: Wording) -> AnswerKey:
    """The key that the bank makes of a wording, its lines numbered from 1; nothing is written."""
    gaps = [
        {"number": gap.number, "kind": gap.kind, "weight": str(gap.weight), "unit": gap.unit} for gap in wording.gaps
    ]
    version = QuestionVersion(
        kind=wording.kind,
        partial_credit=wording.partial_credit,
        match_case=wording.match_case,
        unit=wording.unit,
        gaps=gaps,
    )
    return answer_key(version, [Option(pk=pk, **vars(words)) for pk, words in enumerate(wording.options, start=1)])


def options(*right: int, n: int = 4, credits: dict[int, str] | None = None) -> tuple[OptionKey, ...]:
    told = {pk: Decimal(share) for pk, share in (credits or {}).items()}
    return tuple(OptionKey(pk, is_right=pk in right, credit=told.get(pk)) for pk in range(1, n + 1))


def parted(kind: str) -> AnswerKey:
    return key_of(complete_wording(kind, partial_credit=True))


@pytest.mark.parametrize(
    ("key", "answer", "share"),
    [
        (AnswerKey(SINGLE, options(1)), [1], "1"),
        (AnswerKey(SINGLE, options(1)), [2], "0"),
        (AnswerKey(SINGLE, options(1, credits={2: "0.5"})), [2], "0.5"),
        (AnswerKey(SINGLE, options(1, credits={2: "-0.5"})), [2], "0"),
        (AnswerKey(TRUE_FALSE, options(1, n=2)), [2], "0"),
        (AnswerKey(MULTIPLE, options(1, 3)), [3, 1], "1"),
        (AnswerKey(MULTIPLE, options(1, 3)), [1], "0"),
        (AnswerKey(MULTIPLE, options(1, 3)), [1, 3, 4], "0"),
        # part credit: equal parts, a wrong one takes its part away
        (AnswerKey(MULTIPLE, options(1, 3), partial_credit=True), [1, 3], "1"),
        (AnswerKey(MULTIPLE, options(1, 3), partial_credit=True), [1], "0.5"),
        (AnswerKey(MULTIPLE, options(1, 3), partial_credit=True), [1, 2], "0"),
        (AnswerKey(MULTIPLE, options(1, 3), partial_credit=True), [1, 3, 2], "0.5"),
        (AnswerKey(MULTIPLE, options(1, 3), partial_credit=True), [1, 2, 3, 4], "0"),
        # part credit by the author's figures
        (AnswerKey(MULTIPLE, options(1, 2, credits={1: "0.75", 2: "0.25", 3: "-0.5"}), partial_credit=True), [1], "0.75"),
        (AnswerKey(MULTIPLE, options(1, 2, credits={1: "0.75", 2: "0.25", 3: "-0.5"}), partial_credit=True), [1, 3], "0.25"),
        (AnswerKey(MULTIPLE, options(1, 2, credits={1: "0.75", 2: "0.25", 3: "-0.5"}), partial_credit=True), [3], "0"),
        (AnswerKey(MULTIPLE, options(1, 2, 3, credits=dict.fromkeys((1, 2, 3), "0.33333")), partial_credit=True), [1, 2, 3], "1"),
        # the first two lines have their matches, the third is an extra one
        (key_of(complete_wording(MATCHING)), {"1": 1, "2": 2}, "1"),
        (key_of(complete_wording(MATCHING)), {"1": 1, "2": 3}, "0"),
        (parted(MATCHING), {"1": 1, "2": 3}, "0.5"),
        (parted(MATCHING), {"2": 2}, "0.5"),
        (key_of(complete_wording(ORDERING)), [1, 2, 3], "1"),
        (key_of(complete_wording(ORDERING)), [2, 1, 3], "0"),
        (replace(parted(ORDERING), options=options(n=4)), [2, 1, 3, 4], "0.5"),
        (key_of(complete_wording(NUMERIC)), "345", "1"),
        (key_of(complete_wording(NUMERIC)), "350 秒", "1"),
        (key_of(complete_wording(NUMERIC)), "350.1", "0"),
        (key_of(complete_wording(NUMERIC)), "300s", "0.5"),
        (key_of(complete_wording(NUMERIC)), "three hundred", "0"),
        (key_of(complete_wording(SHORT_TEXT)), "静 音 等 待。", "1"),
        (key_of(complete_wording(SHORT_TEXT)), "HOLD!", "1"),
        (key_of(complete_wording(SHORT_TEXT)), "等待中", "0.5"),
        (key_of(complete_wording(SHORT_TEXT)), "挂机", "0"),
        # the first gap weighs 1, the second 2
        (key_of(complete_wording(CLOZE)), {"1": "90%", "2": [3]}, "1"),
        (key_of(complete_wording(CLOZE)), {"1": "90", "2": [2]}, "0"),
        (parted(CLOZE), {"1": "90", "2": []}, str(Decimal(1) / 3)),
        (parted(CLOZE), {"2": [3]}, str(Decimal(2) / 3)),
    ],
)  # fmt: skip
def test_grade(key, answer, share):
    assert grade(key, checked(key, answer)) == Decimal(share)


@pytest.mark.parametrize(("kind", "answer"), [(WRITTEN, "Dear colleague"), (SPOKEN, [7])])
def test_a_person_marks_what_is_written_or_spoken(kind, answer):
    key = key_of(complete_wording(kind))

    assert grade(key, answer) is None
    assert grade(key, type(answer)()) == 0


def test_capital_letters_count_where_the_author_says_so():
    key = AnswerKey(SHORT_TEXT, (OptionKey(1, is_right=True, accepted=("CRM",)),), match_case=True)

    assert (grade(key, "ＣＲＭ"), grade(key, "crm")) == (1, 0)


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        (SINGLE, [1, 2]), (SINGLE, [9]), (SINGLE, "1"), (SINGLE, {"1": 1}), (SINGLE, [1, 1]), (SINGLE, [True]),
        (SINGLE, [1.0]), (SINGLE, ["١"]), (SINGLE, None), (ORDERING, [1, 2]), (ORDERING, [1, 2, 2]),
        (MATCHING, [1]), (MATCHING, {"3": 1}), (MATCHING, {"1": 9}), (MATCHING, {"1": [1]}), (NUMERIC, 345),
        (NUMERIC, "1" * 501), (SHORT_TEXT, "a\x00"), (SHORT_TEXT, "\ud800"), (WRITTEN, "x" * 20_001),
        (CLOZE, {"9": "90"}), (CLOZE, {"1": [1]}), (CLOZE, {"2": "3"}), (CLOZE, {"2": [1]}), (CLOZE, []),
        (SPOKEN, [1, 2]),
    ],
)  # fmt: skip
def test_malformed_answers_are_refused(kind, answer):
    with pytest.raises(MalformedAnswer):
        checked(key_of(complete_wording(kind)), answer)


@pytest.mark.parametrize("blank", ["", "  ", [], {}, {"1": "", "2": []}, None])
def test_is_blank(blank):
    assert is_blank(blank)


def test_a_gap_of_several_choices():
    gap = GapKey(1, MULTIPLE, Decimal(1), "", options(1, 2))
    key = AnswerKey(CLOZE, gaps=(gap,), partial_credit=True)

    assert grade(key, checked(key, {1: ["1"]})) == HALF


# --- for every kind and every answer --------------------------------------------------------------------------

#: Wordings that can be asked: drawn ones without their faulty kin, and the smallest of each kind.
askable = st.one_of(
    st.sampled_from(QuestionKind.values).map(complete_wording),
    st.builds(
        lambda kind, partial: complete_wording(kind, partial_credit=partial),
        st.sampled_from(QuestionKind.values),
        st.booleans(),
    ),
    wordings(texts=plain).filter(lambda wording: not faults(wording)),
)
ids = st.one_of(st.integers(-2, 9), st.sampled_from(["1", "2", "x", "", "0003", "٣"]), st.booleans(), st.none())
answers = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.lists(ids, max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(st.text(max_size=3), ids), inner, max_size=3)
    ),
    max_leaves=6,
)
many = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@many
@given(askable)
def test_the_right_answer_is_worth_everything_and_nothing_nothing(wording):
    key = key_of(wording)

    assert grade(key, type(right_answer(key))() if key.kind not in MARKED_KINDS else "") == 0
    if key.kind not in MARKED_KINDS:
        assert grade(key, checked(key, right_answer(key))) == 1


@many
@given(askable, answers)
def test_whatever_is_sent_is_graded_or_refused(wording, answer):
    key = key_of(wording)
    try:
        kept = checked(key, answer)
    except MalformedAnswer:
        return

    assert checked(key, kept) == kept
    share = grade(key, kept)
    assert share is None if wording.kind in MARKED_KINDS and not is_blank(kept) else 0 <= share <= 1


@many
@given(askable, st.data())
def test_choices_among_what_is_offered_are_worth_between_nothing_and_everything(wording, data):
    key = key_of(wording)
    chosen = data.draw(st.lists(st.sampled_from([option.pk for option in key.options] or [1]), unique=True))
    try:
        share = grade(key, checked(key, chosen))
    except MalformedAnswer:
        return

    assert share is None or 0 <= share <= 1
