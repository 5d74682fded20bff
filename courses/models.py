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
from courses.progress.models import LessonCompletion, LessonVisit, MaterialChange, Recheck
from courses.reviews.models import PeerReviewTask, PublishingRule
from courses.translations.models import TranslationState

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
    "MaterialChange",
    "PeerReviewTask",
    "Phrase",
    "PublishingRule",
    "Recheck",
    "Rendition",
    "RequiredTrack",
    "Term",
    "TrackPage",
    "TrackPageStep",
    "TrackStep",
    "TrackVersion",
    "TranslationState",
]  # fmt: skip
