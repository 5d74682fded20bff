"""The exam room: who sits a quiz now, how far they are, how much time is left; and which answers came late."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from assessments.attempts.models import Answer, Attempt, AttemptQuestion, ExtraTime
from assessments.attempts.rules import last_moment
from assessments.bank.rules import is_blank
from assessments.quizzes.models import Quiz
from lms.people.models import Membership, Team, User
from lms.people.queries import examined_teams


def people_in(teams: QuerySet[Team], *, at: datetime) -> QuerySet[Any, Any]:
    """Ids of everybody who is in one of the teams today, in whatever role."""
    return Membership.objects.on(timezone.localdate(at)).filter(team__in=teams).values("person")


def sittings_examined(viewer: Any, *, at: datetime) -> QuerySet[Attempt]:
    """The open sittings of the teams for which the viewer runs exams, without the own ones and without trials."""
    within = Q(assignment__person__in=people_in(examined_teams(viewer), at=at))
    return Attempt.objects.unfinished().counted().filter(within).exclude(assignment__person=viewer)


def sittings_in_group(team: Team, *, at: datetime, without: User) -> QuerySet[Attempt]:
    """The open sittings of the people in the team and below it; nobody gives anything to themselves."""
    members = Membership.objects.on(timezone.localdate(at)).filter(team__path__startswith=team.path)
    rows = Attempt.objects.unfinished().counted().filter(assignment__person__in=members.values("person"))
    return rows.exclude(assignment__person=without)


def quizzes_being_sat(viewer: Any, *, at: datetime) -> QuerySet[Quiz]:
    sat = sittings_examined(viewer, at=at).values("quiz_version__quiz")
    return Quiz.objects.filter(pk__in=sat)


@dataclass(frozen=True)
class OpenSitting:
    """One sitting as the exam room shows it.

    `remaining` in whole minutes, rounded up; None without a deadline, 0 when the time is up. `until` is the last
    moment for handing in, where that is after the deadline (a grace period). `late` counts answers synced late so far.
    """

    attempt: Attempt
    team: Team | None
    answered: int
    n: int
    remaining: int | None
    until: datetime | None
    late: int

    @property
    def is_over(self) -> bool:
        return self.remaining == 0

    @property
    def extra_minutes(self) -> int:
        return self.attempt.extra_seconds // 60

    @property
    def minutes(self) -> int | None:
        """From the start to the deadline."""
        if self.attempt.deadline_at is None:
            return None
        return round((self.attempt.deadline_at - self.attempt.started_at).total_seconds() / 60)

    @property
    def is_today(self) -> bool:
        """Little enough is left to be told in minutes."""
        return self.remaining is not None and self.remaining <= 12 * 60

    @property
    def has_other_time(self) -> bool:
        return self.minutes != self.attempt.quiz_version.time_limit_minutes


def open_sittings(attempts: Sequence[Attempt], *, viewer: Any, at: datetime) -> list[OpenSitting]:
    """The sittings as they are shown, in four queries whatever their number."""
    pks = [attempt.pk for attempt in attempts]
    teams = examined_teams_of([attempt.assignment.person_id for attempt in attempts], viewer, at=at)
    answered, drawn = _progress(pks)
    late = dict(
        late_answers().filter(attempt_question__attempt__in=pks).order_by()
        .values_list("attempt_question__attempt").annotate(n=Count("pk"))
    )  # fmt: skip
    return [
        OpenSitting(
            attempt=attempt,
            team=teams.get(attempt.assignment.person_id),
            answered=answered[attempt.pk],
            n=drawn[attempt.pk],
            remaining=_remaining(attempt.deadline_at, at),
            until=_until(attempt),
            late=late.get(attempt.pk, 0),
        )
        for attempt in attempts
    ]


def _remaining(deadline_at: datetime | None, at: datetime) -> int | None:
    return None if deadline_at is None else max(0, ceil((deadline_at - at).total_seconds() / 60))


def _until(attempt: Attempt) -> datetime | None:
    version = attempt.quiz_version
    grace = timedelta(minutes=version.grace_minutes)
    end = last_moment(deadline_at=attempt.deadline_at, overdue=version.overdue, grace=grace)
    return None if end == attempt.deadline_at else end


def _progress(attempts: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
    """How many questions have an answer, and how many were drawn, by attempt."""
    newest = Answer.objects.filter(attempt_question=OuterRef("pk")).order_by("-sequence").values("response")[:1]
    answered: dict[int, int] = defaultdict(int)
    drawn: dict[int, int] = defaultdict(int)
    rows = AttemptQuestion.objects.filter(attempt__in=attempts).annotate(newest=Subquery(newest)).order_by()
    for attempt, response in rows.values_list("attempt", "newest"):
        drawn[attempt] += 1
        answered[attempt] += response is not None and not is_blank(response)
    return answered, drawn


def examined_teams_of(people: Sequence[int], viewer: Any, *, at: datetime) -> dict[int, Team]:
    """The examined team each is in, the deepest one where there are several."""
    rows = Membership.objects.on(timezone.localdate(at)).filter(person__in=people, team__in=examined_teams(viewer))
    return {row.person_id: row.team for row in rows.select_related("team").order_by("team__depth", "pk")}


# --- extra time ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ExtraTimeEffects:
    """Whom extra time would reach: the open sittings with a deadline; and how many have none."""

    attempts: list[Attempt]
    without_deadline: int
    newest: ExtraTime | None


def extra_time_effects(team: Team, *, actor: User, at: datetime) -> ExtraTimeEffects:
    rows = sittings_in_group(team, at=at, without=actor)
    rows = rows.select_related("assignment__person", "quiz_version__quiz").order_by("deadline_at", "pk")
    attempts = list(rows)
    reached = [attempt for attempt in attempts if attempt.deadline_at is not None]
    return ExtraTimeEffects(reached, len(attempts) - len(reached), newest_extra_time(team))


def newest_extra_time(team: Team) -> ExtraTime | None:
    """What was given last to the team, or to one above or below it."""
    above = [team.path[:length] for length in range(Team.steplen, len(team.path), Team.steplen)]
    touching = Q(team__path__startswith=team.path) | Q(team__path__in=above)
    return ExtraTime.objects.filter(touching).select_related("team", "given_by").order_by("-pk").first()


def extra_times_given(viewer: Any) -> QuerySet[ExtraTime]:
    """Newest first, each with `n`, the sittings it reached."""
    rows = ExtraTime.objects.visible_to(viewer).annotate(n=Count("attempts"))
    return rows.select_related("team", "given_by").order_by("-given_at", "-pk")


# --- late answers --------------------------------------------------------------------------------------------


def late_answers() -> QuerySet[Answer]:
    """Answers that were made in time and came after the deadline that holds now."""
    return Answer.objects.filter(
        is_synced_late=True, received_at__gt=F("attempt_question__attempt__deadline_at")
    ).order_by("-received_at", "-pk")


def late_answers_examined(viewer: Any, *, at: datetime) -> QuerySet[Answer]:
    """Those of the teams for which the viewer runs exams, the newest on top, with what the list shows of them."""
    person = "attempt_question__attempt__assignment__person"
    within = Q(**{f"{person}__in": people_in(examined_teams(viewer), at=at)})
    rows = late_answers().filter(within, attempt_question__attempt__assignment__is_preview=False)
    return rows.exclude(**{person: viewer}).select_related(person, "attempt_question__attempt__quiz_version__quiz")
