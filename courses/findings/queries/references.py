"""What the lessons point to, as readers have them and as authors have changed them since."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.urls import reverse
from wagtail.models import Revision

from courses.catalogue.blocks.leaves import leaves
from courses.catalogue.models import LessonPage
from courses.findings.rules import Target, targets_of


@dataclass(frozen=True)
class Place:
    """Where something is used: a page (or another thing an author edits), and the part of it."""

    kind: str
    title: str
    url: str
    part: str = ""
    language: str = ""
    is_live: bool = True
    is_draft: bool = False


@dataclass(frozen=True)
class Reference:
    place: Place
    target: Target


def lesson_references() -> list[Reference]:
    """Every reference in every lesson, each once per place; two queries."""
    pages = list(
        LessonPage.objects.order_by("path")
        .select_related("locale")
        .only("title", "path", "body", "live", "has_unpublished_changes", "latest_revision", "locale")
    )
    drafts = Revision.objects.in_bulk(
        [page.latest_revision_id for page in pages if page.live and page.has_unpublished_changes]
    )
    stream = LessonPage._meta.get_field("body")
    found: dict[Reference, None] = {}
    for page in pages:
        place = Place(
            kind=str(LessonPage._meta.verbose_name),
            title=page.title,
            url=reverse("wagtailadmin_pages:edit", args=[page.pk]),
            language=page.locale.language_code,
            is_live=page.live,
        )
        now = dict.fromkeys(_references(place, page.body))
        found |= now
        draft = drafts.get(page.latest_revision_id) if page.live else None
        if draft is not None:
            newer = _references(replace(place, is_draft=True), stream.to_python(draft.content.get("body") or "[]"))
            found |= {
                reference: None
                for reference in newer
                if Reference(replace(reference.place, is_draft=False), reference.target) not in now
            }
    return list(found)


def _references(place: Place, body: object) -> Iterator[Reference]:
    for raw in body.raw_data:  # type: ignore[attr-defined]
        block = body.stream_block.child_blocks.get(raw["type"])  # type: ignore[attr-defined]
        if block is None:
            continue
        for leaf in leaves(block, raw["value"]):
            for target in targets_of(leaf):
                yield Reference(replace(place, part=str(block.label)), target)
