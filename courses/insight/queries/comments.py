"""What readers say, as work for their author."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q

from courses.catalogue.models import CoursePage, LessonPage
from courses.reference.models import LessonComment
from courses.reference.queries.kept import Kept, with_lessons
from courses.reference.states import CommentKind, CommentState
from lms.people.models import User


@dataclass(frozen=True)
class WorkRow:
    """A comment with its lesson. `edit_pk` is the page to mend, in the language it was read in; `was_changed`: the lesson
    has changed in a way that matters since."""

    kept: Kept
    edit_pk: int | None
    was_changed: bool

    @property
    def comment(self) -> LessonComment:
        assert isinstance(self.kept.row, LessonComment)
        return self.kept.row


def comments_to_work_on(viewer: User, chosen: Mapping[str, Any]) -> Any:
    """The comments that fit, the oldest first. `chosen`: kind, state ("" for all), course (translation key)."""
    found = LessonComment.objects.visible_to(viewer).select_related("person", "answered_by")
    if chosen.get("state"):
        found = found.filter(state=chosen["state"])
    if chosen.get("kind"):
        found = found.filter(kind=chosen["kind"])
    if chosen.get("course"):
        paths = CoursePage.objects.filter(slug=chosen["course"]).values_list("path", flat=True)
        below = Q()
        for path in paths:
            below |= Q(path__startswith=path)
        lessons = LessonPage.objects.filter(below, depth__gt=1) if below else LessonPage.objects.none()
        found = found.filter(lesson_key__in=lessons.values("translation_key"))
    return found.order_by("created_at", "pk")


def work_rows(comments: list[LessonComment], language: str) -> list[WorkRow]:
    """Three queries whatever their number."""
    pages = LessonPage.objects.filter(translation_key__in={comment.lesson_key for comment in comments})
    pks = {(key, code): pk for key, code, pk in pages.values_list("translation_key", "locale__language_code", "pk")}
    return [
        WorkRow(
            kept,
            pks.get((kept.row.lesson_key, kept.row.language)),
            kept.lesson is not None
            and isinstance(kept.row, LessonComment)
            and kept.lesson.versions.get(kept.row.language, 0) > kept.row.material_version,
        )
        for kept in with_lessons(comments, language)
    ]


@dataclass(frozen=True)
class Waiting:
    """How much waits for an answer."""

    n: int
    oldest_days: int
    by_kind: list[tuple[str, str, int]]


def comments_waiting(viewer: User, *, at: datetime) -> Waiting:
    """Open comments, praise apart; one query."""
    rows = (
        LessonComment.objects.visible_to(viewer)
        .filter(state=CommentState.OPEN)
        .exclude(kind=CommentKind.PRAISE)
        .order_by()
        .values_list("kind")
        .annotate(n=Count("pk"), oldest=Min("created_at"))
    )
    counts: Counter[str] = Counter()
    oldest = at
    for kind, n, first in rows:
        counts[kind] += n
        oldest = min(oldest, first)
    kinds = [(str(kind), str(kind.label), counts[kind]) for kind in CommentKind if counts[kind]]
    return Waiting(counts.total(), (at - oldest).days, kinds)
