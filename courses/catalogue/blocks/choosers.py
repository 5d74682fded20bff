"""Fields of blocks that choose a row. All rows that the blocks of one kind choose are read in one query."""

import copy
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from wagtail.blocks import ChooserBlock
from wagtail.images.blocks import ImageChooserBlock

#: How wide pictures of lessons are drawn at most, in pixels.
RENDITION = "width-1200"


def in_order(found: dict[Any, Any], values: Sequence[Any]) -> list[Any]:
    """The rows in the order of their ids, None where one is gone; a row that comes twice is copied."""
    seen: set[Any] = set()
    rows = []
    for value in values:
        row = found.get(value)
        rows.append(copy.copy(row) if value in seen else row)
        seen.add(value)
    return rows


class PictureChooserBlock(ImageChooserBlock):
    """An image with the rendition that lessons show."""

    def bulk_to_python(self, values: Sequence[Any]) -> list[Any]:
        return in_order(self.model_class.objects.prefetch_renditions(RENDITION).in_bulk(values), values)

    def deconstruct(self) -> tuple[str, Any, Any]:
        """For migrations it is any image chooser."""
        _path, args, kwargs = super().deconstruct()
        return "wagtail.images.blocks.ImageChooserBlock", args, kwargs


class RowChooserBlock(ChooserBlock):
    """Chooses in the window of a chooser viewset."""

    target_model: str
    viewset: str

    @cached_property
    def widget(self) -> Any:
        from courses.catalogue import viewsets

        return getattr(viewsets, self.viewset)().widget_class()

    def rows(self) -> QuerySet:
        return self.model_class.objects.all()

    def bulk_to_python(self, values: Sequence[Any]) -> list[Any]:
        return in_order(self.rows().in_bulk(values), values)


class RecordingChooserBlock(RowChooserBlock):
    target_model = "courses.CourseMedia"
    viewset = "RecordingChooserViewSet"


class FilmChooserBlock(RowChooserBlock):
    target_model = "courses.CourseMedia"
    viewset = "FilmChooserViewSet"


class PhraseChooserBlock(RowChooserBlock):
    target_model = "courses.Phrase"
    viewset = "PhraseChooserViewSet"

    def rows(self) -> QuerySet:
        return super().rows().select_related("audio_zh", "audio_en")


class TermChooserBlock(RowChooserBlock):
    target_model = "courses.Term"
    viewset = "TermChooserViewSet"
