"""What a job asks for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from itertools import batched
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from assessments.assignments.services import close_assignment
from assessments.attempts.models import Attempt
from assessments.roleplay.models import MysteryCall
from courses.catalogue.queries import courses
from courses.catalogue.states import StepKind
from courses.enrolment.models import Enrolment, RequiredTrack
from courses.enrolment.queries.tracks import newest_versions
from courses.enrolment.services.enrolling import BATCH, Wish, enrol_all
from courses.progress.models import LessonCompletion, LessonVisit
from lms.audit import services as audit
from lms.people.models import User
from lms.people.states import PersonStatus


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
        key = enrolment.for_track_key or enrolment.track_version.track_key
        if key in asked_of[enrolment.person_id] or _was_begun(enrolment):
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
