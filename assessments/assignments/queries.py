"""Reads that span assignments, quizzes, overrides and the teams people are in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.assignments.models import Assignment, WindowOverride
from assessments.assignments.rules import Override, Window, deadline, effective, moved_deadline
from assessments.quizzes.models import Quiz, QuizVersion
from assessments.quizzes.queries import published_version
from assessments.quizzes.states import VersionState
from lms.people.models import Membership, Team, User
from lms.people.queries import agents_of, examined_teams, known_team_paths


def window_of(assignment: Assignment, version: QuizVersion, *, at: datetime) -> Window:
    """When and for how long the person may sit this version under this assignment, overrides included."""
    return windows_of([(assignment, version)], at=at)[assignment.pk]


def windows_of(pairs: Iterable[tuple[Assignment, QuizVersion]], *, at: datetime) -> dict[int, Window]:
    """The window of each assignment (by its id), in at most three queries whatever their number.

    A person is in the teams of today's memberships and in every team above them. What the assignment itself lays down
    (from, to, attempts) stands in place of the quiz's rules; overrides come on top.
    """
    rows = list(pairs)
    return _Overrides.of(rows, at=at).windows(rows)


@dataclass(frozen=True)
class _Overrides:
    """What holds on some quizzes, and in which teams those are whom it could concern."""

    of_quiz: Mapping[int, Sequence[WindowOverride]]
    paths: Mapping[int, Sequence[str]]

    @classmethod
    def of(
        cls, pairs: Sequence[tuple[Assignment, QuizVersion]], *, at: datetime, more: WindowOverride | None = None
    ) -> Self:
        """`more` is an override that isn't there yet: the teams are asked for as if it were."""
        quizzes = {version.quiz_id for _assignment, version in pairs}
        rows: dict[int, list[WindowOverride]] = defaultdict(list)
        for override in WindowOverride.objects.live().filter(quiz__in=quizzes).select_related("team"):
            rows[override.quiz_id].append(override)
        asked = {quiz for quiz, each in rows.items() if each} | ({more.quiz_id} if more else set())
        concerned = [row for row, version in pairs if row.person_id and version.quiz_id in asked]
        has_teams = any(row.team_id for each in rows.values() for row in each) or bool(more and more.team_id)
        return cls(rows, _paths_of(concerned, at=at) if has_teams else {})

    def windows(self, pairs: Iterable[tuple[Assignment, QuizVersion]]) -> dict[int, Window]:
        return {
            assignment.pk: _window(
                assignment, version, self.of_quiz.get(version.quiz_id, ()), self.paths.get(assignment.person_id, ())
            )
            for assignment, version in pairs
        }

    def replaced(self, before: Sequence[WindowOverride], given: WindowOverride | None, *, quiz: int) -> Self:
        """As if `given` stood in place of `before`."""
        gone = {row.pk for row in before}
        rows = [row for row in self.of_quiz.get(quiz, ()) if row.pk not in gone]
        return type(self)({**self.of_quiz, quiz: [*rows, given] if given else rows}, self.paths)

    def expected(self, assignment: Assignment, version: QuizVersion, to: User | Team) -> Window:
        """The window under an assignment that isn't there yet: of the person, or of anybody in the team."""
        paths = self.paths.get(to.pk, ()) if isinstance(to, User) else (to.path,)
        return _window(assignment, version, self.of_quiz.get(version.quiz_id, ()), paths)


def own_window(assignment: Assignment, version: QuizVersion) -> Window:
    """What the quiz says; what the assignment itself lays down stands in its place."""
    return Window(
        opens_at=assignment.opens_at or version.opens_at,
        closes_at=assignment.closes_at or version.closes_at,
        limit_minutes=version.time_limit_minutes,
        attempts=version.attempts_allowed if assignment.attempts_allowed is None else assignment.attempts_allowed,
    )


def _window(
    assignment: Assignment, version: QuizVersion, overrides: Sequence[WindowOverride], paths: Sequence[str]
) -> Window:
    own: Override | None = None
    groups = []
    for row in overrides:
        if row.person_id is not None and row.person_id == assignment.person_id:
            own = row.as_value()
        # Nobody rules on the own exam by ruling on the team they are in.
        elif row.team is not None and row.given_by_id != assignment.person_id and _is_within(row.team, paths):
            groups.append(row.as_value())
    return effective(own_window(assignment, version), person=own, groups=groups)


def _is_within(team: Team, paths: Sequence[str]) -> bool:
    """One of the nodes with these paths is the team, or below it."""
    return any(path.startswith(team.path) for path in paths)


def team_paths(people: Iterable[int], *, at: datetime) -> dict[int, list[str]]:
    """The tree paths of the teams each person (by id) is in today."""
    paths: dict[int, list[str]] = defaultdict(list)
    rows = (
        Membership.objects.on(timezone.localdate(at))
        .filter(person__in=list(people))
        .values_list("person", "team__path")
    )
    for person, path in rows:
        paths[person].append(path)
    return paths


def _paths_of(assignments: Iterable[Assignment], *, at: datetime) -> dict[int, list[str]]:
    """`team_paths` of those to whom these are given; no query for whoever opened the page."""
    paths: dict[int, list[str]] = {}
    unknown = set()
    for row in assignments:
        loaded = row._meta.get_field("person").is_cached(row)
        known = known_team_paths(row.person, on=timezone.localdate(at)) if loaded else None
        if known is None:
            unknown.add(row.person_id)
        else:
            paths[row.person_id] = known
    return paths | team_paths(unknown, at=at) if unknown else paths


def within_group(team: Team, *, at: datetime) -> Q:
    """Assignments of the people who are in the team or below it today."""
    members = Membership.objects.on(timezone.localdate(at)).filter(team__path__startswith=team.path)
    return Q(person__in=members.values("person"))


# --- exceptions ----------------------------------------------------------------------------------------------


def quizzes_to_except() -> QuerySet[Quiz]:
    """The quizzes that can be sat."""
    versions = QuizVersion.objects.filter(quiz=OuterRef("pk"), state=VersionState.PUBLISHED)
    return Quiz.objects.filter(Exists(versions))


def people_examined(viewer: Any) -> QuerySet[User]:
    """The agents for whom the viewer runs exams, without the viewer."""
    return agents_of(examined_teams(viewer)).exclude(pk=viewer.pk)


@dataclass(frozen=True)
class ListedOverride:
    """One exception on the list, and whether the viewer may withdraw or change it."""

    row: WindowOverride
    may_change: bool


def listed_overrides(rows: Sequence[WindowOverride], viewer: Any) -> list[ListedOverride]:
    """Two queries whatever their number."""
    teams = set(examined_teams(viewer).filter(pk__in=[row.team_id for row in rows]).values_list("pk", flat=True))
    people = people_examined(viewer).filter(pk__in=[row.person_id for row in rows])
    persons = set(people.values_list("pk", flat=True))
    return [
        ListedOverride(row, row.withdrawn_at is None and (row.team_id in teams or row.person_id in persons))
        for row in rows
    ]


@dataclass(frozen=True)
class WindowChange:
    """The window of one open assignment, as it is and as it would be."""

    assignment: Assignment
    before: Window
    after: Window

    @property
    def is_change(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Pattern:
    """The same change for several people; `people` names the first of them."""

    before: Window
    after: Window
    n: int
    people: list[User]

    @property
    def is_change(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class MovedDeadline:
    """An open sitting whose deadline would be another one. None: no deadline."""

    person: User
    old: datetime | None
    new: datetime | None


#: So many people are named, so many patterns and deadlines are listed; the others are counted.
NAMED = 3
LISTED = 20


@dataclass(frozen=True)
class Effects:
    """What giving or withdrawing an exception does to the people concerned.

    `usual` is the quiz's own window; `changes` has one entry for each open assignment; `expected` is (before, after)
    for whoever is given the quiz later. `replaces` is the exception that ends with it.
    """

    quiz: Quiz
    to: User | Team
    usual: Window
    expected: tuple[Window, Window]
    changes: list[WindowChange]
    moved: list[MovedDeadline]
    replaces: WindowOverride | None

    @property
    def changed(self) -> list[WindowChange]:
        return [change for change in self.changes if change.is_change]

    @property
    def people_told(self) -> int:
        return len({change.assignment.person_id for change in self.changed})

    @property
    def patterns(self) -> list[Pattern]:
        """The changes, those of most people first; the people whose window stays as it is come last."""
        found: dict[tuple[Window, Window], list[User]] = defaultdict(list)
        for change in self.changes:
            found[change.before, change.after].append(change.assignment.person)
        patterns = [
            Pattern(before, after, len({person.pk for person in people}), people[:NAMED])
            for (before, after), people in found.items()
        ]
        return sorted(patterns, key=lambda pattern: (not pattern.is_change, -pattern.n))

    @property
    def moved_listed(self) -> list[MovedDeadline]:
        return self.moved[:LISTED]

    @property
    def moved_more(self) -> int:
        return max(0, len(self.moved) - LISTED)

    @property
    def is_for_person(self) -> bool:
        return isinstance(self.to, User)


def effects_of(quiz: Quiz, to: User | Team, given: WindowOverride | None, *, at: datetime) -> Effects:
    """What would come of it if `given` stood in place of what holds for `to` now; None: if that were withdrawn.

    In at most ten queries, however many people are concerned. The quiz has a published version.
    """
    version = published_version(quiz)
    if version is None:
        raise ValueError(f"{quiz.key} has no published version")
    concerned = Q(person=to) if isinstance(to, User) else within_group(to, at=at)
    of_quiz = Assignment.objects.filter(concerned, quiz=quiz).select_related("person__site")
    to_sit = list(of_quiz.filter(closed_at__isnull=True, is_preview=False).order_by("person__pinyin", "pk"))
    sittings = _open_sittings(of_quiz)
    pairs = [(row, version) for row in to_sit] + [(row.assignment, row.version) for row in sittings]
    nobody = Assignment(quiz=quiz, person=to) if isinstance(to, User) else Assignment(quiz=quiz)
    known = _Overrides.of([*pairs, (nobody, version)], at=at, more=given)
    replaces = [row for row in known.of_quiz.get(quiz.pk, ()) if _is_for(row, to)]
    then = known.replaced(replaces, given, quiz=quiz.pk)
    before, after = known.windows(pairs[: len(to_sit)]), then.windows(pairs[: len(to_sit)])
    new = then.windows(pairs[len(to_sit) :])
    return Effects(
        quiz=quiz,
        to=to,
        usual=own_window(Assignment(quiz=quiz), version),
        expected=(known.expected(nobody, version, to), then.expected(nobody, version, to)),
        changes=[WindowChange(row, before[row.pk], after[row.pk]) for row in to_sit],
        moved=[moved for row in sittings if (moved := row.moved(new[row.assignment.pk], at=at))],
        replaces=replaces[0] if replaces else None,
    )


def _is_for(override: WindowOverride, to: User | Team) -> bool:
    return (override.person_id if isinstance(to, User) else override.team_id) == to.pk


@dataclass(frozen=True)
class _Sitting:
    """An open sitting, as far as its deadline goes."""

    assignment: Assignment
    version: QuizVersion
    started_at: datetime
    deadline_at: datetime | None
    extra: timedelta

    def moved(self, window: Window, *, at: datetime) -> MovedDeadline | None:
        new = moved_deadline(
            self.deadline_at,
            deadline(started_at=self.started_at, window=window, extra=self.extra),
            at=at,
            started_at=self.started_at,
        )
        return None if new == self.deadline_at else MovedDeadline(self.assignment.person, self.deadline_at, new)


def _open_sittings(assignments: QuerySet[Assignment]) -> list[_Sitting]:
    """The sittings under these assignments that haven't ended, those that end first on top."""
    rows = list(
        assignments.filter(attempts__started_at__isnull=False, attempts__submitted_at__isnull=True)
        .annotate(
            sat_version=F("attempts__quiz_version"),
            sat_since=F("attempts__started_at"),
            sat_until=F("attempts__deadline_at"),
            sat_extra=F("attempts__extra_seconds"),
        )
        .order_by("sat_until", "pk")
    )
    versions = QuizVersion.objects.in_bulk({row.sat_version for row in rows})
    return [
        _Sitting(row, versions[row.sat_version], row.sat_since, row.sat_until, timedelta(seconds=row.sat_extra))
        for row in rows
    ]
