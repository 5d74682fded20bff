"""How words are cut, found and shown."""

import pytest

from courses.reference.rules import (
    BETWEEN_TWO,
    Needle,
    Passage,
    best_passage,
    both_texts,
    excerpt,
    initial,
    parse,
    pieces,
    tokens,
)


def shown(spans) -> str:
    return "".join(f"[{span.text}]" if span.is_hit else span.text for span in spans)


def test_chinese_is_cut_into_characters_and_pairs_and_words_stay_whole():
    assert tokens(["客服培训 CRM，３０秒"]) == {"客", "服", "培", "训", "客服", "服培", "培训", "crm", "30", "秒"}


def test_full_width_and_capitals_are_the_same_as_half_width_and_small_letters():
    assert pieces("ＣＲＭ　工单") == ["crm", "工单"]


@pytest.mark.parametrize(
    ("typed", "needles"),
    [
        ("投诉处理", [Needle("投诉"), Needle("诉处"), Needle("处理")]),
        ("CRM 工单", [Needle("crm", True), Needle("工单")]),
        ("单", [Needle("单")]),
        ("CRM工单", [Needle("crm", True), Needle("工单")]),
        ("  ，。 ", []),
        ('"OR* -(', [Needle("or", True)]),
    ],
)
def test_a_query_is_cut_as_the_text_is(typed, needles):
    assert list(parse(typed).needles) == needles


def test_nothing_to_look_for_is_false():
    assert not parse("  ？！ ")
    assert parse("a")


@pytest.mark.parametrize(
    ("typed", "tokens"),
    [
        ("处理投诉 crm", ["处理", "投诉", "crm"]),
        ("工单处理慢", ["工单", "处理", "理慢"]),
        ("crm", []),
        ("客训", []),
        ("服务员", []),
    ],
)
def test_a_looser_query_asks_for_the_same_words_in_any_order(typed, tokens):
    looser = parse(typed).looser

    assert [needle.token for needle in looser.needles] == tokens
    assert looser.text == typed


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("先说明原因，再静音等待。", "静音", "先说明原因，再[静音]等待。"),
        ("The CRM keeps the call; recall it.", "call crm", "The [CRM] keeps the [call]; recall it."),
        ("ＣＲＭ里的工单", "crm 工单", "[ＣＲＭ]里的[工单]"),
        ("Ａ<b>投诉</b>", "投诉", "Ａ<b>[投诉]</b>"),
        ("没有", "别的", "没有"),
    ],
)
def test_hits_are_marked_in_the_text_as_it_is_written(text, typed, expected):
    assert shown(excerpt(text, parse(typed))) == expected


def test_a_long_text_is_cut_around_its_first_hit():
    text = "开" * 200 + "投诉" + "尾" * 200

    found = shown(excerpt(text, parse("投诉"), width=40))

    assert found.startswith("…开")
    assert "[投诉]" in found
    assert found.endswith("尾…")
    assert len(found) == 40 + len("……[]")


def test_an_excerpt_in_english_begins_with_a_whole_word():
    found = shown(excerpt("alpha " * 40 + "refund " + "omega " * 40, parse("refund"), width=60))

    assert found.startswith("…alpha ")


def test_the_best_passage_is_where_most_of_the_query_stands():
    passages = [Passage("a", "CRM"), Passage("b", "在 CRM 里建工单"), Passage("c", "工单与 CRM")]

    assert best_passage(passages, parse("crm 工单")).block == "b"
    assert best_passage(passages, parse("退款")) is None


@pytest.mark.parametrize(
    ("kept", "typed", "both"),
    [
        ("one", "one more", "one more"),
        ("one more", "one", "one more"),
        ("left", "right", f"left{BETWEEN_TWO}right"),
        ("kept", "", "kept"),
    ],
)
def test_of_two_texts_of_a_note_nothing_is_lost(kept, typed, both):
    assert both_texts(kept, typed) == both


@pytest.mark.parametrize(("name", "letter"), [("平均处理时长", "P"), ("AHT", "A"), ("80/20", "#"), ("工单", "G")])
def test_terms_stand_under_their_initial(name, letter):
    assert initial(name)[0] == letter
