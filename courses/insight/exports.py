"""The figures of lessons as a workbook."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from courses.insight.queries.lessons import Insight
from courses.insight.rules import EFFECT_DAYS, FINISHED_BAR, LEFT_AFTER_DAYS, RIGHT_BAR
from lms.kernel.workbooks import cell_styles, data_workbook, write_header
from lms.templatetags.shares import percent


def insight_workbook(insights: Sequence[Insight], *, days: int, at: datetime) -> bytes:
    """One line per lesson in the order given, every figure with n and the ends of its range; and how to read it."""
    buffer = BytesIO()
    with data_workbook(buffer) as book:
        styles = cell_styles(book)
        sheet = book.add_worksheet(_("Lessons"))
        low, high = _("Lower bound"), _("Upper bound")
        columns = [
            (_("Course"), 24), (_("Lesson"), 28), (_("What fails"), 44), (_("Begun"), 8), (_("Finished"), 8),
            (_("Still reading"), 10), (_("Left"), 8), (_("Share finished"), 10), (low, 10), (high, 10), (_("n"), 6),
            (_("Median minutes"), 10), (_("n"), 6), (_("Minutes planned"), 10), (_("Hardest self-check"), 10),
            (low, 10), (high, 10), (_("n"), 6), (_("Change on calls (points)"), 12), (low, 10), (high, 10),
            (_("n"), 6), (_("Found helpful"), 10), (low, 10), (high, 10), (_("n"), 6), (_("Open comments"), 10),
            (_("Oldest (days)"), 10),
        ]  # fmt: skip
        write_header(sheet, styles, columns)
        for line, row in enumerate(insights, 1):
            sheet.write_string(line, 0, row.course.title)
            sheet.write_string(line, 1, row.lesson.title)
            sheet.write_string(line, 2, "\n".join(row.reasons), styles["wrapped"])
            for place, (value, style) in enumerate(_cells(row, styles), 3):
                if value is not None:
                    sheet.write_number(line, place, value, style)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(len(insights), 1), len(columns) - 1)
        notes = book.add_worksheet(_("How to read it"))
        notes.set_column(0, 0, 100)
        for place, text in enumerate(_notes(days, at)):
            notes.write_string(place, 0, text, styles["wrapped"])
    return buffer.getvalue()


def _cells(row: Insight, styles: dict[str, Any]) -> list[tuple[float | None, Any]]:
    figures, readers = row.figures, row.figures.readers
    counts = (readers.begun, readers.finished, readers.reading, readers.left)
    hardest = figures.hardest.share if figures.hardest else None
    effect = figures.effect.interval
    change = [None] * 3 if effect is None else [share * 100 for share in (effect.estimate, effect.low, effect.high)]
    return [
        *((count, None) for count in counts),
        *_share(readers.share, styles),
        (readers.median_minutes, styles["number"]),
        (readers.timed, None),
        (row.lesson.minutes, None),
        *_share(hardest, styles),
        *((value, styles["number"]) for value in change),
        (figures.effect.n, None),
        *_share(figures.helpful, styles),
        (figures.comments.n, None),
        (row.oldest_days if figures.comments.n else None, None),
    ]


def _share(interval: Any, styles: dict[str, Any]) -> list[tuple[float | None, Any]]:
    if interval is None:
        return [(None, None)] * 3 + [(0, None)]
    shares = (interval.estimate, interval.low, interval.high)
    return [*((share, styles["percent"]) for share in shares), (interval.n, None)]


def _notes(days: int, at: datetime) -> list[str]:
    return [
        _("As of %(time)s, last %(days)d days.") % {"time": f"{timezone.localtime(at):%Y-%m-%d %H:%M}", "days": days},
        _("Readers count who opened the lesson for the first time in this period; nobody is named."),
        _("Left: not finished, and not back for more than %(days)d days.") % {"days": LEFT_AFTER_DAYS},
        _("Self-checks: the first try of each person. A question fails when surely fewer than %(bar)s get it right.")
        % {"bar": percent(RIGHT_BAR)},
        _("A lesson loses its readers when surely fewer than %(bar)s finish it.") % {"bar": percent(FINISHED_BAR)},
        _(
            "Change on calls: each reader's marks on the linked skills in the %(days)d days after the lesson less those"
            " in the %(days)d days before. It shows what went together, not what caused it."
        )
        % {"days": EFFECT_DAYS},
        _("Bounds: 95% interval."),
    ]
