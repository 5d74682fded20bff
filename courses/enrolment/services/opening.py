"""Opening the steps of a track when their time has come, and letting go of electives that aren't needed any more."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from assessments.assignments.models import Assignment
from assessments.assignments.services import assign_all, close_all
from assessments.attempts.models import Attempt
from assessments.roleplay.models import MysteryCall
from assessments.roleplay.states import OPEN
from courses.catalogue.states import READING
from courses.enrolment.models import Enrolment, EnrolmentStep
from courses.enrolment.queries.steps import TrackProgress
from lms.kernel.bilingual import in_language
from lms.notifications.services import News, notify_all

#: Rows of one UPDATE.
BATCH = 500


@transaction.atomic
def open_steps(enrolments: Sequence[Enrolment], progress: Mapping[int, TrackProgress], *, at: datetime) -> None:
    """Give the quizzes and mystery calls whose step is open now, close those of electives that aren't needed any more,
    and give these anew where they are needed after all (a result was taken back). Nothing that runs is cut short.

    `progress` is how far each enrolment is now. Idempotent; in few statements however many enrolments there are. An
    enrolment that waited for another track is open from now on, and its person is told.
    """
    rows = {row.pk: row for row in enrolments}
    _note_opened(list(rows.values()), progress, at=at)
    steps = {step.pk: step for pk in rows for step in progress[pk].steps if step.kind not in READING}
    asked = (
        EnrolmentStep.objects.filter(pk__in=steps)
        .select_for_update(of=("self",))
        .select_related("step__quiz", "step__scenario", "assignment__quiz", "assignment__scenario")
        .order_by("pk")
    )
    missing, spare, waived = [], [], []
    for row in asked:
        step, is_live = steps[row.pk], rows[row.enrolment_id].completed_at is None
        row.enrolment = rows[row.enrolment_id]
        is_given = row.assignment is not None and row.released_at is None
        if not is_given and is_live and step.is_needed and not step.done and step.is_open:
            missing.append(row)
        elif is_given and row.assignment.closed_at is None and step.is_waived:
            waived.append(row)
        elif is_given and not step.is_needed and row.assignment.closed_at is None:
            spare.append(row)
    _give(missing, at=at)
    _release(spare, at=at, reason="Enough others of its group are done")
    _release(waived, at=at, reason="The step is waived")


def assignment_for(row: EnrolmentStep) -> Assignment:
    """What the step gives, still to be written: with the enrolment's reason and the step's due day."""
    version = row.enrolment.track_version
    return Assignment(
        person=row.enrolment.person,
        quiz=row.step.quiz,
        scenario=row.step.scenario,
        is_required=not row.step.group_key,
        reason_zh=version.title_zh,
        reason_en=version.title_en,
        due_on=row.due_on,
    )


def _give(rows: Sequence[EnrolmentStep], *, at: datetime) -> None:
    given = assign_all([assignment_for(row) for row in rows], actor=None, at=at, is_announced=False)
    for row, assignment in zip(rows, given, strict=True):
        row.assignment, row.released_at = assignment, None
    EnrolmentStep.objects.bulk_update(rows, ["assignment", "released_at"], batch_size=BATCH)


def _release(rows: Sequence[EnrolmentStep], *, at: datetime, reason: str) -> None:
    if not rows:
        return
    ids = [row.assignment_id for row in rows]
    busy = {
        *Attempt.objects.unfinished().filter(assignment__in=ids).values_list("assignment", flat=True),
        *MysteryCall.objects.filter(assignment__in=ids, state__in=OPEN).values_list("assignment", flat=True),
    }
    spare = [row for row in rows if row.assignment_id not in busy]
    close_all([row.assignment for row in spare], actor=None, at=at, reason=reason)
    EnrolmentStep.objects.filter(pk__in=[row.pk for row in spare]).update(released_at=at)


def _note_opened(enrolments: Sequence[Enrolment], progress: Mapping[int, TrackProgress], *, at: datetime) -> None:
    """Keep since when nothing comes before any more, and tell those who waited."""
    free = [
        row
        for row in enrolments
        if row.opened_at is None and row.track_version.prerequisites.all() and not progress[row.pk].waits_for
    ]
    Enrolment.objects.filter(pk__in=[row.pk for row in free], opened_at__isnull=True).update(opened_at=at)
    for row in free:
        row.opened_at = at
    notify_all((_news_of(row) for row in free if row.created_at < at), at=at)


def _news_of(enrolment: Enrolment) -> News:
    version = enrolment.track_version
    return News(
        enrolment.person,
        kind="track_opened",
        url=reverse("courses:track-detail", args=[version.slug]),
        params={"track": in_language(version, "title", enrolment.person.language)},
    )
