"""What first sittings say about a quiz: read into arrays, and as the screens show it."""

from assessments.itemanalysis.queries.figures import (
    QuizFigures,
    ShownAnswer,
    ShownFlag,
    ShownOption,
    ShownPart,
    ShownQuestion,
    letter_of,
    plain,
    quiz_figures,
    shown_flag,
)
from assessments.itemanalysis.queries.readings import Readings, first_attempts, published_quiz_versions, readings

__all__ = [
    "QuizFigures", "Readings", "ShownAnswer", "ShownFlag", "ShownOption", "ShownPart", "ShownQuestion",
    "first_attempts", "letter_of", "plain", "published_quiz_versions", "quiz_figures", "readings", "shown_flag",
]  # fmt: skip
