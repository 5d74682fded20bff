"""What a backslash before one of GIFT's own signs means, and back."""

import re

_CONTROL = "~=#{}:"
#: While a text is taken apart, an escaped sign is one that no text holds.
_MASKS = {sign: chr(0xFDD0 + place) for place, sign in enumerate(_CONTROL + "\\n")}
_SIGNS = {mask: "\n" if sign == "n" else sign for sign, mask in _MASKS.items()}
_ESCAPED = re.compile(r"\\([~=#{}:n\\])")
_MASKED = re.compile("[\ufdd0-\ufdd7]")
_TO_ESCAPE = re.compile(r"[~=#{}:\\\n]")


def masked(text: str) -> str:
    return _ESCAPED.sub(lambda found: _MASKS[found.group(1)], _MASKED.sub("\ufffd", text))


def unmasked(text: str) -> str:
    return _MASKED.sub(lambda found: _SIGNS[found.group(0)], text)


def escaped(text: str) -> str:
    """The text for a file: reading gives it back."""
    plain = _MASKED.sub("\ufffd", text)
    return _TO_ESCAPE.sub(lambda found: "\\n" if found.group(0) == "\n" else "\\" + found.group(0), plain)
