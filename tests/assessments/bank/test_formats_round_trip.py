"""What is written is read back the same, whatever an author typed; what a format can't say is named."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.bank.formats import FORMATS
from assessments.bank.formats.records import ReadQuestion
from assessments.bank.states import QuestionKind
from tests.assessments.bank.wordings import filed_questions, plain

GIFT_KINDS = (
    QuestionKind.SINGLE,
    QuestionKind.MULTIPLE,
    QuestionKind.TRUE_FALSE,
    QuestionKind.MATCHING,
    QuestionKind.NUMERIC,
    QuestionKind.SHORT_TEXT,
)
many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read_back(file, name, language="zh"):
    return list(FORMATS[name].read(file.content, language=language))


def questions_of(read):
    assert all(isinstance(item, ReadQuestion) for item in read), read
    return [(item.wording, replace(item.filing, name="", category=())) for item in read]


@many
@given(st.lists(filed_questions(), max_size=3), st.sampled_from(["zh", "en"]))
def test_moodle_xml(questions, language):
    file = FORMATS["moodlexml"].write(questions)

    read = questions_of(read_back(file, "moodlexml", language))

    assert read == [(question.wording, question.filing) for question in questions]


@many
@given(st.lists(filed_questions(), max_size=3))
def test_spreadsheet(questions):
    file = FORMATS["xlsx"].write(questions)

    named = {omission.key for omission in file.omissions}
    if not questions:
        return
    read = questions_of(read_back(file, "xlsx"))
    exact = [(question.wording, question.filing) for question in questions if question.filing.key not in named]
    assert [pair for pair in read if pair[1].key not in named] == exact


@many
@given(st.lists(filed_questions(kinds=GIFT_KINDS), max_size=3))
def test_gift_is_exact_or_says_what_is_not(questions):
    file = FORMATS["gift"].write(questions)

    named = {omission.key for omission in file.omissions}
    if not questions:
        return
    read = [
        (item.wording, replace(item.filing, name="", category=(), skill=item.filing.skill))
        for item in read_back(file, "gift")
        if isinstance(item, ReadQuestion) and item.filing.key not in named
    ]
    assert read == [(each.wording, each.filing) for each in questions if each.filing.key not in named]


@many
@given(filed_questions(kinds=(QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.MATCHING), texts=plain))
def test_gift_of_plain_texts_loses_nothing_but_odd_keys(question):
    options = [
        replace(option, is_right=place == 0, credit=None, feedback_zh="", feedback_en="")
        for place, option in enumerate(question.wording.options)
    ]
    wording = replace(question.wording, options=tuple(options))
    if len(options) < 2:
        return

    file = FORMATS["gift"].write([replace(question, wording=_sound(wording))])

    assert file.omissions == ()


def _sound(wording):
    if wording.kind == QuestionKind.MATCHING:
        return replace(wording, options=tuple(replace(option, is_right=False) for option in wording.options))
    return wording
