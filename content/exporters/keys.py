"""The keys of this site's pages and files, and the rows behind keys."""

import re
import uuid
from collections.abc import Mapping
from functools import cached_property
from pathlib import PurePath
from typing import Any

from content.format import html
from content.models import LoadedItem
from courses.catalogue.models import (
    PACK_NAMESPACE,
    CourseDocument,
    CourseImage,
    CourseMedia,
    CoursePage,
    LessonPage,
    Phrase,
    TaughtPage,
    Term,
    TrackPage,
)  # fmt: skip
from courses.catalogue.states import MediaKind

PAGES: Mapping[str, type[TaughtPage]] = {"course": CoursePage, "lesson": LessonPage, "track": TrackPage}
#: kind → the table that keeps it, for references by row
TABLES: Mapping[str, Any] = {
    "image": CourseImage, "document": CourseDocument, "audio": CourseMedia, "video": CourseMedia, "phrase": Phrase,
    "term": Term,
}  # fmt: skip
_UNFIT = re.compile(r"[^\w.-]+")


def page_key(pack: str, kind: str, key: str) -> uuid.UUID:
    """The translation key of a page that comes from a pack: the same on every site."""
    return uuid.uuid5(PACK_NAMESPACE, f"{pack}/{kind}/{key}")


class Gone(Exception):
    """What is referred to isn't on this site any more."""


class FileNames:
    """Names in `media/`, each for one content: two files that were called alike get different names."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}

    def take(self, name: str, content_key: str) -> str:
        """The name, or one like it where it is taken by another content."""
        path = PurePath(_UNFIT.sub("-", name).lstrip(".-") or "file")
        for found in (path.name[-120:], f"{path.stem[:80]}-{content_key[:8]}{path.suffix}"):
            if self._taken.setdefault(found, content_key) == content_key:
                return found
        return f"{content_key}{path.suffix}"


class SiteKeys:
    """Keys of rows and rows of keys, as lesson blocks need them."""

    def __init__(self, pack: str = "", *, media_names: Mapping[tuple[str, int], str] | None = None) -> None:
        self.pack = pack
        self._media_names = media_names or {}
        self._pks: dict[tuple[str, str], int] = {}

    # --- pages -----------------------------------------------------------------------------------------------

    @cached_property
    def from_packs(self) -> Mapping[uuid.UUID, str]:
        """Translation key → key of every page that came from a pack, whatever its address is now."""
        rows = LoadedItem.objects.filter(kind__in=PAGES).values_list("pack", "kind", "key").distinct()
        return {page_key(pack, kind, key): key for pack, kind, key in rows}

    @cached_property
    def page_keys(self) -> Mapping[tuple[str, uuid.UUID], str]:
        """(kind, translation key) → key. Pages of this site are called by their address; two lessons with the same
        one in different courses by course and address."""
        found: dict[tuple[str, uuid.UUID], str] = {}
        for kind, model in PAGES.items():
            taken: set[str] = set()
            rows = list(model.objects.order_by("path").values_list("translation_key", "slug", "path"))
            for key, _slug, _path in rows:
                if name := self.from_packs.get(key):
                    found[kind, key] = name
                    taken.add(name)
            for key, slug, path in rows:
                if (kind, key) in found:
                    continue
                name = slug if slug not in taken else f"{self._course_slug(path)}-{slug}"
                number = 2
                while name in taken:
                    name, number = f"{slug}-{number}", number + 1
                found[kind, key] = name
                taken.add(name)
        return found

    def _course_slug(self, path: str) -> str:
        return self._slugs.get(path[: -LessonPage.steplen], "course")

    @cached_property
    def _slugs(self) -> Mapping[str, str]:
        return dict(CoursePage.objects.values_list("path", "slug"))

    @cached_property
    def _kinds(self) -> Mapping[int, tuple[str, uuid.UUID]]:
        return {
            pk: (kind, key)
            for kind, model in PAGES.items()
            for pk, key in model.objects.filter(live=True).values_list("pk", "translation_key")
        }

    def named_page(self, pk: int) -> str:
        """ "lesson:hold" of a live page; "" of any other."""
        if pk not in self._kinds:
            return ""
        kind, key = self._kinds[pk]
        return f"{kind}:{self.page_keys[kind, key]}"

    def links_out(self, text: str) -> str:
        return html.links_out(text, self.named_page, lambda pk: self.key("document", pk, is_kept=False))

    def links_in(self, text: str) -> str:
        return html.links_in(text, self.page_pk, lambda key: self.pk("document", key))

    def translation_key(self, kind: str, key: str) -> uuid.UUID:
        return page_key(self.pack, kind, key)

    def page_pk(self, kind: str, key: str) -> int:
        raise NotImplementedError("only a loader makes pages")

    # --- rows -------------------------------------------------------------------------------------------------

    @cached_property
    def _keys(self) -> Mapping[tuple[str, int], str]:
        found: dict[tuple[str, int], str] = {}
        for kind in ("phrase", "term"):
            found |= {(kind, pk): key for pk, key in TABLES[kind].objects.values_list("pk", "key")}
        for kind in ("image", "document"):
            found |= {(kind, pk): key for pk, key in TABLES[kind].objects.exclude(key=None).values_list("pk", "key")}
        rows = CourseMedia.objects.exclude(key=None).values_list("kind", "pk", "key")
        return found | {(_media_kind(kind), pk): str(key) for kind, pk, key in rows} | dict(self._media_names)

    def key(self, kind: str, pk: Any, *, is_kept: bool = True) -> str:
        """Raises Gone, or answers "" where that is no loss."""
        found = self._keys.get((kind, int(pk or 0)), "")
        if not found and is_kept:
            if pk and TABLES[kind].objects.filter(pk=pk).exists():
                return f"{kind}-{pk}"  # uploaded here: it has no name in any pack yet
            raise Gone(f"the {kind} {pk}")
        return found

    def pk(self, kind: str, key: str) -> int:
        if (kind, key) not in self._pks:
            self._pks[kind, key] = int(TABLES[kind].objects.values_list("pk", flat=True).get(key=key))
        return self._pks[kind, key]


def _media_kind(kind: str) -> str:
    return "audio" if kind == MediaKind.AUDIO else "video"
