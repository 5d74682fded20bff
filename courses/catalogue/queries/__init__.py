"""What is taught, in the reader's language or in the other one; what tracks lay down and whom they are for."""

from courses.catalogue.queries.pages import (
    Check,
    CheckOption,
    CourseRow,
    LessonRow,
    QuizCard,
    blocks_of,
    check_keys,
    checks,
    course_by_slug,
    course_preview,
    courses,
    lesson_in,
    lesson_preview,
    lessons,
    lessons_teaching,
    quiz_cards,
    quiz_keys,
    readable_lessons,
    track_pages,
)
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
    "course_preview", "courses", "cycle_of", "fits_of", "lesson_in", "lesson_preview", "lessons", "lessons_teaching",
    "minimum_seconds", "quiz_cards", "quiz_keys", "readable_lessons", "source_tracks", "track_pages", "track_preview", "ways_round",
]  # fmt: skip
