"""Courses, lessons and tracks."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from wagtail.models import Page

from content.exporters.keys import Gone, SiteKeys
from content.exporters.present import Present
from content.format.blocks import BY_SITE_NAME
from content.format.lessons import Placed
from content.format.types import clean, text_in, text_of
from courses.catalogue.models import CoursePage, LessonPage, TrackPage, TrackPageAudience
from courses.catalogue.states import READING, StepKind
from lms.kernel.bilingual import LANGUAGE_CODES

#: translation key → language → page
Translations = Mapping[uuid.UUID, Mapping[str, Any]]


class UnknownBlock(Exception):
    """A lesson has a block that the format has no words for: exporting it would lose it."""


def translations(model: type[Page]) -> Translations:
    """All pages of a kind, live or not, in the order of the tree."""
    found: dict[uuid.UUID, dict[str, Any]] = defaultdict(dict)
    rows = model.objects.select_related("locale").order_by("path")
    if hasattr(model, "skills"):
        rows = rows.prefetch_related("skills")
    if model is LessonPage:
        rows = rows.select_related("recheck_quiz")
    for page in rows:
        found[page.translation_key][page.locale.language_code] = page
    return found


def _live(pages: Mapping[str, Any]) -> dict[str, Any]:
    return {language: page for language, page in pages.items() if page.live and language in LANGUAGE_CODES}


def _text(pages: Mapping[str, Any], name: str) -> Any:
    return text_of({language: clean(getattr(page, name)) for language, page in pages.items()})


def _source(pages: Mapping[str, Any]) -> Any:
    """The page written first; its order, skills and rules hold for all."""
    return min(pages.values(), key=lambda page: page.pk)


def _is_open(pages: Iterable[Any]) -> bool:
    return any(page.has_unpublished_changes for page in pages)


def _skills(page: Any) -> list[str]:
    return sorted(skill.key for skill in page.skills.all())


class Pages:
    """The pages of this site as a pack would say them. What is unpublished isn't there."""

    def __init__(self, keys: SiteKeys) -> None:
        self.keys = keys
        self.courses = translations(CoursePage)
        self.lessons = translations(LessonPage)
        self.tracks = translations(TrackPage)
        self.course_at = {page.path: key for key, pages in self.courses.items() for page in pages.values()}
        #: what was left out, in words
        self.notes: list[str] = []

    def course_of(self, lesson: Any) -> uuid.UUID:
        return self.course_at[lesson.path[: -lesson.steplen]]

    def lesson_keys(self, course: uuid.UUID) -> list[str]:
        """The lessons of a course in the order of its source, then those that only other languages have."""
        pages = _live(self.courses[course])
        if not pages:
            return []
        ordered = sorted(pages.values(), key=lambda page: page.pk)
        found: dict[uuid.UUID, None] = {}
        for page in ordered:
            for key, lessons in self.lessons.items():
                lesson = lessons.get(page.locale.language_code)
                if lesson and lesson.live and lesson.path.startswith(page.path):
                    found.setdefault(key)
        return [self.keys.page_keys["lesson", key] for key in found]

    # --- values ----------------------------------------------------------------------------------------------

    def course(self, key: uuid.UUID) -> Present | None:
        """Without `order` and `lessons`, which depend on its neighbours."""
        pages = _live(self.courses.get(key, {}))
        if not pages:
            return None
        value = {
            "key": self.keys.page_keys["course", key],
            "order": 0,
            "title": _text(pages, "title"),
            "summary": _text(pages, "summary"),
            "skills": _skills(_source(pages)),
            "lessons": [],
        }
        return Present(value, _is_open(self.courses[key].values()))

    def lesson(self, key: uuid.UUID, language: str) -> Present | None:
        page = _live(self.lessons.get(key, {})).get(language)
        if page is None:
            return None
        source = _source(self.lessons[key])
        value = {
            "title": clean(page.title),
            "summary": clean(page.summary),
            "minutes": page.minutes,
            "minimum_minutes": source.minimum_minutes,
            "recheck_quiz": source.recheck_quiz.key if source.recheck_quiz else "",
            "skills": _skills(page),
            "material": page.material_version,
            "blocks": tuple(self._blocks(page)),
            "course": self.keys.page_keys["course", self.course_of(page)],
        }
        return Present(value, page.has_unpublished_changes)

    def _blocks(self, page: Any) -> Iterable[Placed]:
        for raw in page.body.get_prep_value():
            block = BY_SITE_NAME.get(raw["type"])
            if block is None:
                raise UnknownBlock(f"the lesson {page.slug} has a block `{raw['type']}` that packs don't know yet")
            try:
                yield block, block.from_site(raw["value"], self.keys)
            except Gone as gone:
                self.notes.append(f"lesson {page.slug}: a block {block.name} is left out, {gone} isn't there any more")

    def track(self, key: uuid.UUID) -> Present | None:
        pages = _live(self.tracks.get(key, {}))
        if not pages:
            return None
        source = _source(self.tracks[key])
        value = {
            "key": self.keys.page_keys["track", key],
            "title": _text(pages, "title"),
            "summary": _text(pages, "summary"),
            "validity_months": source.validity_months,
            "validity_mode": source.validity_mode,
            "fixed_day": {"month": source.calendar_month, "day": source.calendar_day}
            if source.calendar_month and source.calendar_day
            else None,
            "renewal_days": source.renewal_days,
            "refresher": self._track_key(source.refresher) if source.refresher else "",
            "counts_rostered_days": source.counts_rostered_days,
            "ordered": source.is_ordered,
            "before": sorted({self._track_key(row.track) for row in source.prerequisites.select_related("track")}),
            "for_whom": self._for_whom(source),
            "groups": [
                {"key": group.key, "title": text_in(group, "title"), "choose": group.choose}
                for group in source.groups.all()
            ],
            "steps": [self._step(step) for step in source.steps.select_related("course", "lesson", "quiz", "scenario")],
        }
        return Present(value, _is_open(self.tracks[key].values()))

    def _step(self, step: Any) -> dict[str, Any]:
        if step.kind in READING:
            page = step.course or step.lesson
            key = self.keys.page_keys[step.kind, page.translation_key]
        else:
            key = (step.quiz if step.kind == StepKind.QUIZ else step.scenario).key
        return {"kind": step.kind, "key": key, "due_days": step.due_days, "group": step.group_key}

    def _track_key(self, track: TrackPage) -> str:
        return self.keys.page_keys["track", track.translation_key]

    def _for_whom(self, source: TrackPage) -> list[dict[str, Any]]:
        rules = list(source.audience.select_related("job_role"))
        if local := sum(is_local(rule) for rule in rules):
            what = (
                "a rule about teams, sites or people stays"
                if local == 1
                else f"{local} rules about teams, sites or people stay"
            )
            self.notes.append(f"track {source.slug}: {what} on this site")
        return [
            {
                "job_role": rule.job_role.key if rule.job_role else "",
                "hired_from": rule.hired_from,
                "hired_until": rule.hired_until,
            }
            for rule in rules
            if not is_local(rule)
        ]


def is_local(rule: TrackPageAudience) -> bool:
    """It names a team, a site or a person, which other sites don't have."""
    return bool(rule.team_id or rule.site_id or rule.person_id)
