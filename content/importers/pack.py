"""Writes a pack that was read and checked, by calling the rooms' services. Loading again changes only what differs."""

import json
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from wagtail.models import Locale, Page

from assessments.bank.models import Question
from assessments.bank.services import file_question, keep_media, revise_question, write_question
from assessments.quizzes.models import Quiz
from assessments.quizzes.services import SlotPlan, publish_quiz, revise_quiz, write_quiz
from assessments.quizzes.states import VersionState
from assessments.scenarios.models import Point, Scenario, ScenarioVersion
from assessments.scenarios.services import publish_scenario, save_version
from assessments.scorecards.models import Scorecard
from assessments.scorecards.services import ItemText, SectionText, draft_version, publish_version
from content.readers.pack import Course, LessonText, Pack
from content.readers.words import Text, pair, share, text
from courses.catalogue.models import PACK_NAMESPACE, CoursePage, LessonPage, TrackPage, TrackPageStep
from courses.catalogue.services import catalogue_root
from courses.catalogue.states import ValidityMode
from courses.enrolment.models import RequiredTrack
from lms.people.models import JobRole
from lms.people.services.framework import define_job_role, publish_notice
from lms.skills.models import Skill
from lms.skills.services import define_skill, require_levels

BLOCK_TYPES = {"say-dont": "say_dont"}


def page_key(pack: str, kind: str, key: str) -> uuid.UUID:
    """The translation key of a page that comes from a pack: the same on every site."""
    return uuid.uuid5(PACK_NAMESPACE, f"{pack}/{kind}/{key}")


@dataclass
class Loaded:
    """How many of each kind the load wrote anew or changed."""

    counts: Counter[str] = field(default_factory=Counter)


@transaction.atomic
def load_pack(pack: Pack, *, actor: Any, at: datetime) -> Loaded:
    """Write everything in one transaction: all of it or nothing."""
    return _Loader(pack, actor, at).load()


class _Loader:
    def __init__(self, pack: Pack, actor: Any, at: datetime) -> None:
        self.pack, self.actor, self.at = pack, actor, at
        self.loaded = Loaded()
        self.skills: dict[str, Skill] = {}

    def load(self) -> Loaded:
        self._skills()
        self._job_roles()
        self._notice()
        self._questions()
        self._quizzes()
        self._scorecards()
        self._scenarios()
        self._courses()
        self._tracks()
        return self.loaded

    def _by(self) -> dict[str, Any]:
        return {"actor": self.actor, "at": self.at}

    def _skills(self) -> None:
        for order, row in enumerate(self.pack.skills):
            name, description = text(row["name"]), text(row.get("description"))
            levels = {level["level"]: pair("behaviour", text(level["behaviour"])) for level in row.get("levels", [])}
            words = {"kind": row["kind"], "order": order, **pair("name", name), **pair("description", description)}
            self.skills[row["key"]] = define_skill(row["key"], words=words, levels=levels, **self._by())
            self.loaded.counts["skills"] += 1

    def _job_roles(self) -> None:
        for row in self.pack.job_roles:
            job_role = define_job_role(row["key"], role=row["role"], **pair("name", text(row["name"])), **self._by())
            levels = {self.skills[key]: level for key, level in row.get("requirements", {}).items()}
            require_levels(job_role, levels, **self._by())
            self.loaded.counts["job roles"] += 1

    def _notice(self) -> None:
        if row := self.pack.notice:
            publish_notice(
                row["version"], **pair("title", text(row["title"])), **pair("body", text(row["body"])), **self._by()
            )

    def _questions(self) -> None:
        for name, content in self.pack.media.items():
            keep_media(content, name=name, **self._by())
        known = Question.objects.in_bulk(field_name="key")
        for row in self.pack.questions:
            place = {
                "skill": self.skills[row["skill"]], "use": row["use"], "status": "ready",
                "difficulty": row.get("difficulty", 2), "tags": list(row.get("tags", [])),
            }  # fmt: skip
            wording = self.pack.wordings[row["key"]]
            if question := known.get(row["key"]):
                revise_question(question, wording, **self._by())
                file_question(question, **place, **self._by())
            else:
                write_question(key=row["key"], wording=wording, **place, **self._by())
            self.loaded.counts["questions"] += 1

    def _quizzes(self) -> None:
        for row in self.pack.quizzes:
            rules = self.pack.rules[row["key"]]
            slots = [self._slot(slot) for slot in row["slots"]]
            if quiz := Quiz.objects.filter(key=row["key"]).first():
                version = revise_quiz(quiz, rules=rules, slots=slots, **self._by())
            else:
                version = write_quiz(
                    key=row["key"],
                    **pair("title", text(row["title"])),
                    **pair("description", text(row.get("description"))),
                    rules=rules,
                    slots=slots,
                    purpose=row["purpose"],
                    skill=self.skills[row["skill"]] if row.get("skill") else None,
                    course_key=row.get("course") or "",
                    **self._by(),
                )
            if version.state == VersionState.DRAFT:
                publish_quiz(version, **self._by())
            self.loaded.counts["quizzes"] += 1

    def _slot(self, row: dict[str, Any]) -> SlotPlan:
        fixed = Question.objects.get(key=row["question"]) if row.get("question") else None
        return SlotPlan(
            question=fixed,
            skill=self.skills[row["skill"]] if row.get("skill") else None,
            tag=row.get("tag") or "",
            difficulty=row.get("difficulty"),
            count=row.get("count") or 1,
            section=row.get("section") or 0,
            points=Decimal(str(row.get("points", 1))),
            is_must_pass=bool(row.get("must_pass")),
        )

    def _scorecards(self) -> None:
        for row in self.pack.scorecards:
            scorecard, _is_new = Scorecard.objects.get_or_create(
                key=row["key"], defaults={"channel": row["channel"], **pair("name", text(row["name"]))}
            )
            if not scorecard.versions.exists():  # a newer standard is decided by people, not by a pack
                sections = [self._section(section) for section in row["sections"]]
                version = draft_version(scorecard, pass_share=share(row["pass_share"]), sections=sections, **self._by())
                day = row["effective_on"]
                publish_version(version, effective_on=day, published_on=day, is_from_pack=True, **self._by())
            self.loaded.counts["scorecards"] += 1

    def _section(self, row: dict[str, Any]) -> SectionText:
        items = [
            ItemText(
                key=item["key"],
                kind=item["kind"],
                skill=self.skills[item["skill"]],
                **pair("name", text(item["name"])),
                **pair("guidance", text(item.get("guidance"))),
                fatal_class=item.get("class") or "",
                points_possible=item.get("points", 4),
                weight=Decimal(str(item.get("weight", 1))),
                not_applicable=item.get("na", "dropped"),
            )
            for item in row["items"]
        ]
        return SectionText(key=row["key"], **pair("name", text(row["name"])), items=items)

    def _scenarios(self) -> None:
        for row in self.pack.scenarios:
            scenario, _is_new = Scenario.objects.update_or_create(
                key=row["key"],
                defaults={
                    **pair("title", text(row["title"])),
                    "difficulty": row.get("difficulty", 2),
                    "direction": row.get("direction", "inbound"),
                },
            )
            scenario.skills.set([self.skills[key] for key in row.get("skills", [])])
            if not scenario.versions.exists():
                version = save_version(self._script(scenario, row), **self._by())
                publish_scenario(version, **self._by())
            self.loaded.counts["scenarios"] += 1

    def _script(self, scenario: Scenario, row: dict[str, Any]) -> ScenarioVersion:
        version = ScenarioVersion(
            scenario=scenario, scorecard=Scorecard.objects.get(key=row["scorecard"]), minutes=row["minutes"]
        )
        for name in ("persona", "mood", "opening_line", "knows", "announcement", "closing"):
            for field_name, value in pair(name, text(row.get(name))).items():
                setattr(version, field_name, value)
        version.points.set(
            [
                Point(
                    order=order,
                    key=point["key"],
                    **pair("text", text(point["text"])),
                    **pair("standard_answer", text(point["standard_answer"])),
                    **pair("listen_for", text(point.get("listen_for"))),
                    **pair("advice", text(point.get("advice"))),
                    item_key=point["item"],
                    weight=Decimal(str(point.get("weight", 1))),
                    is_fatal=point.get("fatal", False),
                )
                for order, point in enumerate(row["points"])
            ]
        )
        return version

    def _courses(self) -> None:
        for language in ("zh-hans", "en"):
            for course in self.pack.courses:
                self._course(course, language)
                self.loaded.counts["courses"] += 1

    def _course(self, course: Course, language: str) -> None:
        page = self._page(
            CoursePage,
            parent=catalogue_root(language),
            key=page_key(self.pack.key, "course", course.key),
            slug=course.key,
            language=language,
            fields={"title": _in(course.title, language), "summary": _in(course.summary, language)},
            skills=course.skills,
        )
        for key, variants in course.lessons.items():
            lesson: LessonText = variants[language]
            self._page(
                LessonPage,
                parent=page,
                key=page_key(self.pack.key, "lesson", key),
                slug=key,
                language=language,
                fields={
                    "title": lesson.title, "summary": lesson.summary, "minutes": lesson.minutes,
                    "body": json.dumps([_block(name, value) for name, value in lesson.blocks], ensure_ascii=False),
                },
                skills=lesson.skills,
            )  # fmt: skip
            self.loaded.counts["lessons"] += 1

    def _page(
        self,
        model: type[Page],
        *,
        parent: Page,
        key: uuid.UUID,
        slug: str,
        language: str,
        fields: dict[str, Any],
        skills: tuple[str, ...] = (),
    ) -> Any:
        """The live page with these words: made, changed and published, or left alone where nothing differs."""
        page = model.objects.filter(translation_key=key, locale__language_code=language).first()
        if page is None:
            locale = Locale.objects.get(language_code=language)
            page = model(slug=slug, translation_key=key, locale=locale, **fields)
            parent.add_child(instance=page)
        elif not self._differs(page, fields):
            return page
        else:
            for name, value in fields.items():
                setattr(page, name, value)
        if skills:
            page.skills = [self.skills[key] for key in skills]
        page.save_revision(user=self.actor).publish()
        page.refresh_from_db()
        return page

    def _differs(self, page: Any, fields: dict[str, Any]) -> bool:
        for name, value in fields.items():
            now = getattr(page, name)
            if name == "body":
                now = [{"type": block["type"], "value": _plain(block["value"])} for block in now.get_prep_value()]
                value = [
                    {"type": block["type"], "value": _plain(block["value"])}
                    for block in page.body.stream_block.get_prep_value(
                        page.body.stream_block.to_python(json.loads(value))
                    )
                ]
            if now != value:
                return True
        return False

    def _tracks(self) -> None:
        for row in sorted(self.pack.tracks, key=lambda row: "refresher" in row):  # refreshers before what they refresh
            key = page_key(self.pack.key, "track", row["key"])
            for language in ("zh-hans", "en"):
                self._track(row, key, language)
            self.loaded.counts["tracks"] += 1
            job_roles = [role["key"] for role in self.pack.job_roles if role.get("track") == row["key"]]
            for job_role in JobRole.objects.filter(key__in=job_roles):
                RequiredTrack.objects.get_or_create(job_role=job_role, track_key=key)

    def _track(self, row: dict[str, Any], key: uuid.UUID, language: str) -> None:
        page = TrackPage.objects.filter(translation_key=key, locale__language_code=language).first()
        if page is not None:
            return  # its rules are the site's from now on
        page = TrackPage(
            title=_in(text(row["title"]), language),
            summary=_in(text(row.get("summary")), language),
            slug=row["key"],
            translation_key=key,
            locale=Locale.objects.get(language_code=language),
            validity_months=row.get("validity_months"),
            validity_mode=row.get("validity_mode", ValidityMode.FROM_COMPLETION),
            calendar_month=row.get("fixed_day", {}).get("month"),
            calendar_day=row.get("fixed_day", {}).get("day"),
            renewal_days=row.get("renewal_days"),
            refresher=self._refresher(row, language),
            counts_rostered_days=row.get("counts_rostered_days", True),
        )
        page.steps.set([self._step(step, language, order) for order, step in enumerate(row["steps"])])
        catalogue_root(language).add_child(instance=page)
        page.save_revision(user=self.actor).publish()

    def _refresher(self, row: dict[str, Any], language: str) -> TrackPage | None:
        if "refresher" not in row:
            return None
        key = page_key(self.pack.key, "track", row["refresher"])
        return TrackPage.objects.get(translation_key=key, locale__language_code=language)

    def _step(self, row: dict[str, Any], language: str, order: int) -> TrackPageStep:
        step = TrackPageStep(kind=row["kind"], due_days=row["due_days"], sort_order=order)
        if row["kind"] == "course":
            key = page_key(self.pack.key, "course", row["key"])
            step.course = CoursePage.objects.get(translation_key=key, locale__language_code=language)
        elif row["kind"] == "quiz":
            step.quiz = Quiz.objects.get(key=row["key"])
        else:
            step.scenario = Scenario.objects.get(key=row["key"])
        return step


def _in(value: Text, language: str) -> str:
    return value.en if language == "en" else value.zh


def _block(name: str, value: Any) -> dict[str, Any]:
    return {
        "type": BLOCK_TYPES.get(name, name),
        "value": {"text": value} if name == "markdown" else value,
    }


def _plain(value: Any) -> Any:
    """A block's value without the ids that Wagtail gives list items."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items() if name != "id"}
    if isinstance(value, list):
        return [
            _plain(part["value"] if isinstance(part, dict) and part.get("type") == "item" else part) for part in value
        ]
    return value
