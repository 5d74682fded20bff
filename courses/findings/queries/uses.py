"""Where something is used."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from assessments.bank.models import Question
from assessments.quizzes.models import Quiz, Slot
from assessments.quizzes.queries import demand_of, drawable_questions, newest_versions, published_quizzes
from assessments.scenarios.models import Scenario
from courses.catalogue.models import (
    CourseDocument,
    CourseImage,
    CourseMedia,
    CoursePage,
    LessonPage,
    Phrase,
    Term,
    TrackPageStep,
)
from courses.findings.queries.references import Place, Reference, lesson_references
from courses.findings.rules import PAGE, QUESTION, QUIZ, Target

#: What one can ask for, and the name of the page on which an author edits it.
KINDS: Mapping[type[Model], str] = {
    CourseImage: "wagtailimages:edit",
    CourseDocument: "wagtaildocs:edit",
    CourseMedia: "course-media:edit",
    Phrase: "phrases:edit",
    Term: "terms:edit",
    Question: "questions:edit",
    Quiz: "quizzes:edit",
    Scenario: "scenarios:edit",
    CoursePage: "wagtailadmin_pages:edit",
    LessonPage: "wagtailadmin_pages:edit",
}
BY_LABEL = {model._meta.label_lower: model for model in KINDS}


def edit_url(model: type[Model], pk: int) -> str:
    """The page on which the thing is edited; empty where the back office has none."""
    try:
        return reverse(KINDS[model], args=[pk])
    except NoReverseMatch:
        return ""


def where_used_url(thing: Model) -> str:
    """Fills `assessments.ports.where_used_url`."""
    return reverse("where-used", args=[thing._meta.label_lower, thing.pk])


def target_of(thing: Model) -> Target:
    """How lessons name it: pages by their id as pages, questions and quizzes by key."""
    if isinstance(thing, CoursePage | LessonPage):
        return Target(PAGE, str(thing.pk))
    if isinstance(thing, Question):
        return Target(QUESTION, thing.key)
    if isinstance(thing, Quiz):
        return Target(QUIZ, thing.key)
    return Target(thing._meta.label_lower, str(thing.pk))


def places_of(thing: Model) -> list[Place]:
    """Every page, track, quiz and phrase that uses the thing. A handful of queries."""
    return all_places([thing])[thing.pk]


def all_places(things: Iterable[Any], references: Iterable[Reference] | None = None) -> dict[int, list[Place]]:
    """As `places_of` for things of one kind, by id; the number of queries doesn't depend on theirs. `references` of all
    lessons where the caller has them already."""
    rows = list(things)
    found: dict[int, list[Place]] = defaultdict(list)
    if not rows:
        return found
    by_target = {target_of(thing): thing.pk for thing in rows}
    for reference in lesson_references() if references is None else references:
        if reference.target in by_target:
            found[by_target[reference.target]].append(reference.place)
    for pk, place in _elsewhere(type(rows[0]), rows):
        found[pk].append(place)
    return found


def _elsewhere(model: type[Model], rows: list[Any]) -> Iterable[tuple[int, Place]]:
    ids = [row.pk for row in rows]
    if model is Quiz:
        yield from _steps("quiz", ids)
        for lesson in LessonPage.objects.filter(recheck_quiz__in=ids).select_related("locale").order_by("path"):
            yield lesson.recheck_quiz_id, page_place(lesson, _("Re-check quiz"))
    elif model is Scenario:
        yield from _steps("scenario", ids)
    elif model is CoursePage:
        yield from _steps_of_courses(rows)
    elif model is LessonPage:
        yield from _courses_of(rows)
    elif model is Question:
        yield from _quizzes_asking(set(ids))
    elif model is CourseMedia:
        phrases = Phrase.objects.filter(Q(audio_zh__in=ids) | Q(audio_en__in=ids))
        for phrase in phrases:
            for pk in {phrase.audio_zh_id, phrase.audio_en_id} & set(ids):
                yield pk, Place(str(Phrase._meta.verbose_name), phrase.text, edit_url(Phrase, phrase.pk))


def _quizzes_asking(ids: set[int]) -> Iterable[tuple[int, Place]]:
    """The quizzes, as they are sat and as their authors work at them, that name a question or may draw it."""
    versions = {version.pk for version in newest_versions()}
    versions |= {version.pk for version in published_quizzes().values()}
    slots = Slot.objects.filter(version__in=versions).select_related("version__quiz").order_by("version__quiz__key")
    asked: dict[tuple[int, Quiz], str] = {}
    bank = drawable_questions()
    for slot in slots:
        if slot.question_id in ids:
            asked[slot.question_id, slot.version.quiz] = _("Fixed question")
        elif slot.question_id is None:
            demand = demand_of(slot)
            for question in bank:
                if question.pk in ids and demand.fits(question):
                    asked.setdefault((question.pk, slot.version.quiz), _("May be drawn"))
    for (pk, quiz), part in asked.items():
        yield pk, Place(str(Quiz._meta.verbose_name), quiz.title, edit_url(Quiz, quiz.pk), part)


def _steps(name: str, ids: list[int]) -> Iterable[tuple[int, Place]]:
    steps = TrackPageStep.objects.filter(**{f"{name}__in": ids}).select_related("page__locale").order_by("page__path")
    for step in steps:
        yield getattr(step, f"{name}_id"), page_place(step.page, _("Step"))


def _steps_of_courses(courses: list[CoursePage]) -> Iterable[tuple[int, Place]]:
    """A track asks for a course in every language: by its translation key."""
    by_key = defaultdict(list)
    for course in courses:
        by_key[course.translation_key].append(course.pk)
    steps = TrackPageStep.objects.filter(course__translation_key__in=by_key).select_related("course", "page__locale")
    for step in steps.order_by("page__path"):
        for pk in by_key[step.course.translation_key]:
            yield pk, page_place(step.page, _("Step"))


def _courses_of(lessons: list[LessonPage]) -> Iterable[tuple[int, Place]]:
    """The tracks that ask for the lesson's course."""
    parents = {lesson.path[: -LessonPage.steplen]: [] for lesson in lessons}
    for lesson in lessons:
        parents[lesson.path[: -LessonPage.steplen]].append(lesson.pk)
    courses = {course.pk: course for course in CoursePage.objects.filter(path__in=parents)}
    for pk, place in _steps_of_courses(list(courses.values())):
        for lesson_pk in parents[courses[pk].path]:
            yield lesson_pk, place


def page_place(page: Any, part: str) -> Place:
    return Place(
        kind=str(page._meta.verbose_name),
        title=page.title,
        url=reverse("wagtailadmin_pages:edit", args=[page.pk]),
        part=part,
        language=page.locale.language_code,
        is_live=page.live,
    )


@dataclass(frozen=True)
class Used:
    """One thing of a kind, and by how many places it is used."""

    pk: int
    title: str
    places: int


def used_things(model: type[Model], words: str = "") -> list[Used]:
    """The things of a kind whose name contains the words, with the number of places; few queries."""
    rows = [row for row in model._default_manager.all() if words.lower() in title_of(row).lower()]
    n = Counter({pk: len(places) for pk, places in all_places(rows).items()})
    return sorted((Used(row.pk, title_of(row), n[row.pk]) for row in rows), key=lambda used: used.title.lower())


def title_of(thing: Any) -> str:
    """How a list names it: pages with their language, questions by key."""
    if isinstance(thing, Question):
        return thing.key
    return str(getattr(thing, "title", "") or thing)
