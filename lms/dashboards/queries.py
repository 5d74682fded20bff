"""What the start pages show. They compose what the rooms answer and have no rules of their own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assessments.assignments.models import Assignment
from assessments.attempts.models import Attempt
from assessments.attempts.queries import QuizResult
from assessments.calls.models import Call
from assessments.evaluations.models import Evaluation
from assessments.evaluations.states import EvaluationState
from assessments.roleplay.models import MysteryCall
from assessments.roleplay.states import LIVE, MysteryCallState
from assessments.statistics import Interval, proportion_interval
from coaching.tickets.models import Ticket
from coaching.tickets.states import TicketState
from courses.catalogue.models import LessonPage
from courses.enrolment.models import Enrolment
from courses.enrolment.queries.progress import LearnItem, TrackProgress, learning_of, progress_of
from courses.enrolment.queries.study import StudyPlan, study_plan
from courses.insight.queries.comments import Waiting, comments_waiting
from courses.insight.queries.lessons import Insight, insights
from courses.insight.queries.rereading import Rereading, changed_keys, rereadings
from courses.progress.queries import Completions, OutsideWeek, changed_lessons, study_outside_shift
from courses.reviews.queries import ToReview, pages_to_review
from courses.translations.queries import TranslationRow, translations_to_do
from courses.translations.states import Standing
from lms.people.models import Membership, Team, User
from lms.people.queries import agents_of, seen_teams, today_of

#: How many steps an agent's first screen shows.
SHOWN_STEPS = 8

#: How many changed lessons an agent's first screen shows.
SHOWN_CHANGES = 3

#: How many lines about study outside the shift a supervisor's first screen shows.
SHOWN_OUTSIDE = 10

#: How many rows of each kind a training specialist's first screen shows.
SHOWN_WORK = 5

#: Among so many of the newest changes it looks for those that aren't read again by everybody.
RECENT_CHANGES = 20

#: How far back the figures of a start page look.
FIGURE_DAYS = 90


@dataclass(frozen=True)
class Step:
    """One thing to do: why it is here and until when."""

    title: str
    url: str
    action: str
    why: str = ""
    meta: str = ""
    due_on: date | None = None
    is_overdue: bool = False


@dataclass(frozen=True)
class Section:
    """Steps of a day that belong together under a heading."""

    title: str
    steps: list[Step]


@dataclass(frozen=True)
class AgentDay:
    """An agent's first screen: one next step, the others in order, lessons that changed since they were read, how far each
    unfinished track is, and when there is time to study."""

    next_step: Step | None
    others: list[Step]
    changed: list[Step]
    tracks: list[tuple[Enrolment, TrackProgress]]
    plan: StudyPlan
    today: date

    @property
    def sections(self) -> list[Section]:
        """The others by when they are due, then what has changed; only what has something in it."""
        late = [step for step in self.others if step.is_overdue]
        now = [step for step in self.others if not step.is_overdue and step.due_on == self.today]
        rest = [step for step in self.others if not step.is_overdue and step.due_on != self.today]
        sections = [
            Section(_("Overdue"), late),
            Section(_("Due today"), now),
            Section(_("After that"), rest),
            Section(_("Changed since you read it"), self.changed),
        ]
        return [section for section in sections if section.steps]


def agent_day(person: User, *, at: datetime) -> AgentDay:
    """Twelve queries at most, with those of the frame around it."""
    today = today_of(person)
    asked = _asked_outside_tracks(person, at)
    learning = learning_of(person, at=at, assignments=asked)
    sitting = _open_attempts(learning.results)
    at_work = {reverse("assessments:quiz-start", args=[assignment_pk]) for assignment_pk in sitting}
    due = sorted(
        [
            *map(_step_of, [item for item in learning.items if item.url not in at_work][:SHOWN_STEPS]),
            *_retests(asked, learning.results, today),
        ],
        key=lambda step: (step.due_on is None, step.due_on or today),
    )
    reading = _to_read(person)
    # What is new to read takes a minute and comes last; a long track doesn't push it off the page.
    steps = [*[*_calls_now(learning.calls), *sitting.values(), *due][: SHOWN_STEPS - len(reading)], *reading]
    return AgentDay(
        next_step=steps[0] if steps else None,
        others=steps[1:],
        changed=_changed(person, learning.completions, listed={step.url for step in steps}),
        tracks=[(enrolment, progress) for enrolment, progress in learning.tracks if enrolment.completed_at is None],
        plan=study_plan(person, learning.items, at=at),
        today=today,
    )


def _changed(person: User, completions: Completions, *, listed: set[str]) -> list[Step]:
    """Lessons that matter anew since the person finished them and that no other step asks for."""
    return [
        Step(
            row.lesson.title,
            row.lesson.url,
            _("Read again"),
            meta=_("%(minutes)s min") % {"minutes": row.lesson.minutes},
        )
        for row in changed_lessons(person, completions)
        if row.lesson.url not in listed
    ][:SHOWN_CHANGES]


def _calls_now(mine: Sequence[MysteryCall]) -> list[Step]:
    """Mystery calls that are going on, wait to be read, or are booked."""
    waiting = [*LIVE, MysteryCallState.DEBRIEFED, MysteryCallState.PLANNED]
    calls = sorted((call for call in mine if call.state in waiting), key=lambda call: call.planned_for)
    live, read, booked = [], [], []
    for call in calls:
        if call.state in LIVE:
            live.append(
                Step(
                    _("Mystery call in progress"), reverse("assessments:mystery-call-agent", args=[call.pk]), _("Open")
                )
            )
        elif call.state == MysteryCallState.DEBRIEFED:
            read.append(
                Step(
                    _("Read the debrief of your mystery call"),
                    reverse("assessments:mystery-call-debrief", args=[call.pk]),
                    _("Read"),
                )
            )
        else:
            booked.append(
                Step(
                    _("Mystery call (booked assessment)"),
                    reverse("assessments:mystery-call-agent", args=[call.pk]),
                    _("See the rules"),
                    why=_("Today at %(time)s") % {"time": timezone.localtime(call.planned_for).strftime("%H:%M")},
                )
            )
    return [*live, *read] if live or read else _only_today(booked, calls)


def _only_today(booked: list[Step], calls: Sequence[MysteryCall]) -> list[Step]:
    today = timezone.localdate()
    planned = [call for call in calls if call.state == MysteryCallState.PLANNED]
    return [
        step for step, call in zip(booked, planned, strict=True) if timezone.localtime(call.planned_for).date() == today
    ]


def _open_attempts(results: Mapping[int, QuizResult]) -> dict[int, Step]:
    """By the assignment under which the person sits."""
    return {
        assignment: Step(
            result.open_attempt.quiz_version.quiz.title,
            reverse("assessments:attempt", args=[result.open_attempt.pk]),
            _("Continue the quiz"),
        )
        for assignment, result in results.items()
        if result.open_attempt
    }


def _step_of(item: LearnItem) -> Step:
    actions = {
        "lesson": _("Continue learning"),
        "quiz": _("Start the quiz"),
        "mystery_call": _("See the rules"),
        "electives": pgettext("electives", "Choose"),
    }
    return Step(
        title=item.title,
        url=item.url,
        action=actions.get(item.kind, _("Open")),
        why=item.reason,
        meta=_("%(minutes)s min") % {"minutes": item.minutes} if item.minutes else "",
        due_on=item.due_on,
        is_overdue=item.is_overdue,
    )


def _asked_outside_tracks(person: User, at: datetime) -> list[Assignment]:
    """Quizzes that somebody asked for outside a track and that can be sat now, and any that the person is sitting."""
    sitting = Attempt.objects.unfinished().filter(assignment=OuterRef("pk"))
    asked = Q(enrolment_step__isnull=True, is_preview=False, closed_at__isnull=True)
    found = Assignment.objects.of(person).of_quizzes().filter(asked | Exists(sitting))
    rows = list(found.select_related("quiz", "enrolment_step").order_by(F("due_on").asc(nulls_last=True), "pk"))
    for row in rows:
        row.person = person
        is_outside = not hasattr(row, "enrolment_step") and not row.is_preview
        row.is_asked = is_outside and row.is_open(at)  # type: ignore[attr-defined]
    return rows


def _retests(asked: Iterable[Assignment], results: Mapping[int, QuizResult], today: date) -> list[Step]:
    """Those that are not passed yet, nor begun."""
    return [
        Step(
            title=assignment.quiz.title,
            url=reverse("assessments:quiz-start", args=[assignment.pk]),
            action=_("Start the quiz"),
            why=assignment.reason,
            due_on=assignment.due_on,
            is_overdue=assignment.due_on is not None and assignment.due_on < today,
        )
        for assignment in asked
        if assignment.is_asked  # type: ignore[attr-defined]
        and not results[assignment.pk].passed
        and results[assignment.pk].may_go_on
        and results[assignment.pk].open_attempt is None
        and results[assignment.pk].being_marked is None
    ]


def _to_read(person: User) -> list[Step]:
    released = Evaluation.objects.filter(agent=person, state=EvaluationState.RELEASED).order_by("released_at")[:3]
    return [
        Step(_("An evaluation to read"), reverse("assessments:evaluation-detail", args=[evaluation.pk]), _("Read"))
        for evaluation in released
    ]


@dataclass(frozen=True)
class AnalystDay:
    """A QC analyst's first screen."""

    calls_waiting: int
    drafts: list[Evaluation]
    mystery_calls: list[MysteryCall]
    tickets: list[Ticket]
    marked_this_week: int
    figures: list["TeamFigures"]


def analyst_day(viewer: User, *, at: datetime) -> AnalystDay:
    week = at - timedelta(days=7)
    return AnalystDay(
        calls_waiting=Call.objects.visible_to(viewer).filter(evaluations__isnull=True, started_at__gte=week).count(),
        drafts=list(
            Evaluation.objects.filter(evaluator=viewer, state=EvaluationState.DRAFT, call__isnull=False)
            .select_related("agent", "call")
            .order_by("created_at")[:10]
        ),
        mystery_calls=list(
            MysteryCall.objects.filter(
                caller=viewer,
                state__in=[MysteryCallState.PLANNED, *LIVE, MysteryCallState.ENDED, MysteryCallState.FORFEITED],
            )
            .select_related("assignment__person", "scenario_version__scenario")
            .order_by("planned_for")[:10]
        ),
        tickets=list(_late_first(Ticket.objects.visible_to(viewer))[:10]),
        marked_this_week=Evaluation.objects.filter(evaluator=viewer, released_at__gte=week).count(),
        figures=team_figures(viewer, at=at),
    )


def _late_first(tickets):
    return (
        tickets.live().select_related("agent", "skill", "coach").order_by(F("due_on").asc(nulls_last=True), "opened_at")
    )


@dataclass(frozen=True)
class SupervisorDay:
    """A supervisor's first screen: who needs me, how far the new ones are, how the teams stand."""

    overdue: list[tuple[User, int]]
    tickets: list[Ticket]
    newcomers: list[tuple[Enrolment, TrackProgress]]
    figures: list["TeamFigures"]
    outside_shift: list[OutsideWeek]


def supervisor_day(viewer: User, *, at: datetime) -> SupervisorDay:
    teams = seen_teams(viewer)
    enrolments = list(
        Enrolment.objects.filter(person__in=agents_of(teams), track_version__isnull=False)
        .live()
        .select_related("person__site", "track_version")
        .order_by("due_on", "person__pinyin")[:60]
    )
    progress = progress_of(enrolments, at=at)
    today = timezone.localdate(at)
    monday = today - timedelta(days=today.weekday())
    late = [(enrolment.person, progress[enrolment.pk].overdue) for enrolment in enrolments]
    return SupervisorDay(
        overdue=sorted([row for row in late if row[1]], key=lambda row: -row[1])[:10],
        tickets=list(_late_first(Ticket.objects.visible_to(viewer))[:10]),
        newcomers=[(enrolment, progress[enrolment.pk]) for enrolment in enrolments[:15]],
        figures=team_figures(viewer, at=at),
        outside_shift=study_outside_shift(
            agents_of(teams), first=monday - timedelta(days=7), last=monday + timedelta(days=6)
        )[:SHOWN_OUTSIDE],
    )


@dataclass(frozen=True)
class TeamFigures:
    """One team's shares with n and interval; None where nothing was observed."""

    team: Team
    agents: int
    pass_rate: Interval | None
    fatal_accuracy: Interval | None


def team_figures(viewer: User, *, at: datetime) -> list[TeamFigures]:
    """Pass rate and fatal-error accuracy of the viewer's teams over the last FIGURE_DAYS. Evaluations count for the
    team the agent was in on the day of the call."""
    since = at - timedelta(days=FIGURE_DAYS)
    teams = list(seen_teams(viewer).filter(kind=Team.Kind.TEAM).select_related("site").order_by("site__code", "name"))
    sizes = dict(
        Membership.objects.on(timezone.localdate(at))
        .of_agents()
        .filter(team__in=teams)
        .values_list("team")
        .annotate(n=Count("pk"))
    )
    day = F("call__started_at__date")
    counts = {
        row["team"]: row
        for row in Evaluation.objects.final()
        .filter(released_at__gte=since, final_score__isnull=False, call__isnull=False)
        .filter(
            Q(agent__memberships__to_on__isnull=True) | Q(agent__memberships__to_on__gt=day),
            agent__memberships__from_on__lte=day,
            agent__memberships__role="agent",
            agent__memberships__team__in=teams,
        )
        .values(team=F("agent__memberships__team"))
        .annotate(
            n=Count("pk"),
            passed=Count("pk", filter=Q(passed=True)),
            clean=Count("pk", filter=Q(has_fatal_failure=False)),
        )
    }
    return [
        TeamFigures(
            team=team,
            agents=sizes.get(team.pk, 0),
            pass_rate=_share(counts.get(team.pk), "passed"),
            fatal_accuracy=_share(counts.get(team.pk), "clean"),
        )
        for team in teams
    ]


def _share(row: dict[str, Any] | None, name: str) -> Interval | None:
    return proportion_interval(row[name], row["n"]) if row else None


@dataclass(frozen=True)
class Need:
    """A skill for which tickets were opened: where a lesson is asked for. `lessons` teach it in the reader's language."""

    skill: str
    tickets: int
    live: int
    lessons: int


@dataclass(frozen=True)
class AuthorDay:
    """A training specialist's first screen: one next step, pages that wait for approval, which lessons fail and why, what
    readers say, where lessons are needed, who reads a change, and what isn't translated. Each list is short; what
    `n_…` counts is all there is."""

    next_step: Step | None
    reviews: list[ToReview]
    n_reviews: int
    failing: list[Insight]
    more_failing: int
    waiting: Waiting
    needs: list[Need]
    rereading: list[Rereading]
    translations: list[TranslationRow]
    n_translations: int
    n_behind: int


def author_day(viewer: User, *, language: str, at: datetime) -> AuthorDay:
    since = at - timedelta(days=FIGURE_DAYS)
    reviews = pages_to_review(viewer)
    failing = [insight for insight in insights(language, at=at, days=FIGURE_DAYS) if insight.concerns]
    waiting = comments_waiting(viewer, at=at)
    needs = _needs(language, since)
    changes = rereadings(changed_keys(since=since)[:RECENT_CHANGES], language)
    to_do = translations_to_do()
    return AuthorDay(
        next_step=_next_of_author(reviews, failing, waiting, to_do, needs),
        reviews=reviews[:SHOWN_WORK],
        n_reviews=len(reviews),
        failing=failing[:SHOWN_WORK],
        more_failing=max(0, len(failing) - SHOWN_WORK),
        waiting=waiting,
        needs=needs,
        rereading=[row for row in changes if row.is_running][:SHOWN_WORK],
        translations=to_do[:SHOWN_WORK],
        n_translations=len(to_do),
        n_behind=sum(row.standing == Standing.BEHIND for row in to_do),
    )


def _needs(language: str, since: datetime) -> list[Need]:
    """The skills with the most tickets since then; two queries."""
    name = "skill__name_en" if language == "en" else "skill__name_zh"
    tickets = Ticket.objects.filter(opened_at__gte=since).values_list("skill", name)
    live = Count("pk", filter=~Q(state=TicketState.CLOSED))
    rows = list(tickets.annotate(n=Count("pk"), live=live).order_by("-n", name)[:SHOWN_WORK])
    taught = LessonPage.skills.through.objects.filter(
        skill__in=[row[0] for row in rows], lessonpage__live=True, lessonpage__locale__language_code=language
    )
    lessons = dict(taught.values_list("skill").annotate(n=Count("lessonpage")))
    return [Need(title, n, live, lessons.get(skill, 0)) for skill, title, n, live in rows]


def _next_of_author(
    reviews: list[ToReview],
    failing: list[Insight],
    waiting: Waiting,
    to_do: list[TranslationRow],
    needs: list[Need],
) -> Step | None:
    """What comes first: a colleague who waits, a lesson that fails its readers, readers who wait for an answer, a
    translation that says something else than its source, a skill without a lesson. None: nothing presses."""
    if reviews:
        page = reviews[0]
        why = _("%(name)s waits for your approval.") % {"name": page.author.full_name} if page.author else ""
        return Step(page.title, reverse("wagtailadmin_pages:edit", args=[page.page_pk]), _("Review the page"), why)
    if failing:
        lesson = failing[0].lesson
        url = reverse("courses:insight-detail", args=[lesson.key])
        return Step(lesson.title, url, _("See where it fails"), failing[0].reasons[0])
    if waiting.n:
        return Step(
            ngettext("%(n)s comment waits", "%(n)s comments wait", waiting.n) % {"n": waiting.n},
            reverse("courses:comment-work"),
            _("Answer the oldest"),
        )
    behind = next((row for row in to_do if row.standing == Standing.BEHIND), None)
    if behind:
        why = _("The source has changed since it was translated.")
        return Step(behind.title, behind.url, _("Compare side by side"), why)
    need = next((need for need in needs if need.live and not need.lessons), None)
    if need:
        why = ngettext(
            "%(n)d ticket is open, and no lesson teaches it.",
            "%(n)d tickets are open, and no lesson teaches it.",
            need.live,
        )
        return Step(need.skill, reverse("wagtailadmin_home"), _("Write a lesson"), why % {"n": need.live})
    return None
