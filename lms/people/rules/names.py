"""Judgements about names: how they sound, how they are written. No database, no clock."""

import re
import unicodedata

from pypinyin import Style, lazy_pinyin

#: Characters that are read otherwise when they are a surname. Two-character surnames first.
SURNAMES = {
    "单于": ("chan", "yu"), "长孙": ("zhang", "sun"), "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"),
    "澹台": ("tan", "tai"), "令狐": ("ling", "hu"),
    "单": ("shan",), "曾": ("zeng",), "仇": ("qiu",), "解": ("xie",), "区": ("ou",), "查": ("zha",), "朴": ("piao",),
    "盖": ("ge",), "翟": ("zhai",), "缪": ("miao",), "种": ("chong",), "折": ("she",), "黑": ("he",), "秘": ("bi",),
    "祭": ("zhai",), "宓": ("mi",), "逄": ("pang",), "尹": ("yin",), "谌": ("chen",), "冼": ("xian",), "员": ("yun",),
    "繁": ("po",), "晁": ("chao",), "仉": ("zhang",), "幺": ("yao",), "都": ("du",), "句": ("gou",), "俞": ("yu",),
    "任": ("ren",), "纪": ("ji",), "华": ("hua",), "哈": ("ha",), "车": ("che",), "洗": ("xian",), "石": ("shi",),
}  # fmt: skip

#: All the dots that people type for the one in 买买提·艾力.
_DOTS = str.maketrans(dict.fromkeys("•・‧∙･⋅●", "·"))
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af〇]"
_BETWEEN_HAN = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")
#: Latin letters that don't come apart into a plain one and its mark.
_WHOLE_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ł": "l", "þ": "th", "ı": "i"}
)
_ALL_HAN = re.compile(rf"{_HAN}+")

NAME_LENGTH = 120


def pinyin_of(full_name: str) -> tuple[str, str]:
    """(`wang xiao wen`, `wxw`) of 王晓雯. Latin names come back in lower case without their marks (Müller is muller)
    and with the initials of their words; '·' separates words like a space; a surname has its reading as one (单 shan,
    曾 zeng); characters without a reading stand for themselves."""
    words: list[str] = []
    initials: list[str] = []
    parts = unicodedata.normalize("NFC", full_name).translate(_DOTS).replace("·", " ").split()
    for part in parts:
        syllables = _syllables(part, is_whole_name=len(parts) == 1)
        words += syllables
        initials += [syllable[0] for syllable in syllables if syllable]
    return " ".join(words), "".join(initials)


def _syllables(part: str, *, is_whole_name: bool) -> list[str]:
    if is_whole_name and len(part) > 1 and _ALL_HAN.fullmatch(part):
        for surname in (part[:2], part[:1]):
            if surname in SURNAMES and len(part) > len(surname):
                return [*SURNAMES[surname], *_readings(part[len(surname) :])]
    return _readings(part)


def _readings(text: str) -> list[str]:
    # A list stands for several syllables; the stubs know only the single string.
    return lazy_pinyin(text, style=Style.NORMAL, errors=lambda rest: [without_marks(rest.lower())])  # type: ignore[arg-type,return-value]


def without_marks(text: str) -> str:
    """Small Latin letters as they are typed without a keyboard that has them: ü is u, ł is l, ß is ss. Everything else
    stands."""
    letters = ((char, unicodedata.normalize("NFD", char)[0]) for char in unicodedata.normalize("NFC", text))
    return "".join(bare if bare.isascii() else char for char, bare in letters).translate(_WHOLE_LETTERS)


def clean_name(typed: str) -> str:
    """The name as it is kept: composed characters, one kind of dot, single spaces, none between Chinese characters
    (张　三 is how tables make two characters as wide as three), nothing invisible."""
    text = unicodedata.normalize("NFC", typed).translate(_DOTS)
    text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    text = re.sub(r"\s*·\s*", "·", " ".join(text.split()))
    return _BETWEEN_HAN.sub("", text)


def name_fault(name: str) -> str | None:
    """Why a cleaned name can't stand, as a key of `REASONS`; None where it can. Rare characters can."""
    if not name:
        return "name_missing"
    if len(name) > NAME_LENGTH:
        return "name_too_long"
    if any(unicodedata.category(char) in {"Co", "Cs", "Cc"} or char == "\ufffd" or char in "?？" for char in name):
        return "name_damaged"
    if not any(unicodedata.category(char).startswith("L") or char == "〇" for char in name):
        return "name_without_letters"
    if any(char in '@<>{}[]|\\/"=;；,，、' for char in name):
        return "name_with_signs"
    return None


def search_words(typed: str) -> str:
    """What was typed into a search box, in the shape in which names, numbers and pinyin are kept."""
    return unicodedata.normalize("NFKC", typed).translate(_DOTS).strip().lower()
