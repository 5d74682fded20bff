"""Publishing tracks, enrolling people, and noticing that everything asked for is done."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from assessments.assignments.services import assign_mystery_call, assign_quiz, close_assignment
from assessments.attempts.models import Attempt
from assessments.roleplay.models import MysteryCall
from courses import events
from courses.catalogue.models import TrackPage
from courses.catalogue.queries import courses, lessons
from courses.catalogue.states import StepKind
from courses.enrolment.models import Enrolment, EnrolmentStep, RequiredTrack, TrackStep, TrackVersion
from courses.enrolment.queries import newest_versions, progress_of
from courses.enrolment.rules import StepRule, TrackRules, due_day
from courses.progress.models import LessonCompletion, LessonVisit
from lms.audit import services as audit
from lms.kernel.bilingual import in_language
from lms.notifications.services import notify
from lms.people.models import User
from lms.people.states import PersonStatus

# --- tracks --------------------------------------------------------------------------------------------------


@transaction.atomic
def publish_track_version(page: TrackPage, *, actor: User | None, at: datetime) -> TrackVersion | None:
    """Freeze the rules of a published track as its next version, and return the newest one; None while the source page
    has never been published.

    The rules are those of the source page, whichever language was published. Where they are the same as the newest
    version's, that one stays and only takes over titles and address, which are words, not rules. People go on under
    the version they were enrolled in. Audited when a version is made.
    """
    source = page.source
    newest = TrackVersion.objects.filter(track_key=page.translation_key).order_by("-number").first()
    if not source.live:
        return newest
    words = _words_of(source)
    rules = _rules_of_page(source)
    if newest and _rules_of_version(newest) == rules:
        TrackVersion.objects.filter(pk=newest.pk).update(**words)
        newest.refresh_from_db()
        return newest
    version = TrackVersion.objects.create(
        track_key=page.translation_key,
        number=newest.number + 1 if newest else 1,
        validity_months=rules.validity_months,
        published_at=at,
        **words,
    )
    TrackStep.objects.bulk_create(
        TrackStep(
            version=version,
            order=order,
            kind=step.kind,
            course_key=step.course_key,
            quiz_id=step.quiz_id,
            scenario_id=step.scenario_id,
            due_days=step.due_days,
        )
        for order, step in enumerate(rules.steps, 1)
    )
    audit.record(
        actor=actor,
        action="track_version_published",
        subject=version,
        at=at,
        changes={"version": (newest.number if newest else None, version.number)},
    )
    return version


def _words_of(source: TrackPage) -> dict[str, str]:
    titles = {source.locale.language_code: source.title}
    for page in source.get_translations().live().select_related("locale"):
        titles[page.locale.language_code] = page.title
    return {
        "slug": source.slug,
        "title_zh": titles.get("zh-hans", source.title),
        "title_en": titles.get("en", source.title),
    }


def _rules_of_page(page: TrackPage) -> TrackRules:
    steps = page.steps.select_related("course").order_by("sort_order", "pk")
    return TrackRules(
        validity_months=page.validity_months,
        steps=tuple(
            StepRule(
                kind=step.kind,
                course_key=step.course.translation_key if step.course else None,
                quiz_id=step.quiz_id,
                scenario_id=step.scenario_id,
                due_days=step.due_days,
            )
            for step in steps
        ),
    )


def _rules_of_version(version: TrackVersion) -> TrackRules:
    fields = ("kind", "course_key", "quiz_id", "scenario_id", "due_days")
    return TrackRules(
        validity_months=version.validity_months,
        steps=tuple(StepRule(*row) for row in version.steps.order_by("order").values_list(*fields)),
    )


# --- enrolling -----------------------------------------------------------------------------------------------


@transaction.atomic
def enrol_in_track(
    person: User, track_version: TrackVersion, *, reason_zh: str, reason_en: str, actor: User | None, at: datetime
) -> Enrolment:
    """Ask the person to take the track: a row with its due day for each step, an assignment for each quiz and mystery
    call, and a notification. Who takes the track already (in any version) keeps that enrolment, which is returned."""
    present = _live_in(person, track_version.track_key)
    if present:
        return present
    started_on = _today_of(person, at)
    steps = list(track_version.steps.select_related("quiz", "scenario").order_by("order"))
    try:
        with transaction.atomic():
            enrolment = Enrolment.objects.create(
                person=person,
                track_version=track_version,
                reason_zh=reason_zh,
                reason_en=reason_en,
                given_by=actor,
                started_on=started_on,
                due_on=max((due_day(started_on, step.due_days) for step in steps), default=None),
                created_at=at,
            )
    except IntegrityError:  # somebody else enrolled the person at the same moment
        return Enrolment.objects.live().get(person=person, track_version=track_version)
    for step in steps:
        due_on = due_day(started_on, step.due_days)
        assignment = _assign(person, step, track_version, due_on=due_on, actor=actor, at=at)
        EnrolmentStep.objects.create(enrolment=enrolment, step=step, due_on=due_on, assignment=assignment)
    audit.record(actor=actor, action="enrolled_in_track", subject=enrolment, at=at, reason=reason_en)
    notify(
        person,
        kind="enrolled_in_track",
        at=at,
        url=reverse("courses:track-detail", args=[track_version.slug]),
        params={
            "track": in_language(track_version, "title", person.language),
            "reason": in_language(enrolment, "reason", person.language),
        },
    )
    # What was learnt before counts; a track may be complete on its first day.
    complete_if_met(enrolment, at)
    return enrolment


def _assign(person: User, step: TrackStep, version: TrackVersion, *, due_on: date, actor: User | None, at: datetime):
    given = {"reason_zh": version.title_zh, "reason_en": version.title_en, "actor": actor, "at": at, "due_on": due_on}
    if step.kind == StepKind.QUIZ:
        return assign_quiz(person, step.quiz, **given)
    if step.kind == StepKind.MYSTERY_CALL:
        return assign_mystery_call(person, step.scenario, **given)
    return None


def _live_in(person: User, track_key: UUID) -> Enrolment | None:
    return Enrolment.objects.live().filter(person=person, track_version__track_key=track_key).first()


def _today_of(person: User, at: datetime) -> date:
    return at.astimezone(ZoneInfo(person.time_zone)).date()


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
        started_on=_today_of(person, at),
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


@transaction.atomic
def enrol_by_job_role(person: User, *, at: datetime) -> list[Enrolment]:
    """Enrol the person in every track the job role requires and isn't taken or finished yet; return the new ones.

    Tracks that an earlier job role required end where nothing was begun; what was begun goes on. Idempotent. Tracks
    that aren't published are left out; who has left is asked for nothing new.
    """
    required = set(RequiredTrack.objects.filter(job_role=person.job_role_id).values_list("track_key", flat=True))
    _end_what_is_no_longer_required(person, required, at=at)
    if person.status == PersonStatus.LEFT:
        return []
    taken = set(
        Enrolment.objects.filter(
            person=person, track_version__track_key__in=required, ended_at__isnull=True
        ).values_list("track_version__track_key", flat=True)
    )
    role = person.job_role
    return [
        enrol_in_track(
            person,
            version,
            reason_zh=f"岗位要求：{role.name_zh}",
            reason_en=f"Required for your job: {role.name_en}",
            actor=None,
            at=at,
        )
        for key, version in newest_versions(required - taken).items()
    ]


def _end_what_is_no_longer_required(person: User, required: set[UUID], *, at: datetime) -> None:
    by_job_role = Enrolment.objects.live().filter(person=person, track_version__isnull=False, given_by__isnull=True)
    for enrolment in by_job_role.exclude(track_version__track_key__in=required).select_related("track_version"):
        if _was_begun(enrolment):
            continue
        ended = Enrolment.objects.live().filter(pk=enrolment.pk).update(ended_at=at)
        if ended:
            for step in enrolment.steps.filter(assignment__isnull=False).select_related("assignment"):
                close_assignment(step.assignment, actor=None, at=at)
            audit.record(
                actor=None, action="enrolment_ended", subject=enrolment, at=at, changes={"ended_at": (None, at)}
            )


def _was_begun(enrolment: Enrolment) -> bool:
    """Something was read, sat or called for it since it was asked for."""
    begun = enrolment.steps.filter(
        Exists(Attempt.objects.filter(assignment=OuterRef("assignment")))
        | Exists(MysteryCall.objects.filter(assignment=OuterRef("assignment")))
    )
    if begun.exists():
        return True
    course_keys = set(enrolment.steps.filter(step__kind=StepKind.COURSE).values_list("step__course_key", flat=True))
    keys = [
        lesson.key
        for course in courses(enrolment.person.language, keys=course_keys).values()
        for lesson in course.lessons
    ]
    own = Q(person=enrolment.person_id, lesson_key__in=keys)
    return (
        LessonCompletion.objects.filter(own, completed_at__gte=enrolment.created_at).exists()
        or LessonVisit.objects.filter(own, last_seen_at__gte=enrolment.created_at).exists()
    )


# --- done ----------------------------------------------------------------------------------------------------


def complete_if_met(enrolment: Enrolment, at: datetime) -> bool:
    """Complete a live enrolment in a track when every step is done, and announce it once. True when it was this call
    that completed it; of two at the same moment one does."""
    if enrolment.track_version_id is None or enrolment.completed_at or enrolment.ended_at:
        return False
    if not progress_of([enrolment], at=at)[enrolment.pk].is_complete:
        return False
    with transaction.atomic():
        if not Enrolment.objects.live().filter(pk=enrolment.pk).update(completed_at=at):
            return False
        enrolment.completed_at = at
        audit.record(
            actor=None, action="enrolment_completed", subject=enrolment, at=at, changes={"completed_at": (None, at)}
        )
        events.enrolment_completed.send(sender=Enrolment, enrolment=enrolment, at=at)
    return True


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
