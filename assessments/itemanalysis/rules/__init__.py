"""Item analysis of one quiz version: arrays of n first sittings × k questions in, frozen figures out.

A question that wasn't drawn for a learner, or is void, is NaN there; each figure rests on those who were asked, and says
how many. Where everybody was asked everything, the figures are those of the Moodle quiz statistics. Sample statistics
(n − 1) throughout.

Sources: Moodle, "Quiz statistics calculations" and "Quiz report statistics" (docs.moodle.org); Lord & Novick,
Statistical Theories of Mental Test Scores (1968) ch. 4 and 15; Allen & Yen, Introduction to Measurement Theory (1979)
ch. 6; Feldt, Psychometrika 30 (1965) 357–370.
"""

from assessments.itemanalysis.rules.flags import findings, suspected_options
from assessments.itemanalysis.rules.parts import parts_of, worth_of_parts
from assessments.itemanalysis.rules.questions import question_figures
from assessments.itemanalysis.rules.summary import alpha_parts, histogram, summarise
from assessments.itemanalysis.rules.values import (
    LEAST_FOR_CORRELATIONS,
    LEAST_FOR_FLAGS,
    LEAST_LEARNERS,
    NO_GIVEN,
    NO_PARTS,
    NO_PICKS,
    Analysis,
    AnswerFigures,
    Bar,
    Finding,
    Given,
    OptionFigures,
    PartFigures,
    Parts,
    Picks,
    QuestionFigures,
    Sittings,
    Summary,
    TypedFigures,
)


def analyse(sittings: Sittings, picks: Picks = NO_PICKS, given: Given = NO_GIVEN, parts: Parts = NO_PARTS) -> Analysis:
    """Everything there is to say. With fewer than LEAST_LEARNERS sittings only how many there are."""
    if sittings.n < LEAST_LEARNERS:
        return Analysis(Summary(sittings.n), ())
    return Analysis(summarise(sittings), tuple(question_figures(sittings, picks, given, parts)))


__all__ = [
    "LEAST_FOR_CORRELATIONS", "LEAST_FOR_FLAGS", "LEAST_LEARNERS", "NO_GIVEN", "NO_PARTS", "NO_PICKS", "Analysis",
    "AnswerFigures", "Bar", "Finding", "Given", "OptionFigures", "PartFigures", "Parts", "Picks", "QuestionFigures",
    "Sittings", "Summary", "TypedFigures", "alpha_parts", "analyse", "findings", "histogram", "parts_of", "suspected_options",
    "worth_of_parts",
]  # fmt: skip
