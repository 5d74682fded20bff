"""Gathers the tables of this app's rooms, so that Django finds them."""

from courses.catalogue.models import (
    CataloguePage,
    CourseDocument,
    CourseImage,
    CoursePage,
    LessonPage,
    Rendition,
    TrackPage,
    TrackPageStep,
)
from courses.certificates.models import Certificate
from courses.enrolment.models import Enrolment, EnrolmentStep, RequiredTrack, TrackStep, TrackVersion
from courses.progress.models import LessonCompletion, LessonVisit

__all__ = [
    "CataloguePage",
    "Certificate",
    "CourseDocument",
    "CourseImage",
    "CoursePage",
    "Enrolment",
    "EnrolmentStep",
    "LessonCompletion",
    "LessonPage",
    "LessonVisit",
    "Rendition",
    "RequiredTrack",
    "TrackPage",
    "TrackPageStep",
    "TrackStep",
    "TrackVersion",
]  # fmt: skip
