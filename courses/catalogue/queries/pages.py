"""What is taught, in the reader's language or – where that is missing – in the other one.

Frozen rows for screens. Only live pages under live courses count; a page's row is the one of the shown language.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Length, Substr
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from assessments.attempts.queries import to_sit
from assessments.bank.models import Option, QuestionVersion
from assessments.bank.queries import newest_versions, practice_questions
from assessments.bank.rules import takes_several
from assessments.ports import LessonLink
from assessments.quizzes.models import Quiz, Slot
from assessments.quizzes.queries import published_versions
from courses.catalogue.models import CoursePage, LessonPage, TrackPage
from courses.catalogue.rules import in_master_order, is_right, shown_language
from courses.catalogue.rules.changes import Block
from lms.kernel.markdown import to_html
from lms.people.models import User

_FIELDS = ("pk", "path", "slug", "title", "summary", "translation_key", "locale__language_code")


@dataclass(frozen=True)
class LessonRow:
    """A lesson as a list shows it. `versions` are the material versions readers have now, by language."""

    key: UUID
    pk: int
    slug: str
    course_slug: str
    title: str
    summary: str
    minutes: int
    language: str
    versions: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    #: How long it has to be read before it can be marked as done.
    minimum_seconds: int = 0

    @property
    def url(self) -> str:
        return reverse("courses:lesson-detail", args=[self.course_slug, self.slug])


@dataclass(frozen=True)
class CourseRow:
    """A course with its lessons in order."""

    key: UUID
    pk: int
    slug: str
    title: str
    summary: str
    language: str
    lessons: tuple[LessonRow, ...] = ()

    @property
    def url(self) -> str:
        return reverse("courses:course-detail", args=[self.slug])

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)

    def place_of(self, key: UUID) -> int:
        """The lesson's number in the course, from 1. Raises StopIteration for a lesson of another course."""
        return next(number for number, lesson in enumerate(self.lessons, 1) if lesson.key == key)

    def neighbours_of(self, key: UUID) -> tuple[LessonRow | None, LessonRow | None]:
        """The lessons before and after."""
        place = self.place_of(key) - 1
        before = self.lessons[place - 1] if place else None
        after = self.lessons[place + 1] if place + 1 < len(self.lessons) else None
        return before, after


def courses(language: str, *, keys: Collection[UUID] | None = None, slug: str | None = None) -> dict[UUID, CourseRow]:
    """The live courses by translation key, in the order of the tree; two queries whatever their number."""
    pages = CoursePage.objects.live().order_by("path")
    if keys is not None:
        pages = pages.filter(translation_key__in=keys)
    if slug is not None:
        pages = pages.filter(translation_key__in=CoursePage.objects.live().filter(slug=slug).values("translation_key"))
    found = list(pages.values(*_FIELDS))
    lessons_of = defaultdict(list)
    if found:
        for lesson in _lesson_pages().filter(parent_path__in=[page["path"] for page in found]).order_by("path"):
            lessons_of[lesson["parent_path"]].append(lesson)
    return {key: _course_row(versions, lessons_of, language) for key, versions in _by_key(found).items()}


def course_by_slug(slug: str, language: str) -> CourseRow | None:
    """The course at this address. Where two languages use a slug for different courses, the reader's language wins."""
    rows = courses(language, slug=slug).values()
    return next((row for row in rows if row.language == language), next(iter(rows), None))


def lessons(language: str, keys: Collection[UUID]) -> dict[UUID, LessonRow]:
    """The live lessons with these translation keys; two queries."""
    found = list(_lesson_pages().filter(translation_key__in=keys, live=True)) if keys else []
    parents = CoursePage.objects.live().filter(path__in={lesson["parent_path"] for lesson in found})
    slugs = dict(parents.values_list("path", "slug")) if found else {}
    reachable = [lesson for lesson in found if lesson["parent_path"] in slugs]
    rows = {}
    for key, versions in _by_key(reachable).items():
        shown = versions[shown_language(versions.keys(), language)]
        rows[key] = _lesson_row(versions, slugs[shown["parent_path"]], language)
    return rows


def readable_lessons() -> QuerySet[LessonPage]:
    """Live lessons of live courses: what everybody who is signed in may read."""
    live = CoursePage.objects.live().values("path")
    return LessonPage.objects.live().alias(parent_path=_parent_path()).filter(parent_path__in=live)


def lesson_in(lesson_key: UUID, language: str) -> LessonPage | None:
    """The lesson's page in the language, or in the other where that is missing; None when it isn't published."""
    pages = readable_lessons().filter(translation_key=lesson_key).select_related("locale")
    by_language = {page.locale.language_code: page for page in pages}
    return by_language[shown_language(by_language, language)] if by_language else None


def lessons_teaching(skill_ids: Sequence[int], language: str) -> dict[int, list[LessonLink]]:
    """For each skill the lessons that teach it, in the order of the tree. Fills `assessments.ports.lessons_by_skill`."""
    taught = LessonPage.skills.through.objects.filter(skill_id__in=skill_ids, lessonpage__live=True)
    pairs = taught.order_by("lessonpage__path").values_list("skill_id", "lessonpage__translation_key")
    keys_of: dict[int, dict[UUID, None]] = {skill_id: {} for skill_id in skill_ids}
    for skill_id, key in pairs:
        keys_of[skill_id][key] = None
    rows = lessons(language, {key for keys in keys_of.values() for key in keys})
    return {
        skill_id: [
            LessonLink(key=str(key), title=rows[key].title, url=rows[key].url, minutes=rows[key].minutes)
            for key in keys
            if key in rows
        ]
        for skill_id, keys in keys_of.items()
    }


def track_pages(language: str, *, keys: Collection[UUID] | None = None) -> dict[UUID, dict[str, Any]]:
    """The live track pages (`slug`, `title`, `summary`, `language`) by translation key; one query."""
    pages = TrackPage.objects.live().order_by("path")
    if keys is not None:
        pages = pages.filter(translation_key__in=keys)
    rows = {}
    for key, versions in _by_key(pages.values(*_FIELDS)).items():
        shown = shown_language(versions.keys(), language)
        rows[key] = {**versions[shown], "language": shown}
    return rows


def _parent_path() -> Substr:
    return Substr("path", 1, Length(F("path")) - LessonPage.steplen)


def _lesson_pages() -> QuerySet[LessonPage, dict[str, Any]]:
    pages = LessonPage.objects.annotate(parent_path=_parent_path())
    return pages.values(*_FIELDS, "parent_path", "minutes", "minimum_minutes", "material_version", "live")


def _by_key(pages: Iterable[dict[str, Any]]) -> dict[UUID, dict[str, dict[str, Any]]]:
    """{translation key: {language: page}} in the order of the pages."""
    grouped: dict[UUID, dict[str, dict[str, Any]]] = {}
    for page in pages:
        grouped.setdefault(page["translation_key"], {})[page["locale__language_code"]] = page
    return grouped


def _source_first(versions: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(versions.values(), key=lambda page: page["pk"])


def _course_row(
    versions: Mapping[str, dict[str, Any]], lessons_of: Mapping[str, list[dict[str, Any]]], language: str
) -> CourseRow:
    shown = shown_language(versions.keys(), language)
    course = versions[shown]
    # Drafts count for the order only: what is unpublished in the source keeps its place where a translation is live.
    below = (lesson for page in versions.values() for lesson in lessons_of.get(page["path"], ()))
    grouped = _by_key(lesson for lesson in below if lesson["live"])
    order = in_master_order(
        *(
            [lesson["translation_key"] for lesson in lessons_of.get(page["path"], ())]
            for page in _source_first(versions)
        )
    )
    return CourseRow(
        key=course["translation_key"],
        pk=course["pk"],
        slug=course["slug"],
        title=course["title"],
        summary=course["summary"],
        language=shown,
        lessons=tuple(_lesson_row(grouped[key], course["slug"], language) for key in order if key in grouped),
    )


def _lesson_row(versions: Mapping[str, dict[str, Any]], course_slug: str, language: str) -> LessonRow:
    shown = shown_language(versions.keys(), language)
    lesson = versions[shown]
    return LessonRow(
        key=lesson["translation_key"],
        pk=lesson["pk"],
        slug=lesson["slug"],
        course_slug=course_slug,
        title=lesson["title"],
        summary=lesson["summary"],
        minutes=lesson["minutes"],
        language=shown,
        versions=MappingProxyType({code: page["material_version"] for code, page in versions.items()}),
        minimum_seconds=60 * max(page["minimum_minutes"] for page in versions.values()),  # the source page has it
    )


def blocks_of(page: LessonPage) -> list[Block]:
    """The body as it is stored; a block without an id has its place instead."""
    return [
        Block(str(raw.get("id") or f"#{place}"), raw["type"], raw["value"])
        for place, raw in enumerate(page.body.raw_data)
    ]


# --- self-checks ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CheckOption:
    """One answer of a self-check; whether it is right is only shown after answering."""

    pk: int
    text: str
    feedback: str
    is_chosen: bool
    is_right: bool


@dataclass(frozen=True)
class Check:
    """One practice question in a lesson, with what the reader chose just now."""

    key: str
    stem: SafeString
    explanation: SafeString
    takes_several: bool
    options: tuple[CheckOption, ...]
    was_asked: bool = False

    @cached_property
    def is_answered(self) -> bool:
        return any(option.is_chosen for option in self.options)

    @cached_property
    def is_right(self) -> bool:
        return is_right(
            {option.pk for option in self.options if option.is_chosen},
            {option.pk for option in self.options if option.is_right},
        )


def check_keys(page: LessonPage) -> list[str]:
    """The practice questions that a lesson's blocks name."""
    return [block.value["question"] for block in page.body if block.block_type == "check"]


def checks(keys: Collection[str], *, answered: str | None = None, chosen: Collection[int] = ()) -> dict[str, Check]:
    """The self-checks of a lesson by key, in the active language; one query. Only practice questions that are ready are
    found, so the key of an exam question in a page shows nothing. `answered` names the one just answered."""
    if not keys:
        return {}
    asked = practice_questions().filter(key__in=keys)
    options: dict[QuestionVersion, list[Option]] = defaultdict(list)
    for option in (
        Option.objects.filter(version__in=newest_versions(asked))
        .select_related("version__question")
        .order_by("order", "pk")
    ):
        options[option.version].append(option)
    return {
        version.question.key: _check(version, given, answered=answered, chosen=chosen)
        for version, given in options.items()
    }


def _check(
    version: QuestionVersion, options: Iterable[Option], *, answered: str | None, chosen: Collection[int]
) -> Check:
    was_asked = version.question.key == answered
    return Check(
        key=version.question.key,
        stem=to_html(version.stem),
        explanation=to_html(version.explanation),
        takes_several=takes_several(version.kind),
        options=tuple(
            CheckOption(
                pk=option.pk,
                text=option.text,
                feedback=option.feedback,
                is_chosen=was_asked and option.pk in chosen,
                is_right=option.is_right,
            )
            for option in options
        ),
        was_asked=was_asked,
    )


# --- quizzes -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class QuizCard:
    """A quiz of the bank as a lesson shows it. `start_url` is empty unless the reader has it to sit."""

    key: str
    title: str
    description: str
    n: int
    time_limit_minutes: int | None
    pass_share: Decimal
    start_url: str = ""
    is_begun: bool = False


def quiz_keys(page: LessonPage) -> list[str]:
    """The quizzes that a lesson's blocks name."""
    return [block.value["quiz"] for block in page.body if block.block_type == "quiz"]


def quiz_cards(keys: Collection[str], *, reader: User | None, at: datetime) -> dict[str, QuizCard]:
    """The published quizzes of a lesson by key, in the active language; as many queries for one as for many. Without a
    `reader` nobody can start them: a preview."""
    if not keys:
        return {}
    versions = published_versions(Quiz.objects.filter(key__in=keys))
    counts = Slot.objects.filter(version__in=versions.values()).values_list("version").annotate(n=Sum("count"))
    questions = dict(counts.order_by())
    mine = {row.assignment.quiz_id: row for row in reversed(to_sit(reader, at=at))} if reader and versions else {}
    return {
        version.quiz.key: QuizCard(
            key=version.quiz.key,
            title=version.quiz.title,
            description=version.quiz.description,
            n=questions.get(version.pk, 0),
            time_limit_minutes=version.time_limit_minutes,
            pass_share=version.pass_share,
            start_url=reverse("assessments:quiz-start", args=[mine[quiz].assignment.pk]) if quiz in mine else "",
            is_begun=quiz in mine and mine[quiz].result.open_attempt is not None,
        )
        for quiz, version in versions.items()
    }


# --- previews ------------------------------------------------------------------------------------------------


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
