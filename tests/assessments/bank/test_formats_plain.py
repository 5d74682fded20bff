"""Aiken, QTI and the spreadsheet."""

import io
import zipfile
from decimal import Decimal

import pytest
from django.utils import translation

from assessments.bank.exports import EXAMPLES, template_file
from assessments.bank.formats import FORMATS, guess_format
from assessments.bank.formats.records import FiledQuestion, FileNote, Filing, ReadQuestion, RefusedQuestion
from assessments.bank.rules import OptionWords, Wording, faults
from lms.kernel.tables import read_table
from tests.assessments.bank.reading import PNG, SAMPLES, lines, one, read, refusal, sample

pytestmark = pytest.mark.usefixtures("in_english")

# --- Aiken ---------------------------------------------------------------------------------------------------


def test_aiken_sample():
    items = read("aiken", sample("desk.aiken.txt"))

    assert [lines(item.wording) for item in items if isinstance(item, ReadQuestion)] == [
        [("Nothing", False, None), ("The reason and the length", True, None), ("One moment", False, None)],
        [("AHT", False, None), ("FCR", True, None)],
    ]
    assert [(str(item.where).partition(" (")[0], str(item.reason)) for item in items[2:]] == [
        ("line 12", "The question has to stand on one line, and its options have to begin with “A.” or “A)”."),
        ("line 18", "Its options are not lettered A, B, C … in turn."),
        ("line 23", "After “ANSWER: ” stands one capital letter and nothing else."),
        ("line 28", "It ends without a line “ANSWER: ”."),
        ("line 32", "There is no option C."),
    ]


def test_aiken_in_chinese_and_gb18030():
    text = "等候前说什么？\nA. 原因\nB. 什么都不说\nANSWER: A\n"

    wording = one("aiken", text.encode("gb18030"), "zh").wording

    assert (wording.stem_zh, wording.stem_en) == ("等候前说什么？", "")
    assert lines(wording, "zh") == [("原因", True, None), ("什么都不说", False, None)]


def test_aiken_text_is_no_markdown():
    wording = one("aiken", "2*3*4?\nA. # one\nB. _b_\nANSWER: A").wording

    assert wording.stem_en == r"2\*3\*4?"
    assert [option.text_en for option in wording.options] == [r"\# one", r"\_b\_"]


# --- QTI -----------------------------------------------------------------------------------------------------


def item(body, declarations="", processing="", version="v2p1"):
    return (
        f'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_{version}" identifier="i" title="T">{declarations}'
        f"<itemBody>{body}</itemBody>{processing}</assessmentItem>"
    )


def declared(*values, cardinality="single", kind="identifier", name="RESPONSE", more=""):
    told = "".join(f"<value>{value}</value>" for value in values)
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{kind}">'
        f"<correctResponse>{told}</correctResponse>{more}</responseDeclaration>"
    )


def test_qti_choice():
    found = one("qti", sample("choice.qti21.xml"), "zh")

    assert (found.wording.kind, found.wording.stem_zh) == ("single", "")
    assert found.wording.stem_en == "A customer has to wait.\n\nWhat do you say *first*?"
    assert lines(found.wording) == [("Nothing", False, None), ("The reason & the length", True, None)]
    assert found.wording.options[0].feedback_en == "They hang up."
    assert found.wording.explanation_en == "Reason, length, leave."
    assert found.filing.name == "hold"


def package(**more):
    members = {
        "imsmanifest.xml": (
            '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>'
            '<resource identifier="t" type="imsqti_test_xmlv2p2" href="test.xml"/>'
            '<resource identifier="a" type="imsqti_item_xmlv2p2" href="items/calm.xml"/>'
            '<resource identifier="b" type="imsqti_item_xmlv2p2" href="items/gone.xml"/>'
            '<resource identifier="c" type="webcontent" href="items/images/dot.png"/></resources></manifest>'
        ),
        "test.xml": '<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2"/>',
        "items/calm.xml": sample("mapped.qti22.xml"),
        "items/images/dot.png": PNG,
    } | more
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return memory.getvalue()


def test_qti_package_with_a_picture_and_a_mapping():
    note, calm, gone = read("qti", package())

    assert isinstance(note, FileNote)
    assert isinstance(gone, RefusedQuestion)
    assert (calm.wording.kind, calm.wording.partial_credit) == ("multiple", True)
    assert lines(calm.wording) == [
        ("Listening", True, Decimal("0.75")),
        ("Restating", True, Decimal("0.25")),
        ("Shouting", False, Decimal("-0.5")),
    ]
    assert calm.wording.stem_en == f"What calms a customer? ![A dot](media:{calm.files[0].key})"
    assert calm.files[0].content == PNG


def test_qti_several_answers_without_mapping_are_all_or_nothing():
    body = (
        '<choiceInteraction responseIdentifier="RESPONSE" maxChoices="0"><prompt>Q</prompt>'
        '<simpleChoice identifier="a">A</simpleChoice><simpleChoice identifier="b">B</simpleChoice>'
        '<simpleChoice identifier="c">C</simpleChoice></choiceInteraction>'
    )

    wording = one("qti", item(body, declared("a", "b", cardinality="multiple"))).wording

    assert (wording.kind, wording.partial_credit, wording.stem_en) == ("multiple", False, "Q")
    assert lines(wording) == [("A", True, None), ("B", True, None), ("C", False, None)]


def test_qti_text_entry_number_with_tolerance():
    body = '<p>960 s in three calls? <textEntryInteraction responseIdentifier="RESPONSE"/></p>'
    processing = '<responseProcessing><equal toleranceMode="absolute" tolerance="5 5"/></responseProcessing>'

    wording = one("qti", item(body, declared("320", kind="float"), processing)).wording

    assert (wording.kind, wording.stem_en) == ("numeric", "960 s in three calls?")
    assert [(option.text_en, option.tolerance) for option in wording.options] == [("320", 5)]


def test_qti_several_entries_are_gaps():
    body = (
        '<p>From <textEntryInteraction responseIdentifier="R1"/> to <inlineChoiceInteraction responseIdentifier="R2">'
        '<inlineChoice identifier="x">X</inlineChoice><inlineChoice identifier="y">Y</inlineChoice></inlineChoiceInteraction>.</p>'
    )

    wording = one("qti", item(body, declared("a", kind="string", name="R1") + declared("y", name="R2"))).wording

    assert wording.stem_en == "From [[1]] to [[2]]."
    assert [(gap.number, gap.kind) for gap in wording.gaps] == [(1, "short_text"), (2, "single")]
    assert lines(wording) == [("a", True, None), ("X", False, None), ("Y", True, None)]


def test_qti_order_and_pairs():
    order = (
        '<orderInteraction responseIdentifier="RESPONSE"><prompt>Order</prompt><simpleChoice identifier="a">A</simpleChoice>'
        '<simpleChoice identifier="b">B</simpleChoice></orderInteraction>'
    )
    match = (
        '<matchInteraction responseIdentifier="RESPONSE"><simpleMatchSet>'
        '<simpleAssociableChoice identifier="l1">L1</simpleAssociableChoice>'
        '<simpleAssociableChoice identifier="l2">L2</simpleAssociableChoice></simpleMatchSet><simpleMatchSet>'
        '<simpleAssociableChoice identifier="r1">R1</simpleAssociableChoice>'
        '<simpleAssociableChoice identifier="r2">R2</simpleAssociableChoice>'
        '<simpleAssociableChoice identifier="r3">R3</simpleAssociableChoice></simpleMatchSet></matchInteraction>'
    )

    ordering = one("qti", item(f"<p>First things first.</p>{order}", declared("b", "a", cardinality="ordered"))).wording
    pairs = declared("l1 r2", "l2 r1", cardinality="multiple", kind="directedPair")
    matching = one("qti", item(f"<p>Match.</p>{match}", pairs)).wording

    assert [option.text_en for option in ordering.options] == ["B", "A"]
    assert [(option.text_en, option.match_en) for option in matching.options] == [
        ("L1", "R2"),
        ("L2", "R1"),
        ("", "R3"),
    ]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<p>Text.</p>", "no interaction"),
        ('<hotspotInteraction responseIdentifier="RESPONSE"/>', "hotspotInteraction"),
        ('<choiceInteraction responseIdentifier="OTHER"><simpleChoice identifier="a">A</simpleChoice></choiceInteraction>', "which answer"),
        ('<orderInteraction responseIdentifier="RESPONSE"><simpleChoice identifier="z">A</simpleChoice></orderInteraction>', "every item"),
        ("<textEntryInteraction/><choiceInteraction/>", "several things"),
    ],
)  # fmt: skip
def test_qti_refuses_what_it_cannot_read(body, words):
    assert words in refusal("qti", item(body, declared("a")))


# --- the spreadsheet -----------------------------------------------------------------------------------------


def test_csv_sample():
    hold, aht, bad = read("xlsx", sample("bank.csv"))

    assert (hold.filing.key, hold.filing.skill, hold.filing.status, hold.filing.difficulty) == (
        "hold-1", "product", "ready", 3,
    )  # fmt: skip
    assert hold.filing.tags == ("等候", "开场")
    assert lines(hold.wording, "zh") == [("原因和时长", True, None), ("等一下", False, None)]
    assert (aht.wording.unit, aht.wording.options[0].tolerance) == ("秒", 5)
    assert aht.wording.options[1].text_zh == "=1+1"
    assert (str(bad.where), str(bad.reason)) == ("row 6 (bad-kind)", "“谜语” is none of the words for its column.")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_template_has_a_sound_example_of_each_kind(language):
    with translation.override(language):
        file = template_file()

    found = read("xlsx", file.content)

    assert [each.wording for each in found] == list(EXAMPLES)
    assert [faults(wording) for wording in EXAMPLES] == [[]] * 10
    assert file.omissions == ()
    head = read_table(file.content).header
    assert head[2] == {"zh-hans": "题型", "en": "type"}[language]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("single,?,a,maybe", "neither yes nor no"),
        ("single,?,a,1,7", "difficulty"),
        ("single,?,a,1,1,x y", "has other signs"),
        ("cloze,[[1]],a,1,1,k,abc", "not the number of a gap"),
        ("numeric,?,1,1,1,k,,lots", "not a number"),
        ("single,?,a,1,1,k,,,,surplus", "more cells"),
    ],
)
def test_row_that_cannot_be_read_is_refused(rows, words):
    assert words in refusal("xlsx", f"type,question_zh,option_zh,right,difficulty,key,gap,tolerance\n{rows}\n")


def test_row_that_belongs_nowhere_is_refused():
    items = read("xlsx", "type,question_zh,option_zh\n,,lost\nsingle,Q,a\n,other question,b\n")

    assert [type(each) for each in items] == [RefusedQuestion, RefusedQuestion, ReadQuestion]


def test_column_that_means_nothing_is_noted():
    note, question = read("xlsx", "type,question_zh,option_zh,colour\nsingle,Q,a,red\n")

    assert (type(note), "colour" in str(note.note)) == (FileNote, True)
    assert isinstance(question, ReadQuestion)


def test_cells_that_look_like_formulas_are_text():
    signs = ("=1+1", "+86", "-1", "@SUM(A1)", '=HYPERLINK("http://e.example")')
    wording = Wording("single", "=cmd|' /C calc'!A0", "", tuple(OptionWords(sign, "") for sign in signs))

    file = FORMATS["xlsx"].write([FiledQuestion(wording, Filing(key="q", skill="s", tags=()))])

    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert not [name for name in archive.namelist() if "hyperlink" in name.lower()]
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert one("xlsx", file.content).wording == wording


def test_text_longer_than_a_cell_is_left_out_and_named():
    wording = Wording("single", "x" * 40_000, "", ())

    file = FORMATS["xlsx"].write([FiledQuestion(wording, Filing(key="q", skill="s", tags=()))])

    assert [(each.key, each.is_whole) for each in file.omissions] == [("q", True)]


# --- which format --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("bank.csv", "xlsx"),
        ("choice.qti21.xml", "qti"),
        ("desk.aiken.txt", "aiken"),
        ("desk.gift", "gift"),
        ("desk.moodle.xml", "moodlexml"),
    ],
)
def test_format_is_told_by_the_file(name, wanted):
    content = (SAMPLES / name).read_bytes()

    assert guess_format(name, content) == wanted
    assert guess_format("upload" + (".csv" if wanted == "xlsx" else ""), content) == wanted


def test_format_of_archives_and_of_nothing():
    assert guess_format("x", package()) == "qti"
    assert guess_format("x", template_file().content) == "xlsx"
    assert guess_format("x", b"hello") is None
