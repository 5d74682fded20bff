"""How far the people are whom somebody leads or trains: a lean row for each thing that was asked of them.

Says the same as `progress_of` without its words, for hundreds of people at once; queries don't grow with their number.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.assignments.models import Assignment
from assessments.attempts.models import Attempt
from assessments.attempts.queries.results import passed_assignments
from assessments.roleplay.models import MysteryCall
from courses.catalogue.queries import courses, lessons
from courses.enrolment.models import (
    Enrolment,
    EnrolmentStep,
    StepWaiver,
    TrackStep,
    TrackVersion,
)
from courses.enrolment.queries.versions import track_rules
from courses.enrolment.rules.dates import is_due_soon, is_overdue
from courses.enrolment.rules.tracks import BlockStanding, Standing, stand
from courses.progress.models import LessonCompletion, LessonVisit
from courses.progress.queries import finished_anew, finished_lessons
from lms.people.models import Membership, Team, User
from lms.people.queries import agents_of, followed_people, people_found


@dataclass(frozen=True)
class Learner:
    """A person as a row names them. `today` is the day at their site."""

    pk: int
    name: str
    number: str
    pinyin: str
    language: str
    today: date
    team: str = ""


@dataclass(frozen=True)
class Followed:
    """One enrolment of one person. `next_title` is what is missing first, `due_on` its due day (of what is done: none);
    `late` counts the steps that are overdue. `waits`: another track has to be completed before."""

    pk: int
    person: Learner
    title: str
    track_key: UUID | None
    done: int
    total: int
    next_title: str
    due_on: date | None
    ends_on: date | None
    late: int
    waits: bool
    completed_at: datetime | None
    last_at: datetime | None = None

    @property
    def is_overdue(self) -> bool:
        return self.late > 0

    @property
    def is_soon(self) -> bool:
        return self.completed_at is None and not self.late and is_due_soon(self.due_on, self.person.today)

    @property
    def is_begun(self) -> bool:
        return self.done > 0 or self.last_at is not None


def people_followed(viewer: Any, *, team: Team | None = None, typed: str = "") -> QuerySet[User]:
    """The agents whose learning the viewer follows; those of a team with everything below it, who answer to what was
    typed."""
    people = followed_people(viewer)
    if team is not None:
        people = people.filter(pk__in=agents_of(Team.objects.filter(path__startswith=team.path)).values("pk"))
    return people.filter(pk__in=people_found(typed).values("pk")) if typed.strip() else people


def waivers_followed(viewer: Any) -> QuerySet[StepWaiver]:
    """The waivers, with their evidence, of those whose learning the viewer follows."""
    return StepWaiver.objects.filter(step__enrolment__person__in=followed_people(viewer).values("pk"))


def tracks_followed(viewer: Any) -> list[tuple[str, str]]:
    """(key, title) of the tracks that these people take or took, by title; one query."""
    versions = TrackVersion.objects.filter(
        enrolments__person__in=followed_people(viewer).values("pk"), enrolments__ended_at__isnull=True
    )
    newest = {row.track_key: row.title for row in versions.order_by("number").distinct()}
    return sorted(((str(key), title) for key, title in newest.items()), key=lambda pair: pair[1])


def followed(
    people: QuerySet[User], *, at: datetime, track: UUID | None = None, is_completed: bool = False
) -> list[Followed]:
    """A row for everything that is asked of these people now, or that they have completed: who is behind comes first."""
    learners = _learners(people, at=at)
    asked = _enrolments(learners.keys(), track=track, is_completed=is_completed)
    return sorted(_Reading(asked, learners).rows(), key=_behind_first)


def _behind_first(row: Followed) -> tuple[Any, ...]:
    return not row.is_overdue, row.due_on or date.max, row.person.pinyin, row.person.number, row.pk


#: What a list can be sorted by, other than by who is behind.
SORTS: Mapping[str, Any] = {
    "name": lambda row: (row.person.pinyin, row.person.number),
    "track": lambda row: row.title,
    "progress": lambda row: row.done / row.total if row.total else 0,
    "due": lambda row: row.due_on or date.max,
    "activity": lambda row: row.last_at.timestamp() if row.last_at else 0,
}


def sorted_by(rows: Sequence[Followed], sort: str) -> list[Followed]:
    """By one of `SORTS`, turned round with a minus in front; otherwise as they come."""
    key = SORTS.get(sort.removeprefix("-"))
    return sorted(rows, key=key, reverse=sort.startswith("-")) if key else list(rows)


def with_last_activity(rows: Sequence[Followed]) -> list[Followed]:
    """Each with the last instant at which its person was seen learning; three queries."""
    ids = {row.person.pk for row in rows}
    last: dict[int, datetime] = {}
    for found in (
        LessonVisit.objects.filter(person__in=ids).values_list("person").annotate(last=Max("last_seen_at")),
        LessonCompletion.objects.filter(person__in=ids).values_list("person").annotate(last=Max("completed_at")),
        Attempt.objects.filter(assignment__person__in=ids)
        .order_by()
        .values_list("assignment__person")
        .annotate(last=Max("started_at")),
    ):
        for person, instant in found:
            if person not in last or instant > last[person]:
                last[person] = instant
    return [replace(row, last_at=last.get(row.person.pk)) for row in rows]


def _learners(people: QuerySet[User], *, at: datetime) -> dict[int, Learner]:
    zones: dict[str, date] = {}
    held = Membership.objects.on(timezone.localdate(at)).of_agents().filter(person__in=people.values("pk"))
    teams = dict(held.order_by("-from_on").values_list("person", "team__name"))
    values = people.order_by().values_list("pk", "full_name", "employee_no", "pinyin", "language", "site__time_zone")
    learners = {}
    for pk, name, number, pinyin, language, zone in values:
        zone = zone or settings.TIME_ZONE
        if zone not in zones:
            zones[zone] = at.astimezone(ZoneInfo(zone)).date()
        learners[pk] = Learner(pk, name, number, pinyin, language, zones[zone], teams.get(pk, ""))
    return learners


@dataclass(frozen=True)
class _Asked:
    pk: int
    person: int
    version: int | None
    lesson_key: UUID | None
    due_on: date | None
    counts_from: datetime | None
    opened_at: datetime | None
    completed_at: datetime | None


def _enrolments(people: Collection[int], *, track: UUID | None, is_completed: bool) -> QuerySet[Enrolment]:
    asked = Enrolment.objects.filter(person__in=people, ended_at__isnull=True, completed_at__isnull=not is_completed)
    if track is not None:
        asked = asked.filter(track_version__track_key=track)
    return asked.filter(track_version__isnull=False).order_by() if is_completed else asked.order_by()


class _Reading:
    """What the rows are made from, read at once."""

    def __init__(self, asked: QuerySet[Enrolment], learners: Mapping[int, Learner]) -> None:
        language = get_language() or "zh-hans"
        self.learners = learners
        self.asked = [
            _Asked(*values)
            for values in asked.values_list(
                "pk", "person", "track_version", "lesson_key", "due_on", "counts_from", "opened_at", "completed_at"
            )
        ]
        self.live = [row for row in self.asked if row.version and row.completed_at is None]
        versions = {row.version for row in self.asked if row.version}
        rules = track_rules()
        self.versions = {pk: rules.versions[pk] for pk in versions}
        self.steps = {pk: list(version.steps.all()) for pk, version in self.versions.items()}
        self.groups = {pk: {group.key: group for group in row.groups.all()} for pk, row in self.versions.items()}
        self.has_before = {pk for pk, version in self.versions.items() if version.prerequisites.all()}
        every = [step for own in self.steps.values() for step in own]
        self.courses = courses(language, keys={step.course_key for step in every if step.course_key})
        self.lessons = lessons(
            language,
            {step.lesson_key for step in every if step.lesson_key}
            | {row.lesson_key for row in self.asked if row.lesson_key},
        )
        self.asks = {
            version: [(step.pk, self._asks(step)) for step in self.steps[version]] for version in self.versions
        }
        self.standings: dict[tuple[int, tuple[bool, ...]], list[BlockStanding]] = {}
        self.titles: dict[tuple[int, int], str] = {}
        self._read_steps(asked.filter(completed_at__isnull=True, track_version__isnull=False))
        self._read_lessons()

    def _read_steps(self, live: QuerySet[Enrolment]) -> None:
        """(due day, is waived or passed) of each step, by enrolment and step."""
        own = EnrolmentStep.objects.filter(enrolment__in=live.values("pk")).order_by()
        given = Assignment.objects.filter(enrolment_step__in=own.values("pk")).values("pk")
        calls = MysteryCall.objects.passed().filter(assignment__in=given).order_by()
        passed = passed_assignments(given) | set(calls.values_list("assignment", flat=True))
        waivers = StepWaiver.objects.in_force().filter(step__in=own.values("pk")).order_by()
        waived = set(waivers.values_list("step", flat=True))
        self.own: dict[int, dict[int, tuple[date | None, bool]]] = defaultdict(dict)
        for pk, enrolment, step, due_on, assignment in own.values_list(
            "pk", "enrolment", "step", "due_on", "assignment"
        ):
            self.own[enrolment][step] = (due_on, pk in waived or assignment in passed)

    def _read_lessons(self) -> None:
        every = [*self.lessons.values(), *(row for course in self.courses.values() for row in course.lessons)]
        languages = {row.person: self.learners[row.person].language for row in self.live}
        self.done = finished_lessons(languages, every)
        anew = {row.pk: (row.person, row.counts_from) for row in self.live if row.counts_from}
        self.done_anew = finished_anew(anew, languages, every)

    def rows(self) -> list[Followed]:
        return [self._row(row) for row in self.asked]

    def _row(self, row: _Asked) -> Followed:
        person = self.learners[row.person]
        if row.version is None:
            lesson = self.lessons.get(row.lesson_key) if row.lesson_key else None
            title = lesson.title if lesson else _("A lesson that is no longer published")
            late = int(is_overdue(row.due_on, person.today))
            return Followed(
                row.pk, person, title, None, 0, 1, title, row.due_on, row.due_on, late, False, row.completed_at
            )
        version = self.versions[row.version]
        if row.completed_at is not None:
            total = sum(standing.block.needed for standing in self._stand(row.version, ()))
            return Followed(
                row.pk, person, version.title, version.track_key, total, total, "", None, row.due_on, 0, False,
                row.completed_at,
            )  # fmt: skip
        own = self.own.get(row.pk, {})
        lessons_done = self.done_anew[row.pk] if row.counts_from else self.done[row.person]
        nothing: tuple[date | None, bool] = (None, False)
        due, done = [], []
        for step, keys in self.asks[row.version]:
            due_on, is_done = own.get(step, nothing)
            due.append(due_on)
            done.append(is_done or (bool(keys) and keys <= lessons_done))
        standings = self._stand(row.version, tuple(done))
        late, next_title, next_due = 0, "", None
        for standing in standings:
            if standing.done == standing.block.needed:
                continue
            missing = [place for place in standing.block.places if not done[place]]
            overdue = sum(is_overdue(due[place], person.today) for place in missing)
            late += min(overdue, standing.block.needed - standing.done)
            next_title = next_title or self._title_at(row.version, missing[0])
            days = [day for place in missing if (day := due[place]) is not None]
            next_due = min([*days, *([next_due] if next_due else [])], default=None)
        return Followed(
            row.pk,
            person,
            version.title,
            version.track_key,
            sum(standing.done for standing in standings),
            sum(standing.block.needed for standing in standings),
            next_title,
            next_due,
            row.due_on,
            late,
            row.version in self.has_before and row.opened_at is None,
            None,
        )

    def _stand(self, version: int, done: tuple[bool, ...]) -> list[BlockStanding]:
        """How somebody stands who has done these steps; the same for everybody, so judged once. No steps: none done."""
        if (version, done) not in self.standings:
            steps = self.steps[version]
            each = zip(done or (False,) * len(steps), steps, strict=True)
            self.standings[version, done] = stand(
                [Standing(is_done=is_done, group=step.group_key) for is_done, step in each],
                {key: group.choose for key, group in self.groups[version].items()},
                is_ordered=self.versions[version].is_ordered,
            )
        return self.standings[version, done]

    def _asks(self, step: TrackStep) -> frozenset[UUID]:
        """The lessons that have to be read for the step; empty where reading doesn't do it."""
        if step.course_key:
            course = self.courses.get(step.course_key)
            return frozenset(lesson.key for lesson in course.lessons) if course else frozenset()
        return frozenset({step.lesson_key} & self.lessons.keys()) if step.lesson_key else frozenset()

    def _title_at(self, version: int, place: int) -> str:
        """What is missing there: the step, or the group it belongs to."""
        if (version, place) not in self.titles:
            step = self.steps[version][place]
            group = self.groups[version].get(step.group_key)
            self.titles[version, place] = group.title if group else self._title(step)
        return self.titles[version, place]

    def _title(self, step: TrackStep) -> str:
        if step.quiz:
            return step.quiz.title
        if step.scenario_id:
            return _("Mystery call")
        if step.course_key:
            course = self.courses.get(step.course_key)
            return course.title if course else _("A course that is no longer published")
        lesson = self.lessons.get(step.lesson_key) if step.lesson_key else None
        return lesson.title if lesson else _("A lesson that is no longer published")


@dataclass(frozen=True)
class Totals:
    """What is above a list: over everything that it holds, not over one page."""

    people: int
    rows: int
    overdue: int
    overdue_people: int
    soon: int


def totals_of(rows: Iterable[Followed]) -> Totals:
    every = list(rows)
    late = [row for row in every if row.is_overdue]
    return Totals(
        people=len({row.person.pk for row in every}),
        rows=len(every),
        overdue=len(late),
        overdue_people=len({row.person.pk for row in late}),
        soon=sum(row.is_soon for row in every),
    )
