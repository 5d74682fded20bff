from decimal import Decimal

import pytest

from assessments.bank.formats.records import ReadQuestion, RefusedQuestion
from tests.assessments.bank.reading import lines, one, read, refusal, sample

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def desk(in_english):
    return read("gift", sample("desk.gift"))


def by_name(items, name):
    return next(item for item in items if isinstance(item, ReadQuestion) and item.filing.name == name)


def test_sample_is_read_line_by_line(desk):
    told = [(str(item.where), type(item) is ReadQuestion) for item in desk]

    assert [where for where, is_read in told if not is_read] == [
        "line 41 (This is only a text for the learners.)",
        "line 43 (Broken)",
        "line 45 (LaTeX)",
    ]
    assert [item.wording.kind for item in desk if isinstance(item, ReadQuestion)] == [
        "single", "multiple", "true_false", "short_text", "numeric", "numeric", "matching", "written", "cloze",
    ]  # fmt: skip


def test_single_choice_with_formats_feedback_and_weights(desk):
    hold = by_name(desk, "Hold")

    assert (hold.wording.stem_zh, hold.wording.stem_en) == ("", "What do you say **before** a hold?")
    assert lines(hold.wording) == [
        ("The reason and the length", True, None),
        ("One moment", False, None),
        ("Only the reason", False, Decimal("0.5")),
    ]
    assert hold.wording.options[0].feedback_en == "Right: #1 of the standard"
    assert hold.wording.explanation_en == "Reason, length, leave."
    assert (hold.filing.key, hold.filing.tags, hold.filing.difficulty) == ("hold-reason", ("hold",), 3)
    assert hold.filing.category == ("Opening a call",)


def test_several_answers_with_equal_shares_need_no_credits(desk):
    calm = by_name(desk, "Two ways").wording

    assert calm.partial_credit
    assert lines(calm) == [
        ("Letting the customer finish", True, None),
        ("Restating the problem", True, None),
        ('Saying 2 ~ 3 = "not my job"', False, None),
    ]


def test_several_answers_with_unequal_shares_keep_them():
    wording = one("gift", "Q {~%70%a ~%30%b ~%-20%c}").wording

    assert lines(wording) == [("a", True, Decimal("0.7")), ("b", True, Decimal("0.3")), ("c", False, Decimal("-0.2"))]


def test_true_false_gives_the_first_feedback_to_the_wrong_answer(desk):
    wording = next(
        item.wording for item in desk if isinstance(item, ReadQuestion) and item.wording.kind == "true_false"
    )

    assert [(option.text_en, option.is_right, option.feedback_en) for option in wording.options] == [
        ("True", False, "It is."),
        ("False", True, "Right"),
    ]


@pytest.mark.parametrize(("said", "right"), [("T", "True"), ("true", "True"), ("F", "False"), (" FALSE ", "False")])
def test_true_false_in_its_spellings(said, right):
    wording = one("gift", f"Q {{{said}}}").wording

    assert [option.text_en for option in wording.options if option.is_right] == [right]


def test_missing_word_leaves_a_blank(desk):
    wording = by_name(desk, "Capital").wording

    assert wording.stem_en == r"The time after a call is called \_\_\_\_\_ in our figures."
    assert lines(wording) == [("after-call work", True, None), ("wrap-up", False, Decimal("0.8")), ("ACW", True, None)]


@pytest.mark.parametrize(
    ("said", "number", "tolerance"),
    [
        ("#3", "3", None),
        ("#3:2", "3", 2),
        ("#1..5", "3", 2),
        ("#=3:0", "3", None),
        ("#-1.5:0.25", "-1.5", Decimal("0.25")),
    ],
)
def test_numbers(said, number, tolerance):
    option = one("gift", f"Q {{{said}}}").wording.options[0]

    assert (option.text_en, option.tolerance, option.is_right) == (number, tolerance, True)


def test_several_numbers(desk):
    options = by_name(desk, "Range").wording.options

    assert [(option.text_en, option.tolerance, option.credit) for option in options] == [
        ("85", 5, None),
        ("70", 2, Decimal("0.5")),
    ]


def test_matching_with_a_wrong_right_side_and_a_blank_line_inside(desk):
    options = by_name(desk, "Pairs").wording.options

    assert [(option.text_en, option.match_en) for option in options] == [
        ("AHT", "Average handling time"),
        ("FCR", "First-call resolution"),
        ("", "Abandonment rate"),
    ]


def test_essay_gets_one_criterion():
    wording = one("gift", "Write. {}", "zh").wording

    assert wording.kind == "written"
    assert [(option.text_zh, option.text_en, option.credit) for option in wording.options] == [("整体质量", "", 1)]


def test_several_answers_in_one_text_are_gaps(desk):
    wording = by_name(desk, "Gaps").wording

    assert wording.stem_en == "A level of 80/20 means [[1]] % of calls within [[2]] seconds."
    assert [(gap.number, gap.kind) for gap in wording.gaps] == [(1, "short_text"), (2, "single")]
    assert [(option.gap, option.text_en) for option in wording.options] == [(1, "80"), (2, "10"), (2, "20"), (2, "30")]


def test_escapes():
    wording = one("gift", r"::a\:\:b::[markdown]1\=1 \{x\} \\n\nnew {=\~\#ok ~no}")

    assert wording.filing.name == "a::b"
    assert wording.wording.stem_en == "1=1 {x} \\n\nnew"
    assert wording.wording.options[0].text_en == "~#ok"


def test_formats_of_the_text():
    assert one("gift", "[plain]<b>2*3*4</b> {T}").wording.stem_en == r"<b>2\*3\*4</b>"
    assert one("gift", "[html]<b>x</b> {T}").wording.stem_en == "**x**"
    assert one("gift", "[markdown]**x** {T}").wording.stem_en == "**x**"
    assert one("gift", "<b>x</b> &lt; y {T}").wording.stem_en == "**x** < y"


def test_both_languages_in_spans():
    said = '<span lang="zh_cn" class="multilang">中</span><span lang="en" class="multilang">E</span>'

    wording = one(
        "gift", f"[markdown]{said.replace('=', chr(92) + '=')} {{=5 ~{said.replace('=', chr(92) + '=')}}}"
    ).wording

    assert (wording.stem_zh, wording.stem_en) == ("中", "E")
    assert [(option.text_zh, option.text_en) for option in wording.options] == [("5", "5"), ("中", "E")]


def test_third_language_is_refused():
    assert "fr" in refusal("gift", '[html]<span lang\\="fr" class\\="multilang">oui</span> {T}')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("only text", "no answer in braces"),
        ("Q {=a", "not closed"),
        ("Q =a}", "don't pair"),
        ("Q {a {=b}}", "don't pair"),
        ("Q {#abc}", "not a number"),
        ("Q {text ~a =b}", "before its first option"),
        ("Q {=a -> b =c}", "->"),
        ("Q {" + "~a" * 300 + "=b}", "more than 200"),
        ("Q {#9e99}", "not a number"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(text, words):
    assert words in refusal("gift", text)


def test_one_broken_question_does_not_spoil_the_next():
    items = read("gift", "::One:: a {=b\n\n::Two:: c {T}\n\n\n::Three:: d {F}")

    assert [type(item) for item in items] == [RefusedQuestion, ReadQuestion, ReadQuestion]
    assert str(items[0].where) == "line 1 (One)"


def test_comments_belong_to_the_question_below_them_only():
    items = read("gift", "// [id:one] [tag:a]\nQ {T}\n\n// [id:lost]\n\nR {F}")

    assert [(item.filing.key, item.filing.tags) for item in items] == [("one", ("a",)), ("", ())]
