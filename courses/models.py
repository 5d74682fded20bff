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
from courses.certificates.models import Certificate, Renewal
from courses.enrolment.models import DueExtension, Enrolment, EnrolmentStep, RequiredTrack, TrackStep, TrackVersion
from courses.progress.models import LessonCompletion, LessonVisit, MaterialChange, Recheck, StudyDay
from courses.reviews.models import PeerReviewTask, PublishingRule
from courses.translations.models import TranslationState

__all__ = [
    "CataloguePage",
    "Certificate",
    "CourseDocument",
    "CourseImage",
    "CourseMedia",
    "CoursePage",
    "DueExtension",
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
    "Renewal",
    "RequiredTrack",
    "StudyDay",
    "Term",
    "TrackPage",
    "TrackPageStep",
    "TrackStep",
    "TrackVersion",
    "TranslationState",
]  # fmt: skip
