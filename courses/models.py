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
    TrackPageAudience,
    TrackPageGroup,
    TrackPagePrerequisite,
    TrackPageStep,
)
from courses.certificates.models import Certificate
from courses.enrolment.models import (
    Enrolment,
    EnrolmentStep,
    RequiredTrack,
    TrackAudience,
    TrackGroup,
    TrackPrerequisite,
    TrackStep,
    TrackVersion,
)
from courses.progress.models import LessonCompletion, LessonVisit

__all__ = [
    "CataloguePage",
    "Certificate",
    "CourseDocument",
    "CourseImage",
    "CourseMedia",
    "CoursePage",
    "Enrolment",
    "EnrolmentStep",
    "LessonCompletion",
    "LessonPage",
    "LessonVisit",
    "Phrase",
    "Rendition",
    "RequiredTrack",
    "Term",
    "TrackAudience",
    "TrackGroup",
    "TrackPage",
    "TrackPageAudience",
    "TrackPageGroup",
    "TrackPagePrerequisite",
    "TrackPageStep",
    "TrackPrerequisite",
    "TrackStep",
    "TrackVersion",
]  # fmt: skip
