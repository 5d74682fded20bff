"""The shrinkage calculator: from paid hours to hours on the phones, from needed people to rostered ones."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.catalogue.blocks import samples
from courses.simulators.metrics import plain
from courses.simulators.rules import SHRINKAGE_FIGURES
from courses.simulators.shrinkage import TERMS, Shrinkage, Way, shrinkage

#: What the figures are called, and how one is written.
FIGURES: dict[str, tuple[Any, Any]] = {
    "paid_hours": (_("Paid hours"), _("{n} h")),
    "leave_percent": (_("Leave"), "{n}%"),
    "sickness_percent": (_("Sickness"), "{n}%"),
    "training_percent": (_("Training"), "{n}%"),
    "meetings_percent": (_("Meetings and coaching"), "{n}%"),
    "breaks_percent": (_("Breaks"), "{n}%"),
    "needed": (_("Agents needed on the phones"), "{n}"),
}
START = {
    "paid_hours": 40, "leave_percent": 8, "sickness_percent": 4, "training_percent": 3, "meetings_percent": 2,
    "breaks_percent": 10, "needed": 20,
}  # fmt: skip

ROSTERED = gettext_noop("For {needed} on the phones roster {rostered}: {needed} ÷ (100% − {shrinkage}), rounded up.")
NOBODY = gettext_noop("The terms leave nobody on the phones.")
TOO_FEW = gettext_noop(
    "A common slip is to put {shrinkage} on top: {too_few} people. With {shrinkage} away only {left} of them are on the phones."
)


def _percent(name: str) -> blocks.IntegerBlock:
    least, most = SHRINKAGE_FIGURES[name]
    return blocks.IntegerBlock(
        default=START[name],
        min_value=least,
        max_value=most,
        label=FIGURES[name][0],
        help_text=_("In per cent of the paid hours."),
    )


class ShrinkageBlock(blocks.StructBlock):
    """What breaks, training, meetings, leave and sickness take from the paid hours, added and multiplied."""

    title = blocks.CharBlock(required=False, label=_("Title"))
    task = blocks.TextBlock(required=False, label=_("Task"), help_text=_("What to find out with it."))
    paid_hours = blocks.IntegerBlock(
        default=START["paid_hours"],
        min_value=SHRINKAGE_FIGURES["paid_hours"][0],
        max_value=SHRINKAGE_FIGURES["paid_hours"][1],
        label=FIGURES["paid_hours"][0],
        help_text=_("Of one person and week, or of the whole team."),
    )
    leave_percent = _percent("leave_percent")
    sickness_percent = _percent("sickness_percent")
    training_percent = _percent("training_percent")
    meetings_percent = _percent("meetings_percent")
    breaks_percent = _percent("breaks_percent")
    needed = blocks.IntegerBlock(
        default=START["needed"],
        min_value=SHRINKAGE_FIGURES["needed"][0],
        max_value=SHRINKAGE_FIGURES["needed"][1],
        label=FIGURES["needed"][0],
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        if sum(cleaned[f"{term}_percent"] for term in TERMS) >= 100:
            words = ValidationError(_("Together the terms take all the time: nobody is left to answer."))
            raise blocks.StructBlockValidationError(non_block_errors=[words])
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Both ways for the start figures, for readers without JavaScript too. Without `found`: an unfinished draft."""
        context = super().get_context(value, parent_context=parent_context)
        start = {name: value.get(name) for name in FIGURES}
        if any(amount is None for amount in start.values()):
            return context
        terms = [(term, start[f"{term}_percent"]) for term in TERMS]
        found = shrinkage(start["paid_hours"], terms, start["needed"])
        return context | {
            "found": found,
            "figures": [
                {
                    "name": name,
                    "label": label,
                    "text": text,
                    "shown": text.format(n=plain(start[name])),
                    "value": start[name],
                    "least": SHRINKAGE_FIGURES[name][0],
                    "end": _end(name, start[name]),
                }
                for name, (label, text) in FIGURES.items()
            ],
            "rows": [
                {
                    "term": term,
                    "label": FIGURES[f"{term}_percent"][0],
                    "added": hours(added.hours),
                    "multiplied": hours(multiplied.hours),
                }
                for term, added, multiplied in zip(TERMS, found.added.steps, found.multiplied.steps, strict=True)
            ],
            "added": _column(found.added),
            "multiplied": _column(found.multiplied),
            "needed_words": needed_words(found.added, start["needed"]),
            "too_few_words": too_few_words(found),
            "texts": json.dumps(
                {
                    "rostered": gettext(ROSTERED),
                    "nobody": gettext(NOBODY),
                    "too_few": gettext(TOO_FEW),
                    "hours": gettext("{n} h"),
                },
                ensure_ascii=False,
            ),
        }

    class Meta:
        template = "courses/blocks/shrinkage.html"
        group = samples.FIGURES
        icon = "minus"
        label = _("Shrinkage calculator")
        preview_value = START
        description = _("From paid hours to hours on the phones, and how many people to roster")


def hours(value: Any) -> str:
    return gettext("{n} h").format(n=plain(value))


def share(value: Any) -> str:
    return f"{plain(value * 100)}%"


def needed_words(way: Way, needed: int) -> str:
    if way.rostered is None:
        return gettext(NOBODY)
    return gettext(ROSTERED).format(needed=plain(needed), rostered=plain(way.rostered), shrinkage=share(way.shrinkage))


def too_few_words(found: Shrinkage) -> str:
    """Nothing to say where the slip costs nobody."""
    if found.added.rostered is None or found.too_few == found.added.rostered:
        return ""
    return gettext(TOO_FEW).format(
        shrinkage=share(found.added.shrinkage), too_few=plain(found.too_few), left=plain(found.too_few_on_phones)
    )


def _column(way: Way) -> dict[str, str]:
    return {
        "hours": hours(way.hours),
        "shrinkage": share(way.shrinkage),
        "rostered": "–" if way.rostered is None else plain(way.rostered),
    }


def _end(name: str, start: int) -> int:
    """How far a slider goes: shares to 30 % at least, other figures to twice the start."""
    least = 30 if name.endswith("_percent") else 40
    return min(SHRINKAGE_FIGURES[name][1], max(least, 2 * start))
