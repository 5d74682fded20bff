"""Writing quizzes. A version is a draft until it is published; then it never changes, an edit begins the next draft."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments.bank.models import Question
from assessments.quizzes.models import Quiz, QuizSection, QuizVersion, Slot
from assessments.quizzes.queries import demands_of, drawable_questions
from assessments.quizzes.rules import fill_slots, full_review
from assessments.quizzes.states import VERSION_MOVES, Counting, Navigation, Overdue, QuizPurpose, VersionState
from lms.audit import services as audit
from lms.kernel.states import move
from lms.people.models import User
from lms.skills.models import Skill


@dataclass(frozen=True)
class SlotPlan:
    """One slot to be: a fixed question, or `count` of those with this skill, tag and difficulty. `section` 0: none."""

    question: Question | None = None
    skill: Skill | None = None
    tag: str = ""
    count: int = 1
    difficulty: int | None = None
    section: int = 0
    points: Decimal = Decimal(1)
    is_must_pass: bool = False


@dataclass(frozen=True)
class SectionPlan:
    """One section to be. `pass_share` None: only the whole counts."""

    title_zh: str
    title_en: str
    pass_share: Decimal | None = None


@dataclass(frozen=True)
class QuizRules:
    """What a version lays down besides its slots. `time_limit_minutes` and `attempts_allowed` None: no limit;
    `per_page` 0: all questions on one page."""

    pass_share: Decimal
    time_limit_minutes: int | None
    attempts_allowed: int | None = 2
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    overdue: str = Overdue.AUTOSUBMIT
    grace_minutes: int = 0
    wait_minutes: int = 0
    counting: str = Counting.BEST
    per_page: int = 1
    navigation: str = Navigation.FREE
    review: dict[str, list[str]] = field(default_factory=full_review)
    needs_second_marker: bool = False
    sections: tuple[SectionPlan, ...] = ()


@dataclass(frozen=True)
class Shortfall:
    """One thing that keeps a quiz from being sat; `slot` is the place of the slot it concerns (0 is the first)."""

    words: Any  # a lazy translation
    slot: int | None = None


class CannotPublish(ValueError):
    """The quiz can't be sat as it is; `faults` says why, in words for the author, `placed` where too."""

    def __init__(self, found: Sequence[Shortfall]) -> None:
        super().__init__(" ".join(str(fault.words) for fault in found))
        self.placed = list(found)
        self.faults = [fault.words for fault in found]


@transaction.atomic
def write_quiz(
    *,
    key: str,
    title_zh: str,
    title_en: str,
    rules: QuizRules,
    slots: Sequence[SlotPlan],
    actor: User | None,
    at: datetime,
    description_zh: str = "",
    description_en: str = "",
    purpose: str = QuizPurpose.COURSE,
    skill: Skill | None = None,
    course_key: str = "",
) -> QuizVersion:
    """Begin a new quiz; returns its first draft, which nobody can sit before it is published."""
    quiz = Quiz.objects.create(
        key=key,
        title_zh=title_zh,
        title_en=title_en,
        description_zh=description_zh,
        description_en=description_en,
        purpose=purpose,
        skill=skill,
        course_key=course_key,
    )
    version = _fill(QuizVersion(quiz=quiz, number=1, created_at=at), rules, slots)
    audit.record(actor=actor, action="quiz_written", subject=quiz, at=at)
    return version


@transaction.atomic
def describe_quiz(
    quiz: Quiz,
    *,
    title_zh: str,
    title_en: str,
    description_zh: str,
    description_en: str,
    purpose: str,
    skill: Skill | None,
    actor: User | None,
    at: datetime,
    course_key: str | None = None,
) -> Quiz:
    """Change the quiz's title, description and purpose, in all its versions: they don't touch what is asked. The course
    it closes stays where `course_key` is None."""
    wanted = {
        "title_zh": title_zh,
        "title_en": title_en,
        "description_zh": description_zh,
        "description_en": description_en,
        "purpose": purpose,
        "skill": skill,
        "course_key": quiz.course_key if course_key is None else course_key,
    }
    changes = {name: (getattr(quiz, name), value) for name, value in wanted.items()}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if changes:
        for name, (_before, value) in changes.items():
            setattr(quiz, name, value)
        quiz.save(update_fields=list(changes))
        audit.record(actor=actor, action="quiz_described", subject=quiz, at=at, changes=changes)
    return quiz


@transaction.atomic
def start_draft(quiz: Quiz, *, actor: User | None, at: datetime) -> QuizVersion:
    """The draft of the quiz: the one there is, or a copy of the newest published version."""
    Quiz.objects.select_for_update().get(pk=quiz.pk)  # two authors get one draft
    newest = quiz.versions.order_by("-number").first()
    if newest is not None and newest.state == VersionState.DRAFT:
        return newest
    if newest is None:
        raise QuizVersion.DoesNotExist(f"{quiz} has no version to copy")
    draft = QuizVersion(quiz=quiz, number=newest.number + 1, created_at=at)
    _fill(draft, rules_of(newest), slots_of(newest))
    audit.record(actor=actor, action="quiz_draft_started", subject=quiz, at=at)
    return draft


@transaction.atomic
def revise_quiz(
    quiz: Quiz, *, rules: QuizRules, slots: Sequence[SlotPlan], actor: User | None, at: datetime
) -> QuizVersion:
    """Lay down other rules or slots, in the draft (a published version makes one). The same again changes nothing."""
    newest = quiz.versions.order_by("-number").first()
    if newest is not None and rules_of(newest) == rules and slots_of(newest) == list(slots):
        return newest
    draft = start_draft(quiz, actor=actor, at=at)
    Slot.objects.filter(version=draft).delete()
    QuizSection.objects.filter(version=draft).delete()
    draft = _fill(QuizVersion.objects.get(pk=draft.pk), rules, slots)
    audit.record(actor=actor, action="quiz_revised", subject=quiz, at=at, changes={"version": (None, draft.number)})
    return draft


@transaction.atomic
def publish_quiz(version: QuizVersion, *, actor: User | None, at: datetime) -> QuizVersion:
    """Freeze the draft; from now on new attempts sit it.

    Raises CannotPublish when a slot can't be filled from ready exam questions, IllegalMove when it is no draft.
    """
    found = shortfalls(version)
    if found and version.state == VersionState.DRAFT:
        raise CannotPublish(found)
    move(version, VERSION_MOVES, VersionState.PUBLISHED, published_at=at)
    audit.record(
        actor=actor,
        action="quiz_published",
        subject=version,
        at=at,
        changes={"state": (VersionState.DRAFT, VersionState.PUBLISHED)},
    )
    return version


def shortfalls(version: QuizVersion) -> list[Shortfall]:
    """Which slots the bank can't fill today; empty when the quiz can be sat."""
    demands = demands_of(version)
    if not demands:
        return [Shortfall(_("The quiz asks nothing yet: add at least one question or draw."))]
    filled = fill_slots(demands, drawable_questions())
    sections = version.sections.count()
    found = [
        Shortfall(_("Slot %(number)s belongs to a section that isn't there.") % {"number": place + 1}, place)
        for place, slot in enumerate(version.slots.all())
        if slot.section > sections
    ]
    for place, (demand, given) in enumerate(zip(demands, filled, strict=True)):
        if len(given) == demand.count:
            continue
        if demand.question_id is not None:
            words = _("Slot %(number)s: its question is not a ready exam question.") % {"number": place + 1}
        else:
            words = _(
                "Slot %(number)s asks for %(wanted)s questions, but only %(given)s ready exam questions are left."
            ) % {"number": place + 1, "wanted": demand.count, "given": len(given)}
        found.append(Shortfall(words, place))
    return found


#: What a version keeps of its rules and of each slot, under the same names as the plans.
_RULES = tuple(each.name for each in fields(QuizRules) if each.name != "sections")
_SLOT = tuple(each.name for each in fields(SlotPlan))


def rules_of(version: QuizVersion) -> QuizRules:
    return QuizRules(
        **{name: getattr(version, name) for name in _RULES},
        sections=tuple(
            SectionPlan(section.title_zh, section.title_en, section.pass_share) for section in version.sections.all()
        ),
    )


def slots_of(version: QuizVersion) -> list[SlotPlan]:
    slots = version.slots.select_related("question", "skill")
    return [SlotPlan(**{name: getattr(slot, name) for name in _SLOT}) for slot in slots]


def _fill(version: QuizVersion, rules: QuizRules, slots: Sequence[SlotPlan]) -> QuizVersion:
    for name in _RULES:
        setattr(version, name, getattr(rules, name))
    version.save()
    QuizSection.objects.bulk_create(
        QuizSection(
            version=version,
            order=order,
            title_zh=plan.title_zh,
            title_en=plan.title_en,
            pass_share=plan.pass_share,
        )
        for order, plan in enumerate(rules.sections)
    )
    Slot.objects.bulk_create(
        Slot(version=version, order=order, **{name: getattr(plan, name) for name in _SLOT})
        for order, plan in enumerate(slots)
    )
    return version
