"""A step, a group and a track as somebody takes them, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.attempts.queries import QuizResult
from assessments.roleplay.queries import MysteryResult
from assessments.scenarios.models import Scenario
from courses.catalogue.queries import CourseRow
from courses.enrolment.queries.prerequisites import Awaited


@dataclass(frozen=True)
class StepProgress:
    """One step of a track for one person. `detail` says in words what is done or missing, or what opens it.

    `pk` is that of its EnrolmentStep (None: a single lesson), `group` the letter of its elective group. Not
    `is_needed`: enough others of its group are done.
    """

    kind: str
    title: str
    url: str
    due_on: date | None
    done: bool
    overdue: bool
    detail: str
    soon: bool = False
    language: str = ""
    pk: int | None = None
    group: str = ""
    is_begun: bool = False
    is_open: bool = True
    is_needed: bool = True
    #: Done because somebody waived it.
    is_waived: bool = False


@dataclass(frozen=True)
class GroupProgress:
    """How far somebody is in an elective group: `choose` of its steps are asked for. `chosen`: begun, not done."""

    key: str
    title: str
    choose: int
    offered: int
    done: int
    chosen: int
    to_choose: int
    is_open: bool

    @property
    def is_met(self) -> bool:
        return self.done == self.choose

    @property
    def is_begun(self) -> bool:
        return self.done + self.chosen > 0

    @property
    def what(self) -> str:
        """What is asked for."""
        return _("Choose %(n)d of these %(offered)d") % {"n": self.choose, "offered": self.offered}

    @property
    def detail(self) -> str:
        """What is done and what is missing."""
        head = ngettext("%(n)d of %(offered)d electives", "%(n)d of %(offered)d electives", self.choose) % {
            "n": self.choose,
            "offered": self.offered,
        }
        if self.is_met:
            return _("%(electives)s: all done") % {"electives": head}
        parts = [
            words % {"n": n}
            for n, words in (
                (self.done, _("%(n)d done")),
                (self.chosen, _("%(n)d begun")),
                (self.to_choose, _("%(n)d still to choose")),
            )
            if n
        ]
        return _("%(electives)s: %(parts)s") % {"electives": head, "parts": _(", ").join(parts)}


@dataclass(frozen=True)
class BlockProgress:
    """One required step, or a group (`group`) with its steps."""

    steps: list[StepProgress]
    group: GroupProgress | None = None


@dataclass(frozen=True)
class TrackProgress:
    """All steps of one enrolment. A group counts as so many steps as are asked for. `waits_for`: tracks that have to be
    completed before anything of this one opens."""

    steps: list[StepProgress]
    done: int
    total: int
    blocks: list[BlockProgress] = field(default_factory=list)
    waits_for: list[Awaited] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """A track without steps asks for nothing, so nobody completes it."""
        return self.total > 0 and self.done == self.total and not self.waits_for

    @property
    def missing(self) -> str:
        """What is missing, in words, a line for each step, group and track that comes before."""
        return "\n".join([*(_line(before.title, before.detail) for before in self.waits_for), *self._missing_lines()])

    def _missing_lines(self) -> Iterable[str]:
        for block in self.blocks:
            if block.group is None:
                yield from (_line(step.title, step.detail) for step in block.steps if not step.done)
            elif not block.group.is_met:
                yield _line(block.group.title, block.group.detail)

    @property
    def overdue(self) -> int:
        """How many steps are overdue; of a group never more than are missing."""
        return sum(
            min(
                sum(step.overdue for step in block.steps),
                block.group.choose - block.group.done if block.group else 1,
            )
            for block in self.blocks
        )

    @property
    def next_step(self) -> StepProgress | None:
        """The first that can be gone on with; what of a group isn't chosen yet is nobody's next step."""
        return next(
            (
                step
                for step in self.steps
                if not step.done and step.is_open and step.is_needed and (step.is_begun or not step.group)
            ),
            None,
        )


def _line(title: str, detail: str) -> str:
    return _("%(step)s: %(detail)s") % {"step": title, "detail": detail}


@dataclass(frozen=True)
class Found:
    """What a step's own thing says: is it done, begun, and what is missing."""

    done: bool
    detail: str
    is_begun: bool = False


def course_found(
    course: CourseRow | None,
    done: frozenset[UUID],
    visited: frozenset[UUID],
    rechecked: frozenset[UUID] = frozenset(),
) -> Found:
    """A course is done when every lesson that is live now is; one without any asks to wait."""
    total = len(course.lessons) if course else 0
    if course is None or not total:
        return Found(False, _("has no lessons yet"))
    count = sum(lesson.key in done for lesson in course.lessons)
    if count == total:
        return Found(True, _("every lesson done"), is_begun=True)
    left = total - count
    words = ngettext("%(left)d lesson of %(total)d left", "%(left)d lessons of %(total)d left", left)
    words = words % {"left": left, "total": total}
    if any(lesson.key in rechecked for lesson in course.lessons):
        words = _("%(left)s; a re-check quiz is still to be passed") % {"left": words}
    is_begun = count > 0 or any(lesson.key in visited for lesson in course.lessons)
    return Found(False, words, is_begun=is_begun)


def quiz_found(result: QuizResult) -> Found:
    if result.passed:
        return Found(True, _("passed with %(score)s") % {"score": _percent(result.score)}, is_begun=True)
    if result.open_attempt:
        return Found(False, _("begun, the clock is running"), is_begun=True)
    if result.being_marked:
        return Found(False, _("handed in, your answers are being marked"), is_begun=True)
    if result.score is None:
        return Found(False, _("not taken yet"), is_begun=result.attempts_used > 0)
    if result.attempts_left is None:
        return Found(False, _("not passed, best %(score)s") % {"score": _percent(result.score)}, is_begun=True)
    left = ngettext("%(count)d attempt left", "%(count)d attempts left", result.attempts_left) % {
        "count": result.attempts_left
    }
    words = _("not passed, best %(score)s, %(left)s") % {"score": _percent(result.score), "left": left}
    return Found(False, words, is_begun=True)


def call_found(result: MysteryResult) -> Found:
    if result.passed:
        return Found(True, _("passed with %(score)s") % {"score": _percent(result.score)}, is_begun=True)
    if result.last is None:
        return Found(False, _("an analyst will call you"))
    if result.last.was_forfeited:
        return Found(False, _("forfeited; an analyst will call you again"), is_begun=True)
    if result.score is None:
        return Found(False, _("under way"), is_begun=True)
    return Found(False, _("not passed; an analyst will call you again"), is_begun=True)


def waived_found(reason: str) -> Found:
    """A step that somebody need not do: it counts as done, and says why."""
    return Found(True, _("waived: %(reason)s") % {"reason": reason}, is_begun=True)


def call_title(scenario: Scenario, result: MysteryResult | None = None) -> str:
    """The scenario's name would give the script away: it is told once the call is passed."""
    return scenario.title if result is not None and result.passed else _("Mystery call")


def call_url(result: MysteryResult) -> str:
    if result.last is None:
        return reverse("assessments:mystery-call-list")
    return reverse("assessments:mystery-call-agent", args=[result.last.pk])


def opens_after(titles: Sequence[str]) -> str:
    """What opens a closed step."""
    quoted = _(", ").join(_("“%(title)s”") % {"title": title} for title in titles)
    words = ngettext("opens when %(titles)s is done", "opens when %(titles)s are done", len(titles))
    return words % {"titles": quoted}


def _percent(share: Decimal | None) -> str:
    if share is None:
        return "–"
    shown = (share * 100).quantize(Decimal("0.1"), rounding=ROUND_DOWN)
    return f"{shown.normalize():f}%"
