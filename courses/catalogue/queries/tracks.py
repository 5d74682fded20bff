"""Tracks as their authors write them: what comes before what, for whom, and the preview in the editor."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Min, QuerySet
from django.utils import timezone

from assessments.assignments.queries import team_paths
from courses.catalogue.models import LessonPage, TrackPage, WhoFits
from courses.catalogue.queries.shelf import courses, lessons
from courses.catalogue.rules.tracks import Candidate, Fit, first_fit, path_back
from courses.catalogue.states import StepKind
from lms.people.models import User

#: So many of the people a track is for are named in its preview.
NAMED = 5


def minimum_seconds(lesson_key: UUID) -> int:
    """How long the lesson has to be read before it can be marked as done: what its source page says."""
    pages = LessonPage.objects.filter(translation_key=lesson_key).order_by("pk")
    return 60 * (pages.values_list("minimum_minutes", flat=True).first() or 0)


def source_tracks() -> QuerySet[TrackPage]:
    """The page of each track on which its rules are edited."""
    first = TrackPage.objects.values("translation_key").annotate(first=Min("pk")).values("first")
    return TrackPage.objects.filter(pk__in=first)


# --- what comes before what ----------------------------------------------------------------------------------


def cycle_of(page: TrackPage) -> list[str]:
    """The way round through which the track would have to be completed before itself, by titles; empty where all is
    well."""
    before = {row.track.translation_key for row in page.prerequisites.all()}
    return next(iter(ways_round(page, before).values()), [])


def ways_round(page: TrackPage, before: Collection[UUID]) -> dict[UUID, list[str]]:
    """For each of the tracks (by key) that are to come before this one: the way back to it, by titles, where there is
    one. Drafts of other tracks count as if they were published: of two that name each other one is refused."""
    edges: dict[UUID, set[UUID]] = {}
    titles: dict[UUID, str] = {}
    for other in source_tracks().exclude(translation_key=page.translation_key).prefetch_related("prerequisites__track"):
        draft = other.get_latest_revision_as_object() if other.has_unpublished_changes else other
        titles[other.translation_key] = other.title
        edges[other.translation_key] = {
            row.track.translation_key for version in (other, draft) for row in version.prerequisites.all()
        }
    titles[page.translation_key] = page.title
    found = {key: path_back(edges, key, page.translation_key) for key in before}
    return {key: [titles[page.translation_key], *(titles[each] for each in way)] for key, way in found.items() if way}


# --- for whom ------------------------------------------------------------------------------------------------


def fits_of(rows: Iterable[WhoFits]) -> list[Fit]:
    """The rules as values; `team` is selected with the rows."""
    return [
        Fit(
            job_role_id=row.job_role_id,
            site_id=row.site_id,
            team_path=row.team.path if row.team else None,
            person_id=row.person_id,
            hired_from=row.hired_from,
            hired_until=row.hired_until,
        )
        for row in rows
    ]


def candidates(people: Iterable[User], *, at: datetime) -> dict[int, Candidate]:
    """What rules ask of each person (by id), as it is today; one query."""
    rows = list(people)
    paths = team_paths([person.pk for person in rows], at=at)
    return {
        person.pk: Candidate(
            pk=person.pk,
            job_role_id=person.job_role_id,
            site_id=person.site_id,
            team_paths=frozenset(paths.get(person.pk, ())),
            hired_on=person.hired_on,
        )
        for person in rows
    }


@dataclass(frozen=True)
class Meant:
    """How many people a track is for now, with the first names."""

    n: int
    named: list[User]

    @property
    def more(self) -> int:
        return self.n - len(self.named)


def whom_it_is_for(rows: Iterable[WhoFits], *, at: datetime) -> Meant | None:
    """Everybody working who fits one of the rules now; None where there are no rules. Two queries."""
    rules = fits_of(rows)
    if not rules:
        return None
    people = list(User.objects.working().order_by("pinyin", "pk"))
    known = candidates(people, at=at)
    fitting = [person for person in people if first_fit(rules, known[person.pk])]
    return Meant(n=len(fitting), named=fitting[:NAMED])


# --- preview -------------------------------------------------------------------------------------------------


def track_preview(page: TrackPage) -> dict[str, Any]:
    """What the track page needs to be shown in the editor: the rules as they stand on the source page now, and how many
    people they are for."""
    language = page.locale.language_code
    source = page if page.is_source else page.source
    steps = list(source.steps.all())
    course_rows = courses(language, keys={step.course.translation_key for step in steps if step.course})
    lesson_rows = lessons(language, {step.lesson.translation_key for step in steps if step.lesson})
    planned = [_planned(step, course_rows, lesson_rows) for step in steps]
    groups = {group.key: group for group in source.groups.all()}
    return {
        "track": {"title": page.title, "summary": page.summary, "language": language},
        "steps": planned,
        "blocks": _blocks(planned, groups),
        "is_ordered": source.is_ordered,
        "before": [{"title": row.track.title} for row in source.prerequisites.all()],
        "meant": whom_it_is_for(source.audience.all(), at=timezone.now()),
        "is_preview": True,
    }


def _planned(step: Any, course_rows: Mapping[UUID, Any], lesson_rows: Mapping[UUID, Any]) -> dict[str, Any]:
    if step.kind == StepKind.COURSE:
        thing = course_rows.get(step.course.translation_key, step.course)
    elif step.kind == StepKind.LESSON:
        thing = lesson_rows.get(step.lesson.translation_key, step.lesson)
    else:
        thing = step.quiz or step.scenario
    return {
        "kind": step.kind,
        "title": thing.title if thing else "",
        "due_days": step.due_days,
        "group": step.group_key,
    }


def _blocks(planned: list[dict[str, Any]], groups: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Required steps one by one, and each group with its steps where its first one stands."""
    blocks: dict[Any, dict[str, Any]] = {}
    for place, step in enumerate(planned):
        group = groups.get(step["group"])
        block = blocks.setdefault(
            step["group"] if group else place,
            {"title": group.title if group else "", "choose": group.choose if group else 1, "steps": []},
        )
        block["steps"].append(step)
    return [*blocks.values()]
