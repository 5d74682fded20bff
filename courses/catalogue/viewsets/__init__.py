"""The back office for what lessons are made of, beside the pages themselves."""

from courses.catalogue.viewsets.choosers import (
    FilmChooserViewSet,
    PhraseChooserViewSet,
    RecordingChooserViewSet,
    TermChooserViewSet,
)
from courses.catalogue.viewsets.media import CourseMediaViewSet

__all__ = [
    "CourseMediaViewSet",
    "FilmChooserViewSet",
    "PhraseChooserViewSet",
    "RecordingChooserViewSet",
    "TermChooserViewSet",
]
