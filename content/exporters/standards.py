"""Quizzes, scorecards and scenarios: what is published, not what is being written."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Model, Prefetch, QuerySet

from assessments.quizzes.models import Quiz, QuizVersion, Slot
from assessments.quizzes.states import ReviewPart, ReviewTime, VersionState
from assessments.scenarios.models import Scenario, ScenarioVersion
from assessments.scenarios.states import ScenarioState
from assessments.scorecards.models import Scorecard, ScorecardVersion
from assessments.scorecards.states import ScorecardState
from content.exporters.present import Present
from content.format.types import clean, text_in


def _wanted(model: type[Model], only: Collection[str] | None) -> QuerySet:
    return model._default_manager.all() if only is None else model._default_manager.filter(key__in=only)


def quizzes(only: Collection[str] | None = None) -> dict[str, Present]:
    """The newest published version of each; one that was never published is `is_open` and says nothing of its rules."""
    slots = Slot.objects.select_related("question", "skill").order_by("order", "pk")
    versions = QuizVersion.objects.prefetch_related("sections", Prefetch("slots", slots)).order_by("-number")
    rows = _wanted(Quiz, only).select_related("skill").prefetch_related(Prefetch("versions", versions))
    found = {}
    for quiz in rows.order_by("key"):
        all_versions = list(quiz.versions.all())
        published = next((each for each in all_versions if each.state == VersionState.PUBLISHED), None)
        is_open = bool(all_versions) and all_versions[0].state == VersionState.DRAFT
        if published or all_versions:
            found[quiz.key] = Present(_quiz(quiz, published or all_versions[0]), is_open, bool(published))
    return found


def _quiz(quiz: Quiz, version: QuizVersion) -> dict[str, Any]:
    return {
        "key": quiz.key,
        "title": text_in(quiz, "title"),
        "description": text_in(quiz, "description"),
        "purpose": quiz.purpose,
        "skill": quiz.skill.key if quiz.skill else "",
        "course": quiz.course_key,
        "pass_share": version.pass_share,
        "time_limit_minutes": version.time_limit_minutes,
        "attempts_allowed": version.attempts_allowed,
        "opens_at": version.opens_at,
        "closes_at": version.closes_at,
        "overdue": version.overdue,
        "grace_minutes": version.grace_minutes,
        "wait_minutes": version.wait_minutes,
        "counting": version.counting,
        "per_page": version.per_page,
        "navigation": version.navigation,
        "review": {
            time: [part for part in ReviewPart.values if part in version.review.get(time, ())]
            for time in ReviewTime.values
        },
        "second_marker": version.needs_second_marker,
        "sections": [
            {"title": text_in(section, "title"), "pass_share": section.pass_share} for section in version.sections.all()
        ],
        "slots": [
            {
                "question": slot.question.key if slot.question else "",
                "skill": slot.skill.key if slot.skill else "",
                "tag": slot.tag,
                "difficulty": slot.difficulty,
                "count": slot.count,
                "section": slot.section,
                "points": slot.points,
                "must_pass": slot.is_must_pass,
            }
            for slot in version.slots.all()
        ],
    }


def scorecards(today: date, only: Collection[str] | None = None) -> dict[str, Present]:
    """The version in effect today; where none is yet, the one that takes effect first."""
    versions = (
        ScorecardVersion.objects.filter(state=ScorecardState.PUBLISHED)
        .prefetch_related("sections__items__skill")
        .order_by("-effective_on", "-number")
    )
    found = {}
    for card in _wanted(Scorecard, only).prefetch_related(Prefetch("versions", versions)).order_by("key"):
        published = list(card.versions.all())
        if published:
            in_effect = next((each for each in published if each.effective_on <= today), published[-1])
            found[card.key] = Present(_scorecard(card, in_effect))
    return found


def _scorecard(card: Scorecard, version: ScorecardVersion) -> dict[str, Any]:
    return {
        "key": card.key,
        "channel": card.channel,
        "name": text_in(card, "name"),
        "pass_share": version.pass_share,
        "effective_on": version.effective_on,
        "sections": [
            {
                "key": section.key,
                "name": text_in(section, "name"),
                "items": [
                    {
                        "key": item.key,
                        "kind": item.kind,
                        "class": item.fatal_class,
                        "name": text_in(item, "name"),
                        "guidance": text_in(item, "guidance"),
                        "points": item.points_possible,
                        "weight": item.weight,
                        "na": item.not_applicable,
                        "skill": item.skill.key,
                    }
                    for item in section.items.all()
                ],
            }
            for section in version.sections.all()
        ],
    }


def scenarios(only: Collection[str] | None = None) -> dict[str, Present]:
    """The newest published version of each, or the draft of one that was never published."""
    versions = (
        ScenarioVersion.objects.select_related("scorecard").prefetch_related("branches", "points").order_by("-number")
    )
    found = {}
    rows = _wanted(Scenario, only).prefetch_related("skills", Prefetch("versions", versions))
    for scenario in rows.order_by("key"):
        all_versions = list(scenario.versions.all())
        published = next((each for each in all_versions if each.state == ScenarioState.PUBLISHED), None)
        is_open = bool(all_versions) and all_versions[0].state == ScenarioState.DRAFT
        if published or all_versions:
            found[scenario.key] = Present(_scenario(scenario, published or all_versions[0]), is_open, bool(published))
    return found


TEXTS = ("persona", "mood", "opening_line", "knows", "traps", "documents", "announcement", "closing")
BRANCH_TEXTS = ("when", "say")
POINT_TEXTS = ("text", "standard_answer", "listen_for", "advice")


def _scenario(scenario: Scenario, version: ScenarioVersion) -> dict[str, Any]:
    return {
        "key": scenario.key,
        "direction": scenario.direction,
        "line_of_business": scenario.line_of_business,
        "difficulty": scenario.difficulty,
        "scorecard": version.scorecard.key,
        "minutes": version.minutes,
        "skills": sorted(skill.key for skill in scenario.skills.all()),
        "title": text_in(scenario, "title"),
        **{name: text_in(version, name) for name in TEXTS},
        "closed_book": version.closed_book,
        "branches": [{name: text_in(branch, name) for name in BRANCH_TEXTS} for branch in version.branches.all()],
        "points": [
            {
                "key": point.key,
                **{name: text_in(point, name) for name in POINT_TEXTS},
                "item": clean(point.item_key),
                "weight": point.weight,
                "fatal": point.is_fatal,
            }
            for point in version.points.all()
        ],
    }
