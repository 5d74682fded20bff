"""What each screen is drawn from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments.evaluations.rules import NOT_APPLICABLE, outcome_values
from assessments.roleplay.models import HelpEvent, MysteryCall, PointMark
from assessments.roleplay.permissions import can_place, can_read_sheet, can_see_script
from assessments.roleplay.queries import (
    Debrief,
    ItemRow,
    PointRow,
    ScoreRow,
    debrief_of,
    item_rows,
    missing_before_debrief,
    point_rows,
    score_so_far,
    script_of,
)
from assessments.roleplay.rules import StillMissing, clock_shown
from assessments.roleplay.states import LIVE, MARKABLE, MYSTERY_CALL_MOVES, HelpKind, MysteryCallState, PointOutcome
from assessments.scenarios.models import ScenarioVersion
from assessments.scorecards.models import Item
from assessments.scorecards.rules import CardScore, shown_share
from assessments.scorecards.states import ItemKind, NotApplicable
from lms.kernel.markdown import to_html

#: Which of the four states a point's outcome is drawn in.
LOOKS = {
    PointOutcome.MET: "good",
    PointOutcome.PARTLY: "attention",
    PointOutcome.NOT_MET: "bad",
    PointOutcome.NOT_REACHED: "neutral",
}


@dataclass(frozen=True)
class Choice:
    """One of the big buttons of a row; `key` is the single key that presses it."""

    value: str
    label: str
    look: str
    is_chosen: bool
    key: str = ""


@dataclass(frozen=True)
class MarkingRow:
    """One point or item of the console with its buttons and words; `told` is what stands behind it, as HTML."""

    row: PointRow | ItemRow
    url: str
    choices: list[Choice]
    stamp: str
    told: list[tuple[str, SafeString]]
    #: Items with more points than buttons: the number is typed.
    is_typed: bool = False
    typed: str = ""


@dataclass(frozen=True)
class ListEntry:
    """One call on a list: whom to name, what it leads to, and the score where there is one."""

    call: MysteryCall
    who: str
    title: str
    url: str
    action: str
    score: str


@dataclass(frozen=True)
class ScoreLine:
    """One item of the composite score: its outcome, and the percentage points it brought and cost, in words."""

    row: ScoreRow
    outcome: str
    gained: str
    lost: str
    stamp: str


@dataclass(frozen=True)
class DebriefRow:
    """One point as both sides read it after the call."""

    row: PointRow
    stamp: str
    look: str
    standard_answer: SafeString
    advice: SafeString


def console_context(call: MysteryCall, *, at: datetime) -> dict[str, Any]:
    script = script_of(call)
    points = point_rows(call, script)
    items = item_rows(call, script)
    is_markable = call.state in MARKABLE
    return {
        "call": call,
        "script": script,
        "card": _card(script),
        "branches": branch_rows(script),
        "announcement": to_html(script.announcement),
        "closing": to_html(script.closing),
        "points": [_point_row(call, row) for row in points],
        "items": [_item_row(call, row) for row in items],
        "is_markable": is_markable,
        "missing": _missing_links(points, items) if call.state == MysteryCallState.ENDED else [],
        "score": _shown(score_so_far(call, points, items)) if call.state == MysteryCallState.ENDED else "",
        "seconds": call.seconds_at(at),
        "length": _length(call),
        "is_cancellable": MysteryCallState.CANCELLED in MYSTERY_CALL_MOVES[call.state],
        "exit_url": reverse("assessments:mystery-call-list"),
        "can_read_sheet": can_read_sheet(call.caller, script.scenario),
        **help_context(call),
    }


def help_context(call: MysteryCall) -> dict[str, Any]:
    return {
        "call": call,
        "is_live": call.state in LIVE,
        "help_kinds": HelpKind.choices,
        "help_events": _help_rows(call, call.help_events.all()),
    }


def agent_context(call: MysteryCall, *, at: datetime) -> dict[str, Any]:
    """Nothing of the script: neither its name nor a point reaches the agent before the debrief."""
    return {
        "call": call,
        "is_live": call.state in LIVE,
        "is_followed": call.state != MysteryCallState.CANCELLED,
        "pace": 5 if call.state == MysteryCallState.PLANNED else 2,
        "seconds": call.seconds_at(at),
    }


def debrief_context(call: MysteryCall) -> dict[str, Any]:
    debrief = debrief_of(call)
    return {
        "call": call,
        "debrief": debrief,
        "points": [_debrief_row(row, row.mark) for row in debrief.points if row.mark],
        "help_events": _help_rows(call, debrief.help_events),
        "shown": _shown(debrief.score),
        "parts": [_score_line(row) for row in debrief.parts],
        "length": _length(call),
        "crumbs": [
            {"label": _("Mystery calls"), "url": reverse("assessments:mystery-call-list")},
            {"label": _("Debrief")},
        ],
        **_card_context(call, debrief),
    }


def _card_context(call: MysteryCall, debrief: Debrief) -> dict[str, Any]:
    """The score in words; empty after a forfeit."""
    if call.evaluation is None or debrief.score is None:
        return {}
    pass_share = call.evaluation.scorecard_version.pass_share
    computed = debrief.score.computed
    return {
        "pass_share": pass_share,
        "pass_shown": _percent(pass_share),
        "computed_shown": "–" if computed is None else _percent(computed),
    }


def list_entry(call: MysteryCall, viewer: Any) -> ListEntry:
    """A row of the list with where it leads; the scenario's name only where it gives nothing away."""
    is_agent = call.assignment.person_id == viewer.pk
    if call.is_shown:
        url, action = reverse("assessments:mystery-call-debrief", args=[call.pk]), _("Open the debrief")
    elif can_place(viewer, call):
        url, action = reverse("assessments:mystery-call-console", args=[call.pk]), _("Open the console")
    elif is_agent:
        url, action = reverse("assessments:mystery-call-agent", args=[call.pk]), _("Go to the call")
    else:
        url, action = "", ""
    return ListEntry(
        call=call,
        who="caller" if is_agent else "agent",
        title=call.scenario_version.scenario.title if can_see_script(viewer, call) else "",
        url=url,
        action=action,
        score=final_shown(call),
    )


def final_shown(call: MysteryCall) -> str:
    """The composite score as people read it; empty where there is none."""
    score = call.evaluation.final_score if call.evaluation else None
    return "" if score is None else _percent(score)


def _length(call: MysteryCall) -> str:
    return clock_shown(call.seconds_at(call.ended_at)) if call.started_at and call.ended_at else ""


def _point_row(call: MysteryCall, row: PointRow) -> MarkingRow:
    chosen = row.mark.outcome if row.mark else ""
    choices = [
        Choice(value, str(label), LOOKS[PointOutcome(value)], value == chosen, key=str(number))
        for number, (value, label) in enumerate(PointOutcome.choices, start=1)
    ]
    url = reverse("assessments:mystery-call-point", args=[call.pk, row.point.pk])
    told = [
        (_("Standard answer"), to_html(row.point.standard_answer)),
        (_("Listen for"), to_html(row.point.listen_for)),
    ]
    return MarkingRow(row, url, choices, _stamp(row), told)


def _item_row(call: MysteryCall, row: ItemRow) -> MarkingRow:
    """As on the page where evaluations are marked: the number is the key, n says that it doesn't apply."""
    chosen = _chosen_points(row)
    choices = [
        Choice(str(value), _words_of(row.item, value), _look_of(row.item, value), str(value) == chosen, key=str(value))
        for value in outcome_values(row.item.kind, row.item.points_possible)
    ]
    is_typed = not choices
    if row.item.not_applicable != NotApplicable.NOT_ALLOWED:
        choices.append(Choice(NOT_APPLICABLE, _("N/A"), "neutral", chosen == NOT_APPLICABLE, key="n"))
    url = reverse("assessments:mystery-call-item", args=[call.pk, row.item.pk])
    told = [(_("How to judge it"), to_html(row.item.guidance))]
    stamp = clock_shown(row.mark.at_second if row.mark else None)
    return MarkingRow(row, url, choices, stamp, told, is_typed, "" if chosen == NOT_APPLICABLE else chosen)


def _chosen_points(row: ItemRow) -> str:
    if row.mark is None or not row.mark.is_judged:
        return ""
    return NOT_APPLICABLE if row.mark.points is None else _plain(row.mark.points)


def _words_of(item: Item, value: int) -> str:
    if item.kind == ItemKind.FATAL:
        return _("In order") if value else _("Failed")
    if item.kind == ItemKind.WARNING:
        return _("In order") if value else _("Flag it")
    return str(value)


def _look_of(item: Item, value: int) -> str:
    if value == 0 and item.kind != ItemKind.BONUS:
        return "attention" if item.kind == ItemKind.WARNING else "bad"
    return "good" if value == item.points_possible else "neutral"


def _card(script: ScenarioVersion) -> list[tuple[str, SafeString]]:
    """The customer whom the caller plays: heading and text."""
    told = [
        (_("Who is calling"), script.persona),
        (_("Mood"), script.mood),
        (_("Opening line"), script.opening_line),
        (_("Told only when asked"), script.knows),
        (_("Traps"), script.traps),
        (_("The agent may have open"), script.documents),
    ]
    return [(heading, to_html(text)) for heading, text in told if text]


def branch_rows(script: ScenarioVersion) -> list[tuple[SafeString, SafeString]]:
    """If the agent does this, the caller says that."""
    return [(to_html(branch.when), to_html(branch.say)) for branch in script.branches.all()]


def _debrief_row(row: PointRow, mark: PointMark) -> DebriefRow:
    """The caller's own advice stands before the script's."""
    return DebriefRow(
        row=row,
        stamp=clock_shown(mark.at_second),
        look=LOOKS[PointOutcome(mark.outcome)],
        standard_answer=to_html(row.point.standard_answer),
        advice=to_html(mark.advice or row.point.advice),
    )


def _score_line(row: ScoreRow) -> ScoreLine:
    return ScoreLine(
        row=row,
        outcome=_outcome(row),
        gained="" if row.gained is None else _percent(row.gained),
        lost="" if not row.lost else _percent(row.lost),
        stamp=clock_shown(row.mark.at_second),
    )


def _outcome(row: ScoreRow) -> str:
    """`3 / 4`, or a word where there is only yes and no."""
    points, item = row.mark.points, row.item
    if points is None:
        return _("N/A")
    if item.kind == ItemKind.FATAL:
        return _("In order") if points else _("Failed")
    if item.kind == ItemKind.WARNING:
        return _("In order") if points else _("Flagged")
    return f"{_plain(points)} / {item.points_possible}"


def _shown(score: CardScore | None) -> str:
    """The final share as people read it; empty where there is none."""
    return "" if score is None or score.final is None else _percent(score.final)


def _plain(points: Decimal) -> str:
    """2, 2.5 or 2.67: no zeros behind the point."""
    return f"{points.normalize():f}"


def _percent(share: Decimal) -> str:
    return f"{(share_down * 100).normalize():f}%" if (share_down := shown_share(share)) is not None else "–"


def _missing_links(points: list[PointRow], items: list[ItemRow]) -> list[tuple[str, str]]:
    """(anchor, words) of what is still to be marked."""
    missing: StillMissing = missing_before_debrief(points, items)
    words = {"not_marked": _("not marked yet"), "no_comment": _("say in the comment why it failed")}
    by_key = {row.item.key: row.item for row in items}
    return [
        (f"point-{row.point.pk}", f"{row.point.text}: {words['not_marked']}")
        for row in points
        if row.point.key in missing.points
    ] + [
        (f"item-{by_key[piece.key].pk}", f"{by_key[piece.key].name}: {words[piece.gap.value]}")
        for piece in missing.items
    ]


def _help_rows(call: MysteryCall, events: Iterable[HelpEvent]) -> list[tuple[HelpEvent, str]]:
    """Each event with its place on the call's clock; empty before the clock started."""
    begun = call.started_at
    return [(event, clock_shown(call.seconds_at(event.at)) if begun and event.at >= begun else "") for event in events]


def _stamp(row: PointRow) -> str:
    return clock_shown(row.mark.at_second if row.mark else None)
