"""Judgements about calls: what must not be kept in a transcript, who said what, what a recording is."""

import re
from dataclasses import dataclass
from datetime import datetime

_DIGIT = "0-9０-９"
_SPOKEN_ZH = "〇零一二三四五六七八九幺"
_SPOKEN_EN = "zero|oh|one|two|three|four|five|six|seven|eight|nine"

#: Seven digits or more, grouped by single blanks or hyphens: telephone, ID and bank-card numbers.
_NUMBER = re.compile(rf"(?<![{_DIGIT}])\+?[{_DIGIT}](?:[ \-]?[{_DIGIT}]){{6,}}[Xx]?(?![{_DIGIT}])")
#: The same as speech-to-text writes it down.
_SPOKEN_NUMBER = re.compile(rf"[{_SPOKEN_ZH}](?:[ ，、]?[{_SPOKEN_ZH}]){{6,}}")
_SPELT_NUMBER = re.compile(rf"\b(?:{_SPOKEN_EN})(?:[ ,\-]+(?:{_SPOKEN_EN})){{6,}}\b", re.IGNORECASE)
#: A day, perhaps with its hour, is no telephone number.
_DAY = re.compile(r"(?:19|20)\d\d-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])(?: [0-2]?\d)?")

_LINE = re.compile(
    r"""^\s*
    (?:[\[(（【]?\s*(?P<time>\d{1,2}(?::\d{2}){1,2})\s*[\])）】]?\s*[-–]?\s*)?
    (?:(?P<agent>座席|坐席|客服|话务员|agent)|(?P<customer>客户|用户|来电人|customer|caller|client))\w{0,12}
    \s*(?:[\[(（【](?P<after>\d{1,2}(?::\d{2}){1,2})[\])）】])?
    \s*[:：]\s*(?P<text>.*)$""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class CallLine:
    """A line that can be read. `started` is on the clock of the agent's site unless it says its offset."""

    line: int
    external_id: str
    seat_number: str
    employee_no: str
    started: datetime
    duration_seconds: int
    direction: str
    queue: str
    application_type: str
    customer_rating: int | None
    hold_seconds: int | None
    wrap_up_seconds: int | None
    hung_up_by: str
    transcript: str


@dataclass(frozen=True)
class Refusal:
    """A line that is left out: `reason` is a key of `calls.queries.REASONS`, `value` what stood there."""

    line: int
    reason: str
    value: str = ""


@dataclass(frozen=True)
class Utterance:
    """Something somebody said. `speaker`: agent, customer, or empty where the transcript doesn't tell; `at_second`
    None where it has no times."""

    speaker: str
    text: str
    at_second: int | None = None

    @property
    def moment(self) -> str:
        return "" if self.at_second is None else clock_of(self.at_second)


def mask_numbers(text: str) -> str:
    """The text with every digit of telephone, ID and bank-card numbers as an asterisk, in figures or in words.

    Shorter numbers (amounts, order times, model numbers) and dates stay. What is in doubt is masked.
    """
    text = _NUMBER.sub(_stars, text)
    text = _SPOKEN_NUMBER.sub(_stars, text)
    return _SPELT_NUMBER.sub("***", text)


def _stars(found: re.Match[str]) -> str:
    number = found.group()
    if _DAY.fullmatch(number):
        return number
    return re.sub(rf"[{_DIGIT}{_SPOKEN_ZH}Xx]", "*", number)


def utterances(transcript: str) -> list[Utterance]:
    """Who said what and when, from lines such as "[00:12] 座席：您好" or "Customer: …". A line without a speaker goes on
    with what was said before."""
    found: list[Utterance] = []
    for line in transcript.splitlines():
        if not line.strip():
            continue
        match = _LINE.match(line)
        if match:
            time = match["time"] or match["after"]
            found.append(
                Utterance(
                    "agent" if match["agent"] else "customer", match["text"].strip(), seconds_of(time) if time else None
                )
            )
        elif found and found[-1].speaker:
            last = found[-1]
            found[-1] = Utterance(last.speaker, f"{last.text}\n{line.strip()}".strip(), last.at_second)
        else:
            found.append(Utterance("", line.strip()))
    return found


def seconds_of(text: str) -> int | None:
    """Seconds of "185", "3:05", "00:03:05" or "3分5秒"; None for anything else."""
    text = text.strip().replace("：", ":")
    if re.fullmatch(r"\d{1,6}(\.\d+)?", text):
        return int(float(text))
    if match := re.fullmatch(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]?\d)(?:\.\d+)?", text):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + seconds
    match = re.fullmatch(r"(?:(\d+)\s*(?:小时|时|h))?\s*(?:(\d+)\s*(?:分钟|分|m))?\s*(?:(\d+)\s*(?:秒|s))?", text)
    if match and any(match.groups()):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + seconds
    return None


def clock_of(seconds: int) -> str:
    """3:05 of 185, 1:00:05 of 3605: how moments in a recording are written."""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def recording_suffix(head: bytes) -> str | None:
    """The file suffix of what the first bytes (64 are enough) say it is; None when it is no recording we can play."""
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return ".wav"
    if head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return ".mp3"  # a tag, or the first frame of layer III
    if head[4:8] == b"ftyp":
        return ".m4a"
    if head.startswith(b"OggS"):
        return ".ogg"
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return ".webm"
    return None
