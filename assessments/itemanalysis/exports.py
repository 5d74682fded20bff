"""The figures of a quiz as a workbook and as JSON."""

from datetime import datetime
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.itemanalysis.queries import QuizFigures, ShownAnswer, ShownOption, ShownPart, ShownQuestion
from assessments.itemanalysis.rules import LEAST_FOR_CORRELATIONS, LEAST_FOR_FLAGS, LEAST_LEARNERS
from assessments.statistics import Interval
from lms.kernel.workbooks import cell_styles, data_workbook, write_header


def figures_workbook(figures: QuizFigures, *, at: datetime) -> bytes:
    """Sheets in the active language: the quiz, its questions, their options, what was typed and what was right line by
    line where the quiz asks so, how to read it. Figures are numbers, shares formatted as percentages; what can't be told
    is empty."""
    buffer = BytesIO()
    with data_workbook(buffer) as book:
        styles = cell_styles(book)
        _summary_sheet(book, styles, figures)
        _question_sheet(book, styles, figures)
        _option_sheet(book, styles, figures)
        if any(row.answers for row in figures.questions):
            _answer_sheet(book, styles, figures)
        if any(row.parts for row in figures.questions):
            _part_sheet(book, styles, figures)
        notes = book.add_worksheet(_("How to read it"))
        notes.set_column(0, 0, 100, styles["wrapped"])
        for line, text in enumerate(_notes(figures, at)):
            notes.write_string(line, 0, text, styles["wrapped"])
    return buffer.getvalue()


def _summary_sheet(book: Any, styles: dict[str, Any], figures: QuizFigures) -> None:
    sheet = book.add_worksheet(_("Quiz"))
    summary = figures.analysis.summary
    write_header(
        sheet,
        styles,
        [
            (_("Figure"), 34),
            (_("Value"), 12),
            (pgettext("quiz figures", "From"), 12),
            (pgettext("quiz figures", "To"), 12),
            (_("n"), 8),
        ],
    )
    alpha_n = summary.alpha.n if summary.alpha else None
    rows: list[tuple[str, float | Interval | None, int | None, str | None]] = [
        (_("Learners"), summary.n, None, None),
        (_("Mean score"), summary.mean, None, "percent"),
        (_("Median score"), summary.median, summary.n, "percent"),
        (_("Standard deviation"), summary.sd, summary.n, "percent"),
        (_("Skewness"), summary.skewness, summary.n, "number"),
        (_("Kurtosis"), summary.kurtosis, summary.n, "number"),
        (_("Passed"), summary.passed, None, "percent"),
        (_("Cronbach’s alpha"), summary.alpha, None, "number"),
        (_("Standard error of measurement"), summary.standard_error, alpha_n, "percent"),
        (_("Error ratio"), _share(summary.error_ratio), alpha_n, "percent"),
    ]
    for line, (label, value, n, style) in enumerate(rows, start=1):
        sheet.write_string(line, 0, label)
        if isinstance(value, Interval):
            _numbers(sheet, line, 1, [value.estimate, value.low, value.high], styles[style or "number"])
            _numbers(sheet, line, 4, [value.n])
        else:
            _numbers(sheet, line, 1, [value], styles[style] if style else None)
            _numbers(sheet, line, 4, [n])
    first = len(rows) + 2
    for place, label in enumerate((_("Scores from"), _("to below"), _("Learners"))):
        sheet.write_string(first, place, label, styles["head"])
    for line, bar in enumerate(summary.bars, start=first + 1):
        _numbers(sheet, line, 0, [bar.low, bar.high], styles["percent"])
        _numbers(sheet, line, 2, [bar.n])


def _question_sheet(book: Any, styles: dict[str, Any], figures: QuizFigures) -> None:
    sheet = book.add_worksheet(_("Questions"))
    columns = [
        (_("No."), 6), (_("Key"), 24), (_("Question"), 50), (pgettext("question", "Type"), 18), (_("Learners"), 10), (pgettext("question", "Void"), 8),
        (_("Facility"), 10), (pgettext("quiz figures", "from"), 8), (pgettext("quiz figures", "to"), 8), (_("SD"), 8), (_("Intended weight"), 10),
        (_("Effective weight"), 10), (_("Discrimination"), 14), (pgettext("quiz figures", "from"), 8), (pgettext("quiz figures", "to"), 8), (_("Efficiency"), 10),
        (_("Median time (s)"), 10), (_("Left blank"), 10), (_("Flags"), 28), (_("What to do"), 60),
    ]  # fmt: skip
    write_header(sheet, styles, columns)
    percent, number = styles["percent"], styles["number"]
    for line, row in enumerate(figures.questions, start=1):
        found = row.figures
        sheet.write_number(line, 0, row.number)
        sheet.write_string(line, 1, row.key)
        sheet.write_string(line, 2, row.text)
        sheet.write_string(line, 3, row.kind)
        sheet.write_number(line, 4, found.n)
        sheet.write_string(line, 5, pgettext("question", "void") if found.is_void else "")
        _interval(sheet, line, 6, found.facility, percent)
        _numbers(sheet, line, 9, [found.sd, found.intended_weight, found.effective_weight], percent)
        _interval(sheet, line, 12, found.discrimination, number)
        _numbers(sheet, line, 15, [found.efficiency], percent)
        _numbers(sheet, line, 16, [found.median_seconds, found.blank])
        sheet.write_string(line, 18, "; ".join(flag.label for flag in row.flags))
        sheet.write_string(line, 19, " ".join(flag.advice for flag in row.flags))
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, max(1, len(figures.questions)), len(columns) - 1)


def _option_sheet(book: Any, styles: dict[str, Any], figures: QuizFigures) -> None:
    sheet = book.add_worksheet(_("Options"))
    columns = [
        (_("No."), 6), (_("Question"), 24), (_("Option"), 8), (_("Text"), 50), (pgettext("quiz figures", "Right"), 8), (_("Chosen by"), 10),
        (_("Chosen by (share)"), 10), (pgettext("quiz figures", "from"), 8), (pgettext("quiz figures", "to"), 8), (_("Rest score of choosers"), 12), (_("Point-biserial"), 12),
        (pgettext("quiz figures", "from"), 8), (pgettext("quiz figures", "to"), 8), (_("Upper third"), 10), (_("Lower third"), 10),
    ]  # fmt: skip
    write_header(sheet, styles, columns)
    percent, number = styles["percent"], styles["number"]
    line = 0
    for row in figures.questions:
        for option in row.options:
            line += 1
            found = option.figures
            sheet.write_number(line, 0, row.number)
            sheet.write_string(line, 1, row.key)
            sheet.write_string(line, 2, option.letter)
            sheet.write_string(line, 3, option.text)
            sheet.write_string(line, 4, pgettext("quiz figures", "right") if found.is_right else "")
            sheet.write_number(line, 5, found.n)
            _interval(sheet, line, 6, found.share, percent)
            _numbers(sheet, line, 9, [found.rest_mean], percent)
            _interval(sheet, line, 10, found.point_biserial, number)
            _numbers(sheet, line, 13, [found.upper, found.lower], percent)
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, max(1, line), len(columns) - 1)


def _answer_sheet(book: Any, styles: dict[str, Any], figures: QuizFigures) -> None:
    sheet = book.add_worksheet(_("Answers typed"))
    columns = [
        (_("No."), 6), (_("Question"), 24), (_("Answer"), 50), (_("Brings"), 10), (_("Given by"), 10),
        (_("Given by (share)"), 10), (pgettext("quiz figures", "from"), 8), (pgettext("quiz figures", "to"), 8),
        (pgettext("typed answer", "Their score in the rest"), 12),
    ]  # fmt: skip
    write_header(sheet, styles, columns)
    percent = styles["percent"]
    line = 0
    for row in figures.questions:
        for answer in row.answers:
            line += 1
            found = answer.figures
            sheet.write_number(line, 0, row.number)
            sheet.write_string(line, 1, row.key)
            sheet.write_string(line, 2, answer.text)
            _numbers(sheet, line, 3, [None if answer.worth is None else float(answer.worth)], percent)
            sheet.write_number(line, 4, found.n)
            _interval(sheet, line, 5, found.share, percent)
            _numbers(sheet, line, 8, [found.rest_mean], percent)
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, line, len(columns) - 1)


def _part_sheet(book: Any, styles: dict[str, Any], figures: QuizFigures) -> None:
    sheet = book.add_worksheet(_("Lines and gaps"))
    columns = [
        (_("No."), 6), (_("Question"), 24), (_("Line or gap"), 40), (_("Belongs there"), 40), (_("Right (share)"), 10),
        (pgettext("quiz figures", "from"), 8), (pgettext("quiz figures", "to"), 8), (_("Left blank"), 10),
    ]  # fmt: skip
    write_header(sheet, styles, columns)
    line = 0
    for row in figures.questions:
        for part in row.parts:
            line += 1
            sheet.write_number(line, 0, row.number)
            sheet.write_string(line, 1, row.key)
            sheet.write_string(line, 2, part.text)
            sheet.write_string(line, 3, part.right)
            _interval(sheet, line, 4, part.figures.share, styles["percent"])
            sheet.write_number(line, 7, part.figures.blank)
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, line, len(columns) - 1)


def _interval(sheet: Any, line: int, place: int, found: Interval | None, style: Any) -> None:
    if found is not None:
        _numbers(sheet, line, place, [found.estimate, found.low, found.high], style)


def _numbers(sheet: Any, line: int, place: int, values: list[float | None], style: Any = None) -> None:
    for offset, value in enumerate(values):
        if value is not None:
            sheet.write_number(line, place + offset, value, style)


def _share(percent: float | None) -> float | None:
    return None if percent is None else percent / 100


def _notes(figures: QuizFigures, at: datetime) -> list[str]:
    summary = figures.analysis.summary
    lines = [
        _("%(quiz)s, version %(number)d. Made on %(day)s.")
        % {
            "quiz": figures.version.quiz.title,
            "number": figures.version.number,
            "day": timezone.localtime(at).strftime("%Y-%m-%d %H:%M"),
        },
        _("The first graded sitting of each learner counts, without staff trying the quiz out. Void questions are left out."),
        _("“From” and “to” are the bounds of the 95 %% interval. An empty cell can’t be told yet: figures need %(least)d learners, correlations %(correlations)d, flags %(flags)d.")
        % {"least": LEAST_LEARNERS, "correlations": LEAST_FOR_CORRELATIONS, "flags": LEAST_FOR_FLAGS},
        _("Standard deviations are those of a sample (n − 1). Skewness and kurtosis are corrected for bias; a normal distribution has 0."),
        _("Discrimination is the correlation of the question with the rest of the quiz; efficiency compares it with the most that these marks allow."),
        _("Point-biserial: the correlation of choosing the option with the rest of the quiz. Thirds are formed by the score in the rest of the quiz."),
    ]  # fmt: skip
    if any(row.answers for row in figures.questions):
        lines.append(_("Answers typed: what is graded alike is one answer. The most frequent ones stand by themselves, the others together."))  # fmt: skip
    if any(row.parts for row in figures.questions):
        lines.append(_("Lines and gaps: each is judged by itself, whether the question gives part credit or not; blank is wrong."))  # fmt: skip
    if summary.is_by_place:
        lines.append(_("Questions are drawn at random: alpha is calculated from places, not from questions."))
    return lines


# --- JSON ----------------------------------------------------------------------------------------------------


def figures_json(figures: QuizFigures, *, at: datetime) -> dict[str, Any]:
    """The figures as they are calculated; null: can't be told. Shares are 0–1, seconds are seconds."""
    summary = figures.analysis.summary
    return {
        "quiz": figures.version.quiz.key,
        "version": figures.version.number,
        "pass_share": float(figures.version.pass_share),
        "made_at": at.isoformat(),
        "n": summary.n,
        "needed": figures.analysis.needed,
        "summary": {
            "mean": _plain(summary.mean),
            "median": summary.median,
            "sd": summary.sd,
            "skewness": summary.skewness,
            "kurtosis": summary.kurtosis,
            "passed": _plain(summary.passed),
            "alpha": _plain(summary.alpha),
            "alpha_parts": summary.alpha_parts,
            "alpha_by": "place" if summary.is_by_place else "question",
            "standard_error": summary.standard_error,
            "error_ratio_percent": summary.error_ratio,
            "histogram": [{"low": bar.low, "high": bar.high, "n": bar.n} for bar in summary.bars],
        },
        "questions": [_question_json(row) for row in figures.questions],
    }


def _question_json(row: ShownQuestion) -> dict[str, Any]:
    found = row.figures
    return {
        "number": row.number,
        "key": row.key,
        "question_version": row.pk,
        "n": found.n,
        "void": found.is_void,
        "facility": _plain(found.facility),
        "sd": found.sd,
        "intended_weight": found.intended_weight,
        "effective_weight": found.effective_weight,
        "discrimination": _plain(found.discrimination),
        "efficiency": found.efficiency,
        "median_seconds": found.median_seconds,
        "timed": found.timed,
        "blank": found.blank,
        "upper_n": found.upper_n,
        "lower_n": found.lower_n,
        "options": [_option_json(option) for option in row.options],
        "answers": [_answer_json(answer) for answer in row.answers],
        "parts": [_part_json(part) for part in row.parts],
        "flags": [
            {
                "flag": str(finding.flag),
                "options": [row.options[place].letter for place in finding.options],
                "sure": finding.is_sure,
            }
            for finding in found.findings
        ],
        "needed_for_correlations": found.needed_for_correlations,
        "needed_for_flags": found.needed_for_flags,
    }


def _option_json(option: ShownOption) -> dict[str, Any]:
    found = option.figures
    return {
        "letter": option.letter,
        "text": option.text,
        "right": found.is_right,
        "n": found.n,
        "share": _plain(found.share),
        "rest_mean": found.rest_mean,
        "point_biserial": _plain(found.point_biserial),
        "upper": found.upper,
        "lower": found.lower,
    }


def _answer_json(answer: ShownAnswer) -> dict[str, Any]:
    found = answer.figures
    return {
        "text": answer.text if answer.is_one else None,
        "distinct": found.distinct,
        "worth": None if answer.worth is None else float(answer.worth),
        "n": found.n,
        "share": _plain(found.share),
        "rest_mean": found.rest_mean,
    }


def _part_json(part: ShownPart) -> dict[str, Any]:
    found = part.figures
    return {"text": part.text, "belongs": part.right, "share": _plain(found.share), "blank": found.blank}


def _plain(found: Interval | None) -> dict[str, float] | None:
    if found is None:
        return None
    return {"estimate": found.estimate, "low": found.low, "high": found.high, "n": found.n}
