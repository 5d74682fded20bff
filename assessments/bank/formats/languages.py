"""Two languages in one text, as Moodle's multilang filter knows them: `<span lang="zh_cn" class="multilang">…</span>`."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from assessments.bank.formats.records import Unfit

_TAG = re.compile(r"<span\b([^<>]{0,400})>|</span\s*>", re.IGNORECASE)
_CLASS = re.compile(r"""\bclass\s*=\s*["'][^"']*\bmultilang\b[^"']*["']""", re.IGNORECASE)
_LANG = re.compile(r"""\blang\s*=\s*["']([A-Za-z_-]{2,20})["']""", re.IGNORECASE)
OPENINGS = {"zh": '<span lang="zh_cn" class="multilang">', "en": '<span lang="en" class="multilang">'}
CLOSING = "</span>"


def is_multilang(attributes: str) -> bool:
    return bool(_CLASS.search(attributes) and _LANG.search(attributes))


def split_languages(text: str, languages: Sequence[str]) -> dict[str, str]:
    """The text per language, `zh` and `en`. Without multilang spans it is in each of the given languages; beside spans,
    what stands outside them belongs to both. Raises Unfit for a third language."""
    found: dict[str, list[str]] = {"zh": [], "en": []}
    named: set[str] = set()
    stack: list[str | None] = []  # the language of each open span, None for other spans
    place = 0

    def take(piece: str) -> None:
        inside = next((each for each in reversed(stack) if each), None)
        for each in [inside] if inside else ["zh", "en"]:
            found[each].append(piece)

    for tag in _TAG.finditer(text):
        take(text[place : tag.start()])
        place = tag.end()
        if tag.group(0).startswith("</"):
            if (stack.pop() if stack else None) is None:
                take(tag.group(0))
        elif is_multilang(tag.group(1)):
            stack.append(_known(tag.group(1)))
            named.add(str(stack[-1]))
        else:
            take(tag.group(0))
            stack.append(None)
    if not named:
        return {"zh": "", "en": ""} | dict.fromkeys(languages, text)
    take(text[place:])
    # What stands outside spans belongs to a language only if something is said in it.
    return {each: "".join(pieces) if each in named else "" for each, pieces in found.items()}


def _known(attributes: str) -> str:
    code = _LANG.search(attributes).group(1).lower()  # type: ignore[union-attr]
    if code.startswith("zh"):
        return "zh"
    if code.startswith("en"):
        return "en"
    raise Unfit(_("It has a text in a language besides Chinese and English: %(code)s.") % {"code": code})


def spoken_in(zh: str, en: str) -> tuple[str, ...]:
    """The languages in which something is said."""
    return tuple(name for name, text in (("zh", zh), ("en", en)) if text.strip())


def joined_languages(zh: str, en: str, *, languages: Sequence[str] = ()) -> str:
    """One text of both, each in its span. `languages` are those of the question: a text that is the same in all of
    them needs no span."""
    texts = {"zh": zh, "en": en}
    said = spoken_in(zh, en)
    if said and said == tuple(languages) and len({texts[name] for name in said}) == 1:
        return texts[said[0]]
    return "".join(f"{OPENINGS[name]}{texts[name]}{CLOSING}" for name in said)
