"""One filled-in scorecard: as it is read, and as it is filled in."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from assessments import ports
from assessments.evaluations.models import Evaluation, Mark
from assessments.evaluations.queries.marks import judged_marks, marked_item, score_of
from assessments.evaluations.rules import MUST_BE_MARKED, NOT_APPLICABLE, outcome_values
from assessments.scorecards.models import Item
from assessments.scorecards.queries import sections_of
from assessments.scorecards.rules import CardScore, ItemPart, share_of, shown_share
from assessments.scorecards.states import ItemKind, NotApplicable


@dataclass(frozen=True)
class ItemRead:
    """An item with its outcome, as the agent reads it. `part`: what it did to the score."""

    item: Item
    mark: Mark
    share: Decimal | None
    part: ItemPart
    lessons: list[ports.LessonLink] = field(default_factory=list)

    @property
    def gained_shown(self) -> Decimal | None:
        return shown_share(self.part.gained)

    @property
    def lost_shown(self) -> Decimal | None:
        """None also where nothing was lost."""
        return shown_share(self.part.lost) or None

    @property
    def words(self) -> str | Promise:
        """The outcome in words where numbers don't say it."""
        if self.mark.points is None:
            return _("N/A")
        if self.item.kind == ItemKind.FATAL:
            return pgettext_lazy("item", "Failed") if self.part.is_failed else _("In order")
        if self.item.kind == ItemKind.WARNING:
            return _("Flagged") if self.part.is_failed else _("In order")
        return f"{plain(self.mark.points)}/{self.item.points_possible}"


@dataclass(frozen=True)
class EvaluationRead:
    """One evaluation in the order in which it is read: what went well, what would have gained most, the rest."""

    score: CardScore
    fatal_failures: list[ItemRead]
    strengths: list[ItemRead]
    weaknesses: list[ItemRead]
    warnings: list[ItemRead]
    all_items: list[ItemRead]

    @property
    def points(self) -> tuple[str, str] | None:
        """Weighted points earned and possible; None where nothing was scored."""
        return (plain(self.score.earned), plain(self.score.possible)) if self.score.possible else None


def evaluation_read(evaluation: Evaluation) -> EvaluationRead:
    marks = judged_marks(evaluation)
    score = score_of(evaluation, marks)
    lessons = ports.lessons_by_skill(
        sorted({mark.item.skill_id for mark in marks if _is_weak(mark)}), get_language() or settings.LANGUAGE_CODE
    )
    rows = [
        ItemRead(
            mark.item,
            mark,
            share_of(marked_item(mark.item, mark)),
            part,
            lessons.get(mark.item.skill_id, []) if _is_weak(mark) else [],
        )
        for mark, part in zip(marks, score.parts, strict=True)
    ]
    scored = [row for row in rows if row.item.kind in (ItemKind.SCORED, ItemKind.BONUS) and row.share is not None]
    return EvaluationRead(
        score=score,
        fatal_failures=[row for row in rows if row.item.kind == ItemKind.FATAL and row.part.is_failed],
        strengths=[row for row in scored if row.share == 1],
        weaknesses=sorted((row for row in scored if row.part.lost), key=lambda row: row.part.lost or 0, reverse=True),
        warnings=[row for row in rows if row.item.kind == ItemKind.WARNING and row.part.is_failed],
        all_items=rows,
    )


def plain(number: Decimal) -> str:
    """2 instead of 2.00."""
    return f"{number.normalize():f}"


def _is_weak(mark: Mark) -> bool:
    return mark.item.kind != ItemKind.BONUS and mark.points is not None and mark.points < mark.item.points_possible


# --- one evaluation, filled in ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """One button of an item: what it sends, says, its key, and which of the four states it is drawn in."""

    value: str
    label: str | Promise
    key: str
    state: str
    is_chosen: bool

    @property
    def key_label(self) -> str | Promise:
        """What the list of keys says; it is one list for all items."""
        if self.key == "n":
            return _("Does not apply")
        if self.key == "0":
            return _("No points; yes-or-no items: failed")
        if self.key == "1":
            return _("1 point; yes-or-no items: in order")
        return _("%(n)s points") % {"n": self.key}


@dataclass(frozen=True)
class ItemToMark:
    item: Item
    mark: Mark | None
    outcomes: list[Outcome]

    @property
    def is_marked(self) -> bool:
        return self.mark is not None and self.mark.is_judged

    @property
    def is_typed(self) -> bool:
        """Too many points for buttons: a number field."""
        return not any(outcome.value != NOT_APPLICABLE for outcome in self.outcomes)


@dataclass(frozen=True)
class Group:
    title: str | Promise
    is_fatal: bool
    rows: list[ItemToMark]


@dataclass(frozen=True)
class ScoreSoFar:
    """The foot of the marking screen. `marked` of `total` items that must be marked."""

    score: CardScore
    marked: int
    total: int

    @property
    def computed(self) -> Decimal | None:
        return shown_share(self.score.computed)

    @property
    def final(self) -> Decimal | None:
        return shown_share(self.score.final)


def marking_groups(evaluation: Evaluation) -> list[Group]:
    """The scorecard as it is filled in: fatal items in a group of their own on top, then the sections."""
    marks = {mark.item_id: mark for mark in evaluation.marks.all()}
    sections = sections_of(evaluation.scorecard_version)
    fatal = [item for section in sections for item in section.items if item.kind == ItemKind.FATAL]
    groups = [Group(_("Fatal items"), True, [_to_mark(item, marks.get(item.pk)) for item in fatal])] if fatal else []
    for section in sections:
        rows = [_to_mark(item, marks.get(item.pk)) for item in section.items if item.kind != ItemKind.FATAL]
        if rows:
            groups.append(Group(section.section.name, False, rows))
    return groups


def score_so_far(evaluation: Evaluation) -> ScoreSoFar:
    """In two queries, after each mark."""
    marks = judged_marks(evaluation)
    total = Item.objects.filter(section__version=evaluation.scorecard_version_id, kind__in=MUST_BE_MARKED).count()
    marked = sum(mark.item.kind in MUST_BE_MARKED for mark in marks)
    return ScoreSoFar(score_of(evaluation, marks), marked, total)


def _to_mark(item: Item, mark: Mark | None) -> ItemToMark:
    chosen = None
    if mark is not None and mark.is_judged:
        chosen = NOT_APPLICABLE if mark.points is None else plain(mark.points)
    outcomes = [
        Outcome(str(value), _outcome_label(item, value), str(value), _outcome_state(item, value), chosen == str(value))
        for value in outcome_values(item.kind, item.points_possible)
    ]
    if item.not_applicable != NotApplicable.NOT_ALLOWED:
        outcomes.append(Outcome(NOT_APPLICABLE, _("N/A"), "n", "neutral", chosen == NOT_APPLICABLE))
    return ItemToMark(item, mark, outcomes)


def _outcome_label(item: Item, value: int) -> str | Promise:
    if item.kind == ItemKind.FATAL:
        return _("In order") if value else pgettext_lazy("item", "Failed")
    if item.kind == ItemKind.WARNING:
        return _("In order") if value else _("Flag it")
    return str(value)


def _outcome_state(item: Item, value: int) -> str:
    if value == 0 and item.kind != ItemKind.BONUS:
        return "attention" if item.kind == ItemKind.WARNING else "bad"
    return "good" if value == item.points_possible else "neutral"
