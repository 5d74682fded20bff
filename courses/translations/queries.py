"""How translations stand, and both languages block by block."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import F
from django.urls import reverse
from wagtail.models import Page

from courses.catalogue.blocks.leaves import leaves, words_of
from courses.catalogue.models import CoursePage, LessonPage, TaughtPage, TrackPage
from courses.catalogue.queries import blocks_of
from courses.catalogue.rules.changes import Block, bare, changes_between
from courses.catalogue.states import BlockMark
from courses.translations.models import TranslationState
from courses.translations.rules import SourceFacts, TranslationFacts, aligned, standing_of
from courses.translations.states import TO_DO, Standing

KINDS = (CoursePage, LessonPage, TrackPage)
LANGUAGES: Mapping[str, str] = dict(settings.WAGTAIL_CONTENT_LANGUAGES)


@dataclass(frozen=True)
class TranslationRow:
    """A page that is written in one language, and how it stands in another one."""

    key: UUID
    kind: str
    title: str
    source_pk: int
    source_language: str
    language: str
    page_pk: int | None
    standing: Standing
    source_published_at: datetime | None

    @property
    def url(self) -> str:
        return reverse("page-translation", args=[self.source_pk])

    @property
    def language_name(self) -> str:
        return LANGUAGES.get(self.language, self.language)

    @property
    def source_language_name(self) -> str:
        return LANGUAGES.get(self.source_language, self.source_language)


_FIELDS = (
    "pk", "path", "title", "translation_key", "locale__language_code", "live", "live_revision_id", "last_published_at",
    "content_type_id",
)  # fmt: skip


def translation_rows(*, keys: Iterable[UUID] | None = None) -> list[TranslationRow]:
    """Every taught page in every language that it isn't written in first; one query whatever their number."""
    kinds = ContentType.objects.get_for_models(*KINDS)
    labels = {kinds[kind].pk: kind._meta.verbose_name for kind in KINDS}
    pages = Page.objects.filter(content_type__in=labels, alias_of__isnull=True)
    if keys is not None:
        pages = pages.filter(translation_key__in=list(keys))
    found = pages.order_by("pk").values(
        *_FIELDS, state=F("translation_state__pk"), in_step_with=F("translation_state__source_revision_id")
    )
    versions: dict[UUID, dict[str, dict[str, Any]]] = defaultdict(dict)
    for page in found:
        versions[page["translation_key"]].setdefault(page["locale__language_code"], page)
    rows = []
    for key, by_language in versions.items():
        source = min(by_language.values(), key=lambda page: page["pk"])
        for language in LANGUAGES:
            if language != source["locale__language_code"]:
                rows.append((source["path"], _row(key, source, by_language.get(language), language, labels)))
    return [row for _path, row in sorted(rows, key=lambda pair: (pair[0], pair[1].language))]


def translations_to_do() -> list[TranslationRow]:
    """What is behind, not published or missing, the most urgent first. For the training specialist's first screen."""
    rows = [row for row in translation_rows() if row.standing in TO_DO]
    return sorted(rows, key=lambda row: TO_DO.index(row.standing))


def _row(
    key: UUID, source: dict[str, Any], page: dict[str, Any] | None, language: str, labels: Mapping[int, Any]
) -> TranslationRow:
    facts = page and TranslationFacts(
        page["live"], page["last_published_at"], page["state"] is not None, page["in_step_with"]
    )
    return TranslationRow(
        key=key,
        kind=str(labels[source["content_type_id"]]),
        title=source["title"],
        source_pk=source["pk"],
        source_language=source["locale__language_code"],
        language=language,
        page_pk=page["pk"] if page else None,
        standing=standing_of(
            SourceFacts(source["live"], source["live_revision_id"], source["last_published_at"]), facts
        ),
        source_published_at=source["last_published_at"],
    )


def standing_of_page(page: Page) -> TranslationRow | None:
    """How the page stands as a translation; None for a page that is a source. One query."""
    language = page.locale.language_code
    rows = translation_rows(keys=[page.translation_key])
    return next((row for row in rows if row.language == language and row.page_pk == page.pk), None)


# --- side by side ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One part of a page as its texts, a line each."""

    label: str
    lines: tuple[str, ...]
    id: str = ""


@dataclass(frozen=True)
class SideRow:
    """A part of the source and of the translation; the mark tells what happened to the source's since."""

    source: Cell | None
    translation: Cell | None
    mark: BlockMark | None = None


@dataclass(frozen=True)
class SideBySide:
    rows: list[SideRow]
    #: Parts that were in the source when the translation was brought in step, and aren't now.
    removed: tuple[str, ...] = ()
    #: What the translation is in step with isn't kept: nothing can be marked.
    is_comparable: bool = True

    @property
    def n_marked(self) -> int:
        return sum(row.mark is not None for row in self.rows)


def side_by_side(source: TaughtPage, translation: TaughtPage | None) -> SideBySide:
    """The source as readers have it (its draft before the first publication) beside the newest draft of the
    translation."""
    shown = source if source.live else source.get_latest_revision_as_object()
    work = translation.get_latest_revision_as_object() if translation else None
    before = _in_step_with(translation)
    left, right = _parts(shown), _parts(work) if work else []
    changes = changes_between(_parts(before), left) if before else None
    rows = [
        SideRow(
            _cell(shown, one) if one else None,
            _cell(work, other) if other else None,
            changes.marks.get(one.id) if changes and one else None,
        )
        for one, other in aligned(left, right)
    ]
    gone = [_cell(shown, part) for part in changes.removed] if changes else []
    return SideBySide(
        rows,
        tuple(": ".join((cell.label, *cell.lines[:1])) for cell in gone),
        is_comparable=before is not None or translation is None,
    )


def _in_step_with(translation: TaughtPage | None) -> TaughtPage | None:
    """The source as it was when the translation was brought in step. Where that isn't on record: the newest revision
    from before the translation's publication."""
    if translation is None:
        return None
    state = TranslationState.objects.filter(page=translation.pk).select_related("source_revision").first()
    if state is None and translation.last_published_at:
        older = translation.source.revisions.filter(created_at__lte=translation.last_published_at)
        revision = older.order_by("-created_at", "-pk").first()
    else:
        revision = state.source_revision if state else None
    return revision.as_object() if revision else None


def _parts(page: TaughtPage) -> list[Block]:
    """Title, summary and the blocks of a lesson's body. Words of the page first."""
    words = [Block(f"·{name}", f"·{name}", getattr(page, name, "")) for name in ("title", "summary")]
    return [part for part in words if part.content] + (blocks_of(page) if isinstance(page, LessonPage) else [])


def content_of(page: TaughtPage) -> list[tuple[str, Any]]:
    """What a translator works on, without ids: equal for two revisions that say the same."""
    return [(part.kind, bare(part.content)) for part in _parts(page)]


def _cell(page: TaughtPage, part: Block) -> Cell:
    if part.kind.startswith("·"):
        field = page._meta.get_field(part.kind[1:])
        return Cell(str(field.verbose_name), (part.content,))
    block = page.body.stream_block.child_blocks.get(part.kind)
    if block is None:
        return Cell(part.kind, ())
    texts = (words_of(leaf) for leaf in leaves(block, part.content))
    return Cell(str(block.label), tuple(line for text in texts for line in text.splitlines() if line.strip()), part.id)
