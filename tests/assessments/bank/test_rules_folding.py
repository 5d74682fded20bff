"""When two texts or numbers are the same."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.bank.rules import fold, is_accepted, read_number


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("静音等待", "静音等待"),
        ("靜音等待", "静音等待"),  # traditional
        ("客戶投訴處理", "客户投诉处理"),
        (" 静音 等待。", "静音等待"),
        ("静音，等待！", "静音等待"),
        ("ＣＲＭ系统", "crm 系统"),
        ("Ｈｏｌｄ", "hold"),
        ("HOLD", "hold"),
        ("e-mail", "email"),
        ("don’t", "don't"),
        ("after call   work", "After-call work".replace("-", " ")),
        ("3.5", "３．５"),
        ("“您好”", "您好"),
        ("㎡", "m2"),
        ("ﬁnd", "find"),
        ("您好，我是 10086", "您好我是10086"),
    ],
)
def test_accepted_all_the_same(typed, accepted):
    assert is_accepted(typed, accepted)


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("35", "3.5"),
        ("静音", "静音等待"),
        ("静音等待", "静音"),
        ("holdon", "hold on"),
        ("", "hold"),
        ("。。", "hold"),
        ("座席", "坐席"),
    ],
)
def test_not_accepted(typed, accepted):
    assert not is_accepted(typed, accepted)


@pytest.mark.parametrize(
    ("typed", "pattern", "matches"),
    [
        ("谢谢您的耐心等待", "*等待", True),
        ("感谢您的等待！", "感谢*等待", True),
        ("等待感谢", "感谢*等待", False),
        ("anything", "*", True),
        ("", "*", False),
        ("a+b", "a+*", True),
        ("aab", "a+*", False),  # signs of regular expressions mean themselves
        ("5*3", r"5\*3", True),
        ("5 of 3", r"5\*3", False),
    ],
)
def test_wildcards(typed, pattern, matches):
    assert is_accepted(typed, pattern) is matches


@given(st.text(max_size=30), st.booleans())
def test_fold_never_fails_and_texts_accept_themselves(text, match_case):
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        return  # refused before it gets here
    folded = fold(text, match_case=match_case)
    if folded and "*" not in text and "\\" not in text:
        assert is_accepted(text, text, match_case=match_case)


@given(st.text(st.sampled_from("静音等待 hold-A，。 "), max_size=12))
def test_width_and_spaces_never_matter_beside_chinese(text):
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)

    assert fold(text) == fold(wide)


@pytest.mark.parametrize(
    ("typed", "unit", "number"),
    [
        ("320", "s", "320"),
        ("320s", "s", "320"),
        ("320 秒", "s", "320"),
        ("320 seconds", "秒", "320"),
        ("３２０秒钟", "秒", "320"),
        ("77.5%", "%", "77.5"),
        ("７７．５％", "%", "77.5"),
        ("77.5", "%", "77.5"),
        ("1,250", "", "1250"),
        ("1，250", "", "1250"),
        ("12,345,678.9", "", "12345678.9"),
        ("1 250", "", "1250"),
        ("-3", "", "-3"),
        ("−3", "", "-3"),
        ("+3", "", "3"),
        (".5", "", "0.5"),
        ("1.5e3", "", "1500"),
        ("2E-2", "", "0.02"),
        ("12 元/月", "元/月", "12"),
        ("15 Mbps", "mbps", "15"),
    ],
)
def test_read_number(typed, unit, number):
    assert read_number(typed, unit=unit) == Decimal(number)


@pytest.mark.parametrize(
    "typed",
    ["", " ", "s", "-", "abc", "1,25", "1,2,3", "3..5", "1e", "e5", "320 min", "NaN", "inf", "1e99", "一百", "5;"],
)
def test_read_number_of_what_is_none(typed):
    assert read_number(typed, unit="s") is None


@given(st.text(max_size=20), st.text(max_size=5))
def test_read_number_never_fails(typed, unit):
    number = read_number(typed, unit=unit)

    assert number is None or number.is_finite()


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3), st.sampled_from(["", "s", "%", "秒"]))
def test_a_number_is_read_as_it_is_written(number, unit):
    assert read_number(f"{number:,f}{unit}", unit=unit) == number
