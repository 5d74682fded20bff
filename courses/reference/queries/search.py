"""Finding lessons, phrases and terms in both languages: only what the reader may read now, the reader's language first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import BooleanField, Case, ExpressionWrapper, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse

from courses.catalogue.models import CoursePage, LessonPage, Phrase, Term
from courses.catalogue.queries import readable_lessons
from courses.reference.models import SearchEntry
from courses.reference.rules import (
    IN_BODY,
    IN_SUMMARY,
    IN_TITLE,
    Passage,
    Query,
    Span,
    best_passage,
    excerpt,
    folded,
    parse,
)
from courses.reference.states import EntryKind


@dataclass(frozen=True)
class LessonHit:
    """A lesson in which something was found, in one language; the address leads to the block where it stands."""

    title: list[Span]
    course: str
    language: str
    url: str
    excerpt: list[Span]


@dataclass(frozen=True)
class PhraseHit:
    """A phrase; both languages are in the row, `language` is the one in which it was found."""

    phrase: Phrase
    language: str
    text: list[Span]


@dataclass(frozen=True)
class TermHit:
    term: Term
    language: str
    name: list[Span]
    definition: list[Span]


@dataclass(frozen=True)
class Found:
    """`is_loose`: nothing has the words as they stand, this has them in another order."""

    query: Query
    counts: dict[str, int] = field(default_factory=dict)
    is_loose: bool = False
    phrases: list[PhraseHit] = field(default_factory=list)
    terms: list[TermHit] = field(default_factory=list)
    lessons: list[LessonHit] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Slice:
    """How many hits of a kind are drawn, from which on."""

    first: int = 0
    most: int = 10


def search(text: str, language: str, *, slices: dict[str, Slice]) -> Found:
    """What is found for a query as it was typed, ranked: the reader's language before the other, then title before
    summary before the rest. `slices` says how much of each kind is drawn; the counts are those of all hits. The same
    number of database queries whatever is found."""
    query = parse(text)
    ranked = _ranked(query, language)
    if query and not ranked and query.looser:
        return _drawn(query.looser, _ranked(query.looser, language), language, slices, is_loose=True)
    return _drawn(query, ranked, language, slices)


def _readable() -> Q:
    """Whatever the index knows: a lesson whose course was unpublished isn't found."""
    return ~Q(kind=EntryKind.LESSON) | Q(page__in=readable_lessons().values("pk"))


def _ranked(query: Query, language: str) -> dict[str, list[int]]:
    """{kind: ids of entries}, the best first, each thing once: in the reader's language where it is found there."""
    if not query:
        return {}
    rows = (
        SearchEntry.objects.matching(query)
        .filter(_readable())
        .annotate(is_own=ExpressionWrapper(Q(language=language), output_field=BooleanField()), score=_score(query))
        .order_by("-is_own", "-score", "pk")
        .values_list("kind", "subject", "pk")
    )
    ids: dict[str, dict[str, int]] = {}
    for kind, subject, pk in rows:
        ids.setdefault(kind, {}).setdefault(subject, pk)
    return {kind: list(found.values()) for kind, found in ids.items()}


def _score(query: Query) -> Case:
    """The sum over the pieces of where each stands; a title that *is* the query comes first."""
    score = Case(
        When(title=folded(query.text), then=Value(2 * IN_TITLE)), default=Value(0), output_field=IntegerField()
    )
    for piece in query.pieces:
        score = score + Case(
            When(title__contains=piece, then=Value(IN_TITLE)),
            When(summary__contains=piece, then=Value(IN_SUMMARY)),
            default=Value(IN_BODY),
            output_field=IntegerField(),
        )
    return score


def _drawn(
    query: Query, ranked: dict[str, list[int]], language: str, slices: dict[str, Slice], *, is_loose: bool = False
) -> Found:
    shown = {kind: ranked.get(kind, [])[part.first : part.first + part.most] for kind, part in slices.items()}
    wanted = [pk for ids in shown.values() for pk in ids]
    entries = _entries(wanted)
    rows = {kind: [entries[pk] for pk in ids if pk in entries] for kind, ids in shown.items()}
    return Found(
        query=query,
        counts={kind: len(ids) for kind, ids in ranked.items()},
        is_loose=is_loose,
        phrases=[_phrase_hit(entry, query) for entry in rows.get(EntryKind.PHRASE, [])],
        terms=[_term_hit(entry, query) for entry in rows.get(EntryKind.TERM, [])],
        lessons=_lesson_hits(rows.get(EntryKind.LESSON, []), query, language),
    )


def _entries(ids: Sequence[int]) -> dict[int, SearchEntry]:
    if not ids:
        return {}
    found: QuerySet[SearchEntry] = SearchEntry.objects.filter(pk__in=ids)
    return {
        entry.pk: entry
        for entry in found.select_related("phrase__audio_zh", "phrase__audio_en", "term", "page").defer(
            "tokens", "page__body"
        )
    }


def _phrase_hit(entry: SearchEntry, query: Query) -> PhraseHit:
    assert entry.phrase is not None
    text = entry.phrase.text_en if entry.language == "en" else entry.phrase.text_zh
    return PhraseHit(entry.phrase, entry.language, excerpt(text, query, width=400))


def _term_hit(entry: SearchEntry, query: Query) -> TermHit:
    assert entry.term is not None
    term, is_english = entry.term, entry.language == "en"
    return TermHit(
        term,
        entry.language,
        excerpt(term.name_en if is_english else term.name_zh, query),
        excerpt(term.definition_en if is_english else term.definition_zh, query, width=400),
    )


def _lesson_hits(entries: list[SearchEntry], query: Query, reader: str) -> list[LessonHit]:
    if not entries:
        return []
    pages = [entry.page for entry in entries if entry.page is not None]
    parents = {page.path[: -LessonPage.steplen] for page in pages}
    courses = {
        path: (slug, title)
        for path, slug, title in CoursePage.objects.filter(path__in=parents).values_list("path", "slug", "title")
    }
    return [
        _lesson_hit(entry, page, *courses[page.path[: -LessonPage.steplen]], query, reader)
        for entry, page in zip(entries, pages, strict=True)
    ]


def _lesson_hit(entry: SearchEntry, page: LessonPage, slug: str, course: str, query: Query, reader: str) -> LessonHit:
    passages = [Passage(block, text) for block, text in entry.passages]
    passage = best_passage(passages, query) or (passages[0] if passages else Passage("", ""))
    return LessonHit(
        title=excerpt(page.title, query),
        course=course,
        language=entry.language,
        url=passage_url(
            slug, page.slug, block=passage.block, other_language="" if entry.language == reader else entry.language
        ),
        excerpt=excerpt(passage.text, query),
    )


def passage_url(course: str, lesson: str, *, block: str = "", other_language: str = "") -> str:
    """The address of a lesson or of one block. Blocks of another language have other ids: `other_language` asks for the
    page that isn't the reader's."""
    address = reverse("courses:lesson-detail", args=[course, lesson])
    asked = f"?{urlencode({'in': other_language})}" if other_language else ""
    return f"{address}{asked}{f'#block-{block}' if block else ''}"
