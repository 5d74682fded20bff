"""What has been read, by whom."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Self
from uuid import UUID

from django.db.models import CharField, Q, QuerySet, StringAgg, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils.translation import get_language

from assessments.assignments.models import Assignment
from assessments.attempts.queries import QuizResult, results_of
from courses.catalogue.blocks.leaves import first_words
from courses.catalogue.models import LessonPage
from courses.catalogue.queries import LessonRow, blocks_of, lessons, minimum_seconds
from courses.catalogue.rules.changes import Block, changes_between
from courses.catalogue.states import BlockMark
from courses.progress.models import LessonCompletion, LessonVisit, MaterialChange, StudyDay
from courses.progress.rules import Finished, Planned, counts_as_done, seconds_left
from lms.kernel.bilingual import LANGUAGE_CODES
from lms.people.models import RosterShift, User
from lms.people.rules.workdays import MISSING_AFTER
from lms.people.states import PersonStatus


@dataclass(frozen=True)
class Reading:
    """One person and one lesson. `was_changed`: finished once, but the lesson matters anew since; `is_asked_anew`:
    finished, but a renewal that was opened later asks for it once more."""

    is_done: bool = False
    was_changed: bool = False
    is_asked_anew: bool = False
    completed_at: datetime | None = None  # None: never finished
    last_seen_at: datetime | None = None  # None: never opened
    seconds: int = 0
    place: str = ""
    #: The quiz that is still to be passed before what was read again counts.
    recheck: Assignment | None = None

    @property
    def is_begun(self) -> bool:
        return self.last_seen_at is not None and not self.is_done

    def asked_anew(self, since: datetime | None) -> Self:
        """As a renewal sees it: what was finished before `since` isn't done for it, nor is its place kept."""
        if since is None or not self.is_done or self.completed_at is None or self.completed_at >= since:
            return self
        return replace(self, is_done=False, is_asked_anew=True, last_seen_at=None, seconds=0, place="")


@dataclass(frozen=True)
class Completions:
    """What some people have finished: the rows in the order of time by (person's id, lesson), and those among them (by
    id) that don't count yet, with the quiz that is still to be passed."""

    rows: Mapping[tuple[int, UUID], Sequence[LessonCompletion]]
    open_checks: Mapping[int, Assignment]

    @classmethod
    def of(cls, rows: Iterable[LessonCompletion], results: Mapping[int, QuizResult] | None = None) -> Self:
        """`results`: those of the re-checks' assignments, where they are known; else they are asked for."""
        each = list(rows)
        finished: dict[tuple[int, UUID], list[LessonCompletion]] = defaultdict(list)
        for completion in each:
            finished[completion.person_id, completion.lesson_key].append(completion)
        return cls(finished, unchecked(each, results))

    def is_done(self, person: User, lesson: LessonRow, *, since: datetime | None = None) -> bool:
        """`since`: a renewal counts only what was finished from this instant on."""
        rows = self.rows.get((person.pk, lesson.key), ())
        counted = [row for row in rows if since is None or row.completed_at >= since]
        return _is_done(lesson, counted, person.language, self.open_checks)

    def done(self, person: User, lessons: Iterable[LessonRow], *, since: datetime | None = None) -> frozenset[UUID]:
        """The keys of those lessons that the person has done."""
        return frozenset(lesson.key for lesson in lessons if self.is_done(person, lesson, since=since))

    def rechecks(self, person: User, lessons: Iterable[LessonRow]) -> dict[tuple[int, UUID], Assignment]:
        """By (person's id, lesson) the quiz that alone is missing where a lesson was read again."""
        found = {}
        for lesson in lessons if self.open_checks else ():
            rows = self.rows.get((person.pk, lesson.key), ())
            if assignment := _recheck(lesson, rows, person.language, self.open_checks):
                found[person.pk, lesson.key] = assignment
        return found

    def reading(self, person: User, lesson: LessonRow, visit: LessonVisit | None) -> Reading:
        rows = self.rows.get((person.pk, lesson.key), ())
        done = self.is_done(person, lesson)
        return Reading(
            is_done=done,
            was_changed=bool(rows) and not done,
            completed_at=rows[-1].completed_at if rows else None,
            last_seen_at=visit.last_seen_at if visit else None,
            seconds=visit.seconds if visit else 0,
            place=visit.place if visit else "",
            recheck=_recheck(lesson, rows, person.language, self.open_checks),
        )


def completion_rows(
    people: Iterable[int], lessons: Iterable[UUID], *, with_changed: bool = False
) -> list[LessonCompletion]:
    """What these people (by id) finished of these lessons; `with_changed` also every lesson that ever mattered anew.
    One query."""
    wanted = Q(lesson_key__in=set(lessons))
    if with_changed:
        wanted |= Q(lesson_key__in=MaterialChange.objects.values("lesson_key"))
    rows = LessonCompletion.objects.filter(wanted, person__in=set(people))
    return list(rows.with_rechecks().order_by("completed_at", "pk"))


def visit_rows(people: Iterable[int], lessons: Iterable[UUID]) -> list[LessonVisit]:
    """Which of these lessons these people (by id) have opened; one query, none where there are no lessons."""
    keys = set(lessons)
    return list(LessonVisit.objects.filter(person__in=set(people), lesson_key__in=keys)) if keys else []


def readings(
    person: User,
    lessons: Collection[LessonRow],
    *,
    completions: Completions | None = None,
    visits: Iterable[LessonVisit] | None = None,
) -> dict[UUID, Reading]:
    """The person's standing in each lesson by key; a query for each of the two that isn't given."""
    keys = [lesson.key for lesson in lessons]
    if completions is None:
        completions = Completions.of(completion_rows([person.pk], keys))
    visit_of = {visit.lesson_key: visit for visit in (visit_rows([person.pk], keys) if visits is None else visits)}
    return {lesson.key: completions.reading(person, lesson, visit_of.get(lesson.key)) for lesson in lessons}


def done_lessons(people: Iterable[User], lessons: Collection[LessonRow]) -> Mapping[int, frozenset[UUID]]:
    """The keys of the lessons each person (by id) has done, in a constant number of queries."""
    by_id = {person.pk: person for person in people}
    completions = Completions.of(completion_rows(by_id, [lesson.key for lesson in lessons]))
    return {pk: completions.done(person, lessons) for pk, person in by_id.items()}


def _recheck(
    lesson: LessonRow, finished: Sequence[LessonCompletion], own_language: str, open_checks: Mapping[int, Assignment]
) -> Assignment | None:
    """The quiz without which the lesson isn't done; None when it is done, or is to be read first."""
    if _is_done(lesson, finished, own_language, open_checks) or not _is_done(lesson, finished, own_language, {}):
        return None
    newest = max((row for row in finished if row.pk in open_checks), key=lambda row: row.material_version)
    return open_checks[newest.pk]


def _is_done(
    lesson: LessonRow, finished: Iterable[LessonCompletion], own_language: str, open_checks: Mapping[int, Assignment]
) -> bool:
    values = [
        Finished(completion.language, completion.material_version, is_checked=completion.pk not in open_checks)
        for completion in finished
    ]
    return counts_as_done(values, live=lesson.versions, own_language=own_language)


def rechecks_in(completions: Iterable[LessonCompletion]) -> list[Assignment]:
    """The quizzes that completions read `with_rechecks` wait, or waited, for."""
    return [completion.recheck.assignment for completion in completions if hasattr(completion, "recheck")]


def unchecked(
    completions: Iterable[LessonCompletion], results: Mapping[int, QuizResult] | None = None
) -> dict[int, Assignment]:
    """Those of the completions (by id) that don't count yet, with the quiz that is still to be passed. Without
    `results`, as many queries as `results_of` takes, none for completions that have no re-check."""
    rows = [completion.recheck for completion in completions if hasattr(completion, "recheck")]
    known = results_of(row.assignment for row in rows) if results is None else results
    return {row.completion_id: row.assignment for row in rows if not known[row.assignment_id].passed}


# --- a change that matters -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChangedLesson:
    """A lesson that somebody finished and is asked to read again, or whose re-check is still to be passed."""

    lesson: LessonRow
    reading: Reading


def changed_lessons(person: User, completions: Completions) -> list[ChangedLesson]:
    """What the person finished and must look at once more, the longest ago finished first. The completions are read
    `with_changed`."""
    rows = lessons(get_language() or person.language, [key for pk, key in completions.rows if pk == person.pk])
    changed = [row for row in rows.values() if not completions.is_done(person, row)]
    return [ChangedLesson(row, completions.reading(person, row, None)) for row in changed]


def readers_to_ask(change: MaterialChange) -> list[User]:
    """Who must read the lesson again because of this change: they had finished it, it counted until now, and their own
    language (or the only one there is) has the change. Who has left, or was asked before, isn't among them."""
    row = lessons(change.language, [change.lesson_key]).get(change.lesson_key)
    if row is None:
        return []
    before = {**row.versions, change.language: change.material_version - 1}
    finished: dict[User, list[Finished]] = defaultdict(list)
    rows = LessonCompletion.objects.filter(lesson_key=change.lesson_key, person__is_active=True)
    for completion in rows.exclude(person__status=PersonStatus.LEFT).select_related("person").order_by("person", "pk"):
        finished[completion.person].append(Finished(completion.language, completion.material_version))
    return [
        person
        for person, done in finished.items()
        if counts_as_done(done, live=before, own_language=person.language)
        and not counts_as_done(done, live=row.versions, own_language=person.language)
    ]


@dataclass(frozen=True)
class WhatChanged:
    """What a reader's page marks. Not `is_known`: the version that was read isn't kept, or nothing is different."""

    is_known: bool
    marks: Mapping[str, BlockMark]
    removed: tuple[str, ...] = ()


def what_changed(person: User, page: LessonPage) -> WhatChanged:
    """The parts of the page that are different from what the person finished last, compared in the language it was read
    in; the languages' blocks share their ids. At most four queries."""
    last = (
        LessonCompletion.objects.filter(person=person, lesson_key=page.translation_key)
        .select_related("revision")
        .order_by("-material_version", "-pk")
        .first()
    )
    read_page = _page_in(page, last.language) if last else None
    if last is None or last.revision is None or read_page is None:
        return WhatChanged(False, {})
    now = blocks_of(read_page)
    changes = changes_between(blocks_of(last.revision.as_object()), now)
    shown = {block.id for block in blocks_of(page)}
    marks = {block: mark for block, mark in changes.marks.items() if block in shown}
    return WhatChanged(bool(marks or changes.removed), marks, _removed_words(changes.removed, read_page))


def _page_in(page: LessonPage, language: str) -> LessonPage | None:
    if page.locale.language_code == language:
        return page
    others = LessonPage.objects.live().filter(translation_key=page.translation_key, locale__language_code=language)
    return others.first()


def _removed_words(removed: Iterable[Block], page: LessonPage) -> tuple[str, ...]:
    """`Text “First tell why …”` for each block that is gone."""
    return tuple(first_words(page.body.stream_block, block.kind, block.content) for block in removed)


def finished_lessons(languages: Mapping[int, str], lessons: Collection[LessonRow]) -> dict[int, set[UUID]]:
    """As `done_lessons` of hundreds of people, given the own language of each (by id): one query, and no row is made an
    object."""
    rows = LessonCompletion.objects.filter(person__in=languages, lesson_key__in={lesson.key for lesson in lessons})
    done: dict[int, set[UUID]] = {person: set() for person in languages}
    counts = _counting(lessons)
    # One row for each kind of case, with everybody it is about.
    cases = rows.order_by().values_list("lesson_key", "language", "material_version")
    for key, language, version, people in cases.annotate(
        people=StringAgg(Cast("person", CharField()), delimiter=Value(","))
    ):
        own = {code for code in LANGUAGE_CODES if counts(code, key, language, version)}
        for person in map(int, people.split(",")):
            if languages[person] in own:
                done[person].add(key)
    return done


def finished_anew(
    asked: Mapping[int, tuple[int, datetime]], languages: Mapping[int, str], lessons: Collection[LessonRow]
) -> dict[int, set[UUID]]:
    """The lessons that each renewal (by id) counts as done, those its person finished since its instant, given (person's
    id, instant) of each: one query, none where there is no renewal."""
    done: dict[int, set[UUID]] = {pk: set() for pk in asked}
    if not asked:
        return done
    since: dict[int, list[tuple[int, datetime]]] = defaultdict(list)
    for pk, (person, instant) in asked.items():
        since[person].append((pk, instant))
    rows = LessonCompletion.objects.filter(
        person__in=since,
        lesson_key__in={lesson.key for lesson in lessons},
        completed_at__gte=min(instant for _person, instant in asked.values()),
    )
    counts = _counting(lessons)
    for person, key, language, version, at in rows.values_list(
        "person", "lesson_key", "language", "material_version", "completed_at"
    ):
        if counts(languages[person], key, language, version):
            for pk, instant in since[person]:
                if at >= instant:
                    done[pk].add(key)
    return done


def _counting(lessons: Collection[LessonRow]) -> Callable[[str, UUID, str, int], bool]:
    """Whether a lesson that somebody finished counts; asked once for each kind of case."""
    live = {lesson.key: lesson.versions for lesson in lessons}
    known: dict[tuple[str, UUID, str, int], bool] = {}

    def counts(own_language: str, key: UUID, language: str, version: int) -> bool:
        case = (own_language, key, language, version)
        if case not in known:
            known[case] = counts_as_done([Finished(language, version)], live=live[key], own_language=own_language)
        return known[case]

    return counts


def time_left(person: User, lesson_key: UUID) -> int:
    """Seconds of the lesson's minimum time that the person has still to read; 0 where there is none. Two queries, one
    where there is none."""
    minimum = minimum_seconds(lesson_key)
    if not minimum:
        return 0
    visits = LessonVisit.objects.filter(person=person, lesson_key=lesson_key)
    return seconds_left(minimum, visits.values_list("seconds", flat=True).first() or 0)


# --- in whose time ----------------------------------------------------------------------------------------------


def planned_around(person: User, day: date) -> list[Planned]:
    """The person's roster of a week before and after the day: one query."""
    week = timedelta(days=MISSING_AFTER)
    rows = RosterShift.objects.filter(person=person, on__range=(day - week, day + week)).order_by("starts_at")
    return [Planned(*row) for row in rows.values_list("on", "starts_at", "ends_at", "activity")]


@dataclass(frozen=True)
class Studied:
    """How long somebody read in some days, in seconds."""

    in_slots: int = 0
    in_shift: int = 0
    outside: int = 0
    unknown: int = 0

    @property
    def at_work(self) -> int:
        """What counts as working time."""
        return self.in_slots + self.in_shift

    @property
    def total(self) -> int:
        return self.at_work + self.outside + self.unknown


def studied_of_each(*, first: date, last: date) -> dict[str, Combinable]:
    """What somebody read from the first to the last day: the fields of `Studied` as aggregates over users."""
    names = [field.name for field in fields(Studied)]
    days = Q(study_days__on__range=(first, last))
    return {name: Sum(f"study_days__{name}", filter=days, default=0) for name in names}


@dataclass(frozen=True)
class OutsideWeek:
    """What one person read outside the shift in one week (from `monday` on). It is reported so that study gets its
    place in the roster; nobody is asked for any."""

    person: User
    monday: date
    seconds: int


def study_outside_shift(people: QuerySet[User], *, first: date, last: date) -> list[OutsideWeek]:
    """The people who read outside their shift in these days, by week, the newest week and the most time first. One
    query; where no roster is known nothing is outside."""
    rows = StudyDay.objects.filter(person__in=people, on__range=(first, last), outside__gt=0)
    weeks: defaultdict[tuple[date, int], int] = defaultdict(int)
    by_id: dict[int, User] = {}
    for row in rows.select_related("person"):
        by_id[row.person_id] = row.person
        weeks[row.on - timedelta(days=row.on.weekday()), row.person_id] += row.outside
    found = [OutsideWeek(by_id[person], monday, seconds) for (monday, person), seconds in weeks.items()]
    return sorted(found, key=lambda row: (-row.monday.toordinal(), -row.seconds, row.person.pinyin, row.person.pk))
