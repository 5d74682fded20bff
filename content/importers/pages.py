"""Courses, lessons and tracks: pages are made, filled and published; what is published already keeps its address."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any

from django.core.exceptions import ValidationError
from wagtail.models import Locale, Page
from wagtail.signal_handlers import disable_reference_index_auto_update

from assessments.quizzes.models import Quiz
from assessments.scenarios.models import Scenario
from content.exporters.keys import PAGES, SiteKeys, page_key
from content.exporters.pages import Pages, is_local
from content.exporters.present import Present
from content.format.types import pair
from content.importers.stages import Load, Refused, Stage, Wanted
from content.readers.pack import Pack
from courses.catalogue.models import (
    CoursePage,
    LessonPage,
    TrackPageAudience,
    TrackPageGroup,
    TrackPagePrerequisite,
    TrackPageStep,
)
from courses.catalogue.services import catalogue_root
from courses.catalogue.states import StepKind
from courses.enrolment.services.tracks import PrerequisiteCycle
from lms.kernel.bilingual import LANGUAGE_CODES
from lms.people.models import JobRole


class LoaderKeys(SiteKeys):
    """Knows the pages of the pack that is being loaded, also those that the load has only just made."""

    def __init__(self, pack: Pack) -> None:
        super().__init__(pack.key)
        self.told = [
            *(("course", entry.key) for entry in pack.all("course")),
            *(("lesson", key) for key in pack.lessons),
            *(("track", entry.key) for entry in pack.all("track")),
        ]
        #: (kind, key, language) → page
        self.made: dict[tuple[str, str, str], Any] = {}
        self.language = ""

    @cached_property
    def from_packs(self) -> Mapping[uuid.UUID, str]:
        return {**super().from_packs, **{page_key(self.pack, kind, key): key for kind, key in self.told}}

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], uuid.UUID]:
        return {(kind, name): key for (kind, key), name in self.page_keys.items()}

    def translation_key(self, kind: str, key: str) -> uuid.UUID:
        """Of a page of the pack; a page of this site with the same key (its address) is that page."""
        return self._by_name.get((kind, key)) or page_key(self.pack, kind, key)

    def page_pk(self, kind: str, key: str) -> int:
        for language in (self.language, *LANGUAGE_CODES):
            if page := self.made.get((kind, key, language)):
                return int(page.pk)
        pages = PAGES[kind].objects.filter(translation_key=self.translation_key(kind, key))
        own = pages.filter(locale__language_code=self.language).values_list("pk", flat=True).first()
        found = own or pages.values_list("pk", flat=True).first()
        if found is None:
            raise Refused(f"the {kind} `{key}` isn't on this site, so nothing can lead there")
        return int(found)


class PageStage(Stage):
    """`pages` are those of the site before anything is written."""

    keys: LoaderKeys

    def __init__(self, load: Load, pages: Pages) -> None:
        super().__init__(load)
        assert isinstance(load.keys, LoaderKeys)
        self.keys, self.pages = load.keys, pages

    def page(self, key: str, language: str) -> Any:
        """The page on the site, live or not; None where there is none."""
        made = self.keys.made.get((self.kind, key, language))
        if made is not None:
            return made
        tables = {"course": self.pages.courses, "lesson": self.pages.lessons, "track": self.pages.tracks}
        return tables[self.kind].get(self.keys.translation_key(self.kind, key), {}).get(language)

    def make(self, key: str, language: str, *, title: str, parent: Page) -> Any:
        """An empty page that others can link to; it is filled and published later."""
        page = PAGES[self.kind](
            title=title,
            slug=key,
            translation_key=self.keys.translation_key(self.kind, key),
            locale=_locale(self.load, language),
            live=False,
        )
        try:
            with disable_reference_index_auto_update():  # it says nothing yet that could refer to anything
                parent.add_child(instance=page)
        except ValidationError as error:
            raise Refused(f"the page can't be made: {' '.join(error.messages)}") from error
        self.keys.made[self.kind, key, language] = page
        return page

    def publish(self, page: Any, fields: Mapping[str, Any], skills: Sequence[str] | None = None) -> None:
        """Fill and publish; where nothing differs, nothing is written."""
        is_same = page.live and all(getattr(page, name) == value for name, value in fields.items())
        if is_same and (skills is None or sorted(skill.key for skill in page.skills.all()) == sorted(skills)):
            return
        for name, value in fields.items():
            setattr(page, name, value)
        if skills is not None:
            page.skills = self.load.skills(skills)
        _stand_where_it_stands(page)
        page.save_revision(user=self.load.actor).publish()
        self.keys.made[self.kind, self.key_of(page), page.locale.language_code] = page

    def key_of(self, page: Any) -> str:
        return self.keys.page_keys.get((self.kind, page.translation_key)) or str(page.slug)


def _stand_where_it_stands(page: Page) -> None:
    """The tree has changed since the page was read: others were added below it or moved. Saved as it was read, it
    would forget its children."""
    names = ("path", "depth", "numchild", "url_path")
    for name, value in Page.objects.values(*names).get(pk=page.pk).items():
        setattr(page, name, value)


def _locale(load: Load, language: str) -> Locale:
    found: Locale = Locale.objects.get(language_code=language)
    return found


class Courses(PageStage):
    kind = "course"

    def in_site_words(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**value, "order": 0}

    def present(self, wanted: Sequence[Wanted]) -> Mapping[tuple[str, str], Present | None]:
        """Of its lessons those that a pack brought or wants: what was added on the site is no quarrel."""
        mine = {*self.keys.from_packs.values(), *self.load.pack.lessons}
        found: dict[tuple[str, str], Present | None] = {}
        for each in wanted:
            key = self.keys.translation_key("course", each.key)
            if key not in self.pages.courses:
                continue
            now = self.pages.course(key)
            if now:
                now.value["lessons"] = [lesson for lesson in self.pages.lesson_keys(key) if lesson in mine]
            found[each.key, ""] = now
        return found

    def prepare(self, new: Sequence[Wanted]) -> None:
        for language in LANGUAGE_CODES:
            root = catalogue_root(language)
            for each in new:
                if (title := each.value["title"].of(language)) and self.page(each.key, language) is None:
                    self.make(each.key, language, title=title, parent=root)

    def write(self, wanted: Wanted, present: Present | None) -> None:
        value = wanted.value
        for language in LANGUAGE_CODES:
            title = value["title"].of(language)
            if not title:
                continue
            page = self.page(wanted.key, language)
            if page is None:
                page = self.make(wanted.key, language, title=title, parent=catalogue_root(language))
            self.publish(page, {"title": title, "summary": value["summary"].of(language)}, value["skills"])

    def arrange(self, courses: Iterable[Wanted]) -> None:
        """Put the lessons of these courses into their order."""
        for course in courses:
            for language in LANGUAGE_CODES:
                page = self.page(course.key, language)
                if page is not None:
                    wanted = [self.keys.translation_key("lesson", key) for key in course.value["lessons"]]
                    in_order(Page.objects.get(pk=page.pk), wanted)


def in_order(parent: Page, wanted: Sequence[uuid.UUID]) -> None:
    """Bring these children into their order; others stay where they are."""
    children = list(parent.get_children().order_by("path"))
    known = [page for page in children if page.translation_key in set(wanted)]
    sorted_ = iter(sorted(known, key=lambda page: wanted.index(page.translation_key)))
    goal = [next(sorted_) if page in known else page for page in children]
    if goal == children:
        return
    for page in goal:
        Page.objects.get(pk=page.pk).move(Page.objects.get(pk=parent.pk), pos="last-child")


class Lessons(PageStage):
    kind = "lesson"

    def wanted(self) -> Sequence[Wanted]:
        pack = self.load.pack
        return [
            Wanted(key, {**texts[language].value, "course": pack.course_of[key]}, texts[language].file, 1, language)
            for language in LANGUAGE_CODES
            for key, texts in pack.lessons.items()
            if language in texts
        ]

    def present(self, wanted: Sequence[Wanted]) -> Mapping[tuple[str, str], Present | None]:
        found: dict[tuple[str, str], Present | None] = {}
        for each in wanted:
            key = self.keys.translation_key("lesson", each.key)
            if each.language in self.pages.lessons.get(key, {}):
                found[each.key, each.language] = self.pages.lesson(key, each.language)
        return found

    def prepare(self, new: Sequence[Wanted]) -> None:
        parents: dict[int, Page] = {}
        for each in new:
            if self.page(each.key, each.language) is None:
                course = self._course(each)
                parent = parents.setdefault(course.pk, Page.objects.get(pk=course.pk))
                self.make(each.key, each.language, title=each.value["title"], parent=parent)

    def _course(self, wanted: Wanted) -> Any:
        courses = Courses(self.load, self.pages)
        page = courses.page(wanted.value["course"], wanted.language)
        if page is None:
            raise Refused(
                f"the course `{wanted.value['course']}` isn't on this site in {wanted.language} any more; `--overwrite course:{wanted.value['course']}` brings it back"
            )
        return page

    def write(self, wanted: Wanted, present: Present | None) -> None:
        value = wanted.value
        page = self.page(wanted.key, wanted.language)
        if page is None:  # why it couldn't be made was told
            return
        course = self._course(wanted)
        if not page.path.startswith(course.path):
            page.move(Page.objects.get(pk=course.pk), pos="last-child")
            page = LessonPage.objects.get(pk=page.pk)
        self.keys.language = wanted.language
        body = [{"type": block.site_name, "value": block.to_site(part, self.keys)} for block, part in value["blocks"]]
        self.publish(
            page,
            {
                "title": value["title"],
                "summary": value["summary"],
                "minutes": value["minutes"],
                "minimum_minutes": value["minimum_minutes"],
                "recheck_quiz_id": Quiz.objects.get(key=quiz).pk if (quiz := value["recheck_quiz"]) else None,
                "material_version": value["material"],
                "body": json.dumps(body, ensure_ascii=False),
            },
            value["skills"],
        )


#: What a track keeps in rows of its own.
_ROWS = ("steps", "groups", "before", "for_whom")


class Tracks(PageStage):
    """Rules that differ become the track's next version; people go on under the one they were enrolled in."""

    kind = "track"

    def wanted(self) -> Sequence[Wanted]:
        """A track after those that are completed before it: changed one by one, none ever stands in a circle."""
        before = {entry.key: entry.value["before"] for entry in self.load.pack.all("track")}
        told = {each.key: each for each in super().wanted()}
        return [told[key] for key in TopologicalSorter(before).static_order()]

    def present(self, wanted: Sequence[Wanted]) -> Mapping[tuple[str, str], Present | None]:
        found: dict[tuple[str, str], Present | None] = {}
        for each in wanted:
            key = self.keys.translation_key("track", each.key)
            if key in self.pages.tracks:
                found[each.key, ""] = self.pages.track(key)
        return found

    def prepare(self, new: Sequence[Wanted]) -> None:
        for language in LANGUAGE_CODES:
            root = catalogue_root(language)
            for each in new:
                if (title := each.value["title"].of(language)) and self.page(each.key, language) is None:
                    self.make(each.key, language, title=title, parent=root)

    def write(self, wanted: Wanted, present: Present | None) -> None:
        value = wanted.value
        has_other_rows = present is None or any(present.value[name] != value[name] for name in _ROWS)
        for language in LANGUAGE_CODES:
            title = value["title"].of(language)
            if not title:
                continue
            page: Any = self.page(wanted.key, language)
            if page is None:
                page = self.make(wanted.key, language, title=title, parent=catalogue_root(language))
            self.keys.language = language
            if has_other_rows or not page.live:
                self._fill(page, value)
                page.live = page.live and not has_other_rows  # so that it is published whatever its words are
            day = value["fixed_day"] or {"month": None, "day": None}
            told = {
                "title": title,
                "summary": value["summary"].of(language),
                "validity_months": value["validity_months"],
                "validity_mode": value["validity_mode"],
                "calendar_month": day["month"],
                "calendar_day": day["day"],
                "renewal_days": value["renewal_days"],
                "refresher_id": self.keys.page_pk("track", value["refresher"]) if value["refresher"] else None,
                "counts_rostered_days": value["counts_rostered_days"],
                "is_ordered": value["ordered"],
            }
            try:
                self.publish(page, told)
            except PrerequisiteCycle as error:  # over a track that people changed on this site
                raise Refused(f"nobody could ever begin: {error}") from error

    def _fill(self, page: Any, value: Mapping[str, Any]) -> None:
        """What stands in rows of its own. Rules about teams, sites and people are this site's: they stay."""
        page.steps = [self._step(step, order) for order, step in enumerate(value["steps"])]
        page.groups = [
            TrackPageGroup(key=group["key"], **pair("title", group["title"]), choose=group["choose"], sort_order=order)
            for order, group in enumerate(value["groups"])
        ]
        page.prerequisites = [
            TrackPagePrerequisite(track_id=self.keys.page_pk("track", key), sort_order=order)
            for order, key in enumerate(value["before"])
        ]
        local = [rule for rule in page.audience.all() if is_local(rule)]
        rules = [*(self._rule(rule) for rule in value["for_whom"]), *local]
        for order, rule in enumerate(rules):
            rule.sort_order = order
        page.audience = rules

    def _rule(self, row: Mapping[str, Any]) -> TrackPageAudience:
        role = JobRole.objects.filter(key=row["job_role"]).first()
        if row["job_role"] and role is None:
            raise Refused(f"the job role `{row['job_role']}` isn't on this site")
        return TrackPageAudience(job_role=role, hired_from=row["hired_from"], hired_until=row["hired_until"])

    def _step(self, row: Mapping[str, Any], order: int) -> TrackPageStep:
        step = TrackPageStep(kind=row["kind"], due_days=row["due_days"], group_key=row["group"], sort_order=order)
        if row["kind"] == StepKind.COURSE:
            step.course = CoursePage.objects.get(pk=self.keys.page_pk("course", row["key"]))
        elif row["kind"] == StepKind.LESSON:
            step.lesson = LessonPage.objects.get(pk=self.keys.page_pk("lesson", row["key"]))
        elif row["kind"] == StepKind.QUIZ:
            step.quiz = Quiz.objects.get(key=row["key"])
        else:
            step.scenario = Scenario.objects.get(key=row["key"])
        return step
