"""Everything a pack holds besides lessons (see lessons.py), each entry described once; to add a field, add a line here
and take it up in the kind's reading and writing of the site (exporters/ and importers/).

The order of FILES is the order in which things are written, so that what is referred to is there first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.scenarios.models import Point, Scenario, ScenarioVersion
from assessments.scenarios.states import Direction, LineOfBusiness
from assessments.scorecards.models import Item, Scorecard, Section
from assessments.scorecards.states import YES_OR_NO, Channel, FatalClass, ItemKind, NotApplicable
from content.format.nodes import Node
from content.format.questions import QUESTION
from content.format.quizzes import QUIZ
from content.format.reading import Reading
from content.format.types import (
    Bilingual,
    Day,
    Field,
    File,
    Key,
    Label,
    ListOf,
    MapOf,
    Number,
    OneOf,
    OneOrMore,
    PerLanguage,
    Ref,
    Row,
    Whole,
    Words,
    Yes,
    line,
    share,
)  # fmt: skip
from courses.catalogue.rules import validity_problems
from courses.catalogue.states import GroupKey, PhraseKind, StepKind, ValidityMode
from lms.people.models import JobRole, Notice
from lms.people.states import Role
from lms.skills.models import LEVELS, Skill

MARKDOWN = Bilingual()


TITLE = Bilingual(255, is_line=True)
SKILLS = ListOf(Ref(kind="skill"), is_set=True)

# --- the head, the framework ---------------------------------------------------------------------------------

PACK = Row(
    Field("key", Key(60), required=True, says="Names the pack for ever; pages are recognised by it."),
    Field("version", Whole(1), default=1, says="Raise it with each release."),
    Field(
        "languages",
        ListOf(Key(12), 1),
        required=True,
        says="Every text is written in each of them. The site shows zh-hans and en; others are checked and left out.",
    ),
    Field("title", Bilingual(160, is_line=True)),
)


def _levels(value: dict[str, Any], node: Node, to: Reading) -> None:
    told = [level["level"] for level in value["levels"]]
    if len(set(told)) < len(told):
        to.wrong(node.get("levels") or node, "levels: a level stands twice")


SKILL = Row(
    Field("key", Key(60), required=True),
    Field("kind", OneOf(Skill.Kind.values), required=True),
    Field("parent", Ref(kind="skill"), says="The skill it is a part of."),
    Field("name", line(Skill, "name"), required=True),
    Field("description", MARKDOWN),
    Field(
        "levels",
        ListOf(
            Row(
                Field("level", Whole(min(LEVELS), max(LEVELS)), required=True),
                Field(
                    "behaviour", MARKDOWN, required=True, says="What can be seen or heard; includes the levels below."
                ),
            )
        ),
    ),
    judge=_levels,
)
JOB_ROLE = Row(
    Field("key", Key(60), required=True),
    Field("role", OneOf(Role.values), required=True),
    Field("name", line(JobRole, "name"), required=True),
    Field("track", OneOrMore(Ref(kind="track")), says="What a newcomer is enrolled in: one key, or a list."),
    Field("requirements", MapOf(Ref(kind="skill"), Whole(min(LEVELS), max(LEVELS)))),
)
NOTICE = Row(
    Field("version", Whole(1), required=True, says="Raise it when the meaning changes: everybody is asked again."),
    Field("title", line(Notice, "title"), required=True),
    Field("body", MARKDOWN, required=True, says="Markdown."),
)

# --- media, phrases, terms -----------------------------------------------------------------------------------

MEDIA_KINDS = ("audio", "video", "image", "document")


def _media(value: dict[str, Any], node: Node, to: Reading) -> None:
    allowed = {
        "audio": {"seconds", "transcript"},
        "video": {"seconds", "transcript", "captions"},
        "image": {"alt", "description", "focus", "tags"},
        "document": {"tags"},
    }[value["kind"]]
    for name in ("seconds", "transcript", "captions", "alt", "description", "focus", "tags"):
        if name in node.value and name not in allowed:
            to.wrong(node, f"{name}: not of this kind of file", line=node.lines[name])


MEDIA = Row(
    Field("file", File(), required=True, says="Its name in media/, by which lessons name it."),
    Field("kind", OneOf(MEDIA_KINDS), required=True),
    Field("title", Label(250, is_line=True), required=True),
    Field("alt", Bilingual(250, is_line=True), says="image: what it shows, for who can't see it."),
    Field("description", Words(255), says="image: for the library."),
    Field(
        "focus",
        Row(
            Field("x", Whole(), required=True),
            Field("y", Whole(), required=True),
            Field("width", Whole(), required=True),
            Field("height", Whole(), required=True),
        ),
        says="image: what must stay in view when it is cut.",
    ),
    Field("seconds", Whole(1), says="audio, video: how long it is."),
    Field("transcript", MARKDOWN, says="audio, video: what is said."),
    Field("captions", PerLanguage(File()), says="video: WebVTT files in media/, one a language."),
    Field("rights", Words(250, is_line=True), says="Who made it, under which terms it is used."),
    Field("tags", ListOf(Words(100, is_line=True), is_set=True)),
    judge=_media,
)
PHRASE = Row(
    Field("key", Key(120), required=True),
    Field("kind", OneOf(PhraseKind.values), required=True),
    Field("text", MARKDOWN, required=True),
    Field("note", MARKDOWN, says="When it is said; of a taboo phrase, what it does to the customer."),
    Field("instead", MARKDOWN, says="taboo: what is said instead."),
    Field("audio", PerLanguage(File(kind="audio")), says="A recording of it, by its name in media.yaml."),
    Field("skills", SKILLS),
    Field("order", Whole(), default=0, says="Its place in its class."),
)
TERM = Row(
    Field("key", Key(120), required=True),
    Field("name", Bilingual(120, is_line=True), required=True),
    Field("also", MARKDOWN, says="Other words for it and abbreviations, one a line."),
    Field("definition", MARKDOWN, required=True),
)

# --- scorecards and scenarios -----------------------------------------------------------------------------------


def _item(value: dict[str, Any], node: Node, to: Reading) -> None:
    if value["kind"] == ItemKind.FATAL and not value["class"]:
        to.wrong(node, "`class` is missing: is it critical to the customer, the business or compliance?")
    if value["kind"] != ItemKind.FATAL and value["class"]:
        to.wrong(node.get("class") or node, "class: only fatal items have one")
    if value["kind"] in YES_OR_NO and value["points"] != 1:
        to.wrong(node.get("points") or node, "points: fatal and warning items are yes or no: `points: 1`")


def _scorecard(value: dict[str, Any], node: Node, to: Reading) -> None:
    items = [item for section in value["sections"] for item in section["items"]]
    if not any(item["kind"] == ItemKind.SCORED for item in items):
        to.wrong(node, "at least one item must be scored")
    _each_once(node, ("sections", "items"), to)
    _each_once(node, ("sections",), to)


def _each_once(node: Node, path: tuple[str, ...], to: Reading) -> None:
    """The same key twice in one thing, at the line of the second."""
    found = [node]
    for name in path:
        found = [part for parent in found if (parts := parent.get(name)) for part in parts.value]
    seen: set[str] = set()
    for part in found:
        key = part.get("key")
        if key and key.raw in seen:
            to.wrong(key, f"{': '.join(path)}: `{key.raw}` stands twice")
        seen.add(key.raw if key else "")


ITEM = Row(
    Field("key", Key(), required=True),
    Field("kind", OneOf(ItemKind.values), required=True),
    Field("class", OneOf(FatalClass.values), says="fatal: critical to whom."),
    Field("name", line(Item, "name"), required=True),
    Field("guidance", MARKDOWN, says="Lets two analysts reach the same mark: seconds, counts, quoted words."),
    Field("points", Whole(1, 100), default=4),
    Field("weight", Number(above=Decimal(0), digits=5, places=2), default=Decimal(1)),
    Field("na", OneOf(NotApplicable.values), default=NotApplicable.DROPPED.value, says="What “not applicable” does."),
    Field("skill", Ref(kind="skill"), required=True),
    judge=_item,
)
SCORECARD = Row(
    Field("key", Key(), required=True),
    Field("channel", OneOf(Channel.values), required=True),
    Field("name", line(Scorecard, "name"), required=True),
    Field("pass_share", share(), required=True, says='A quoted share: "0.80".'),
    Field("effective_on", Day(), required=True),
    Field(
        "sections",
        ListOf(
            Row(
                Field("key", Key(), required=True),
                Field("name", line(Section, "name"), required=True),
                Field("items", ListOf(ITEM, 1), required=True),
            ),
            1,
        ),
        required=True,
    ),
    judge=_scorecard,
)


def _scenario(value: dict[str, Any], node: Node, to: Reading) -> None:
    _each_once(node, ("points",), to)
    points = node.get("points")
    for place, point in enumerate(value["points"]):
        item = points.value[place].get("item") if points else None
        if item:
            to.refer(f"{'fatal ' if point['fatal'] else ''}item of {value['scorecard']}", point["item"], item)


SCENARIO = Row(
    Field("key", Key(), required=True),
    Field("direction", OneOf(Direction.values), default=Direction.INBOUND.value),
    Field("line_of_business", OneOf(LineOfBusiness.values), default=LineOfBusiness.GENERAL.value),
    Field("difficulty", Whole(1, 5), default=2),
    Field("scorecard", Ref(kind="scorecard"), required=True),
    Field("minutes", Whole(1, 600), required=True),
    Field("skills", SKILLS),
    Field("title", line(Scenario, "title"), required=True),
    Field("persona", MARKDOWN, required=True),
    Field("mood", line(ScenarioVersion, "mood")),
    Field("opening_line", MARKDOWN, required=True),
    Field("knows", MARKDOWN, says="A Markdown list of what the caller tells only when asked."),
    Field(
        "branches",
        ListOf(
            Row(
                Field("when", MARKDOWN, required=True, says="What the agent offers or does."),
                Field("say", MARKDOWN, required=True, says="What the caller answers."),
            )
        ),
        says="If the agent offers this, the caller says that.",
    ),
    Field("traps", MARKDOWN, says="What may lead the agent astray, and how the caller recognises it."),
    Field("documents", MARKDOWN, says="What the agent may have open."),
    Field("closed_book", Yes(), says="The agent answers without this site's lessons and phrase book."),
    Field("announcement", MARKDOWN, required=True, says="Read out word for word."),
    Field("closing", MARKDOWN),
    Field(
        "points",
        ListOf(
            Row(
                Field("key", Key(), required=True),
                Field("text", line(Point, "text"), required=True),
                Field("standard_answer", MARKDOWN, required=True),
                Field("listen_for", MARKDOWN, says="What the caller ticks while listening."),
                Field("advice", MARKDOWN),
                Field("item", Key(), required=True, says="The item of the scorecard it feeds."),
                Field("weight", Number(above=Decimal(0), digits=5, places=2), default=Decimal(1)),
                Field("fatal", Yes(), says="Missing it fails the call; the item must be fatal too."),
            ),
            1,
        ),
        required=True,
    ),
    judge=_scenario,
)

# --- courses and tracks ------------------------------------------------------------------------------------------

COURSE = Row(
    Field("key", Key(200), required=True, says="The name of its folder."),
    Field("order", Whole(), default=0, says="Its place among the courses."),
    Field("title", TITLE, required=True),
    Field("summary", MARKDOWN),
    Field("skills", SKILLS),
    Field("lessons", ListOf(Key(200)), says="In their order; each is a file per language."),
)
#: What a step of a track leads to.
STEPS: Mapping[str, str] = {
    StepKind.COURSE: "course", StepKind.LESSON: "lesson", StepKind.QUIZ: "quiz", StepKind.MYSTERY_CALL: "scenario",
}  # fmt: skip
_VALIDITY_WORDS = {
    "at least one month": "at least one month is needed",
    "no such day": "there is no such day in a year",
    "a day is missing": "`fixed_calendar` needs a `fixed_day`",
    "no fixed day here": "only `validity_mode: fixed_calendar` has one",
    "whole years": "with a fixed day the validity is in whole years: 12, 24, 36 … months",
    "window is missing": "`previous_expiry` needs `renewal_days`: that is what “in time” means",
    "window too long": "the renewal would open before the certificate is issued",
}


def _step(value: dict[str, Any], node: Node, to: Reading) -> None:
    key = node.get("key")
    if key:
        to.refer(STEPS[value["kind"]], value["key"], key)


def _track(value: dict[str, Any], node: Node, to: Reading) -> None:
    day = value["fixed_day"] or {"month": None, "day": None}
    fields = {**value, "calendar_month": day["month"], "calendar_day": day["day"]}
    for field, problem in validity_problems(fields):
        name = "fixed_day" if field.startswith("calendar_") else field
        to.wrong(node.get(name) or node.get("validity_mode") or node, f"{name}: {_VALIDITY_WORDS[problem]}")
    _groups(value, node, to)
    _each_once(node, ("groups",), to)


def _groups(value: dict[str, Any], node: Node, to: Reading) -> None:
    """No step names a group that isn't there, and each group has steps enough."""
    groups, steps = node.get("groups"), node.get("steps")
    chosen = [step["group"] for step in value["steps"]]
    letters = {group["key"] for group in value["groups"]}
    for place, letter in enumerate(chosen):
        if letter and letter not in letters and steps:
            at = steps.value[place]
            to.wrong(at.get("group") or at, f"steps: group: there is no group `{letter}`")
    for place, group in enumerate(value["groups"]):
        if groups and group["choose"] > (n := chosen.count(group["key"])):
            at = groups.value[place]
            steps_said = f"{n} step{'s' * (n != 1)}"
            to.wrong(
                at.get("choose") or at,
                f"groups: choose: {group['choose']} can't be chosen: group `{group['key']}` has {steps_said}",
            )


def _rule(value: dict[str, Any], node: Node, to: Reading) -> None:
    if not any(value.values()):
        to.wrong(node, "say whom: `job_role`, `hired_from` or `hired_until`")
    if value["hired_from"] and value["hired_until"] and value["hired_from"] > value["hired_until"]:
        to.wrong(node.get("hired_until") or node, "hired_until: this is before `hired_from`")


TRACK = Row(
    Field("key", Key(200), required=True),
    Field("title", TITLE, required=True),
    Field("summary", MARKDOWN),
    Field("validity_months", Whole(1, 32_767), says="Of the certificate; left out: it doesn't expire."),
    Field(
        "validity_mode",
        OneOf(ValidityMode.values),
        default=ValidityMode.FROM_COMPLETION.value,
        says="From what the validity of a renewed certificate counts.",
    ),
    Field(
        "fixed_day",
        Row(Field("month", Whole(1, 12), required=True), Field("day", Whole(1, 31), required=True)),
        says="fixed_calendar: the last day of validity.",
    ),
    Field(
        "renewal_days",
        Whole(0, 32_767),
        says="So many days before the end holders are asked to renew; left out: nobody is.",
    ),
    Field("refresher", Ref(kind="track"), says="The shorter track that renews the certificate; left out: this one."),
    Field("counts_rostered_days", Yes(), default=True, says="Days off don't count where a roster is known."),
    Field("ordered", Yes(), says="A step opens when all before it are done."),
    Field("before", ListOf(Ref(kind="track"), is_set=True), says="Tracks to be completed before this one opens."),
    Field(
        "for_whom",
        ListOf(
            Row(
                Field("job_role", Ref(kind="job role")),
                Field("hired_from", Day()),
                Field("hired_until", Day()),
                judge=_rule,
            )
        ),
        says="Whoever fits one of the rules is enrolled; within a rule all must fit.",
    ),
    Field(
        "groups",
        ListOf(
            Row(
                Field("key", OneOf(GroupKey.values), required=True, says="The letter by which steps name it."),
                Field("title", Bilingual(120, is_line=True), required=True),
                Field("choose", Whole(1, 32_767), default=1, says="How many of its steps are to be done."),
            )
        ),
        says="Elective groups.",
    ),
    Field(
        "steps",
        ListOf(
            Row(
                Field("kind", OneOf(list(STEPS)), required=True),
                Field("key", Key(200), required=True, says="Of the course, the lesson, the quiz or the scenario."),
                Field("due_days", Whole(0, 32_767), required=True, says="Counted from the day of joining."),
                Field("group", OneOf(GroupKey.values), says="Its elective group; left out: everybody takes it."),
                judge=_step,
            )
        ),
    ),
    judge=_track,
)


@dataclass(frozen=True)
class Kind:
    """`name` is what references and reports call it. Where its entries stand: `list_in`/`list_name` a file (or every
    file of a folder) with a list, `each_in` a folder with a file for each, `alone_in` one file with one entry."""

    name: str
    row: Row
    list_in: str = ""
    list_name: str = ""
    each_in: str = ""
    alone_in: str = ""
    key: str = "key"


FILES = (
    Kind("media", MEDIA, list_in="media.yaml", list_name="media", key="file"),
    Kind("skill", SKILL, list_in="skills.yaml", list_name="skills"),
    Kind("notice", NOTICE, alone_in="notice.yaml", key="version"),
    Kind("question", QUESTION, list_in="questions/*.yaml", list_name="questions"),
    Kind("quiz", QUIZ, list_in="quizzes.yaml", list_name="quizzes"),
    Kind("scorecard", SCORECARD, each_in="scorecards"),
    Kind("scenario", SCENARIO, each_in="scenarios"),
    Kind("phrase", PHRASE, list_in="phrases.yaml", list_name="phrases"),
    Kind("term", TERM, list_in="terms.yaml", list_name="terms"),
    Kind("course", COURSE),
    Kind("track", TRACK, each_in="tracks"),
    Kind("job role", JOB_ROLE, list_in="job_roles.yaml", list_name="job_roles"),
)
BY_NAME = {kind.name: kind for kind in FILES}
