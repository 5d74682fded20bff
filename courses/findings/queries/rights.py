"""Pictures, documents, recordings and films without a word about their rights."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from courses.catalogue.models import CourseDocument, CourseImage, CourseMedia
from courses.findings.queries.references import Place, Reference, lesson_references
from courses.findings.queries.uses import all_places, edit_url


@dataclass(frozen=True)
class Rightless:
    """One file whose rights text is empty, and where it is used: that is what has to be cleared first."""

    kind: str
    label: str
    pk: int
    title: str
    url: str
    places: tuple[Place, ...]


def without_rights() -> list[Rightless]:
    """What is used comes first; a constant number of queries."""
    references = lesson_references()
    rows = [row for model in (CourseImage, CourseDocument, CourseMedia) for row in _rows(model, references)]
    return sorted(rows, key=lambda row: (-len(row.places), row.kind, row.title.lower()))


def _rows(model: type, references: list[Reference]) -> Iterable[Rightless]:
    things: list[Any] = list(model.objects.filter(rights="").order_by("title"))
    places = all_places(things, references)
    for thing in things:
        yield Rightless(
            kind=str(model._meta.verbose_name),
            label=model._meta.label_lower,
            pk=thing.pk,
            title=thing.title,
            url=edit_url(model, thing.pk),
            places=tuple(places[thing.pk]),
        )
