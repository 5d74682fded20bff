"""Loads a pack that was read and checked: judges everything against the site, writes what is new or changed, leaves alone
what people edited. All of it or nothing.

To take up another kind of thing: describe it in content/format/kinds.py, say in content/exporters/ how the site's rows
read as that description, and add a Stage here that writes one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation

from content.exporters.keys import page_key
from content.exporters.pages import Pages
from content.exporters.present import Present, digest
from content.format.nodes import Problem
from content.importers.bank import Questions
from content.importers.framework import JobRoles, Notices, Skills
from content.importers.judging import REMEMBERED, WRITTEN, Choice, Outcome, judge, why
from content.importers.order import CourseOrder
from content.importers.pages import Courses, Lessons, LoaderKeys, Tracks
from content.importers.report import Line, Report
from content.importers.stages import LeftToPeople, Load, Refused, Stage, Wanted
from content.importers.standards import Quizzes, Scenarios, Scorecards
from content.importers.words import Media, Phrases, Terms
from content.models import LoadedItem, LoadedPack
from content.readers.pack import Pack, PackError
from lms.audit import services as audit
from lms.people.models import User

__all__ = ["load_pack", "page_key"]

#: Rows of one INSERT.
BATCH = 500


def load_pack(
    pack: Pack,
    *,
    actor: User | None,
    at: datetime,
    is_dry_run: bool = False,
    overwrite: Collection[str] = (),
    keep: Collection[str] = (),
) -> Report:
    """Take the pack over in one transaction; of a dry run nothing stays, neither rows nor files nor mail.

    `overwrite` and `keep` decide conflicts: keys, `kind:key`, or "all". Raises PackError with every thing that the site
    can't take; then nothing was written.
    """
    loader = _Loader(pack, actor, at, frozenset(overwrite), frozenset(keep))
    is_done = False
    try:
        with transaction.atomic(), translation.override("en"):
            report = loader.run()
            report.is_dry_run = is_dry_run
            if is_dry_run:
                transaction.set_rollback(True)
        is_done = not is_dry_run
    finally:
        if not is_done:
            loader.load.take_back_files()
    return report


@dataclass(frozen=True)
class _Plan:
    """One thing, judged. `site` and `pack` are digests."""

    stage: Stage
    wanted: Wanted
    present: Present | None
    pack: str
    outcome: Outcome
    words: str = ""

    @property
    def line(self) -> Line:
        return self.told(self.outcome, self.words)

    def told(self, outcome: Outcome, words: str) -> Line:
        wanted = self.wanted
        return Line(self.stage.kind, wanted.key, outcome, wanted.language, words, wanted.file, wanted.line)


class _Loader:
    def __init__(
        self, pack: Pack, actor: User | None, at: datetime, overwrite: frozenset[str], keep: frozenset[str]
    ) -> None:
        self.pack, self.at = pack, at
        self.overwrite, self.keep = overwrite, keep
        self.load = Load(pack, actor, at, LoaderKeys(pack))
        self.memory: dict[tuple[str, str, str], str] = {}
        self.report = Report(pack.key, pack.version, notes=list(pack.notes))
        self.problems: list[Problem] = []

    def run(self) -> Report:
        rows = LoadedItem.objects.filter(pack=self.pack.key)
        self.memory = {(row.kind, row.key, row.language): row.digest for row in rows}
        pages = Pages(self.load.keys)
        self.order = CourseOrder(self.load, pages, self.memory)
        self.courses = Courses(self.load, pages)
        stages: list[Stage] = [
            Media(self.load), Skills(self.load), Notices(self.load), Questions(self.load), Quizzes(self.load),
            Scorecards(self.load), Scenarios(self.load), Phrases(self.load), Terms(self.load), self.courses,
            Lessons(self.load, pages), Tracks(self.load, pages), JobRoles(self.load),
        ]  # fmt: skip
        plans = [self._planned(stage) for stage in stages]
        self._prepare(stages, plans)
        for planned in plans:
            for plan in planned:
                self._carry_out(plan)
        if not self.problems:
            self._arrange(plans[stages.index(self.courses)])
        if self.problems:
            raise PackError(self.problems)
        self._dropped(stages, plans)
        self._remember(plans)
        return self.report

    # --- judging ---------------------------------------------------------------------------------------------------

    def _planned(self, stage: Stage) -> list[_Plan]:
        wanted = stage.wanted()
        present = stage.present(wanted) if wanted else {}
        return [self._judged(stage, each, present) for each in wanted]

    def _judged(self, stage: Stage, wanted: Wanted, present: object) -> _Plan:
        place = (wanted.key, wanted.language)
        assert isinstance(present, dict)
        now: Present | None = present.get(place)
        site = digest(stage.kind, now.value, wanted.language) if now else None
        pack = digest(stage.kind, wanted.value, wanted.language)
        loaded = self.memory.get((stage.kind, *place))
        # There, but unpublished: nobody reads it, and somebody may be writing it.
        is_open = now.is_open if now else place in present and loaded is None
        choice = self._choice(stage.kind, wanted.key)
        outcome = judge(site=site, pack=pack, loaded=loaded, is_open=is_open, choice=choice)
        words = why(outcome, site=None if now is None and loaded else site, loaded=loaded, is_open=is_open)
        return _Plan(stage, wanted, now, pack, outcome, words)

    def _choice(self, kind: str, key: str) -> Choice | None:
        names = {"all", key, f"{kind}:{key}"}
        if names & self.overwrite:
            return Choice.OVERWRITE
        return Choice.KEEP if names & self.keep else None

    # --- writing ---------------------------------------------------------------------------------------------------

    def _prepare(self, stages: Sequence[Stage], plans: Sequence[list[_Plan]]) -> None:
        for stage, planned in zip(stages, plans, strict=True):
            for plan in planned:
                if plan.outcome is Outcome.NEW:
                    self._tried(plan, lambda stage=stage, plan=plan: stage.prepare([plan.wanted]))

    def _carry_out(self, plan: _Plan) -> None:
        if plan.outcome not in WRITTEN:
            self.report.lines.append(plan.line)
            return
        try:
            self._tried(plan, lambda: plan.stage.write(plan.wanted, plan.present))
            self.report.lines.append(plan.line)
        except LeftToPeople as left:
            self.report.lines.append(plan.told(Outcome.LEFT, str(left)))

    def _tried(self, plan: _Plan, deed: object) -> None:
        """Every refusal is collected; the first one alone would hide the others."""
        assert callable(deed)
        try:
            deed()
        except Refused as error:
            problem = Problem(plan.wanted.file, plan.wanted.line, f"{plan.line.name}: {error}")
            if problem not in self.problems:
                self.problems.append(problem)

    def _arrange(self, courses: Sequence[_Plan]) -> None:
        written = [plan.wanted for plan in courses if plan.outcome in WRITTEN]
        self.courses.arrange(written)
        self.report.lines += self.order.arrange(
            {plan.wanted.key for plan in courses if plan.outcome is Outcome.NEW},
            choice=self._choice("course order", "courses"),
        )

    # --- remembering -------------------------------------------------------------------------------------------------

    def _dropped(self, stages: Sequence[Stage], plans: Sequence[list[_Plan]]) -> None:
        told = {(plan.stage.kind, plan.wanted.key, plan.wanted.language) for planned in plans for plan in planned}
        kinds = {stage.kind for stage in stages if stage.is_remembered}
        for kind, key, language in self.memory:
            if kind in kinds and (kind, key, language) not in told:
                words = "not in the pack any more; it stays on this site"
                self.report.lines.append(Line(kind, key, Outcome.DROPPED, language, words))

    def _remember(self, plans: Sequence[list[_Plan]]) -> None:
        left = {(line.kind, line.key, line.language) for line in self.report.of(Outcome.LEFT)}
        digests: dict[tuple[str, str, str], str] = dict(self.order.remembered())
        for planned in plans:
            for plan in planned:
                place = (plan.stage.kind, plan.wanted.key, plan.wanted.language)
                is_kept = plan.outcome is Outcome.KEPT and self._choice(plan.stage.kind, plan.wanted.key)
                if place not in left and (plan.outcome in REMEMBERED or is_kept):
                    digests[place] = plan.pack
        news = {place: told for place, told in digests.items() if self.memory.get(place) != told}
        LoadedItem.objects.bulk_create(
            (
                LoadedItem(pack=self.pack.key, kind=kind, key=key, language=language, digest=told, loaded_at=self.at)
                for (kind, key, language), told in news.items()
            ),
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["pack", "kind", "key", "language"],
            update_fields=["digest", "loaded_at"],
        )
        head = {"version": self.pack.version, "title_zh": self.pack.title.zh, "title_en": self.pack.title.en}
        row = LoadedPack.objects.filter(key=self.pack.key).first()
        if row and not news and all(getattr(row, name) == value for name, value in head.items()):
            return
        row, _is_new = LoadedPack.objects.update_or_create(key=self.pack.key, defaults=head | {"loaded_at": self.at})
        counts = {outcome.value: (None, len(found)) for outcome in Outcome if (found := self.report.of(outcome))}
        changes = {"version": (None, self.pack.version)} | counts
        audit.record(actor=self.load.actor, action="pack_loaded", subject=row, at=self.at, changes=changes)
