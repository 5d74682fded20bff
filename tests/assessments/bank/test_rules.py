"""Which wordings can be asked."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation

from assessments.bank.rules import GapWords, OptionWords, Wording, faults, gaps_in, media_in, placed_faults
from assessments.bank.rules.media import media_key, media_kind, media_type
from assessments.bank.states import QuestionKind
from tests.factories.bank import complete_wording

SINGLE, MULTIPLE, TRUE_FALSE = QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.TRUE_FALSE
MATCHING, ORDERING, NUMERIC = QuestionKind.MATCHING, QuestionKind.ORDERING, QuestionKind.NUMERIC
SHORT_TEXT, CLOZE, WRITTEN = QuestionKind.SHORT_TEXT, QuestionKind.CLOZE, QuestionKind.WRITTEN


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def choice(kind=SINGLE, right=(0,), n=4, **changes) -> Wording:
    options = tuple(OptionWords(f"选项{i}", f"Option {i}", is_right=i in right) for i in range(n))
    return replace(Wording(kind=kind, stem_zh="题目", stem_en="Stem", options=options), **changes)


def lines(kind, *options, **changes) -> Wording:
    return complete_wording(
        kind, options=tuple(OptionWords(*each) if isinstance(each, tuple) else each for each in options), **changes
    )


@pytest.mark.parametrize("kind", QuestionKind.values)
def test_a_complete_wording_of_each_kind_has_no_faults(kind):
    assert faults(complete_wording(kind)) == []


@pytest.mark.parametrize("kind", QuestionKind.values)
def test_one_language_is_enough(kind):
    both = complete_wording(kind)
    only = replace(
        both,
        stem_en="",
        options=tuple(replace(option, text_en="", match_en="", feedback_en="") for option in both.options),
    )

    assert faults(only) == []


@pytest.mark.parametrize("complete", [choice(), choice(MULTIPLE, (0, 2)), choice(MULTIPLE, (1,)), choice(n=2)])
def test_choices_that_can_be_asked(complete):
    assert faults(complete) == []


PART = Decimal("0.5")


@pytest.mark.parametrize(
    ("faulty", "words", "place", "line"),
    [
        (choice(stem_zh="", stem_en=" "), "The question needs its text.", "stem", None),
        (choice(right=()), "No option is marked as right.", "options", None),
        (choice(right=(0, 1)), "Only one option can be right", "options", None),
        (choice(n=1), "at least two options", "options", None),
        (choice(TRUE_FALSE, (0,), 3), "exactly two options", "options", None),
        (choice(MULTIPLE, (0, 1), 2), "At least one option must be wrong.", "options", None),
        (lines(SINGLE, ("甲", "A", True), ("", "")), "Every option needs its text.", "options", 1),
        (lines(SINGLE, ("甲", "A", True), ("甲", "A")), "Two options say the same.", "options", 1),
        (lines(SINGLE, ("甲", "A", True), ("否", "")), "in both languages", "options", 1),
        (
            lines(SINGLE, OptionWords("甲", "A", is_right=True, credit=PART), ("乙", "B")),
            "The right option must bring all the points.", "options", 0,
        ),
        (
            lines(MULTIPLE, OptionWords("甲", "A", is_right=True, credit=PART), ("乙", "B")),
            "worth less than the whole question", "options", None,
        ),
        (choice(stem_zh="", options=(OptionWords("", "A", is_right=True), OptionWords("乙", ""))), "lacks its text", "options", 1),
        (choice(explanation_en="Because."), "The explanation stands in one language only.", "explanation", None),
        (lines(MATCHING, OptionWords("左", "L", match_zh="右", match_en="R")), "at least two pairs", "options", None),
        (
            lines(MATCHING, OptionWords("一", "1", match_zh="甲", match_en="A"), ("二", "2"),
                  OptionWords("三", "3", match_zh="乙", match_en="B")),
            "needs its match", "options", 1,
        ),
        (
            lines(MATCHING, OptionWords("一", "1", match_zh="甲", match_en="A"),
                  OptionWords("一", "1", match_zh="乙", match_en="B")),
            "same left side", "options", 1,
        ),
        (
            lines(MATCHING, OptionWords("一", "1", match_zh="甲", match_en="A"),
                  OptionWords("二", "2", match_zh="甲", match_en="A")),
            "All matches are the same.", "options", None,
        ),
        (lines(ORDERING, ("听", "Listen")), "at least two items", "options", None),
        (lines(ORDERING, ("听", "Listen"), ("听", "Listen")), "Two items say the same", "options", 1),
        (lines(NUMERIC, ("三百", "three", True)), "isn't a number", "options", 0),
        (lines(NUMERIC, OptionWords("300", "300", credit=PART)), "must bring all the points", "options", None),
        (lines(NUMERIC), "must bring all the points", "options", None),
        (lines(SHORT_TEXT, ("，。", "?!", True)), "signs only", "options", 0),
        (lines(SHORT_TEXT, ("静音", "hold", True), ("", "")), "line without text", "options", 1),
        (lines(WRITTEN), "needs a rubric", "options", None),
        (lines(WRITTEN, ("清楚", "Clear")), "needs its points", "options", 0),
        (complete_wording(CLOZE, stem_zh="题目 [[1]]"), "aren't the same", "gaps", None),
        (complete_wording(CLOZE, gaps=(), options=(), stem_zh="题", stem_en="Q"), "at least one gap", "gaps", None),
        (
            complete_wording(CLOZE, gaps=(GapWords(1, "numeric"), GapWords(2, "single", Decimal(0)))),
            "Gap 2 is worth nothing.", "gaps", None,
        ),
        (
            complete_wording(CLOZE, gaps=(GapWords(1, "numeric"), GapWords(2, "matching"))),
            "Gap 2 is of a kind that can't stand in a text.", "gaps", None,
        ),
    ],
)  # fmt: skip
def test_what_keeps_a_wording_from_being_asked(faulty, words, place, line):
    found = placed_faults(faulty)

    assert [(words in str(fault.words), fault.place, fault.line) for fault in found] == [(True, place, line)]


def test_a_fault_in_a_gap_names_the_gap_and_the_line():
    wording = complete_wording(CLOZE)
    wrong = replace(
        wording, options=(replace(wording.options[0], text_zh="很多", text_en="many"), *wording.options[1:])
    )

    (fault,) = placed_faults(wrong)

    assert (str(fault.words), fault.line) == ("Gap 1: An accepted answer isn't a number.", 0)


def test_a_line_of_no_gap():
    wording = complete_wording(CLOZE)
    lost = replace(wording, options=(*wording.options, OptionWords("九", "nine", is_right=True, gap=7)))

    assert [(str(fault.words), fault.line) for fault in placed_faults(lost)] == [
        ("A line belongs to a gap that isn't there.", 3)
    ]


def test_thirds_add_up_to_a_whole():
    third = Decimal("0.33333")
    options = [OptionWords(name, name, is_right=True, credit=third) for name in "abc"]

    assert faults(lines(MULTIPLE, *options, ("d", "d"))) == []


def test_gaps_in():
    assert gaps_in("[[2]] and [[1]], not [[x]] nor [3] nor [[100]]") == [2, 1]


def test_media_in():
    wording = complete_wording(
        SINGLE,
        stem_en="See ![a](media:abc) and ![b](media:d-1 'title'), not [x](http://media:no)",
        explanation_zh="![](media:exp)",
        options=(OptionWords("![](media:opt)", "", feedback_en="![](media:fb)", match_zh="![](media:match)"),),
        audio_zh="clip",
    )

    assert media_in(wording) == {"abc", "d-1", "exp", "opt", "fb", "match", "clip"}


# --- pictures and recordings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\x89PNG\r\n\x1a\nrest", ("image/png", "png")),
        (b"\xff\xd8\xff\xe0", ("image/jpeg", "jpg")),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", ("image/webp", "webp")),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", ("audio/wav", "wav")),
        (b"ID3\x04", ("audio/mpeg", "mp3")),
        (b"\x00\x00\x00\x20ftypM4A \x00", ("audio/mp4", "m4a")),
        (b"\x00\x00\x00\x20ftypheic\x00", None),
        (b"\x00\x00\x00\x20ftypavif\x00", None),
        (b"\x00\x00\x00\x20ftypqt  \x00", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"%PDF-1.7", None),
        (b"", None),
    ],
)
def test_media_type_is_told_by_the_bytes(content, found):
    assert media_type(content) == found


def test_media_kind_and_key():
    assert (media_kind("image/png"), media_kind("audio/wav")) == ("image", "audio")
    assert media_key(b"a") == media_key(b"a") != media_key(b"b")
    assert len(media_key(b"a")) == 20
