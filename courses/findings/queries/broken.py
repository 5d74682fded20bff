"""What doesn't lead anywhere any more."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from wagtail.models import Page

from assessments.bank.models import Question
from assessments.bank.states import QuestionStatus, QuestionUse
from assessments.quizzes.queries import published_by_key, published_versions
from courses.catalogue.models import CoursePage, LessonPage, TrackPage, TrackPageStep
from courses.findings.queries.references import Place, Reference, lesson_references
from courses.findings.queries.uses import page_place
from courses.findings.rules import EXTERNAL, INTERNAL, PAGE, QUESTION, QUIZ, Target


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong at one place, in words."""

    place: Place
    what: str


@dataclass(frozen=True)
class Links:
    """`external` are listed, never fetched: a floor has no internet."""

    broken: list[Problem]
    external: list[Problem]


def links() -> Links:
    """All broken references of lessons and tracks, and all links to elsewhere. The number of queries depends on how many
    kinds of things are pointed to, not on how many."""
    references = lesson_references()
    by_kind: dict[str, set[str]] = defaultdict(set)
    for reference in references:
        by_kind[reference.target.kind].add(reference.target.ref)
    said: dict[Target, str] = {}
    for kind, refs in by_kind.items():
        if kind == EXTERNAL:
            continue
        judge = {PAGE: _pages, QUESTION: _questions, QUIZ: _quizzes, INTERNAL: _addresses}.get(kind)
        words = judge(refs) if judge else _things(kind, refs)
        said |= {Target(kind, ref): word for ref, word in words.items()}
    broken = [Problem(each.place, said[each.target]) for each in references if each.target in said]
    return Links([*broken, *_steps()], [_external(each) for each in references if each.target.kind == EXTERNAL])


def _external(reference: Reference) -> Problem:
    return Problem(reference.place, reference.target.ref)


def _ids(refs: Iterable[str]) -> list[int]:
    return [int(ref) for ref in refs if ref.isdecimal()]


def _pages(refs: set[str]) -> Mapping[str, str]:
    found = {str(page.pk): page for page in Page.objects.filter(pk__in=_ids(refs)).only("title", "live")}
    words = {}
    for ref in refs:
        if ref not in found:
            words[ref] = _("A link to a page that was deleted")
        elif not found[ref].live:
            words[ref] = _("A link to “%(page)s”, which isn't published") % {"page": found[ref].title}
    return words


def _questions(keys: set[str]) -> Mapping[str, str]:
    found = {question.key: question for question in Question.objects.filter(key__in=keys)}
    words = {}
    for key in keys:
        question = found.get(key)
        if question is None:
            words[key] = _("The question %(key)s doesn't exist") % {"key": key}
        elif question.use != QuestionUse.PRACTICE:
            words[key] = _("The question %(key)s is for exams, not for practice") % {"key": key}
        elif question.status != QuestionStatus.READY:
            words[key] = _("The question %(key)s isn't ready: %(status)s") % {
                "key": key,
                "status": question.get_status_display(),
            }
    return words


def _quizzes(keys: set[str]) -> Mapping[str, str]:
    published = published_by_key(keys).keys()
    return {key: _("The quiz “%(quiz)s” isn't published") % {"quiz": key} for key in keys - published}


def _addresses(addresses: set[str]) -> Mapping[str, str]:
    """Addresses of our own that are written out in a text: courses, lessons and tracks must be there."""
    wanted = {}
    for address in addresses:
        try:
            match = resolve(address.split("#")[0].split("?")[0])
        except Resolver404:
            wanted[address] = None
        else:
            wanted[address] = match
    slugs = {
        model: set(model.objects.live().values_list("slug", flat=True)) if wanted else set()
        for model in (CoursePage, LessonPage, TrackPage)
    }
    return {
        address: _("The address %(address)s leads nowhere") % {"address": address}
        for address, match in wanted.items()
        if match is None or not _leads_on(match, slugs)
    }


def _leads_on(match: Any, slugs: Mapping[type, set[str]]) -> bool:
    name, given = match.view_name, match.kwargs
    if name == "courses:course-detail":
        return given["slug"] in slugs[CoursePage]
    if name == "courses:lesson-detail":
        return given["course"] in slugs[CoursePage] and given["slug"] in slugs[LessonPage]
    if name == "courses:track-detail":
        return given["slug"] in slugs[TrackPage]
    return True


def _things(label: str, refs: set[str]) -> Mapping[str, str]:
    """Anything else that a chooser points to, and that must be there."""
    model = apps.get_model(label)
    there = {str(pk) for pk in model._default_manager.filter(pk__in=_ids(refs)).values_list("pk", flat=True)}
    return {
        ref: _("Gone: %(kind)s %(number)s") % {"kind": model._meta.verbose_name, "number": ref} for ref in refs - there
    }


def _steps() -> list[Problem]:
    """Steps of tracks whose course, quiz or scenario learners can't be given."""
    steps = list(
        TrackPageStep.objects.select_related("page__locale", "course", "quiz", "scenario").order_by("page__path")
    )
    published = published_versions([step.quiz_id for step in steps if step.quiz_id])
    problems = []
    for step in steps:
        if step.course and not step.course.live:
            what = _("The course “%(course)s” isn't published") % {"course": step.course.title}
        elif step.quiz and step.quiz_id not in published:
            what = _("The quiz “%(quiz)s” isn't published") % {"quiz": step.quiz.title}
        else:
            continue
        problems.append(Problem(page_place(step.page, _("Step")), what))
    return problems
