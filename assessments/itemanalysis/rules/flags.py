"""What is worth a second look."""

from collections.abc import Sequence

from assessments.itemanalysis.rules.values import (
    DEAD,
    LEAST_FOR_FLAGS,
    NEGATIVE,
    TOO_EASY,
    TOO_HARD,
    Finding,
    OptionFigures,
    QuestionFigures,
)
from assessments.itemanalysis.states import Flag


def findings(figures: QuestionFigures, *, chance: float) -> tuple[Finding, ...]:
    """What is worth a second look, the gravest first. Nothing where there are too few learners, or it is void."""
    if figures.is_void or figures.facility is None or figures.n < LEAST_FOR_FLAGS:
        return ()
    found = []
    if suspects := suspected_options(figures.options):
        found.append(Finding(Flag.KEY_SUSPECTED, suspects, any(_is_surely_good(figures.options[i]) for i in suspects)))
    telling = figures.discrimination
    if telling is not None and (telling.estimate <= NEGATIVE or telling.high < 0):
        found.append(Finding(Flag.NEGATIVE, is_sure=telling.high < 0))
    facility = figures.facility.estimate
    if facility < max(TOO_HARD, chance):
        found.append(Finding(Flag.TOO_HARD))
    if facility > TOO_EASY:
        found.append(Finding(Flag.TOO_EASY))
    elif dead := dead_options(figures.options, facility=facility):
        found.append(Finding(Flag.DEAD_DISTRACTOR, dead))
    return tuple(found)


def suspected_options(options: Sequence[OptionFigures]) -> tuple[int, ...]:
    """Places of the wrong options that may be right: chosen by more of the upper third than a right one, or with a
    point-biserial correlation that is higher than a right one's and surely positive (its interval lies above zero)."""
    right = [option for option in options if option.is_right]
    uppers = [option.upper for option in right if option.upper is not None]
    biserials = [option.point_biserial.estimate for option in right if option.point_biserial is not None]
    found = []
    for place, option in enumerate(options):
        if option.is_right:
            continue
        is_upper = bool(uppers) and option.upper is not None and option.upper > min(uppers)
        telling = option.point_biserial
        is_better = bool(biserials) and telling is not None and telling.estimate > min(biserials)
        if is_upper or (is_better and _is_surely_good(option)):
            found.append(place)
    return tuple(found)


def _is_surely_good(option: OptionFigures) -> bool:
    """Its choosers do better in the rest of the quiz than the others, and that is not chance."""
    return option.point_biserial is not None and option.point_biserial.low > 0


def dead_options(options: Sequence[OptionFigures], *, facility: float) -> tuple[int, ...]:
    """Places of the wrong options that hardly anybody chooses. Where one option is right, only if the wrong answers
    there are would make each wrong option more than that, were they spread evenly: else the question is just easy."""
    wrong = [place for place, option in enumerate(options) if not option.is_right]
    if len(options) - len(wrong) == 1 and wrong and (1 - facility) / len(wrong) < DEAD:
        return ()
    return tuple(place for place in wrong if (share := options[place].share) is not None and share.estimate < DEAD)
