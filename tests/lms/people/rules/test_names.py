"""How names sound and how they are kept."""

import pytest

from lms.people.rules.names import clean_name, name_fault, pinyin_of, search_words


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("王晓雯", "wang xiao wen", "wxw"),
        ("单立人", "shan li ren", "slr"),
        ("曾国藩", "zeng guo fan", "zgf"),
        ("尉迟恭", "yu chi gong", "ycg"),
        ("单单", "shan dan", "sd"),
        ("买买提·艾力", "mai mai ti ai li", "mmtal"),
        ("买买提•艾力", "mai mai ti ai li", "mmtal"),
        ("Ana Silva", "ana silva", "as"),
        ("Jürgen Müller", "jurgen muller", "jm"),
        ("Øyvind Łuczak-Groß", "oyvind luczak-gross", "ol"),
        ("Ольга", "ольга", "о"),
        ("𠮷田美咲", "𠮷 tian mei xiao", "𠮷tmx"),
    ],
)
def test_pinyin_reads_surnames_as_surnames(name, pinyin, initials):
    assert pinyin_of(name) == (pinyin, initials)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  王晓雯 ", "王晓雯"),
        ("张　三", "张三"),
        ("张 三", "张三"),
        ("Ana   Silva", "Ana Silva"),
        ("买买提 • 艾力", "买买提·艾力"),
        ("买买提・艾力", "买买提·艾力"),
        ("王\u200b晓雯\ufeff", "王晓雯"),
        ("Jose\u0301", "José"),
    ],
)
def test_names_are_kept_in_one_form(typed, kept):
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    "name", ["王晓雯", "𠮷田美咲", "䶮平", "买买提·艾力", "O'Brien", "Jean-Luc", "张伟(大)", "张伟2", "㛃〇"]
)
def test_names_of_people_are_accepted(name):
    assert name_fault(name) is None


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "name_missing"),
        ("王" * 121, "name_too_long"),
        ("王\ue863", "name_damaged"),
        ("王\ufffd雯", "name_damaged"),
        ("王?雯", "name_damaged"),
        ("10086", "name_without_letters"),
        ("wang@example.org", "name_with_signs"),
        ("王晓雯、李强", "name_with_signs"),
    ],
)
def test_what_is_no_name_is_refused_with_its_reason(name, fault):
    assert name_fault(name) == fault


def test_search_words_are_plain_and_small():
    assert search_words("  ＷＸＷ ") == "wxw"
