"""How far people are in what they must learn, and what comes next."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from assessments.assignments.models import Assignment
from assessments.attempts.queries import QuizResult, results_of
from assessments.quizzes.queries import published_versions
from assessments.roleplay.models import MysteryCall
from assessments.roleplay.queries import MysteryResult, mystery_calls_of, mystery_results_of
from courses.catalogue.queries import CourseRow, LessonRow, courses, lessons, track_pages
from courses.catalogue.states import StepKind
from courses.enrolment.models import Enrolment, EnrolmentStep, StepWaiver
from courses.enrolment.queries.prerequisites import Awaited, awaited_by
from courses.enrolment.queries.steps import (
    BlockProgress,
    Found,
    GroupProgress,
    StepProgress,
    TrackProgress,
    call_found,
    call_title,
    call_url,
    course_found,
    opens_after,
    quiz_found,
    waived_found,
)
from courses.enrolment.queries.versions import give_rules
from courses.enrolment.rules.dates import is_due_soon, is_overdue, next_first
from courses.enrolment.rules.tracks import BlockStanding, Standing, stand
from courses.progress.models import LessonVisit
from courses.progress.queries import Completions, completion_rows, rechecks_in, visit_rows
from lms.people.models import User

#: The kind of a step that is one lesson, assigned by itself or on a track.
LESSON = StepKind.LESSON.value
#: The kind of what stands for electives that aren't chosen yet.
ELECTIVES = "electives"


@dataclass(frozen=True)
class LearnItem:
    """One thing to do next: a lesson to read, a quiz to sit, a mystery call to wait for, electives to choose. `minutes`
    0: not known."""

    title: str
    url: str
    minutes: int
    due_on: date | None
    is_overdue: bool
    reason: str
    kind: str
    is_due_soon: bool = False
    language: str = ""
    is_elective: bool = False


@dataclass
class _Facts:
    """Everything that the answers below are made from, read with a constant number of queries."""

    steps_of: dict[int, list[EnrolmentStep]]
    courses: dict[UUID, CourseRow]
    lessons: dict[UUID, LessonRow]
    done: Mapping[int, frozenset[UUID]]
    visits: list[LessonVisit]
    visited: Mapping[int, frozenset[UUID]]
    quizzes: dict[int, QuizResult]
    calls: dict[int, MysteryResult]
    completions: Completions
    mystery_calls: list[MysteryCall] = field(default_factory=list)
    today_of: dict[int, date] = field(default_factory=dict)
    waits_of: dict[int, list[Awaited]] = field(default_factory=dict)
    done_anew: dict[int, frozenset[UUID]] = field(default_factory=dict)
    #: By (person's id, lesson): the quiz that is still to be passed after a changed lesson was read again.
    rechecks: Mapping[tuple[int, UUID], Assignment] = field(default_factory=dict)

    def done_for(self, row: Enrolment) -> frozenset[UUID]:
        """The lessons that the enrolment counts as done: for a renewal those that were read since it was opened."""
        return self.done_anew[row.pk] if row.counts_from else self.done[row.person_id]


@dataclass(frozen=True)
class _Alongside:
    """What somebody's own page reads together with the progress: results of more assignments, the standing in more
    lessons and in all that mattered anew, and the mystery calls that are under way."""

    person: User
    assignments: Sequence[Assignment] = ()
    lessons: Sequence[LessonRow] = ()


@dataclass(frozen=True)
class Learning:
    """Somebody's own learning: what to do next, all enrolments in tracks with their progress (the live ones first), and
    what it was made from, for the rest of the page: results by assignment, mystery calls, completions, visits."""

    items: list[LearnItem]
    tracks: list[tuple[Enrolment, TrackProgress]]
    results: Mapping[int, QuizResult]
    calls: Sequence[MysteryCall]
    completions: Completions
    visits: Sequence[LessonVisit]


def progress_of(enrolments: Iterable[Enrolment], *, at: datetime) -> dict[int, TrackProgress]:
    """How far each enrolment is, by id, in the active language; the number of queries doesn't depend on theirs."""
    rows = list(enrolments)
    facts = _facts(rows, at=at)
    return {row.pk: _progress(row, facts) for row in rows}


def to_learn(person: User, *, at: datetime) -> list[LearnItem]:
    """What the person has still to do, next first: by due day, then single lessons before tracks, then in the order of
    the track; on one day electives come last. Left out is what can't be done now: what isn't open yet, quizzes without
    attempts left, and electives beyond what is asked for."""
    rows = list(Enrolment.objects.live().filter(person=person).select_related("person__site"))
    return items_of(rows, _facts(rows, at=at))


def learning_of(
    person: User, *, at: datetime, assignments: Sequence[Assignment] = (), lessons: Sequence[LessonRow] = ()
) -> Learning:
    """For the person's own page, with the results of `assignments` and the standing in `lessons`. At most eight queries
    (a ninth where an exception to a quiz's rules is for a team)."""
    mine = Enrolment.objects.filter(person=person, ended_at__isnull=True)
    rows = list(
        mine.filter(Q(completed_at__isnull=True) | Q(track_version__isnull=False))
        .select_related("certificate")
        .order_by("created_at", "pk")
    )
    for row in rows:
        row.person = person
    facts = _facts(rows, at=at, alongside=_Alongside(person, assignments, lessons))
    live = [row for row in rows if row.completed_at is None]
    tracks = sorted((row for row in rows if row.track_version_id), key=lambda row: row.completed_at is not None)
    return Learning(
        items=items_of(live, facts),
        tracks=[(row, _progress(row, facts)) for row in tracks],
        results=facts.quizzes,
        calls=facts.mystery_calls,
        completions=facts.completions,
        visits=facts.visits,
    )


def _facts(rows: list[Enrolment], *, at: datetime, alongside: _Alongside | None = None) -> _Facts:
    prefetch_related_objects(rows, "person__site")
    language = get_language() or "zh-hans"
    asked = _steps(rows)
    give_rules(rows, asked)
    steps_of: dict[int, list[EnrolmentStep]] = defaultdict(list)
    for step in sorted(asked, key=lambda step: step.step.order):
        steps_of[step.enrolment_id].append(step)
    course_rows = courses(language, keys={step.step.course_key for step in asked if step.step.course_key})
    single = lessons(
        language,
        {row.lesson_key for row in rows if row.lesson_key}
        | {step.step.lesson_key for step in asked if step.step.lesson_key},
    )
    everything = [*single.values(), *(lesson for course in course_rows.values() for lesson in course.lessons)]
    people = {row.person_id: row.person for row in rows} | (
        {alongside.person.pk: alongside.person} if alongside else {}
    )
    more = [lesson.key for lesson in alongside.lessons] if alongside else []
    keys = [*(lesson.key for lesson in everything), *more]
    finished = completion_rows(people, keys, with_changed=alongside is not None)
    person_of = {row.pk: row.person for row in rows}
    for step in asked:
        if step.assignment:
            step.assignment.person = person_of[step.enrolment_id]
    given = [step.assignment for step in asked if step.assignment]
    results = results_of([*given, *(alongside.assignments if alongside else ()), *rechecks_in(finished)], at=at)
    completions = Completions.of(finished, results)
    visits = visit_rows(people, [*_elective_lessons(asked, course_rows), *more])
    mine = mystery_calls_of(alongside.person, given) if alongside else None
    today_of = {row.person_id: at.astimezone(ZoneInfo(row.person.time_zone)).date() for row in rows}
    return _Facts(
        steps_of=steps_of,
        courses=course_rows,
        lessons=single,
        done={pk: completions.done(person, everything) for pk, person in people.items()},
        rechecks={
            pair: quiz for person in people.values() for pair, quiz in completions.rechecks(person, everything).items()
        },
        visits=visits,
        visited=_visited(visits),
        quizzes=results,
        calls=mystery_results_of([each for each in given if each.scenario_id], calls=mine),
        completions=completions,
        mystery_calls=mine or [],
        done_anew={
            row.pk: completions.done(row.person, everything, since=row.counts_from) for row in rows if row.counts_from
        },
        today_of=today_of,
        waits_of=awaited_by(rows, today_of=today_of, has_everything=alongside is not None),
    )


def _steps(rows: Iterable[Enrolment]) -> list[EnrolmentStep]:
    """The steps of the enrolments in tracks, with their assignments and why they are waived; one query."""
    steps = EnrolmentStep.objects.filter(enrolment__in=[row.pk for row in rows if row.track_version_id])
    waived = StepWaiver.objects.in_force().filter(step=OuterRef("pk")).values("reason")[:1]
    return list(steps.annotate(waived_because=Subquery(waived)).select_related("assignment").order_by())


def _elective_lessons(asked: Iterable[EnrolmentStep], course_rows: Mapping[UUID, CourseRow]) -> set[UUID]:
    """The lessons of elective steps: who has opened one has chosen."""
    keys: set[UUID] = set()
    for step in asked:
        if step.step.group_key:
            course = course_rows.get(step.step.course_key)
            keys |= {lesson.key for lesson in course.lessons} if course else {step.step.lesson_key} - {None}
    return keys


def _visited(visits: Iterable[LessonVisit]) -> Mapping[int, frozenset[UUID]]:
    """The lessons that each person (by id) has opened."""
    found: dict[int, set[UUID]] = defaultdict(set)
    for visit in visits:
        found[visit.person_id].add(visit.lesson_key)
    return defaultdict(frozenset, {person_id: frozenset(each) for person_id, each in found.items()})


def _progress(row: Enrolment, facts: _Facts) -> TrackProgress:
    if row.lesson_key:
        step = _lesson_progress(row, facts)
        return TrackProgress(steps=[step], done=int(step.done), total=1, blocks=[BlockProgress([step])])
    waits_for = facts.waits_of.get(row.pk, [])
    rows = facts.steps_of[row.pk]
    plain = [_step_progress(row, step, facts) for step in rows]
    choose = {group.key: group.choose for group in row.track_version.groups.all()}
    standings = stand(
        [Standing(is_done=step.done, is_begun=step.is_begun, group=step.group) for step in plain],
        choose,
        is_ordered=row.track_version.is_ordered,
    )
    titles = {group.key: group.title for group in row.track_version.groups.all()}
    steps: dict[int, StepProgress] = {}
    blocks = []
    for standing in standings:
        of_block = [
            _placed(plain[place], rows[place], standing, plain, titles, waits_for) for place in standing.block.places
        ]
        steps |= dict(zip(standing.block.places, of_block, strict=True))
        blocks.append(BlockProgress(of_block, _group_progress(standing, titles, is_waiting=bool(waits_for))))
    return TrackProgress(
        steps=[steps[place] for place in sorted(steps)],
        done=sum(standing.done for standing in standings),
        total=sum(standing.block.needed for standing in standings),
        blocks=blocks,
        waits_for=waits_for,
    )


def _placed(
    step: StepProgress,
    row: EnrolmentStep,
    standing: BlockStanding,
    plain: list[StepProgress],
    titles: Mapping[str, str],
    waits_for: list[Awaited],
) -> StepProgress:
    """The step with what the order, its group and the tracks before it make of it. What was opened once stays open."""
    is_needed = step.done or not (standing.block.group and standing.is_met)
    is_open = step.done or row.assignment_id is not None or (standing.is_open and not waits_for)
    detail = step.detail
    if not is_needed:
        detail = _("not needed any more: enough others are done")
    elif not is_open and waits_for:
        detail = opens_after([before.title for before in waits_for])
    elif not is_open and standing.after:
        after = standing.after
        detail = opens_after([titles.get(after.group, after.group) if after.group else plain[after.places[0]].title])
    return replace(
        step,
        is_open=is_open,
        is_needed=is_needed,
        detail=detail,
        overdue=step.overdue and is_needed,
        soon=step.soon and is_needed,
    )


def _group_progress(standing: BlockStanding, titles: Mapping[str, str], *, is_waiting: bool) -> GroupProgress | None:
    block = standing.block
    if not block.group:
        return None
    return GroupProgress(
        key=block.group,
        title=titles.get(block.group, block.group),
        choose=block.needed,
        offered=len(block.places),
        done=standing.done,
        chosen=standing.chosen,
        to_choose=standing.to_choose,
        is_open=standing.is_open and not is_waiting,
    )


def _lesson_progress(row: Enrolment, facts: _Facts) -> StepProgress:
    lesson = facts.lessons.get(row.lesson_key)
    today = facts.today_of[row.person_id]
    done = row.completed_at is not None
    return StepProgress(
        kind=LESSON,
        title=lesson.title if lesson else _("A lesson that is no longer published"),
        url=lesson.url if lesson else "",
        due_on=row.due_on,
        done=done,
        overdue=not done and is_overdue(row.due_on, today),
        soon=not done and is_due_soon(row.due_on, today),
        detail=pgettext("lesson", "read") if done else _("not read yet"),
        language=lesson.language if lesson else "",
    )


def _step_progress(row: Enrolment, step: EnrolmentStep, facts: _Facts) -> StepProgress:
    """The step by itself."""
    title, url, language, found = _thing_of(row, step, facts)
    is_waived = step.waived_because is not None and not found.done  # type: ignore[attr-defined]
    if is_waived:
        found = waived_found(step.waived_because)  # type: ignore[attr-defined]
    today = facts.today_of[row.person_id]
    return StepProgress(
        kind=step.step.kind,
        title=title,
        url=url,
        due_on=step.due_on,
        done=found.done,
        overdue=not found.done and is_overdue(step.due_on, today),
        soon=not found.done and is_due_soon(step.due_on, today),
        detail=found.detail,
        language=language,
        pk=step.pk,
        group=step.step.group_key,
        is_begun=found.is_begun,
        is_waived=is_waived,
    )


def _rechecked(row: Enrolment, facts: _Facts) -> frozenset[UUID]:
    """The lessons that were read again after a change and whose quiz is still to be passed."""
    return frozenset(key for person_id, key in facts.rechecks if person_id == row.person_id)


def _thing_of(row: Enrolment, step: EnrolmentStep, facts: _Facts) -> tuple[str, str, str, Found]:
    """(title, address, language, how far) of what a step asks for."""
    kind, done = step.step.kind, facts.done_for(row)
    if kind == StepKind.COURSE:
        course = facts.courses.get(step.step.course_key)
        found = course_found(course, done, facts.visited[row.person_id], _rechecked(row, facts))
        if course is None:
            return _("A course that is no longer published"), "", "", found
        return course.title, course.url, course.language, found
    if kind == StepKind.LESSON:
        lesson = facts.lessons.get(step.step.lesson_key)
        if lesson is None:
            return _("A lesson that is no longer published"), "", "", Found(False, _("not read yet"))
        if lesson.key in done:
            return lesson.title, lesson.url, lesson.language, Found(True, pgettext("lesson", "read"), is_begun=True)
        is_begun = lesson.key in facts.visited[row.person_id]
        return lesson.title, lesson.url, lesson.language, Found(False, _("not read yet"), is_begun=is_begun)
    if step.assignment_id is None:
        title = step.step.quiz.title if kind == StepKind.QUIZ else call_title(step.step.scenario)
        return title, "", "", Found(False, _("opens in a moment"))
    if kind == StepKind.QUIZ:
        url = reverse("assessments:quiz-start", args=[step.assignment_id])
        return step.step.quiz.title, url, "", quiz_found(facts.quizzes[step.assignment_id])
    result = facts.calls[step.assignment_id]
    return call_title(step.step.scenario, result), call_url(result), "", call_found(result)


# --- what to do next -----------------------------------------------------------------------------------------


def items_of(live: list[Enrolment], facts: _Facts) -> list[LearnItem]:
    """The open steps of the given enrolments as things to do, next first."""
    quizzes = [step.step.quiz_id for row in live for step in facts.steps_of[row.pk] if step.step.quiz_id]
    limits = {pk: version.time_limit_minutes for pk, version in published_versions(quizzes).items()}
    items: list[LearnItem] = []
    for row in sorted(live, key=lambda row: (row.track_version_id is not None, row.created_at, row.pk)):
        if row.lesson_key:
            lesson = facts.lessons.get(row.lesson_key)
            items += [_lesson_item(lesson, row.due_on, row.reason, row, facts)] if lesson else []
            continue
        for block in _progress(row, facts).blocks:
            items += _items_of_block(row, block, facts, limits)
    items.sort(key=lambda item: item.is_elective)  # stable: the order above holds otherwise
    return _with_reachable_choices(
        next_first(items, due_of={place: item.due_on for place, item in enumerate(items)}), live
    )


def _items_of_block(
    row: Enrolment, block: BlockProgress, facts: _Facts, limits: Mapping[int, int | None]
) -> list[LearnItem]:
    """What is open in a block. Of a group: what was begun, and one item for what is still to be chosen."""
    wanted = [step for step in block.steps if step.is_open and step.is_needed and not step.done]
    group = block.group
    if group is None:
        return [item for step in wanted for item in _items_of_step(row, step, facts, limits)]
    items = [item for step in wanted if step.is_begun for item in _items_of_step(row, step, facts, limits)]
    free = [step for step in wanted if not step.is_begun]
    if group.to_choose and group.is_open and free:
        due_on = min((step.due_on for step in free if step.due_on), default=None)
        today = facts.today_of[row.person_id]
        words = _("%(group)s: choose %(n)d") if not group.done + group.chosen else _("%(group)s: choose %(n)d more")
        items.append(
            LearnItem(
                title=words % {"group": group.title, "n": group.to_choose},
                url=f"{reverse('courses:track-detail', args=[row.track_version.slug])}#group-{group.key}",
                minutes=0,
                due_on=due_on,
                is_overdue=is_overdue(due_on, today),
                is_due_soon=is_due_soon(due_on, today),
                reason=row.track_version.title,
                kind=ELECTIVES,
            )
        )
    return [replace(item, is_elective=True) for item in items]


def _with_reachable_choices(items: list[LearnItem], live: list[Enrolment]) -> list[LearnItem]:
    """Electives are chosen on the track's page: while that isn't published, in the list of all courses. One query, none
    where nothing is to be chosen."""
    if not any(item.kind == ELECTIVES for item in items):
        return items
    keys = {row.track_version.track_key for row in live if row.track_version_id}
    slugs = {page["slug"] for page in track_pages(get_language() or "zh-hans", keys=keys).values()}
    doors = tuple(reverse("courses:track-detail", args=[slug]) for slug in slugs)
    return [
        replace(item, url=reverse("courses:course-list"))
        if item.kind == ELECTIVES and item.url.partition("#")[0] not in doors
        else item
        for item in items
    ]


def _items_of_step(
    row: Enrolment, progress: StepProgress, facts: _Facts, limits: Mapping[int, int | None]
) -> list[LearnItem]:
    step = next(step for step in facts.steps_of[row.pk] if step.pk == progress.pk)
    reason = row.track_version.title
    if progress.kind == StepKind.COURSE:
        course = facts.courses.get(step.step.course_key)
        done = facts.done_for(row)
        return [
            _lesson_item(lesson, step.due_on, reason, row, facts)
            for lesson in (course.lessons if course else ())
            if lesson.key not in done
        ]
    if progress.kind == StepKind.LESSON:
        lesson = facts.lessons.get(step.step.lesson_key)
        return [_lesson_item(lesson, step.due_on, reason, row, facts)] if lesson else []
    if step.assignment_id is None or (step.step.quiz_id and not facts.quizzes[step.assignment_id].may_go_on):
        return []
    return [
        LearnItem(
            title=progress.title,
            url=progress.url,
            minutes=limits.get(step.step.quiz_id) or 0,
            due_on=progress.due_on,
            is_overdue=progress.overdue,
            is_due_soon=progress.soon,
            reason=reason,
            kind=progress.kind,
        )
    ]


def _lesson_item(lesson: LessonRow, due_on: date | None, reason: str, row: Enrolment, facts: _Facts) -> LearnItem:
    """The lesson to read, or – where it was read again after a change – the quiz that is still to be passed."""
    today = facts.today_of[row.person_id]
    recheck = facts.rechecks.get((row.person_id, lesson.key))
    if recheck is not None and recheck.quiz is not None:
        return LearnItem(
            title=recheck.quiz.title,
            url=reverse("assessments:quiz-start", args=[recheck.pk]),
            minutes=0,
            due_on=due_on,
            is_overdue=is_overdue(due_on, today),
            is_due_soon=is_due_soon(due_on, today),
            reason=recheck.reason,
            kind=StepKind.QUIZ,
        )
    return LearnItem(
        title=lesson.title,
        url=lesson.url,
        minutes=lesson.minutes,
        due_on=due_on,
        is_overdue=is_overdue(due_on, today),
        is_due_soon=is_due_soon(due_on, today),
        reason=reason,
        kind=LESSON,
        language=lesson.language,
    )
