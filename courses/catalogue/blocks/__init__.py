"""The blocks of a lesson. Each has its template in `courses/blocks/`."""

from courses.catalogue.blocks.body import LessonBody
from courses.catalogue.blocks.checks import PracticeQuestionBlock  # the first migrations know it by this path

__all__ = ["LessonBody", "PracticeQuestionBlock"]
