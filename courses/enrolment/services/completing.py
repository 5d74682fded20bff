"""Noticing that everything asked for is done."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from courses import events
from courses.catalogue.models import LessonPage
from courses.enrolment.models import Enrolment
from courses.enrolment.queries.progress import progress_of
from courses.progress.models import LessonCompletion
from courses.progress.services import finish_again
from lms.audit import services as audit
from lms.people.models import User


def complete_if_met(enrolment: Enrolment, at: datetime) -> bool:
    """Complete a live enrolment in a track when every step is done, and announce it once. True when it was this call
    that completed it; of two at the same moment one does."""
    if enrolment.track_version_id is None or enrolment.completed_at or enrolment.ended_at:
        return False
    return bool(complete_what_is_met([enrolment], at=at))


def complete_what_is_met(enrolments: Sequence[Enrolment], *, at: datetime) -> list[Enrolment]:
    """Those of the live enrolments in tracks that this call completed."""
    if not enrolments:
        return []
    progress = progress_of(enrolments, at=at)
    return [row for row in enrolments if progress[row.pk].is_complete and _complete(row, at=at)]


@transaction.atomic
def _complete(enrolment: Enrolment, *, at: datetime) -> bool:
    if not Enrolment.objects.live().filter(pk=enrolment.pk).update(completed_at=at):
        return False
    enrolment.completed_at = at
    audit.record(
        actor=None, action="enrolment_completed", subject=enrolment, at=at, changes={"completed_at": (None, at)}
    )
    events.enrolment_completed.send(sender=Enrolment, enrolment=enrolment, at=at)
    return True


def read_anew(completion: LessonCompletion, lesson: LessonPage, *, at: datetime) -> None:
    """A renewal asks for lessons that were finished before: keep that this one was read once more."""
    anew = Enrolment.objects.live().filter(person=completion.person_id, counts_from__isnull=False)
    since = anew.aggregate(since=Max("counts_from"))["since"]
    if since is None:
        return
    own = LessonCompletion.objects.filter(person=completion.person_id, lesson_key=completion.lesson_key)
    if not own.filter(completed_at__gte=since).exists():
        finish_again(completion, lesson, at=at)


def refresh_enrolments(person: User, *, at: datetime) -> None:
    """Complete every live track of the person whose last step is done now."""
    for enrolment in Enrolment.objects.live().filter(person=person, track_version__isnull=False):
        complete_if_met(enrolment, at)


@transaction.atomic
def close_lesson_enrolments(completion: LessonCompletion, *, at: datetime) -> None:
    """The single lesson that was asked for is read."""
    for enrolment in Enrolment.objects.live().filter(person=completion.person_id, lesson_key=completion.lesson_key):
        if Enrolment.objects.live().filter(pk=enrolment.pk).update(completed_at=at):
            audit.record(
                actor=None, action="enrolment_completed", subject=enrolment, at=at, changes={"completed_at": (None, at)}
            )
