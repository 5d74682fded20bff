"""How far people are in what they must learn, and what comes next."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from assessments.assignments.models import Assignment
from assessments.attempts.queries import QuizResult, results_of
from assessments.quizzes.queries import published_versions
from assessments.roleplay.queries import MysteryResult, mystery_results_of
from assessments.scenarios.models import Scenario
from courses.catalogue.queries import CourseRow, LessonRow, courses, lessons
from courses.catalogue.states import StepKind
from courses.enrolment.models import Enrolment, EnrolmentStep
from courses.enrolment.rules.dates import is_due_soon, is_overdue, next_first
from courses.progress.queries import done_and_rechecked, done_since
from lms.people.models import User

#: The kind of a step that is one assigned lesson, beside those of `StepKind`.
LESSON = "lesson"


@dataclass(frozen=True)
class StepProgress:
    """One step of a track for one person. `detail` says in words what is done or missing."""

    kind: str
    title: str
    url: str
    due_on: date | None
    done: bool
    overdue: bool
    detail: str
    soon: bool = False
    language: str = ""


@dataclass(frozen=True)
class TrackProgress:
    """All steps of one enrolment."""

    steps: list[StepProgress]
    done: int
    total: int

    @property
    def is_complete(self) -> bool:
        """A track without steps asks for nothing, so nobody completes it."""
        return self.total > 0 and self.done == self.total

    @property
    def missing(self) -> str:
        """What is missing, in words, a line for each step."""
        return "\n".join(
            _("%(step)s: %(detail)s") % {"step": step.title, "detail": step.detail}
            for step in self.steps
            if not step.done
        )

    @property
    def next_step(self) -> StepProgress | None:
        return next((step for step in self.steps if not step.done), None)


@dataclass(frozen=True)
class LearnItem:
    """One thing to do next: a lesson to read, a quiz to sit, a mystery call to wait for. `minutes` 0: not known."""

    title: str
    url: str
    minutes: int
    due_on: date | None
    is_overdue: bool
    reason: str
    kind: str
    is_due_soon: bool = False
    language: str = ""


@dataclass
class _Facts:
    """Everything that the answers below are made from, read with a constant number of queries."""

    steps_of: dict[int, list[EnrolmentStep]]
    courses: dict[UUID, CourseRow]
    lessons: dict[UUID, LessonRow]
    done: Any
    quizzes: dict[int, QuizResult]
    calls: dict[int, MysteryResult]
    today_of: dict[int, date] = field(default_factory=dict)
    done_anew: dict[int, frozenset[UUID]] = field(default_factory=dict)
    #: By (person's id, lesson): the quiz that is still to be passed after a changed lesson was read again.
    rechecks: Mapping[tuple[int, UUID], Assignment] = field(default_factory=dict)

    def done_for(self, row: Enrolment) -> frozenset[UUID]:
        """The lessons that the enrolment counts as done: for a renewal those that were read since it was opened."""
        return self.done_anew[row.pk] if row.counts_from else self.done[row.person_id]


def progress_of(enrolments: Iterable[Enrolment], *, at: datetime) -> dict[int, TrackProgress]:
    """How far each enrolment is, by id, in the active language; the number of queries doesn't depend on theirs."""
    rows = list(enrolments)
    facts = _facts(rows, at=at)
    return {row.pk: _progress(row, facts) for row in rows}


def to_learn(person: User, *, at: datetime) -> list[LearnItem]:
    """What the person has still to do, next first: by due day, then single lessons before tracks, then in the order of
    the track. Quizzes without attempts left are nothing to do now."""
    rows = list(Enrolment.objects.live().filter(person=person).select_related("person__site", "track_version"))
    return items_of(rows, _facts(rows, at=at))


def learning_of(person: User, *, at: datetime) -> tuple[list[LearnItem], list[tuple[Enrolment, TrackProgress]]]:
    """(what to do next, all enrolments in tracks with their progress, the live ones first) for the person's own page."""
    mine = Enrolment.objects.filter(person=person, ended_at__isnull=True)
    rows = list(
        mine.filter(Q(completed_at__isnull=True) | Q(track_version__isnull=False))
        .select_related("person__site", "track_version")
        .order_by("created_at", "pk")
    )
    facts = _facts(rows, at=at)
    live = [row for row in rows if row.completed_at is None]
    tracks = sorted((row for row in rows if row.track_version_id), key=lambda row: row.completed_at is not None)
    return items_of(live, facts), [(row, _progress(row, facts)) for row in tracks]


def _facts(rows: list[Enrolment], *, at: datetime) -> _Facts:
    prefetch_related_objects(rows, "person__site", "track_version")
    language = get_language() or "zh-hans"
    steps_of: dict[int, list[EnrolmentStep]] = defaultdict(list)
    steps = EnrolmentStep.objects.filter(enrolment__in=[row.pk for row in rows if row.track_version_id])
    for step in steps.select_related("step__quiz", "step__scenario", "assignment").order_by("step__order"):
        steps_of[step.enrolment_id].append(step)
    asked = [step for group in steps_of.values() for step in group]
    course_rows = courses(language, keys={step.step.course_key for step in asked if step.step.course_key})
    single = lessons(language, {row.lesson_key for row in rows if row.lesson_key})
    everything = [*single.values(), *(lesson for course in course_rows.values() for lesson in course.lessons)]
    assignments = [step.assignment for step in asked if step.assignment]
    done, rechecks = done_and_rechecked({row.person for row in rows}, everything)
    return _Facts(
        steps_of=steps_of,
        courses=course_rows,
        lessons=single,
        done=done,
        rechecks=rechecks,
        quizzes=results_of([given for given in assignments if given.quiz_id]),
        calls=mystery_results_of([given for given in assignments if given.scenario_id]),
        done_anew=done_since({row.pk: (row.person, row.counts_from) for row in rows if row.counts_from}, everything),
        today_of={row.person_id: at.astimezone(ZoneInfo(row.person.time_zone)).date() for row in rows},
    )


def _progress(row: Enrolment, facts: _Facts) -> TrackProgress:
    if row.lesson_key:
        steps = [_lesson_progress(row, facts)]
    else:
        steps = [_step_progress(row, step, facts) for step in facts.steps_of[row.pk]]
    return TrackProgress(steps=steps, done=sum(step.done for step in steps), total=len(steps))


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
    language = ""
    if step.step.kind == StepKind.COURSE:
        course = facts.courses.get(step.step.course_key)
        title = course.title if course else _("A course that is no longer published")
        url = course.url if course else ""
        done, detail = _course_detail(course, facts.done_for(row), _rechecked(row, facts))
        language = course.language if course else ""
    elif step.step.kind == StepKind.QUIZ:
        title = step.step.quiz.title
        url = reverse("assessments:quiz-start", args=[step.assignment_id])
        done, detail = _quiz_detail(facts.quizzes[step.assignment_id])
    else:
        title = call_title(step.step.scenario, facts.calls[step.assignment_id])
        url = _call_url(facts.calls[step.assignment_id])
        done, detail = _call_detail(facts.calls[step.assignment_id])
    today = facts.today_of[row.person_id]
    return StepProgress(
        kind=step.step.kind,
        title=title,
        url=url,
        due_on=step.due_on,
        done=done,
        overdue=not done and is_overdue(step.due_on, today),
        soon=not done and is_due_soon(step.due_on, today),
        detail=detail,
        language=language,
    )


def _rechecked(row: Enrolment, facts: _Facts) -> frozenset[UUID]:
    return frozenset(key for person_id, key in facts.rechecks if person_id == row.person_id)


def _course_detail(
    course: CourseRow | None, done: frozenset[UUID], rechecked: frozenset[UUID] = frozenset()
) -> tuple[bool, str]:
    """A course is done when every lesson that is live now is; one without any asks to wait."""
    total = len(course.lessons) if course else 0
    if course is None or not total:
        return False, _("has no lessons yet")
    count = sum(lesson.key in done for lesson in course.lessons)
    if count == total:
        return True, _("every lesson done")
    left = total - count
    words = ngettext("%(left)d lesson of %(total)d left", "%(left)d lessons of %(total)d left", left) % {
        "left": left,
        "total": total,
    }
    if any(lesson.key in rechecked for lesson in course.lessons):
        words = _("%(left)s; a re-check quiz is still to be passed") % {"left": words}
    return False, words


def _quiz_detail(result: QuizResult) -> tuple[bool, str]:
    if result.passed:
        return True, _("passed with %(score)s") % {"score": _percent(result.score)}
    if result.open_attempt:
        return False, _("begun, the clock is running")
    if result.being_marked:
        return False, _("handed in, your answers are being marked")
    if result.score is None:
        return False, _("not taken yet")
    if result.attempts_left is None:
        return False, _("not passed, best %(score)s") % {"score": _percent(result.score)}
    left = ngettext("%(count)d attempt left", "%(count)d attempts left", result.attempts_left) % {
        "count": result.attempts_left
    }
    return False, _("not passed, best %(score)s, %(left)s") % {"score": _percent(result.score), "left": left}


def _call_detail(result: MysteryResult) -> tuple[bool, str]:
    if result.passed:
        return True, _("passed with %(score)s") % {"score": _percent(result.score)}
    if result.last is None:
        return False, _("an analyst will call you")
    if result.last.was_forfeited:
        return False, _("forfeited; an analyst will call you again")
    if result.score is None:
        return False, _("under way")
    return False, _("not passed; an analyst will call you again")


def call_title(scenario: Scenario, result: MysteryResult | None = None) -> str:
    """The scenario's name would give the script away: it is told once the call is passed."""
    return scenario.title if result is not None and result.passed else _("Mystery call")


def _call_url(result: MysteryResult) -> str:
    if result.last is None:
        return reverse("assessments:mystery-call-list")
    return reverse("assessments:mystery-call-agent", args=[result.last.pk])


def _percent(share: Decimal | None) -> str:
    if share is None:
        return "–"
    shown = (share * 100).quantize(Decimal("0.1"), rounding=ROUND_DOWN)
    return f"{shown.normalize():f}%"


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
        for step in facts.steps_of[row.pk]:
            items += _items_of_step(row, step, facts, limits)
    return next_first(items, due_of={place: item.due_on for place, item in enumerate(items)})


def _items_of_step(row: Enrolment, step: EnrolmentStep, facts: _Facts, limits: dict[int, int]) -> list[LearnItem]:
    if step.step.kind == StepKind.COURSE:
        course = facts.courses.get(step.step.course_key)
        done = facts.done_for(row)
        return [
            _lesson_item(lesson, step.due_on, row.track_version.title, row, facts)
            for lesson in (course.lessons if course else ())
            if lesson.key not in done
        ]
    progress = _step_progress(row, step, facts)
    if progress.done or (step.step.kind == StepKind.QUIZ and not _can_be_sat(facts.quizzes[step.assignment_id])):
        return []
    return [
        LearnItem(
            title=progress.title,
            url=progress.url,
            minutes=limits.get(step.step.quiz_id, 0),
            due_on=progress.due_on,
            is_overdue=progress.overdue,
            is_due_soon=progress.soon,
            reason=row.track_version.title,
            kind=step.step.kind,
        )
    ]


def _can_be_sat(result: QuizResult) -> bool:
    return result.open_attempt is not None or result.attempts_left > 0


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
