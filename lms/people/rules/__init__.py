"""Judgements about names, numbers, codes and imported lines. No database, no clock."""

from lms.people.rules.codes import CODE_ALPHABET, CODE_BITS, CODE_LENGTH, grouped_code, plain_code
from lms.people.rules.names import pinyin_of

__all__ = ["CODE_ALPHABET", "CODE_BITS", "CODE_LENGTH", "grouped_code", "pinyin_of", "plain_code"]
