"""Judgements about names, numbers and days. No database, no clock."""

import unicodedata

from pypinyin import Style, lazy_pinyin


def pinyin_of(full_name: str) -> tuple[str, str]:
    """(`wang xiao wen`, `wxw`) of 王晓雯. Latin names come back in lower case with the initials of their words;
    '·' separates words like a space; characters without a reading stand for themselves."""
    words: list[str] = []
    initials: list[str] = []
    for part in unicodedata.normalize("NFC", full_name).replace("·", " ").replace("•", " ").split():
        syllables = lazy_pinyin(part, style=Style.NORMAL, errors=lambda rest: [rest.lower()])
        words += syllables
        initials += [syllable[0] for syllable in syllables if syllable]
    return " ".join(words), "".join(initials)
