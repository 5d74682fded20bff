"""When a typed text or number is the same as an accepted one, for Chinese and Latin script alike."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache

from opencc import OpenCC

#: Dropped inside a word: "e-mail" is "email", "don't" is "dont".
_JOINING = {"-", "'", "’", "‘", "·", "‐", "‑"}
_HAN = r"\u2e80-\u2fff\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BESIDE_HAN = re.compile(rf"(?<=[{_HAN}])\s+|\s+(?=[{_HAN}])")
_NUMBER = re.compile(r"[-+]?(?:\d[\d,]*)?(?:\.\d+)?(?:e[-+]?\d+)?", re.IGNORECASE)
#: Spellings of one unit: whoever types the other language's, or the short form, means the same.
_UNITS = (
    ("s", "sec", "secs", "second", "seconds", "秒", "秒钟"),
    ("min", "mins", "minute", "minutes", "分", "分钟"),
    ("h", "hr", "hrs", "hour", "hours", "时", "小时"),
    ("%", "percent"),
    ("元", "¥", "yuan", "rmb", "cny", "块"),
    ("人", "person", "persons", "people", "agent", "agents", "位"),
    ("通", "call", "calls", "个电话"),
    ("天", "日", "day", "days"),
    ("次", "time", "times"),
)


@cache
def _simplified() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=4096)
def fold(text: str, *, match_case: bool = False) -> str:
    """The text without what doesn't tell answers apart: width (Unicode NFKC), traditional or simplified script
    (OpenCC t2s), case, punctuation and spaces. A point between two digits stays: 3.5 isn't 35."""
    plain = _simplified().convert(unicodedata.normalize("NFKC", text))
    if not match_case:
        plain = plain.casefold()
    kept = []
    for place, sign in enumerate(plain):
        if sign in ".," and plain[place - 1 : place].isdigit() and plain[place + 1 : place + 2].isdigit():
            kept.append(sign)
        elif sign in _JOINING:
            continue
        else:
            kept.append(" " if unicodedata.category(sign).startswith(("P", "Z", "C")) else sign)
    return _BESIDE_HAN.sub("", " ".join("".join(kept).split()))


def is_accepted(typed: str, accepted: str, *, match_case: bool = False) -> bool:
    """Whether the typed text is the accepted one. A `*` in the accepted text stands for anything, `\\*` for itself."""
    given = fold(typed, match_case=match_case)
    if not given:
        return False
    pieces = re.split(r"(?<!\\)\*", accepted)
    if len(pieces) == 1:
        return given == fold(accepted.replace(r"\*", "*"), match_case=match_case)
    pattern = ".*".join(re.escape(fold(piece.replace(r"\*", "*"), match_case=match_case)) for piece in pieces)
    return re.fullmatch(pattern, given) is not None


def read_number(typed: str, *, unit: str = "") -> Decimal | None:
    """The number in the text, its unit left off when it is the expected one, in any spelling: "1,250", "8.5%",
    "３２０秒" and "320 s" alike. None for anything else."""
    plain = _bare(typed)
    for ending in _spellings(_bare(unit)):
        if plain.endswith(ending):
            plain = plain[: len(plain) - len(ending)]
            break
    if not plain or _NUMBER.fullmatch(plain) is None:
        return None
    if re.search(r",(?!\d{3}(?:\D|$))", plain):  # a comma that doesn't part thousands
        return None
    try:
        number = Decimal(plain.replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 30 else None


def _bare(text: str) -> str:
    """Without width, case and spaces."""
    return unicodedata.normalize("NFKC", text).replace("−", "-").replace(" ", "").strip().casefold()


@lru_cache(maxsize=256)
def _spellings(unit: str) -> tuple[str, ...]:
    """Ways to write the unit, the longest first."""
    family = next((units for units in _UNITS if unit in units), (unit,))
    return tuple(sorted((each for each in family if each), key=len, reverse=True))
