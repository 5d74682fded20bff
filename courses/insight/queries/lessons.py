"""The figures of lessons: as many queries for all of them as for one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.evidence.models import Evidence, SourceKind
from assessments.statistics import proportion_interval
from courses.catalogue.models import LessonPage
from courses.catalogue.queries import CourseRow, LessonRow, check_keys, checks, courses
from courses.insight.queries.comments import WorkRow, work_rows
from courses.insight.rules import (
    EFFECT_DAYS,
    PERIOD,
    Answers,
    Concern,
    Effect,
    Figures,
    Heard,
    OpenComments,
    Read,
    Stop,
    change_of,
    concerns_of,
    effect_of,
    failing_order,
    readers_of,
    stops,
)
from courses.insight.states import Change, ConcernKind
from courses.progress.models import LessonCompletion, LessonVisit, SelfCheckAnswer
from courses.reference.models import LessonComment, LessonRating
from courses.reference.queries.passages import passages_of
from courses.reference.states import CommentKind
from courses.simulators.metrics import METRICS
from lms.kernel.points import points
from lms.templatetags.shares import percent_up

#: More rows than this of one kind aren't read: of a busier period the newest count.
MOST_ROWS = 100_000


@dataclass(frozen=True)
class Insight:
    """One lesson with its figures in a period, and why it needs its author."""

    lesson: LessonRow
    course: CourseRow
    figures: Figures
    concerns: tuple[Concern, ...]
    at: datetime

    @property
    def reasons(self) -> list[str]:
        """The concerns in words."""
        return [_reason(concern, self.figures, self.at) for concern in self.concerns]

    @property
    def oldest_days(self) -> int:
        oldest = self.figures.comments.oldest_at
        return (self.at - oldest).days if oldest else 0


def insights(
    language: str, *, at: datetime, days: int = PERIOD, course: str = "", key: UUID | None = None
) -> list[Insight]:
    """The live lessons, those that fail first; all of them, of one course (slug) or a single one (`key`)."""
    rows = [row for row in courses(language).values() if course in ("", row.slug)]
    pairs = [(row, lesson) for row in rows for lesson in row.lessons if key in (None, lesson.key)]
    figures = _figures([lesson.key for _row, lesson in pairs], days=days, at=at)
    found = [Insight(lesson, row, figures[lesson.key], concerns_of(figures[lesson.key]), at) for row, lesson in pairs]
    return sorted(found, key=lambda each: failing_order(each.concerns))


def _figures(keys: list[UUID], *, days: int, at: datetime) -> dict[UUID, Figures]:
    since = at - timedelta(days=days)
    reads, unseen = _reads(keys, since), _finished_unseen(keys, since)
    answers, helpful, comments = _answers(keys, since), _helpful(keys, since), _open_comments(keys)
    skills = _skills(keys)
    effects = _effects(skills, since)
    return {
        key: Figures(
            readers=readers_of(reads[key], finished_unseen=unseen.get(key, 0), at=at),
            answers=tuple(answers[key]),
            helpful=helpful.get(key),
            comments=comments[key],
            effect=effects.get(key, Effect()),
            has_skills=key in skills,
        )
        for key in keys
    }


def _reads(keys: list[UUID], since: datetime) -> defaultdict[UUID, list[Read]]:
    """Who opened the lessons for the first time since then."""
    finished = LessonCompletion.objects.filter(person=OuterRef("person"), lesson_key=OuterRef("lesson_key"))
    rows = (
        LessonVisit.objects.filter(lesson_key__in=keys, first_opened_at__gte=since)
        .annotate(is_done=Exists(finished))
        .order_by("-first_opened_at")
        .values_list("lesson_key", "seconds", "place", "last_seen_at", "is_done", "person__language")[:MOST_ROWS]
    )
    found: defaultdict[UUID, list[Read]] = defaultdict(list)
    for key, *read in rows:
        found[key].append(Read(*read))
    return found


def _finished_unseen(keys: list[UUID], since: datetime) -> dict[UUID, int]:
    """How many finished without a visit, whose browser counted no time."""
    visits = LessonVisit.objects.filter(person=OuterRef("person"), lesson_key=OuterRef("lesson_key"))
    rows = LessonCompletion.objects.filter(~Exists(visits), lesson_key__in=keys, completed_at__gte=since, round=1)
    return dict(rows.values_list("lesson_key").annotate(n=Count("person", distinct=True)))


def _answers(keys: list[UUID], since: datetime) -> defaultdict[UUID, list[Answers]]:
    """First tries at what the lessons still ask."""
    rows = (
        SelfCheckAnswer.objects.filter(lesson_key__in=keys, is_first=True, answered_at__gte=since)
        .values_list("lesson_key", "question", "metric")
        .annotate(right=Count("pk", filter=Q(is_right=True)), n=Count("pk"))
        .order_by("question", "metric")
    )
    asked = _asked(keys)
    found: defaultdict[UUID, list[Answers]] = defaultdict(list)
    for key, question, metric, right, n in rows:
        if question in asked[key]:
            found[key].append(Answers(question, metric, right, n))
    return found


def _asked(keys: list[UUID]) -> defaultdict[UUID, set[str]]:
    """The questions and exercises in the lessons, of all languages; one query."""
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    for key, body in LessonPage.objects.live().filter(translation_key__in=keys).values_list("translation_key", "body"):
        for block in body.raw_data:
            if block["type"] == "check":
                found[key].add(block["value"]["question"])
            elif block["type"] == "exercise":
                found[key].add(block.get("id") or "")
    return found


def _helpful(keys: list[UUID], since: datetime) -> dict[UUID, Any]:
    rows = LessonRating.objects.filter(lesson_key__in=keys, rated_at__gte=since).values_list("lesson_key")
    counts = rows.annotate(helpful=Count("pk", filter=Q(is_helpful=True)), n=Count("pk"))
    return {key: proportion_interval(helpful, n) for key, helpful, n in counts}


def _open_comments(keys: Iterable[UUID]) -> defaultdict[UUID, OpenComments]:
    """What waits, however old it is."""
    rows = (
        LessonComment.objects.open()
        .exclude(kind=CommentKind.PRAISE)
        .filter(lesson_key__in=keys)
        .values_list("lesson_key", "kind")
        .annotate(n=Count("pk"), oldest=Min("created_at"))
        .order_by()
    )
    by_kind: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
    oldest: dict[UUID, datetime] = {}
    for key, kind, n, first in rows:
        by_kind[key][kind] = n
        oldest[key] = min(first, oldest.get(key, first))
    found: defaultdict[UUID, OpenComments] = defaultdict(OpenComments)
    found.update({key: OpenComments(kinds, oldest[key]) for key, kinds in by_kind.items()})
    return found


def _skills(keys: list[UUID]) -> dict[UUID, set[int]]:
    taught = LessonPage.skills.through.objects.filter(lessonpage__translation_key__in=keys, lessonpage__live=True)
    found: defaultdict[UUID, set[int]] = defaultdict(set)
    for key, skill in taught.values_list("lessonpage__translation_key", "skill"):
        found[key].add(skill)
    return dict(found)


def _effects(skills: Mapping[UUID, set[int]], since: datetime) -> dict[UUID, Effect]:
    """Calls before and after the lesson, of those who finished it since then."""
    finished = LessonCompletion.objects.filter(lesson_key__in=skills, completed_at__gte=since)
    ends: dict[tuple[UUID, int], datetime] = {}
    newest = finished.order_by("-completed_at").values_list("lesson_key", "person", "completed_at")
    for key, person, end in newest[:MOST_ROWS]:
        ends[key, person] = end  # the first one of the period stays
    rows = (
        Evidence.objects.counting()
        .between(since - timedelta(days=EFFECT_DAYS), None)
        .filter(
            agent__in=finished.values("person"),
            skill__in={skill for taught in skills.values() for skill in taught},
            source_kind__in=[SourceKind.EVALUATION, SourceKind.MYSTERY_CALL],
        )
        .order_by("-observed_at")
        .values_list("agent", "skill", "source_kind", "source_id", "share", "weight", "observed_at")[:MOST_ROWS]
    )
    heard: defaultdict[tuple[int, int], list[Heard]] = defaultdict(list)
    for agent, skill, kind, source, share, weight, at in rows:
        heard[agent, skill].append(Heard((kind, source), share, weight, at))
    changes: defaultdict[UUID, list[float]] = defaultdict(list)
    for (key, person), end in ends.items():
        change = change_of(end, (each for skill in skills[key] for each in heard[person, skill]))
        if change is not None:
            changes[key].append(change)
    return {key: effect_of(found) for key, found in changes.items()}


# --- in words --------------------------------------------------------------------------------------------------


def _reason(concern: Concern, figures: Figures, at: datetime) -> str:
    if concern.kind == ConcernKind.SELF_CHECK and figures.hardest is not None:
        share = figures.hardest.share
        return _("Self-check: at most %(high)s right at the first try (n = %(n)d)") % {
            "high": percent_up(share.high),
            "n": share.n,
        }
    if concern.kind == ConcernKind.DROP_OFF and figures.readers.share is not None:
        share = figures.readers.share
        return _("At most %(high)s read it to the end (n = %(n)d)") % {"high": percent_up(share.high), "n": share.n}
    if concern.kind == ConcernKind.NO_EFFECT and figures.effect.interval is not None:
        words = (
            _("Linked QC items got worse: %(change)s points (n = %(n)d)")
            if figures.effect.change == Change.WORSE
            else _("Linked QC items show no change: %(change)s points (n = %(n)d)")
        )
        return words % {"change": points(figures.effect.interval.estimate), "n": figures.effect.n}
    n, days = figures.comments.n, (at - (figures.comments.oldest_at or at)).days
    return ngettext(
        "%(n)d open comment, the oldest %(days)d days old", "%(n)d open comments, the oldest %(days)d days old", n
    ) % {"n": n, "days": days}


# --- one lesson ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownQuestion:
    """A self-check or exercise of the lesson; `answers` None: nobody has tried it in the period."""

    title: str
    answers: Answers | None


@dataclass(frozen=True)
class ShownStop:
    """Where readers left, with the beginning of the part. `url` leads to it; empty where there is none."""

    label: str
    stop: Stop
    url: str = ""


@dataclass(frozen=True)
class LessonInsight:
    """One lesson in depth."""

    insight: Insight
    questions: list[ShownQuestion]
    stops: dict[str, list[ShownStop]]
    comments: list[WorkRow]


def lesson_insight(key: UUID, language: str, *, days: int, at: datetime) -> LessonInsight | None:
    """None: no such lesson is published."""
    found = insights(language, at=at, days=days, key=key)
    if not found:
        return None
    [insight] = found
    pages = LessonPage.objects.live().filter(translation_key=key).select_related("locale")
    by_language = {page.locale.language_code: page for page in pages}
    comments = LessonComment.objects.open().filter(lesson_key=key).order_by("created_at", "pk")
    return LessonInsight(
        insight=insight,
        questions=_questions(by_language[insight.lesson.language], insight.figures.answers, language),
        stops=_stops(by_language, insight.lesson, _reads([key], at - timedelta(days=days))[key], at),
        comments=work_rows(list(comments.select_related("person", "answered_by")), language),
    )


def _questions(page: LessonPage, answers: Iterable[Answers], language: str) -> list[ShownQuestion]:
    by_question = defaultdict(list)
    for each in answers:
        by_question[each.question].append(each)
    asked = checks(check_keys(page))
    shown: list[ShownQuestion] = []
    for block in page.body:
        if block.block_type == "check" and (check := asked.get(block.value["question"])):
            shown.append(ShownQuestion(_plain(check.stem), next(iter(by_question[check.key]), None)))
        elif block.block_type == "exercise":
            tried = by_question[block.id]
            names = [
                (METRICS[each.metric].name.in_language(language), each) for each in tried if each.metric in METRICS
            ]
            title = block.value.get("title") or _("Exercise")
            shown += [ShownQuestion(f"{title} · {name}", each) for name, each in names] or [ShownQuestion(title, None)]
    return shown


def _plain(stem: Any) -> str:
    return " ".join(strip_tags(stem).split())


def _stops(
    pages: Mapping[str, LessonPage], lesson: LessonRow, reads: Iterable[Read], at: datetime
) -> dict[str, list[ShownStop]]:
    bodies = {language: [block.id or "" for block in page.body] for language, page in pages.items()}
    found = stops(reads, bodies, at=at)
    return {language: _shown_stops(rows, pages.get(language), lesson) for language, rows in found.items()}


def _shown_stops(rows: Iterable[Stop], page: LessonPage | None, lesson: LessonRow) -> list[ShownStop]:
    words = {passage.block: passage.text for passage in passages_of(page)} if page else {}
    shown = []
    for stop in rows:
        if not stop.number or page is None:
            label = _("At the beginning") if stop.number == 0 else _("In a part that is no longer there")
            shown.append(ShownStop(label, stop))
            continue
        block = page.body[stop.number - 1]
        text = words.get(block.id or "", "") or str(block.block.label)
        url = f"{lesson.url}#block-{block.id}" if page.locale.language_code == lesson.language else ""
        shown.append(ShownStop(text[:60] + "…" if len(text) > 60 else text, stop, url))
    return shown
