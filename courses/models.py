"""Gathers the tables of this app's rooms, so that Django finds them."""

from courses.catalogue.models import (
    CataloguePage,
    CourseDocument,
    CourseImage,
    CourseMedia,
    CoursePage,
    LessonPage,
    Phrase,
    Rendition,
    Term,
    TrackPage,
    TrackPageStep,
)
from courses.certificates.models import Certificate
from courses.enrolment.models import Enrolment, EnrolmentStep, RequiredTrack, TrackStep, TrackVersion
from courses.progress.models import LessonCompletion, LessonVisit
from courses.reference.models import Bookmark, LessonComment, LessonRating, Note, SearchEntry

__all__ = [
    "Bookmark",
    "CataloguePage",
    "Certificate",
    "CourseDocument",
    "CourseImage",
    "CourseMedia",
    "CoursePage",
    "Enrolment",
    "EnrolmentStep",
    "LessonComment",
    "LessonCompletion",
    "LessonPage",
    "LessonRating",
    "LessonVisit",
    "Note",
    "Phrase",
    "Rendition",
    "RequiredTrack",
    "SearchEntry",
    "Term",
    "TrackPage",
    "TrackPageStep",
    "TrackStep",
    "TrackVersion",
]  # fmt: skip
