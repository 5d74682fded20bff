"""Who has read a lesson again since it changed in a way that matters."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Max, Q, QuerySet

from assessments.attempts.queries.results import passed_assignments
from courses.catalogue.queries import LessonRow, lessons
from courses.progress.models import LessonCompletion, MaterialChange, Recheck
from courses.progress.rules import Finished, counts_as_done
from lms.people.states import PersonStatus

LANGUAGES = [code for code, _name in settings.LANGUAGES]


@dataclass(frozen=True)
class Rereading:
    """A lesson that changed. `asked` had finished it before and are still here; `read` of them have read it again, and
    `unchecked` of those have still to pass the re-check."""

    lesson: LessonRow
    changed_at: datetime
    has_recheck: bool
    asked: int
    read: int
    unchecked: int

    @property
    def done(self) -> int:
        return self.read - self.unchecked

    @property
    def is_running(self) -> bool:
        return self.done < self.asked


def changed_keys(*, since: datetime | None = None) -> QuerySet[MaterialChange, Any]:
    """The lessons that changed, the newest first, as dicts: lesson_key, changed_at and n_quizzes."""
    changes = MaterialChange.objects.filter(published_at__gte=since) if since else MaterialChange.objects.all()
    found = changes.order_by().values("lesson_key").annotate(changed_at=Max("published_at"), n_quizzes=Count("quiz"))
    return found.order_by("-changed_at", "lesson_key")


def rereadings(changed: Iterable[dict[str, Any]], language: str) -> list[Rereading]:
    """The same lessons in their order with their readers, as far as they are published: a constant number of queries.
    A lesson's readers count once in whatever languages they read it."""
    wanted = list(changed)
    rows = lessons(language, [each["lesson_key"] for each in wanted])
    is_fresh = _fresh(list(rows.values()))
    read = LessonCompletion.objects.filter(lesson_key__in=rows, person__is_active=True).exclude(
        person__status=PersonStatus.LEFT
    )
    counts = {
        # Some have both an older version and the present one: of those it is known that they read it again.
        row["lesson_key"]: (row["stale"], row["stale"] + row["fresh"] - row["people"])
        for row in read.order_by()
        .values("lesson_key")
        .annotate(
            people=Count("person", distinct=True),
            fresh=Count("person", distinct=True, filter=is_fresh),
            stale=Count("person", distinct=True, filter=~is_fresh),
        )
    }
    unchecked = _unchecked(read.filter(is_fresh))
    return [
        Rereading(
            rows[key], each["changed_at"], bool(each["n_quizzes"]), *counts.get(key, (0, 0)), unchecked.get(key, 0)
        )
        for each in wanted
        if (key := each["lesson_key"]) in rows
    ]


def _fresh(rows: Collection[LessonRow]) -> Q:
    """Completions that count, re-checks apart: by `counts_as_done`, asked once for each kind of case."""
    fresh = Q(pk__in=[])
    for row in rows:
        for own, read_in in product(LANGUAGES, LANGUAGES):
            newest = max(row.versions.values(), default=1)
            least = next(
                version
                for version in range(1, newest + 1)
                if counts_as_done([Finished(read_in, version)], live=row.versions, own_language=own)
            )
            fresh |= Q(lesson_key=row.key, person__language=own, language=read_in, material_version__gte=least)
    return fresh


def _unchecked(fresh: QuerySet[LessonCompletion]) -> dict[UUID, int]:
    """How many of these completions of a lesson (by key) wait for their re-check."""
    checks = Recheck.objects.filter(completion__in=fresh.values("pk"))
    passed = passed_assignments(checks.values("assignment"))
    waiting: dict[UUID, set[int]] = {}
    for key, person, assignment in checks.values_list(
        F("completion__lesson_key"), F("completion__person"), "assignment"
    ):
        if assignment not in passed:
            waiting.setdefault(key, set()).add(person)
    return {key: len(people) for key, people in waiting.items()}
