"""Moving due days: by a roster or a leave, and by hand."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from itertools import batched

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from assessments.assignments.services import set_due_days
from courses.catalogue.queries import lessons
from courses.enrolment.models import DueExtension, Enrolment, EnrolmentStep
from courses.enrolment.queries.dates import due_days_of
from courses.enrolment.rules.dates import moved_due_day
from courses.enrolment.services.enrolling import BATCH, today_of
from lms.audit import services as audit
from lms.kernel.bulk import update_rows
from lms.kernel.states import StaleState
from lms.notifications.services import notify
from lms.people.models import Leave, User


class NotLonger(ValueError):
    """The day asked for gives no more time: it isn't after the present due day, or has passed."""


# --- by a roster or a leave --------------------------------------------------------------------------------------


def follow_availability(people: Collection[int], *, at: datetime) -> list[Enrolment]:
    """Count the due days of the people's live tracks anew, in the days of work that are known now. A due day that
    somebody was told never becomes earlier, whether it was counted or set by hand. Audited; nobody is told of more
    time. Returns the enrolments that have other due days. Few statements whatever the numbers; idempotent."""
    moved: list[Enrolment] = []
    for some in batched(sorted(people), BATCH):
        moved += _follow(some, at=at)
    return moved


def move_due_days_of_absentees(*, at: datetime) -> list[Enrolment]:
    """While a leave goes on nobody knows its end: each day of it moves the due days by one."""
    return follow_availability(
        Leave.objects.filter(to_on__isnull=True).values_list("person_id", flat=True).distinct(), at=at
    )


@transaction.atomic
def _follow(people: Collection[int], *, at: datetime) -> list[Enrolment]:
    live = Enrolment.objects.live().filter(person__in=people, track_version__isnull=False)
    enrolments = list(
        live.select_related("person__site", "track_version").order_by("pk").select_for_update(of=("self",))
    )
    steps: dict[int, list[EnrolmentStep]] = defaultdict(list)
    for row in EnrolmentStep.objects.filter(enrolment__in=enrolments).select_related("step").order_by("step__order"):
        steps[row.enrolment_id].append(row)
    counted = due_days_of([(row, [own.step for own in steps[row.pk]]) for row in enrolments], at=at)
    deeds, moved_steps, moved = [], [], []
    for enrolment, days in zip(enrolments, counted, strict=True):
        changes: dict[str, tuple[date | None, date]] = {}
        for own in steps[enrolment.pk]:
            due_on = moved_due_day(own.due_on, days[own.step_id])
            if due_on != own.due_on:
                changes[f"due_on {own.step.order}"] = (own.due_on, due_on)
                own.due_on = due_on
                moved_steps.append(own)
        if changes:
            moved.append(enrolment)
            enrolment.due_on = max(own.due_on for own in steps[enrolment.pk])
            deeds.append(audit.Deed("due_days_moved", enrolment, changes))
    _write(moved_steps, moved)
    audit.record_all(deeds, actor=None, at=at)
    return moved


def _write(steps: Collection[EnrolmentStep], enrolments: Collection[Enrolment]) -> None:
    update_rows(EnrolmentStep, ["due_on"], [(row.pk, row.due_on) for row in steps])
    update_rows(Enrolment, ["due_on"], [(row.pk, row.due_on) for row in enrolments])
    set_due_days({row.assignment_id: row.due_on for row in steps if row.assignment_id})


# --- by hand -----------------------------------------------------------------------------------------------------


@transaction.atomic
def extend_due_day(
    target: Enrolment | EnrolmentStep, *, due_on: date, reason: str, actor: User, at: datetime
) -> DueExtension:
    """Give the person longer: for one step, for a single lesson, or for a whole track, of which every step then is due
    so many days later. Keeps the row with the reason, audits it, and tells the person. What comes after (a roster, a
    leave) never makes the day earlier.

    Raises ValueError without a reason, NotLonger, and StaleState where nothing is asked for any more.
    """
    if not reason.strip():
        raise ValueError("an extension gives its reason")
    step = target if isinstance(target, EnrolmentStep) else None
    enrolment_id = step.enrolment_id if step else target.pk
    enrolment = (
        Enrolment.objects.live()
        .filter(pk=enrolment_id)
        .select_related("person__site", "track_version")
        .select_for_update(of=("self",))
        .first()
    )
    if enrolment is None:
        raise StaleState("nothing is asked for any more")
    steps = list(enrolment.steps.select_related("step__quiz", "step__scenario"))
    moved = [row for row in steps if step is None or row.pk == step.pk]
    from_on = moved[0].due_on if step else enrolment.due_on
    if due_on < today_of(enrolment.person, at) or (from_on is not None and due_on <= from_on):
        raise NotLonger(str(due_on))
    longer = due_on - from_on if from_on else timedelta()
    for row in moved:
        row.due_on += longer
    enrolment.due_on = max((row.due_on for row in steps), default=due_on)
    _write(moved, [enrolment])
    extension = DueExtension.objects.create(
        enrolment=enrolment,
        step=moved[0] if step else None,
        from_on=from_on,
        due_on=due_on,
        reason=reason.strip(),
        given_by=actor,
        given_at=at,
    )
    audit.record(
        actor=actor,
        action="due_day_extended",
        subject=enrolment,
        at=at,
        changes={f"due_on {moved[0].step.order}" if step else "due_on": (from_on, due_on)},
        reason=extension.reason,
    )
    _tell(extension, at=at)
    target.refresh_from_db(fields=["due_on"])
    return extension


def _tell(extension: DueExtension, *, at: datetime) -> None:
    enrolment = extension.enrolment
    row = (
        None
        if enrolment.track_version
        else lessons(enrolment.person.language, [enrolment.lesson_key]).get(enrolment.lesson_key)
    )
    if enrolment.track_version:
        url = reverse("courses:track-detail", args=[enrolment.track_version.slug])
        titles = {"what_zh": enrolment.track_version.title_zh, "what_en": enrolment.track_version.title_en}
    else:
        url = row.url if row else reverse("courses:course-list")
        titles = {"what": row.title if row else enrolment.reason}
    notify(
        enrolment.person,
        kind="due_day_extended",
        at=at,
        url=url,
        params={**titles, **day_in_words(extension.due_on, "until"), "reason": extension.reason},
    )


def day_in_words(day: date, name: str) -> dict[str, str]:
    """The day for the params of a notification, in both languages."""
    words = {}
    for suffix, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            words[f"{name}_{suffix}"] = date_format(day, "DATE_FORMAT")
    return words
