import pytest

from assessments.calls.rules import Utterance, clock_of, mask_numbers, recording_suffix, seconds_of, utterances


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我的电话13812345678谢谢", "我的电话***********谢谢"),
        ("138 1234 5678", "*** **** ****"),
        ("+86-138-1234-5678.", "+**-***-****-****."),
        ("座机 021-5566 7788", "座机 ***-**** ****"),
        ("身份证310101199003071234", "身份证******************"),
        ("身份证31010119900307123X。", "身份证******************。"),
        ("卡号 6222 0212 3456 7890 123", "卡号 **** **** **** **** ***"),
        ("１３８１２３４５６７８", "***********"),
        ("一三八幺二三四五六七八", "***********"),
        ("my number is one three eight, one two three four, five", "my number is ***"),
    ],
)
def test_numbers_of_people_are_masked(text, masked):
    assert mask_numbers(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "每月 199 元，合约 24 个月",
        "2026-03-02 09:15 到 18:00",
        "工单 202603",
        "型号 HG8145",
        "二十四小时内回电，一共三次",
        "12,500 yuan in 3 days",
        "one or two days, three at most",
    ],
)
def test_other_numbers_stay(text):
    assert mask_numbers(text) == text


def test_utterances_know_speaker_and_time():
    text = "[00:02] 座席：您好，请讲。\n[0:05] 客户：宽带断了，\n  重启过了。\nAgent (01:10): One moment.\n"

    assert utterances(text) == [
        Utterance("agent", "您好，请讲。", 2),
        Utterance("customer", "宽带断了，\n重启过了。", 5),
        Utterance("agent", "One moment.", 70),
    ]


def test_transcript_without_speakers_is_lines():
    assert utterances("您好\n\n请讲") == [Utterance("", "您好"), Utterance("", "请讲")]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("185", 185), ("185.6", 185), ("3:05", 185), ("00:03:05", 185), ("1:00:05", 3605), ("3分5秒", 185),
        ("5秒", 5), ("3：05", 185), ("", None), ("soon", None), ("3:75", None), ("-5", None), ("1:2:3:4", None),
    ],
)  # fmt: skip
def test_seconds_of_what_people_and_platforms_write(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(("seconds", "clock"), [(0, "0:00"), (20, "0:20"), (185, "3:05"), (3605, "1:00:05")])
def test_clock_of(seconds, clock):
    assert clock_of(seconds) == clock


@pytest.mark.parametrize(
    ("head", "suffix"),
    [
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", ".wav"),
        (b"ID3\x04\x00", ".mp3"),
        (b"\xff\xfb\x90\x64", ".mp3"),
        (b"\x00\x00\x00\x20ftypM4A ", ".m4a"),
        (b"OggS\x00\x02", ".ogg"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", ".webm"),
        (b"RIFF\x24\x00\x00\x00AVI LIST", None),
        (b"\xff\xd8\xff\xe0 JFIF", None),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_recordings_are_known_by_their_content(head, suffix):
    assert recording_suffix(head) == suffix
