"""Our Markdown has no HTML, so what reads like one of the tags that carry meaning in other systems is masked there."""

import re

_LIKE_ENTITY = re.compile(r"&(?=(?:amp;)*lt;)")
_LIKE_TAG = re.compile(r"<(?=/?(?:span|audio)\b)", re.IGNORECASE)
_MASKED_ENTITY = re.compile(r"&amp;(?=(?:amp;)*lt;)")
_MASKED_TAG = re.compile(r"&lt;(?=/?(?:span|audio)\b)", re.IGNORECASE)


def masked(text: str) -> str:
    return _LIKE_TAG.sub("&lt;", _LIKE_ENTITY.sub("&amp;", text))


def unmasked(text: str) -> str:
    return _MASKED_ENTITY.sub("&", _MASKED_TAG.sub("<", text))
