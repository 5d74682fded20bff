"""The look of a one-time code."""

import math
import unicodedata

#: Without 0/O and 1/I, which are read for one another; L stays, because neither 1 nor I can be meant.
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 10
CODE_BITS = CODE_LENGTH * math.log2(len(CODE_ALPHABET))


def grouped_code(code: str) -> str:
    """`K7QF-M2XD-9R` of `K7QFM2XD9R`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def plain_code(typed: str) -> str:
    """What was meant by what was typed: no hyphens or spaces, upper case, and 1 or I for L."""
    letters = "".join(letter for letter in unicodedata.normalize("NFKC", typed) if letter.isalnum())
    return letters.upper().replace("1", "L").replace("I", "L")
