"""How words are cut for search, how a passage is shown, how two versions of a note become one. No database, no clock.

Chinese has no spaces between words, so a run of Chinese characters is cut into its single characters and its pairs:
客服培训 → 客 服 培 训 客服 服培 培训. A query of two characters or more is cut into pairs, one of a single character
stays as it is; everything else is a word and found by its beginning.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pypinyin import lazy_pinyin

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_IS_HAN = re.compile(rf"[{_HAN}]")
#: A longer query is a pasted paragraph; its beginning is enough to find the place.
MOST_PIECES = 12
MOST_QUERY = 100
#: What a hit in the title, the summary and anywhere else is worth.
IN_TITLE, IN_SUMMARY, IN_BODY = 9, 3, 1


def folded(text: str) -> str:
    """As search compares it: full width as half width, capitals as small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def is_han(piece: str) -> bool:
    return bool(_IS_HAN.match(piece))


def pieces(text: str) -> list[str]:
    """The runs of Chinese characters and the words of a text, folded, in their order."""
    return _RUNS.findall(folded(text))


def tokens(texts: Iterable[str]) -> set[str]:
    """What a row is found by."""
    found: set[str] = set()
    for text in texts:
        for piece in pieces(text):
            if is_han(piece):
                found.update(piece)
                found.update(_pairs(piece))
            else:
                found.add(piece[:60])
    return found


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]


@dataclass(frozen=True)
class Needle:
    """One token that a row must have; a word may go on."""

    token: str
    is_beginning: bool = False


@dataclass(frozen=True)
class Query:
    """What somebody looks for. `pieces` are what stands in the text where it is found."""

    text: str
    pieces: tuple[str, ...] = ()
    needles: tuple[Needle, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.needles)

    @property
    def looser(self) -> "Query":
        """The same words in another order: most Chinese words have two characters, so 处理投诉 finds 投诉处理. Empty where
        that changes nothing."""
        if not any(is_han(piece) and len(piece) > 3 for piece in self.pieces):
            return Query(self.text)
        parts = [part for piece in self.pieces for part in (_halves(piece) if is_han(piece) else [piece])]
        return parse(" ".join(dict.fromkeys(parts)), shown=self.text)


def _halves(run: str) -> list[str]:
    """Two characters at a time; of an odd number the last two."""
    if len(run) < 4:
        return [run]
    places = [*range(0, len(run) - 1, 2), *([len(run) - 2] if len(run) % 2 else [])]
    return [run[place : place + 2] for place in places]


def parse(text: str, *, shown: str = "") -> Query:
    """A query as it was typed; false where there is nothing to look for. `shown`: what the reader typed, if not this."""
    found = list(dict.fromkeys(pieces(text[:MOST_QUERY])))[:MOST_PIECES]
    needles: dict[Needle, None] = {}
    for piece in found:
        if is_han(piece):
            needles.update(dict.fromkeys(Needle(token) for token in _pairs(piece) or [piece]))
        else:
            needles[Needle(piece[:60], is_beginning=True)] = None
    return Query(" ".join((shown or text).split())[:MOST_QUERY], tuple(found), tuple(needles))


# --- passages ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Passage:
    """A part of a page: its block, and what stands in it."""

    block: str
    text: str


@dataclass(frozen=True)
class Span:
    """A stretch of an excerpt; a hit is marked."""

    text: str
    is_hit: bool = False


def best_passage(passages: Sequence[Passage], query: Query) -> Passage | None:
    """The first of those passages in which most of the query stands; None when nothing of it stands in any."""
    best, most = None, 0
    for passage in passages:
        text = folded(passage.text)
        hits = sum(len(piece) for piece in query.pieces if piece in text)
        if hits > most:
            best, most = passage, hits
    return best


def excerpt(text: str, query: Query, *, width: int = 120) -> list[Span]:
    """About `width` characters around the first hit, with every hit marked; the beginning where there is none."""
    flat = " ".join(text.split())
    hits = _hits(flat, query)
    first = hits[0][0] if hits else 0
    start = max(0, min(first - width // 4, len(flat) - width))
    end = min(len(flat), start + width)
    if start and not is_han(flat[start]):  # a word isn't cut at its beginning
        start = flat.rfind(" ", max(0, start - 20), start) + 1 or start
    spans = [Span("…")] if start else []
    place = start
    for left, right in hits:
        if left < place or right > end:
            continue
        spans += [Span(flat[place:left]), Span(flat[left:right], is_hit=True)]
        place = right
    spans.append(Span(flat[place:end]))
    if end < len(flat):
        spans.append(Span("…"))
    return [span for span in spans if span.text]


def _hits(text: str, query: Query) -> list[tuple[int, int]]:
    """Where the pieces of the query stand in the text as it is written, without overlaps."""
    flat, places = "", []
    for place, character in enumerate(text):
        small = folded(character)
        flat += small
        places += [place] * len(small)
    found = []
    for piece in query.pieces:
        # A word is found by its beginning, so "call" doesn't light up in "recall".
        pattern = re.escape(piece) if is_han(piece) else rf"(?<![^\W_{_HAN}]){re.escape(piece)}"
        found += [(places[hit.start()], places[hit.end() - 1] + 1) for hit in re.finditer(pattern, flat)]
    spans: list[tuple[int, int]] = []
    for left, right in sorted(found):
        if spans and left < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(right, spans[-1][1]))
        else:
            spans.append((left, right))
    return spans


# --- notes ---------------------------------------------------------------------------------------------------

BETWEEN_TWO = "\n\n———\n\n"


def both_texts(kept: str, typed: str) -> str:
    """Of a note that was written in two places at once: nothing typed is lost."""
    if typed.strip() in kept:
        return kept
    if kept.strip() in typed:
        return typed
    return f"{kept}{BETWEEN_TWO}{typed}"


# --- the glossary --------------------------------------------------------------------------------------------


def initial(name: str) -> tuple[str, str]:
    """(the letter under which a term stands, what it is sorted by): pinyin for Chinese; "#" for what has no letter."""
    spelt = "".join(lazy_pinyin(folded(name)))
    first = spelt[:1].upper()
    return (first if "A" <= first <= "Z" else "#"), spelt
