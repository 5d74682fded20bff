"""What the editor needs to show a page that nobody reads yet."""

from typing import Any

from django.utils import timezone

from courses.catalogue.models import CoursePage, LessonPage
from courses.catalogue.queries.checks import check_keys, checks
from courses.catalogue.queries.quizzes import quiz_cards, quiz_keys
from courses.catalogue.queries.rows import CourseRow
from courses.catalogue.queries.shelf import courses


def course_preview(page: CoursePage) -> dict[str, Any]:
    """What the course page needs to be shown in the editor: nobody's progress, lessons as they are published."""
    row = courses(page.locale.language_code, keys=[page.translation_key]).get(page.translation_key)
    course = CourseRow(
        key=page.translation_key,
        pk=page.pk or 0,
        slug=page.slug or "-",
        title=page.title,
        summary=page.summary,
        language=page.locale.language_code,
        lessons=row.lessons if row else (),
    )
    return {"course": course, "rows": [{"lesson": lesson} for lesson in course.lessons], "is_preview": True}


def lesson_preview(page: LessonPage) -> dict[str, Any]:
    """What the lesson page needs to be shown in the editor; its self-checks show, nothing is recorded."""
    parent = page.get_parent()
    return {
        "page": page,
        "course": {"title": parent.title},
        "lesson": {
            "title": page.title,
            "minutes": page.minutes,
            "summary": page.summary,
            "language": page.locale.language_code,
        },
        "checks": checks(check_keys(page)),
        "quizzes": quiz_cards(quiz_keys(page), reader=None, at=timezone.now()),
        "is_preview": True,
    }
