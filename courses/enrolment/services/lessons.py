"""Asking people to read single lessons."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from courses.catalogue.queries import lessons
from courses.enrolment.models import Enrolment
from courses.enrolment.services.enrolling import today_of
from lms.audit import services as audit
from lms.kernel.bilingual import in_language
from lms.notifications.services import notify
from lms.people.models import User


@transaction.atomic
def assign_lesson(
    person: User,
    lesson_key: UUID,
    *,
    due_on: date | None,
    reason_zh: str,
    reason_en: str,
    actor: User | None,
    at: datetime,
) -> Enrolment:
    """Ask the person to read one lesson, also when it was read before, and tell them. A lesson that is asked for
    already is asked for once: the row is returned, with the earlier of the two due days. Raises ValueError for a lesson
    that isn't published in any language."""
    row = lessons(person.language, [lesson_key]).get(lesson_key)
    if row is None:
        raise ValueError(f"No published lesson {lesson_key}")
    present = Enrolment.objects.live().filter(person=person, lesson_key=lesson_key).first()
    if present:
        if due_on and (present.due_on is None or due_on < present.due_on):
            present.due_on = due_on
            present.save(update_fields=["due_on"])
        return present
    enrolment = Enrolment.objects.create(
        person=person,
        lesson_key=lesson_key,
        reason_zh=reason_zh,
        reason_en=reason_en,
        given_by=actor,
        started_on=today_of(person, at),
        due_on=due_on,
        created_at=at,
    )
    audit.record(actor=actor, action="lesson_assigned", subject=enrolment, at=at, reason=reason_en)
    notify(
        person,
        kind="lesson_assigned",
        at=at,
        url=row.url,
        params={"lesson": row.title, "reason": in_language(enrolment, "reason", person.language)},
    )
    return enrolment


@transaction.atomic
def withdraw_lesson(enrolment: Enrolment, *, actor: User | None, at: datetime) -> Enrolment:
    """The single lesson is no longer asked for. One that was read, or withdrawn before, stays as it is."""
    if Enrolment.objects.live().filter(pk=enrolment.pk, lesson_key__isnull=False).update(ended_at=at):
        enrolment.ended_at = at
        audit.record(actor=actor, action="enrolment_ended", subject=enrolment, at=at, changes={"ended_at": (None, at)})
    return enrolment
