"""What authors write and readers browse: pages, media, phrases and terms."""

from courses.catalogue.models.media import CourseDocument, CourseImage, CourseMedia, Rendition
from courses.catalogue.models.pages import (
    PACK_NAMESPACE,
    CataloguePage,
    CoursePage,
    LessonPage,
    SourceInlinePanel,
    TaughtPage,
    TrackPage,
    TrackPageStep,
)
from courses.catalogue.models.tracks import TrackPageAudience, TrackPageGroup, TrackPagePrerequisite, WhoFits
from courses.catalogue.models.words import Phrase, Term

__all__ = [
    "PACK_NAMESPACE",
    "CataloguePage",
    "CourseDocument",
    "CourseImage",
    "CourseMedia",
    "CoursePage",
    "LessonPage",
    "Phrase",
    "Rendition",
    "SourceInlinePanel",
    "TaughtPage",
    "Term",
    "TrackPage",
    "TrackPageAudience",
    "TrackPageGroup",
    "TrackPagePrerequisite",
    "TrackPageStep",
    "WhoFits",
]
