"""Noticing that everything asked for is done."""

from collections.abc import Sequence
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from courses import events
from courses.catalogue.models import LessonPage
from courses.enrolment.models import Enrolment, EnrolmentStep, TrackGroup, TrackPrerequisite
from courses.enrolment.queries.progress import progress_of
from courses.enrolment.services.opening import BATCH, open_steps
from courses.progress.models import LessonCompletion
from courses.progress.services import finish_again
from lms.audit import services as audit
from lms.people.models import User


def complete_if_met(enrolment: Enrolment, at: datetime) -> bool:
    """Complete a live enrolment in a track when every step is done, and announce it once. True when it was this call
    that completed it; of two at the same moment one does."""
    if enrolment.track_version_id is None or enrolment.completed_at or enrolment.ended_at:
        return False
    return bool(bring_up_to_date([enrolment], at=at))


@transaction.atomic
def bring_up_to_date(enrolments: Sequence[Enrolment], *, at: datetime) -> list[Enrolment]:
    """Of the live enrolments in tracks complete those in which everything is done, and open in the others what is open
    now (see `open_steps`). Returns those that this call completed."""
    if not enrolments:
        return []
    progress = progress_of(enrolments, at=at)
    completed = [row for row in enrolments if progress[row.pk].is_complete and _complete(row, at=at)]
    open_steps(enrolments, progress, at=at)
    return completed


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
    """Complete every live track of the person whose last step is done now, and open in the others what comes next.

    Of a track that is complete an elective may have been going on: it is let go of when it is over."""
    going_on = EnrolmentStep.objects.filter(
        enrolment=OuterRef("pk"), released_at__isnull=True, assignment__closed_at__isnull=True
    )
    late = Enrolment.objects.filter(
        Exists(going_on.exclude(step__group_key="")), completed_at__isnull=False, ended_at__isnull=True, person=person
    )
    live = list(_live_tracks().filter(person=person))
    bring_up_to_date([*live, *late.select_related("person__site", "track_version")], at=at)


def open_what_follows(enrolment: Enrolment, *, at: datetime) -> None:
    """The track is completed: what waited for it may begin."""
    key = enrolment.track_version.track_key
    waiting = _live_tracks().filter(person=enrolment.person_id, opened_at__isnull=True)
    bring_up_to_date(list(waiting.filter(track_version__prerequisites__track_key=key).distinct()), at=at)


def refresh_ordered_enrolments(*, at: datetime) -> None:
    """For everybody: steps may open because a page was unpublished or an appointment called off, which nobody
    announces."""
    ruled = _live_tracks().filter(
        Q(track_version__is_ordered=True)
        | Exists(TrackGroup.objects.filter(version=OuterRef("track_version")))
        | Exists(TrackPrerequisite.objects.filter(version=OuterRef("track_version")))
    )
    for some in batched(ruled.order_by("pk").iterator(BATCH), BATCH):
        bring_up_to_date(some, at=at)


def _live_tracks() -> QuerySet[Enrolment]:
    live = Enrolment.objects.live().filter(track_version__isnull=False)
    return live.select_related("person__site", "track_version").order_by("created_at", "pk")


@transaction.atomic
def close_lesson_enrolments(completion: LessonCompletion, *, at: datetime) -> None:
    """The single lesson that was asked for is read."""
    for enrolment in Enrolment.objects.live().filter(person=completion.person_id, lesson_key=completion.lesson_key):
        if Enrolment.objects.live().filter(pk=enrolment.pk).update(completed_at=at):
            audit.record(
                actor=None, action="enrolment_completed", subject=enrolment, at=at, changes={"completed_at": (None, at)}
            )
