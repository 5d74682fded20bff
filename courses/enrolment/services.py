"""Publishing tracks, enrolling people, and noticing that everything asked for is done."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from assessments.assignments.models import Assignment
from assessments.assignments.services import assign_all, close_assignment
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
from lms.notifications.services import News, notify, notify_all
from lms.people.models import User
from lms.people.states import PersonStatus

#: People of one read, rows of one INSERT.
BATCH = 500

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


@dataclass(frozen=True)
class Wish:
    """One person who is to take one track, and why."""

    person: User
    track_version: TrackVersion
    reason_zh: str
    reason_en: str

    @property
    def key(self) -> tuple[int, UUID]:
        return self.person.pk, self.track_version.track_key


def enrol_in_track(
    person: User, track_version: TrackVersion, *, reason_zh: str, reason_en: str, actor: User | None, at: datetime
) -> Enrolment:
    """Ask the person to take the track: a row with its due day for each step, an assignment for each quiz and mystery
    call, and a notification. Who takes the track already (in any version) keeps that enrolment, which is returned."""
    return enrol_all([Wish(person, track_version, reason_zh, reason_en)], actor=actor, at=at)[0]


@transaction.atomic
def enrol_all(wishes: Sequence[Wish], *, actor: User | None, at: datetime) -> list[Enrolment]:
    """As `enrol_in_track` for each wish, in few statements however many there are."""
    steps: dict[int, list[TrackStep]] = {}
    found: dict[tuple[int, UUID], Enrolment] = {}
    for some in batched(wishes, BATCH):
        found |= _live_in({wish.key for wish in some})
        new = {wish.key: wish for wish in some if wish.key not in found}
        for version_id in {wish.track_version.pk for wish in new.values()} - steps.keys():
            own = TrackStep.objects.filter(version=version_id).select_related("quiz", "scenario")
            steps[version_id] = list(own.order_by("order"))
        try:
            with transaction.atomic():
                found |= _enrol(list(new.values()), steps, actor=actor, at=at)
        except IntegrityError:  # somebody else enrolled one of them at the same moment
            found |= _live_in(set(new))
            late = [wish for key, wish in new.items() if key not in found]
            found |= _enrol(late, steps, actor=actor, at=at)
    return [found[wish.key] for wish in wishes]


def _enrol(
    wishes: Sequence[Wish], steps: Mapping[int, Sequence[TrackStep]], *, actor: User | None, at: datetime
) -> dict[tuple[int, UUID], Enrolment]:
    enrolments = Enrolment.objects.bulk_create(
        _enrolment_of(wish, steps[wish.track_version.pk], actor=actor, at=at) for wish in wishes
    )
    rows = [
        EnrolmentStep(
            enrolment=enrolment,
            step=step,
            due_on=due_day(enrolment.started_on, step.due_days),
            assignment=_assignment_of(enrolment, step),
        )
        for enrolment in enrolments
        for step in steps[enrolment.track_version.pk]
    ]
    assign_all([row.assignment for row in rows if row.assignment], actor=actor, at=at, is_announced=False)
    for row in rows:
        row.assignment = row.assignment  # it has its id by now
    EnrolmentStep.objects.bulk_create(rows, batch_size=BATCH)
    audit.record_all(
        (audit.Deed("enrolled_in_track", row, reason=row.reason_en) for row in enrolments), actor=actor, at=at
    )
    notify_all((_news_of(row) for row in enrolments), at=at)
    # What was read before counts: a track of courses only may be complete on its first day. Quizzes and mystery calls
    # have begun anew with their assignment.
    readable = {pk for pk, own in steps.items() if all(step.kind == StepKind.COURSE for step in own)}
    _complete_what_is_met([row for row in enrolments if row.track_version.pk in readable], at=at)
    return {wish.key: enrolment for wish, enrolment in zip(wishes, enrolments, strict=True)}


def _enrolment_of(wish: Wish, steps: Sequence[TrackStep], *, actor: User | None, at: datetime) -> Enrolment:
    started_on = _today_of(wish.person, at)
    return Enrolment(
        person=wish.person,
        track_version=wish.track_version,
        reason_zh=wish.reason_zh,
        reason_en=wish.reason_en,
        given_by=actor,
        started_on=started_on,
        due_on=max((due_day(started_on, step.due_days) for step in steps), default=None),
        created_at=at,
    )


def _assignment_of(enrolment: Enrolment, step: TrackStep) -> Assignment | None:
    if step.kind == StepKind.COURSE:
        return None
    return Assignment(
        person=enrolment.person,
        quiz=step.quiz,
        scenario=step.scenario,
        reason_zh=enrolment.track_version.title_zh,
        reason_en=enrolment.track_version.title_en,
        due_on=due_day(enrolment.started_on, step.due_days),
    )


def _news_of(enrolment: Enrolment) -> News:
    person, version = enrolment.person, enrolment.track_version
    return News(
        person,
        kind="enrolled_in_track",
        url=reverse("courses:track-detail", args=[version.slug]),
        params={
            "track": in_language(version, "title", person.language),
            "reason": in_language(enrolment, "reason", person.language),
        },
    )


def _live_in(keys: Set[tuple[int, UUID]]) -> dict[tuple[int, UUID], Enrolment]:
    """The live enrolment of each (person's id, track), where there is one."""
    people, tracks = {person for person, _track in keys}, {track for _person, track in keys}
    rows = Enrolment.objects.live().filter(person__in=people, track_version__track_key__in=tracks)
    found = {(row.person_id, row.track_version.track_key): row for row in rows.select_related("track_version")}
    return {key: found[key] for key in keys & found.keys()}


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


def enrol_by_job_role(person: User, *, at: datetime) -> list[Enrolment]:
    """Enrol the person in every track the job role requires and isn't taken or finished yet; return the new ones.

    Tracks that an earlier job role required end where nothing was begun; what was begun goes on. Idempotent. Tracks
    that aren't published are left out; who has left is asked for nothing new.
    """
    return enrol_all_by_job_role([person], at=at)


@transaction.atomic
def enrol_all_by_job_role(people: Sequence[User], *, at: datetime) -> list[Enrolment]:
    """As `enrol_by_job_role` for each. Whoever is new costs no query of their own."""
    required: defaultdict[int | None, set[UUID]] = defaultdict(set)
    for job_role_id, key in RequiredTrack.objects.values_list("job_role_id", "track_key"):
        required[job_role_id].add(key)
    versions = newest_versions(set().union(*required.values()))
    wishes: list[Wish] = []
    for some in batched(people, BATCH):
        _end_what_is_no_longer_required(some, required, at=at)
        taken: defaultdict[int, set[UUID]] = defaultdict(set)
        kept = Enrolment.objects.filter(person__in=some, track_version__isnull=False, ended_at__isnull=True)
        for person_id, key in kept.values_list("person_id", "track_version__track_key"):
            taken[person_id].add(key)
        wishes += [
            Wish(
                person,
                versions[key],
                reason_zh=f"岗位要求：{person.job_role.name_zh}",
                reason_en=f"Required for your job: {person.job_role.name_en}",
            )
            for person in some
            if person.status != PersonStatus.LEFT
            for key in sorted((required[person.job_role_id] - taken[person.pk]) & versions.keys())
        ]
    return enrol_all(wishes, actor=None, at=at)


def _end_what_is_no_longer_required(
    people: Iterable[User], required: Mapping[int | None, Set[UUID]], *, at: datetime
) -> None:
    asked_of = {person.pk: required[person.job_role_id] for person in people}
    by_job_role = Enrolment.objects.live().filter(
        person__in=asked_of, track_version__isnull=False, given_by__isnull=True
    )
    for enrolment in by_job_role.select_related("track_version", "person"):
        if enrolment.track_version.track_key in asked_of[enrolment.person_id] or _was_begun(enrolment):
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
    return bool(_complete_what_is_met([enrolment], at=at))


def _complete_what_is_met(enrolments: Sequence[Enrolment], *, at: datetime) -> list[Enrolment]:
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
