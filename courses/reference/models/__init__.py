"""What readers look up and keep."""

from courses.reference.models.comments import LessonComment, LessonRating
from courses.reference.models.kept import Bookmark, Note
from courses.reference.models.search import SearchEntry

__all__ = ["Bookmark", "LessonComment", "LessonRating", "Note", "SearchEntry"]
