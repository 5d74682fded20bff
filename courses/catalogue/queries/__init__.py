"""What is taught, in the reader's language or in the other one; what tracks lay down and whom they are for."""

from courses.catalogue.queries.checks import Check, CheckOption, check_keys, checks
from courses.catalogue.queries.pages import (
    blocks_of,
    forget_pages,
    lesson_in,
    lesson_pages,
    lessons_teaching,
    readable_lessons,
)
from courses.catalogue.queries.previews import course_preview, lesson_preview
from courses.catalogue.queries.quizzes import QuizCard, quiz_cards, quiz_keys
from courses.catalogue.queries.rows import CourseRow, LessonRow
from courses.catalogue.queries.shelf import course_by_slug, courses, lessons, shelf, track_pages
from courses.catalogue.queries.tracks import (
    candidates,
    cycle_of,
    fits_of,
    minimum_seconds,
    source_tracks,
    track_preview,
    ways_round,
)

__all__ = [
    "Check", "CheckOption", "CourseRow", "LessonRow", "QuizCard", "blocks_of", "candidates", "check_keys", "checks", "course_by_slug",
    "course_preview", "courses", "cycle_of", "fits_of", "forget_pages", "lesson_in", "lesson_pages", "lesson_preview", "lessons", "lessons_teaching",
    "minimum_seconds", "quiz_cards", "quiz_keys", "readable_lessons", "shelf", "source_tracks", "track_pages", "track_preview", "ways_round",
]  # fmt: skip
