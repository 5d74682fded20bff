"""Quizzes given by hand: who would get one, what was given, and how it stands.

What one press of the button gave has no row of its own: it stands in the audit log (`quiz_given`, of the quiz), and its
assignments have the same quiz, giver and instant.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, Lower
from django.utils import timezone

from assessments.assignments.models import Assignment
from assessments.assignments.queries import own_window, people_examined, windows_of
from assessments.assignments.rules import Window
from assessments.attempts.models import Attempt
from assessments.attempts.queries.results import QuizResult, results_of
from assessments.attempts.queries.room import examined_teams_of
from assessments.attempts.rules import attention, given_state, is_late
from assessments.attempts.states import GivenState, SkipReason
from assessments.quizzes.models import Quiz, QuizVersion
from assessments.quizzes.queries import published_version, published_versions
from lms.audit.models import AuditEntry
from lms.people.models import Membership, Team, User
from lms.people.queries import agents_of, examined_teams
from lms.people.states import PersonStatus

#: The deed in the audit log.
QUIZ_GIVEN = "quiz_given"
#: Pressing twice gives once: the same is not given again so soon.
SAME_DEED = timedelta(minutes=1)


# --- before it is given ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GiveOrder:
    """What is to be given, to whom and why. `team` None: to the `people`."""

    quiz: Quiz
    reason_zh: str
    reason_en: str
    team: Team | None = None
    people: tuple[User, ...] = ()
    due_on: date | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    attempts_allowed: int | None = None

    def assignment_of(self, person: User | None = None) -> Assignment:
        """The row it would be."""
        return Assignment(
            quiz=self.quiz,
            person=person,
            reason_zh=self.reason_zh,
            reason_en=self.reason_en,
            due_on=self.due_on,
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            attempts_allowed=self.attempts_allowed,
        )

    def window(self, version: QuizVersion) -> Window:
        """When and how often it could be sat; exceptions come on top."""
        return own_window(self.assignment_of(), version)


@dataclass(frozen=True)
class Skipped:
    """Somebody who was chosen and doesn't get it."""

    person: User
    why: SkipReason


@dataclass(frozen=True)
class GivePlan:
    """Who gets it and who doesn't, if it were given now."""

    order: GiveOrder
    people: list[User]
    skipped: list[Skipped]
    window: Window

    @property
    def on_leave(self) -> list[User]:
        return [person for person in self.people if person.status == PersonStatus.LEAVE]

    @cached_property
    def fingerprint(self) -> str:
        """What somebody looked at before giving it."""
        order = self.order
        values = (
            order.quiz.pk, order.team.pk if order.team else 0, order.reason_zh, order.reason_en, str(order.due_on),
            _stamp(order.opens_at), _stamp(order.closes_at), order.attempts_allowed, [row.pk for row in self.people],
        )  # fmt: skip
        return sha256(repr(values).encode()).hexdigest()[:24]


def _stamp(at: datetime | None) -> float:
    return at.timestamp() if at else 0


def plan_of(order: GiveOrder, *, actor: User, at: datetime) -> GivePlan:
    """In at most ten queries whatever the number of people. Nobody gives a quiz to themselves."""
    version = published_version(order.quiz)
    if version is None:
        raise ValueError(f"{order.quiz.key} has no published version")
    chosen = _chosen(order, at=at).exclude(pk=actor.pk).select_related("site")
    people = list(chosen.order_by("pinyin", "employee_no"))
    having = _having(order.quiz, version, chosen, at=at)
    skipped, given = [], []
    for person in people:
        if person.status == PersonStatus.LEFT:
            skipped.append(Skipped(person, SkipReason.LEFT))
        elif person.pk in having:
            skipped.append(Skipped(person, SkipReason.HAS_IT))
        else:
            given.append(person)
    return GivePlan(order, given, skipped, order.window(version))


def _chosen(order: GiveOrder, *, at: datetime) -> QuerySet[User]:
    if order.team is None:
        return User.objects.filter(pk__in=[person.pk for person in order.people])
    agents = Membership.objects.on(timezone.localdate(at)).of_agents()
    return User.objects.filter(Exists(agents.filter(person=OuterRef("pk"), team__path__startswith=order.team.path)))


def _having(quiz: Quiz, version: QuizVersion, people: QuerySet[User], *, at: datetime) -> set[int]:
    """Who among them has the quiz to sit, now or later: it isn't passed, and another sitting can begin or goes on."""
    rows = list(
        Assignment.objects.filter(
            quiz=quiz, closed_at__isnull=True, is_preview=False, person__in=people.order_by().values("pk")
        ).select_related("quiz")
    )
    results = results_of(rows, at=at)
    windows = windows_of([(row, version) for row in rows], at=at)
    having = set()
    for row in rows:
        result, closes_at = results[row.pk], windows[row.pk].closes_at
        is_going_on = result.open_attempt is not None or result.being_marked is not None
        can_begin = result.may_go_on and (closes_at is None or closes_at > at)
        if not result.passed and (is_going_on or can_begin):
            having.add(row.person_id)
    return having


def people_to_give(viewer: Any, numbers: Iterable[str]) -> dict[str, User]:
    """By number in lower case: the agents for whom the viewer runs exams, and those who were in these teams and have
    left, so that it can be said."""
    teams = examined_teams(viewer)
    once_there = Membership.objects.of_agents().filter(person=OuterRef("pk"), team__in=teams)
    left = User.objects.filter(Exists(once_there), status=PersonStatus.LEFT)
    within = Q(pk__in=people_examined(viewer).values("pk")) | Q(pk__in=left.values("pk"))
    found = User.objects.annotate(lower_no=Lower("employee_no")).filter(
        within, lower_no__in=[number.lower() for number in numbers]
    )
    return {person.employee_no.lower(): person for person in found.select_related("site")}


# --- what was given --------------------------------------------------------------------------------------------------


def people_of(viewer: Any, team: Team | None = None) -> QuerySet[User]:
    """The agents whose quizzes the viewer sees here; with `team` those of that team and below it."""
    people = people_examined(viewer)
    return (
        people.filter(pk__in=agents_of(Team.objects.filter(path__startswith=team.path)).values("pk"))
        if team
        else people
    )


def givings_examined(viewer: Any, *, quiz: Quiz | None = None, team: Team | None = None) -> QuerySet[AuditEntry]:
    """What was given to anybody for whom the viewer runs exams, the newest on top."""
    # The log's ids are text, and not all of them are numbers: the assignment's is made text, not the other way round.
    given = Assignment.objects.annotate(of_quiz=Cast("quiz", CharField())).filter(
        of_quiz=OuterRef("subject_id"),
        given_by=OuterRef("actor"),
        created_at=OuterRef("at"),
        person__in=people_of(viewer, team).values("pk"),
    )
    found = _givings().filter(subject_id=str(quiz.pk)) if quiz else _givings()
    return found.filter(Exists(given)).order_by("-at", "-pk")


def _givings() -> QuerySet[AuditEntry]:
    of_a_quiz = ContentType.objects.get_for_model(Quiz)
    return AuditEntry.objects.filter(action=QUIZ_GIVEN, subject_type=of_a_quiz).select_related("actor")


def same_giving(plan: GivePlan, *, actor: User, at: datetime) -> AuditEntry | None:
    """What the giver has just given to some of the same people, where nobody is left to get it."""
    if plan.people:
        return None
    lately = _givings().filter(actor=actor, subject_id=str(plan.order.quiz.pk), at__gt=at - SAME_DEED)
    newest = lately.order_by("-at", "-pk").first()
    if newest is None:
        return None
    got = set(_assignments_of([newest]).values_list("person", flat=True))
    return newest if got <= {row.person.pk for row in plan.skipped} else None


def _assignments_of(entries: Sequence[AuditEntry]) -> QuerySet[Assignment]:
    wanted = Q(pk__in=[])
    for entry in entries:
        wanted |= Q(quiz=int(entry.subject_id), given_by=entry.actor_id, created_at=entry.at)
    return Assignment.objects.filter(wanted)


@dataclass(frozen=True)
class GivenTo:
    """How it stands with one person. `closes_at` with exceptions; `n` questions stood behind the score.

    `review` is the attempt to look at, where the reader may.
    """

    assignment: Assignment
    result: QuizResult
    state: GivenState
    is_overdue: bool
    closes_at: datetime | None
    team: Team | None = None
    n: int | None = None
    review: Attempt | None = None

    @property
    def person(self) -> User:
        return self.assignment.person

    @property
    def is_begun(self) -> bool:
        return self.result.attempts_used > 0

    @property
    def may_be_taken_back(self) -> bool:
        return self.assignment.closed_at is None and self.state != GivenState.PASSED

    @property
    def attention(self) -> int:
        return attention(self.state, is_overdue=self.is_overdue, may_go_on=self.result.may_go_on)

    @property
    def shown_attempt(self) -> Attempt | None:
        return self.result.best or self.result.being_marked


@dataclass(frozen=True)
class Giving:
    """One quiz given by hand, as far as the reader sees those who got it. `to` is the team it was given to, by its
    name then; empty: single people."""

    entry: AuditEntry
    quiz: Quiz
    to: str
    rows: list[GivenTo]

    @property
    def any_assignment(self) -> Assignment:
        """All of them say the same."""
        return self.rows[0].assignment

    @property
    def begun(self) -> int:
        return sum(row.is_begun for row in self.rows)

    @property
    def passed(self) -> int:
        return self._count(GivenState.PASSED)

    @property
    def not_passed(self) -> int:
        return self._count(GivenState.NOT_PASSED)

    @property
    def taken_back(self) -> int:
        return self._count(GivenState.TAKEN_BACK)

    @property
    def overdue(self) -> int:
        return sum(row.is_overdue for row in self.rows)

    @property
    def not_begun(self) -> list[GivenTo]:
        """Those from whom it can be taken back before they begin."""
        return [row for row in self.rows if row.state == GivenState.NOT_BEGUN]

    @property
    def has_any_to_take_back(self) -> bool:
        return any(row.may_be_taken_back for row in self.rows)

    def _count(self, state: GivenState) -> int:
        return sum(row.state == state for row in self.rows)


def givings(entries: Sequence[AuditEntry], viewer: Any, *, at: datetime, team: Team | None = None) -> list[Giving]:
    """Each with those who got it, in ten queries whatever their number."""
    quizzes = Quiz.objects.in_bulk({int(entry.subject_id) for entry in entries})
    among = _assignments_of(entries).filter(person__in=people_of(viewer, team).values("pk"))
    by_deed: dict[tuple[Any, ...], list[GivenTo]] = defaultdict(list)
    for row in _given_to(among, at=at):
        assignment = row.assignment
        by_deed[assignment.quiz_id, assignment.given_by_id, assignment.created_at].append(row)
    return [
        Giving(entry, quizzes[int(entry.subject_id)], _to(entry), rows)
        for entry in entries
        if (rows := by_deed[int(entry.subject_id), entry.actor_id, entry.at])
    ]


def giving_in_detail(entry: AuditEntry, viewer: Any, *, at: datetime) -> Giving:
    """One of `givings_examined` with names, teams and scores, who needs attention first; in a dozen queries."""
    among = _assignments_of([entry]).filter(person__in=people_of(viewer).values("pk"))
    rows = _given_to(among.select_related("person", "quiz"), at=at)
    shown = [row.shown_attempt.pk for row in rows if row.shown_attempt]
    drawn = dict(Attempt.objects.filter(pk__in=shown).annotate(n=Count("questions")).values_list("pk", "n"))
    may_see = set(Attempt.objects.visible_to(viewer).filter(pk__in=shown).values_list("pk", flat=True))
    teams = examined_teams_of([row.person.pk for row in rows], viewer, at=at)
    detailed = [
        GivenTo(
            assignment=row.assignment,
            result=row.result,
            state=row.state,
            is_overdue=row.is_overdue,
            closes_at=row.closes_at,
            team=teams.get(row.person.pk),
            n=drawn.get(row.result.best.pk) if row.result.best else None,
            review=row.shown_attempt if row.shown_attempt and row.shown_attempt.pk in may_see else None,
        )
        for row in rows
    ]
    detailed.sort(key=lambda row: (row.attention, row.person.pinyin, row.person.employee_no))
    return Giving(entry, Quiz.objects.get(pk=int(entry.subject_id)), _to(entry), detailed)


def _to(entry: AuditEntry) -> str:
    return entry.changes.get("team", (None, ""))[1]


def _given_to(among: QuerySet[Assignment], *, at: datetime) -> list[GivenTo]:
    rows = list(among.annotate(zone=F("person__site__time_zone")).order_by("pk"))
    results = results_of(rows, at=at)
    versions = published_versions({row.quiz_id for row in rows if row.quiz_id})
    windows = windows_of([(row, versions[row.quiz_id]) for row in rows if row.quiz_id in versions], at=at)
    days = {zone: timezone.localdate(at, ZoneInfo(zone or settings.TIME_ZONE)) for zone in {row.zone for row in rows}}
    found = []
    for row in rows:
        result, closes_at = results[row.pk], windows[row.pk].closes_at if row.pk in windows else row.closes_at
        state = given_state(
            n_attempts=result.attempts_used,
            is_passed=result.passed,
            is_being_sat=result.open_attempt is not None,
            is_being_marked=result.being_marked is not None,
            is_taken_back=row.closed_at is not None,
        )
        late = is_late(state, due_on=row.due_on, closes_at=closes_at, today=days[row.zone], at=at)
        found.append(GivenTo(row, result, state, late, closes_at))
    return found
