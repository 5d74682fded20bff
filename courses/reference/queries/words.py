"""The phrase book and the glossary as they are turned over."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from courses.catalogue.models import Phrase, Term
from courses.catalogue.states import PhraseKind
from courses.reference.models import SearchEntry
from courses.reference.rules import parse
from courses.reference.states import EntryKind


def phrases(*, kind: str = "", words: str = "") -> QuerySet[Phrase]:
    """The phrases of a class, or of all in the order of a call, in which these words are found in either language."""
    found = Phrase.objects.select_related("audio_zh", "audio_en").annotate(place=_place_of_class())
    if kind:
        found = found.filter(kind=kind)
    if words.strip():
        found = found.filter(pk__in=_matching(EntryKind.PHRASE, words).values("phrase"))
    return found.order_by("place", "order", "key")


def phrase_counts() -> dict[str, int]:
    """{class: how many}, in the order of a call."""
    counts = dict(Phrase.objects.order_by().values_list("kind").annotate(n=Count("pk")))
    return {kind: counts[kind] for kind in PhraseKind.values if kind in counts}


def terms(*, words: str = "") -> Iterable[Term]:
    """The terms in which these words are found in either language."""
    found = Term.objects.all()
    if words.strip():
        found = found.filter(pk__in=_matching(EntryKind.TERM, words).values("term"))
    return found


def _matching(kind: EntryKind, words: str) -> QuerySet[SearchEntry]:
    """As `search` does, without its second try: the list shrinks as one types, and must not grow again."""
    return SearchEntry.objects.matching(parse(words)).filter(kind=kind)


def _place_of_class() -> Case:
    return Case(
        *(When(kind=kind, then=Value(place)) for place, kind in enumerate(PhraseKind.values)),
        default=Value(len(PhraseKind.values)),
        output_field=IntegerField(),
    )


@dataclass(frozen=True)
class Letter:
    """The terms under one letter."""

    letter: str
    terms: list[Term]


def by_letter(found: Iterable[Term], initial_of: dict[int, str]) -> list[Letter]:
    """Grouped under their initials, in the order of the alphabet; what has none comes last."""
    groups: dict[str, list[Term]] = {}
    for term in found:
        groups.setdefault(initial_of[term.pk], []).append(term)
    return [Letter(letter, groups[letter]) for letter in sorted(groups, key=lambda each: (each == "#", each))]
