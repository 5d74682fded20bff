"""Does every reference of a pack lead somewhere, and is every key there once?"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from content.readers.questions import Entry, check_place, check_slots
from content.readers.words import one_of, share, whole
from courses.catalogue.rules import validity_problems
from courses.catalogue.states import ValidityMode
from courses.simulators.rules import MOST_ANSWER_WITHIN_S, SLIDERS

if TYPE_CHECKING:
    from content.readers.pack import LessonText, Pack

#: The figures of a staffing calculator: from, to.
STAFFING_FIGURES = {name: (slider.least, slider.most) for name, slider in SLIDERS.items()} | {
    "answer_within_s": (0, MOST_ANSWER_WITHIN_S)
}
STAFFING_FIELDS = frozenset(["title", "task", "sliders", *STAFFING_FIGURES])


def check_references(pack: "Pack", problem: Callable[[str, str], None]) -> None:
    """Report each mistake as (where, what)."""
    _References(pack, problem).check()


class _References:
    def __init__(self, pack: "Pack", problem: Callable[[str, str], None]) -> None:
        self.pack, self.problem = pack, problem
        self.skills = {row["key"] for row in pack.skills}
        self.courses = {course.key for course in pack.courses}
        self.quizzes = {row["key"] for row in pack.quizzes}
        self.scenarios = {row["key"] for row in pack.scenarios}
        self.tracks = {row["key"] for row in pack.tracks}

    @cached_property
    def questions(self) -> Mapping[str, Mapping[str, Any]]:
        return {row["key"]: row for row in self.pack.questions}

    @cached_property
    def items(self) -> Mapping[str, set[str]]:
        """scorecard key → the keys of its items"""
        return {
            card["key"]: {item["key"] for section in card.get("sections", []) for item in section.get("items", [])}
            for card in self.pack.scorecards
        }

    def check(self) -> None:
        self._keys()
        self._job_roles()
        self._lessons()
        self._questions()
        self._quizzes()
        self._scorecards()
        self._scenarios()
        self._tracks()

    def known(self, where: str, kind: str, key: Any, keys: Iterable[str]) -> None:
        if key and key not in keys:
            self.problem(where, f"there is no {kind} `{key}`")

    def _keys(self) -> None:
        for kind, rows in (
            ("skill", self.pack.skills),
            ("job role", self.pack.job_roles),
            ("question", self.pack.questions),
            ("quiz", self.pack.quizzes),
        ):
            seen: set[str] = set()
            for row in rows:
                if row["key"] in seen:
                    self.problem(row["_where"], f"the {kind} stands twice")
                seen.add(row["key"])

    def _job_roles(self) -> None:
        for row in self.pack.job_roles:
            self.known(row["_where"], "track", row.get("track"), self.tracks)
            for skill in row.get("requirements", {}):
                self.known(row["_where"], "skill", skill, self.skills)

    def _lessons(self) -> None:
        for course in self.pack.courses:
            for key, lesson in course.lessons.items():
                where = f"courses/{course.key}/{key}"
                for variant in lesson.values():
                    for skill in variant.skills:
                        self.known(where, "skill", skill, self.skills)
                    for name, value in variant.blocks:
                        if name == "check":
                            self._self_check(where, value.get("question"))
                        elif name == "staffing":
                            self._staffing(where, value)
                self._same_staffing(where, lesson)

    def _self_check(self, where: str, key: Any) -> None:
        self.known(where, "question", key, self.questions)
        if self.questions.get(key, {}).get("use") == "exam":
            self.problem(where, f"the exam question `{key}` can't be a self-check")

    def _staffing(self, where: str, value: Any) -> None:
        """Figures that the calculator can start from; the same bounds as in the editor."""
        if not isinstance(value, dict):
            self.problem(where, "staffing: a mapping is expected")
            return
        entry = Entry(value, partial(self.problem, where), where="staffing: ")
        entry.knows_only(STAFFING_FIELDS)
        if not value.get("task"):
            entry.wrong("`task` is missing")
        for name, (least, most) in STAFFING_FIGURES.items():
            if value.get(name) is None and name != "patience_s":
                entry.wrong(f"`{name}` is missing")
            entry.take(name, partial(_between, least, most), least)
        none: list[str] = []
        if "patience_s" in entry.take("sliders", _sliders, none) and value.get("patience_s") is None:
            entry.wrong("sliders: give `patience_s` a value to start from")

    def _same_staffing(self, where: str, lesson: Mapping[str, "LessonText"]) -> None:
        """Only the words of a calculator differ from language to language."""
        figures = [
            [
                {key: part for key, part in value.items() if key not in ("title", "task")}
                for name, value in variant.blocks
                if name == "staffing" and isinstance(value, dict)
            ]
            for variant in lesson.values()
        ]
        if any(found != figures[0] for found in figures):
            self.problem(where, "staffing: the figures differ between the languages")

    def _questions(self) -> None:
        for row in self.pack.questions:
            if not row.get("skill"):
                self.problem(row["_where"], "`skill` is missing")
            self.known(row["_where"], "skill", row.get("skill"), self.skills)
            check_place(row, lambda what, where=row["_where"]: self.problem(where, what))

    def _quizzes(self) -> None:
        for row in self.pack.quizzes:
            where = row["_where"]
            self.known(where, "skill", row.get("skill"), self.skills)
            self.known(where, "course", row.get("course"), self.courses)
            check_slots(row, lambda what, where=where: self.problem(where, what))
            for slot in row.get("slots") or ():
                if isinstance(slot, dict):
                    self.known(where, "skill", slot.get("skill"), self.skills)
                    self.known(where, "question", slot.get("question"), self.questions)

    def _scorecards(self) -> None:
        for card in self.pack.scorecards:
            if not isinstance(card.get("effective_on"), date):
                self.problem(card["_where"], "effective_on must be a date")
            try:
                share(card.get("pass_share"))
            except ValueError as error:
                self.problem(card["_where"], f"pass_share: {error}")
            for section in card.get("sections", []):
                for item in section.get("items", []):
                    self.known(card["_where"], "skill", item.get("skill"), self.skills)

    def _scenarios(self) -> None:
        for row in self.pack.scenarios:
            self.known(row["_where"], "scorecard", row.get("scorecard"), self.items)
            for skill in row.get("skills", []):
                self.known(row["_where"], "skill", skill, self.skills)
            for point in row.get("points", []):
                items = self.items.get(row.get("scorecard"), set())
                self.known(row["_where"], "scorecard item", point.get("item"), items)

    def _tracks(self) -> None:
        steps = {"course": self.courses, "quiz": self.quizzes, "mystery_call": self.scenarios}
        refreshers = {row["key"] for row in self.pack.tracks if "refresher" not in row}
        for row in self.pack.tracks:
            self._validity(row)
            self.known(row["_where"], "track without a refresher of its own", row.get("refresher"), refreshers)
            for step in row.get("steps", []):
                keys = steps.get(step.get("kind"))
                if keys is None:
                    self.problem(row["_where"], f"there is no kind of step `{step.get('kind')}`")
                else:
                    self.known(row["_where"], step["kind"].replace("_", " "), step.get("key"), keys)

    def _validity(self, row: Mapping[str, Any]) -> None:
        day = row.get("fixed_day", {})
        mode = row.get("validity_mode", ValidityMode.FROM_COMPLETION)
        if mode not in ValidityMode.values:
            self.problem(row["_where"], f"there is no validity_mode `{mode}`")
        fields = {
            "validity_months": row.get("validity_months"),
            "validity_mode": mode,
            "calendar_month": day.get("month"),
            "calendar_day": day.get("day"),
            "renewal_days": row.get("renewal_days"),
        }
        numbers = {name: value for name, value in fields.items() if name != "validity_mode" and value is not None}
        if wrong := [name for name, value in numbers.items() if not isinstance(value, int) or value < 0]:
            self.problem(row["_where"], f"a whole number is expected: {', '.join(wrong)}")
            return
        for field, problem in validity_problems(fields):
            self.problem(row["_where"], f"{field}: {problem}")


def _between(least: int, most: int, value: Any) -> int:
    found = whole(value, at_least=least)
    if found > most:
        raise ValueError(f"{found} is more than {most}")
    return found


def _sliders(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValueError("a list is expected")
    return [one_of(name, SLIDERS) for name in value]
