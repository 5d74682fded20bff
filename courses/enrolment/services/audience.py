"""Whom a track is for: asking those who fit, and letting go of those who no longer do."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from assessments.assignments.services import close_all
from assessments.attempts.models import Attempt
from assessments.roleplay.models import MysteryCall
from courses.catalogue.models import TrackPage
from courses.catalogue.queries import candidates, courses, fits_of
from courses.catalogue.rules.tracks import Candidate, Fit, first_fit
from courses.enrolment.models import Enrolment, EnrolmentStep, RequiredTrack, TrackAudience
from courses.enrolment.queries.tracks import newest_versions
from courses.enrolment.services.enrolling import BATCH, Wish, enrol_all
from courses.progress.models import LessonCompletion, LessonVisit
from lms.audit import services as audit
from lms.people.models import User
from lms.people.states import PersonStatus

_FIELDS = ("job_role", "team", "site", "person", "hired_from", "hired_until")


@transaction.atomic
def publish_audience(page: TrackPage, *, actor: User | None, at: datetime) -> bool:
    """Take over for whom the track is from its source page, as it was published. True when that is another rule than
    before; `apply_audience` then asks everybody anew. Audited."""
    source = page.source
    if not source.live:
        return False
    rows = [
        {name: getattr(row, name) for name in _FIELDS}
        for row in source.audience.select_related("job_role", "team", "site", "person").order_by("sort_order", "pk")
    ]
    before = TrackAudience.objects.filter(track_key=page.translation_key).select_related(*_FIELDS[:4])
    known = [{name: getattr(row, name) for name in _FIELDS} for row in before]
    if rows == known:
        return False
    before.delete()
    TrackAudience.objects.bulk_create(TrackAudience(track_key=page.translation_key, **row) for row in rows)
    audit.record(
        actor=actor,
        action="track_audience_changed",
        subject=source,
        at=at,
        changes={"audience": ("; ".join(map(_said, known)), "; ".join(map(_said, rows)))},
    )
    return True


def _said(row: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.items() if value is not None)


@transaction.atomic
def apply_audience(track_key: UUID, *, at: datetime) -> list[Enrolment]:
    """Enrol everybody working whom the track is for now, and let go of those whom it isn't for any more. Returns the
    new enrolments. Idempotent."""
    concerned = Q(pk__in=_by_rule([track_key]).values("person"))
    rules = _Rules.read(only=track_key)
    if rules.fits.get(track_key):
        concerned |= Q(pk__isnull=False)
    return _ask(User.objects.filter(concerned).select_related("site", "job_role"), rules, at=at, with_job_roles=False)


@transaction.atomic
def apply_audiences(*, at: datetime) -> list[Enrolment]:
    """As `apply_audience` for every track: a place in a team, or a day of a rule, may begin without any news."""
    rules = _Rules.read()
    if not rules.fits:
        return []
    return _ask(User.objects.select_related("site", "job_role"), rules, at=at, with_job_roles=False)


def enrol_by_rule(person: User, *, at: datetime, with_job_roles: bool = True) -> list[Enrolment]:
    """Enrol the person in every track that is for somebody like that and isn't taken or finished yet; return the new
    ones.

    Tracks that an earlier job role, team or site asked for end where nothing was begun; what was begun goes on.
    Idempotent. Tracks that aren't published are left out; who has left is asked for nothing new.
    """
    return enrol_all_by_rule([person], at=at, with_job_roles=with_job_roles)


@transaction.atomic
def enrol_all_by_rule(people: Sequence[User], *, at: datetime, with_job_roles: bool = True) -> list[Enrolment]:
    """As `enrol_by_rule` for each. Whoever is new costs no query of their own.

    `with_job_roles` False: what the curriculum requires of a job role isn't asked for anew – it is asked when somebody
    joins or gets the job, not of everybody who has had it for years and moves.
    """
    return _ask(people, _Rules.read(), at=at, with_job_roles=with_job_roles)


@dataclass(frozen=True)
class _Rules:
    """For whom each track is, and what the curriculum requires of each job role (by id)."""

    fits: Mapping[UUID, Sequence[Fit]]
    rows: Mapping[tuple[UUID, Fit], TrackAudience]
    required: Mapping[int | None, Collection[UUID]]
    only: UUID | None

    @classmethod
    def read(cls, *, only: UUID | None = None) -> "_Rules":
        """Two queries. `only`: the rules of one track."""
        asked = {"track_key": only} if only else {}
        required: defaultdict[int | None, set[UUID]] = defaultdict(set)
        for job_role_id, key in RequiredTrack.objects.filter(**asked).values_list("job_role_id", "track_key"):
            required[job_role_id].add(key)
        fits: defaultdict[UUID, list[Fit]] = defaultdict(list)
        rows: dict[tuple[UUID, Fit], TrackAudience] = {}
        for row in TrackAudience.objects.filter(**asked).select_related("job_role", "team", "site"):
            [fit] = fits_of([row])
            fits[row.track_key].append(fit)
            rows.setdefault((row.track_key, fit), row)
        return cls(fits, rows, required, only)

    @property
    def tracks(self) -> set[UUID]:
        """Those about which something is laid down, and the one that is asked about."""
        return set(self.fits).union(*self.required.values(), {self.only} - {None})

    def meant(self, who: Candidate) -> dict[UUID, TrackAudience]:
        """The tracks that are for this person, with the rule that says so."""
        found = {key: first_fit(fits, who) for key, fits in self.fits.items()}
        return {key: self.rows[key, fit] for key, fit in found.items() if fit}


def _ask(people: Iterable[User], rules: _Rules, *, at: datetime, with_job_roles: bool) -> list[Enrolment]:
    versions = newest_versions(rules.tracks)
    wishes: list[Wish] = []
    for some in batched(people, BATCH):
        known = candidates(some, at=at)
        meant = {person.pk: rules.meant(known[person.pk]) for person in some}
        required = {person.pk: set(rules.required.get(person.job_role_id, ())) for person in some}
        _let_go(some, {pk: required[pk] | meant[pk].keys() for pk in required}, tracks=rules.tracks, at=at)
        taken: defaultdict[int, set[UUID]] = defaultdict(set)
        kept = Enrolment.objects.filter(person__in=some, track_version__isnull=False, ended_at__isnull=True)
        for person_id, key in kept.values_list("person_id", "track_version__track_key"):
            taken[person_id].add(key)
        for person in some:
            if person.status == PersonStatus.LEFT:
                continue
            asked = meant[person.pk].keys() | (required[person.pk] if with_job_roles else set())
            for key in sorted((asked - taken[person.pk]) & versions.keys()):
                row = None if with_job_roles and key in required[person.pk] else meant[person.pk][key]
                reason_zh, reason_en = _why(person, row)
                wishes.append(Wish(person, versions[key], reason_zh=reason_zh, reason_en=reason_en))
    return enrol_all(wishes, actor=None, at=at)


def _why(person: User, row: TrackAudience | None) -> tuple[str, str]:
    """The reason in both languages; `row` None: the curriculum requires it of the job role."""
    job_role = row.job_role if row else person.job_role
    if row is not None and row.person_id:
        return "为您指定", "Chosen for you"
    if job_role is not None:
        return f"岗位要求：{job_role.name_zh}", f"Required for your job: {job_role.name_en}"
    if row is not None and row.team:
        return f"班组要求：{row.team}", f"Required in your team: {row.team}"
    if row is not None and row.site:
        return f"职场要求：{row.site}", f"Required at your site: {row.site}"
    return "新员工要求", "Required of new colleagues"


def _by_rule(tracks: Collection[UUID]) -> QuerySet[Enrolment]:
    """A refresher stands for the track whose certificate it renews."""
    asked = Q(for_track_key__isnull=True, track_version__track_key__in=tracks) | Q(for_track_key__in=tracks)
    return Enrolment.objects.live().filter(asked, track_version__isnull=False, given_by__isnull=True)


def _let_go(
    people: Iterable[User], asked_of: Mapping[int, Collection[UUID]], *, tracks: Collection[UUID], at: datetime
) -> None:
    """End what rules for these tracks asked for once and none asks for now, where nothing of it was begun. In few
    statements."""
    loose = [
        row
        for row in _by_rule(tracks).filter(person__in=people).select_related("track_version", "person")
        if (row.for_track_key or row.track_version.track_key) not in asked_of[row.person_id]
    ]
    begun = _begun_among(loose)
    over = [row for row in loose if row.pk not in begun]
    if not over:
        return
    still_live = set(
        Enrolment.objects.live()
        .filter(pk__in=[row.pk for row in over])
        .select_for_update()
        .values_list("pk", flat=True)
    )
    ended = [row for row in over if row.pk in still_live]
    Enrolment.objects.filter(pk__in=still_live).update(ended_at=at)
    given = EnrolmentStep.objects.filter(enrolment__in=still_live, assignment__isnull=False)
    close_all(
        [step.assignment for step in given.select_related("assignment__quiz", "assignment__scenario")],
        actor=None,
        at=at,
    )
    audit.record_all((audit.Deed("enrolment_ended", row, {"ended_at": (None, at)}) for row in ended), actor=None, at=at)


def _begun_among(enrolments: Sequence[Enrolment]) -> set[int]:
    """The ids of those for which something was read, sat or called since it was asked for; five queries at most."""
    if not enrolments:
        return set()
    steps = EnrolmentStep.objects.filter(enrolment__in=enrolments)
    begun = set(
        steps.filter(
            Exists(Attempt.objects.filter(assignment=OuterRef("assignment")))
            | Exists(MysteryCall.objects.filter(assignment=OuterRef("assignment")))
        ).values_list("enrolment", flat=True)
    )
    lessons_of = _lessons_of(steps)
    since = {row.pk: row.created_at for row in enrolments}
    read: defaultdict[tuple[int, UUID], list[datetime]] = defaultdict(list)
    own = {
        "person__in": {row.person_id for row in enrolments},
        "lesson_key__in": {key for keys in lessons_of.values() for key in keys},
    }
    for person_id, key, seen_at in [
        *LessonCompletion.objects.filter(**own).values_list("person", "lesson_key", "completed_at"),
        *LessonVisit.objects.filter(**own).values_list("person", "lesson_key", "last_seen_at"),
    ]:
        read[person_id, key].append(seen_at)
    return begun | {
        row.pk
        for row in enrolments
        if any(seen >= since[row.pk] for key in lessons_of[row.pk] for seen in read[row.person_id, key])
    }


def _lessons_of(steps: Iterable[EnrolmentStep]) -> Mapping[int, set[UUID]]:
    """The keys of the lessons that each enrolment (by id) asks for."""
    rows = list(steps.values_list("enrolment", "step__course_key", "step__lesson_key"))
    known = courses("zh-hans", keys={course for _row, course, _lesson in rows if course})
    found: defaultdict[int, set[UUID]] = defaultdict(set)
    for enrolment, course, lesson in rows:
        found[enrolment] |= {row.key for row in known[course].lessons} if course in known else set()
        found[enrolment] |= {lesson} - {None}
    return found
