"""Quizzes, scorecards and scenarios."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from assessments.bank.models import Question
from assessments.quizzes.models import Quiz
from assessments.quizzes.services import (
    CannotPublish,
    QuizRules,
    SectionPlan,
    SlotPlan,
    describe_quiz,
    publish_quiz,
    revise_quiz,
    write_quiz,
)  # fmt: skip
from assessments.quizzes.states import VersionState
from assessments.scenarios.models import Branch, Point, Scenario, ScenarioVersion
from assessments.scenarios.services import (
    ScenarioNotReady,
    describe_scenario,
    publish_scenario,
    save_version,
    write_scenario,
)  # fmt: skip
from assessments.scorecards.models import Scorecard
from assessments.scorecards.queries import company_day
from assessments.scorecards.services import (
    ItemText,
    SectionText,
    describe_scorecard,
    draft_version,
    publish_version,
    write_scorecard,
)  # fmt: skip
from content.exporters import standards
from content.exporters.present import Present
from content.format.types import pair
from content.importers.stages import LeftToPeople, Refused, Stage, Wanted

_RULES = (
    "pass_share", "time_limit_minutes", "attempts_allowed", "opens_at", "closes_at", "overdue", "grace_minutes",
    "wait_minutes", "counting", "per_page", "navigation",
)  # fmt: skip


class Quizzes(Stage):
    kind = "quiz"

    def now(self, keys: Sequence[str]) -> Mapping[str, Present]:
        return standards.quizzes(keys)

    def write(self, wanted: Wanted, present: Present | None) -> None:
        value = wanted.value
        rules, slots = _rules(value), [self._slot(slot) for slot in value["slots"]]
        told: dict[str, Any] = {
            **pair("title", value["title"]),
            **pair("description", value["description"]),
            "purpose": value["purpose"],
            "skill": self.load.skill(value["skill"]) if value["skill"] else None,
            "course_key": value["course"],
        }
        try:
            if quiz := Quiz.objects.filter(key=wanted.key).first():
                describe_quiz(quiz, **told, **self.load.by)
                version = revise_quiz(quiz, rules=rules, slots=slots, **self.load.by)
            else:
                version = write_quiz(key=wanted.key, rules=rules, slots=slots, **told, **self.load.by)
            if version.state == VersionState.DRAFT:
                publish_quiz(version, **self.load.by)
        except CannotPublish as error:
            raise Refused(str(error)) from error

    def _slot(self, row: Mapping[str, Any]) -> SlotPlan:
        return SlotPlan(
            question=Question.objects.get(key=row["question"]) if row["question"] else None,
            skill=self.load.skill(row["skill"]) if row["skill"] else None,
            tag=row["tag"],
            difficulty=row["difficulty"],
            count=row["count"],
            section=row["section"],
            points=row["points"],
            is_must_pass=row["must_pass"],
        )


def _rules(value: Mapping[str, Any]) -> QuizRules:
    return QuizRules(
        **{name: value[name] for name in _RULES},
        review={time: list(parts) for time, parts in value["review"].items() if parts},
        needs_second_marker=value["second_marker"],
        sections=tuple(
            SectionPlan(**pair("title", section["title"]), pass_share=section["pass_share"])
            for section in value["sections"]
        ),
    )


class Scorecards(Stage):
    """A standard that is in force is changed by people, who announce it seven days before; a pack brings the first."""

    kind = "scorecard"

    def now(self, keys: Sequence[str]) -> Mapping[str, Present]:
        return standards.scorecards(company_day(self.load.at), keys)

    def write(self, wanted: Wanted, present: Present | None) -> None:
        value = wanted.value
        if present:
            self._rename(wanted, present)
            return
        sections = [self._section(section) for section in value["sections"]]
        name, plan = pair("name", value["name"]), {"pass_share": value["pass_share"], "sections": sections}
        day = value["effective_on"]
        try:
            if card := Scorecard.objects.filter(key=wanted.key).first():
                version = draft_version(card, **plan, **self.load.by)
            else:
                version = write_scorecard(key=wanted.key, channel=value["channel"], **name, **plan, **self.load.by)
            publish_version(version, effective_on=day, published_on=day, is_from_pack=True, **self.load.by)
        except ValidationError as error:
            raise Refused(" ".join(error.messages)) from error

    def _rename(self, wanted: Wanted, present: Present) -> None:
        if {**wanted.value, "name": present.value["name"]} != present.value:
            raise LeftToPeople(
                "a standard in force is changed by people: copy the version in the back office and publish it with its notice"
            )
        card = Scorecard.objects.get(key=wanted.key)
        describe_scorecard(card, **pair("name", wanted.value["name"]), **self.load.by)

    def _section(self, row: Mapping[str, Any]) -> SectionText:
        items = [
            ItemText(
                key=item["key"],
                kind=item["kind"],
                skill=self.load.skill(item["skill"]),
                **pair("name", item["name"]),
                **pair("guidance", item["guidance"]),
                fatal_class=item["class"],
                points_possible=item["points"],
                weight=item["weight"],
                not_applicable=item["na"],
            )
            for item in row["items"]
        ]
        return SectionText(key=row["key"], **pair("name", row["name"]), items=items)


_DESCRIPTION = frozenset({"key", "title", "difficulty", "direction", "line_of_business", "skills"})


class Scenarios(Stage):
    """What the script says becomes its next version; calls that were played keep theirs."""

    kind = "scenario"

    def now(self, keys: Sequence[str]) -> Mapping[str, Present]:
        return standards.scenarios(keys)

    def write(self, wanted: Wanted, present: Present | None) -> None:
        value = wanted.value
        told: dict[str, Any] = {
            **pair("title", value["title"]),
            "difficulty": value["difficulty"],
            "direction": value["direction"],
            "line_of_business": value["line_of_business"],
            "skills": self.load.skills(value["skills"]),
        }
        try:
            if present is None:
                version = write_scenario(self._script(value), key=wanted.key, **told, **self.load.by)
            else:
                scenario = describe_scenario(Scenario.objects.get(key=wanted.key), **told, **self.load.by)
                if _script_of(value) == _script_of(present.value) and present.is_published and not present.is_open:
                    return
                script = self._script(value)
                script.scenario = scenario
                version = save_version(script, **self.load.by)
            publish_scenario(version, **self.load.by)
        except ScenarioNotReady as error:
            raise Refused(" ".join(error.faults)) from error

    def _script(self, value: Mapping[str, Any]) -> ScenarioVersion:
        version = ScenarioVersion(
            scorecard=Scorecard.objects.get(key=value["scorecard"]),
            minutes=value["minutes"],
            closed_book=value["closed_book"],
        )
        for name in standards.TEXTS:
            for field, words in pair(name, value[name]).items():
                setattr(version, field, words)
        version.branches.set([_branch(branch, order) for order, branch in enumerate(value["branches"])])
        version.points.set([_point(point, order) for order, point in enumerate(value["points"])])
        return version


def _branch(row: Mapping[str, Any], order: int) -> Branch:
    return Branch(
        order=order,
        **{field: words for name in standards.BRANCH_TEXTS for field, words in pair(name, row[name]).items()},
    )


def _point(row: Mapping[str, Any], order: int) -> Point:
    texts = {field: words for name in standards.POINT_TEXTS for field, words in pair(name, row[name]).items()}
    return Point(
        order=order, key=row["key"], **texts, item_key=row["item"], weight=row["weight"], is_fatal=row["fatal"]
    )


def _script_of(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in value.items() if name not in _DESCRIPTION}
