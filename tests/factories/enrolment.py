"""Who takes what. Made by the services, as everybody's are."""

from datetime import datetime

from courses.catalogue.models import CoursePage, LessonPage, TrackPage
from courses.enrolment.models import Enrolment, RequiredTrack, TrackVersion
from courses.enrolment.queries.tracks import newest_versions
from courses.enrolment.services.enrolling import enrol_in_track
from courses.progress.services import complete_lesson
from lms.people.models import JobRole, User
from tests.conftest import MON_9


def version_of(track: TrackPage) -> TrackVersion:
    """The newest published version of the track."""
    return newest_versions([track.translation_key])[track.translation_key]


def enrol(person: User, track: TrackPage, *, actor: User | None = None, at: datetime = MON_9) -> Enrolment:
    return enrol_in_track(person, version_of(track), reason_zh="入职培训", reason_en="Onboarding", actor=actor, at=at)


def require_track(job_role: JobRole, track: TrackPage) -> RequiredTrack:
    return RequiredTrack.objects.create(job_role=job_role, track_key=track.translation_key)


def lessons_of(course: CoursePage) -> list[LessonPage]:
    """The course's lessons in its own language, in their order."""
    return list(LessonPage.objects.child_of(course).order_by("path"))


def read_course(person: User, course: CoursePage, *, at: datetime = MON_9) -> None:
    """Finish every lesson of the course."""
    for lesson in lessons_of(course):
        complete_lesson(person, lesson, at=at)
