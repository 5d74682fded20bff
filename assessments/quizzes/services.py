"""Writing quizzes. A version is a draft until it is published; then it never changes, an edit begins the next draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments.bank.models import Question
from assessments.quizzes.models import Quiz, QuizVersion, Slot
from assessments.quizzes.queries import demands_of, drawable_questions
from assessments.quizzes.rules import fill_slots
from assessments.quizzes.states import VERSION_MOVES, QuizPurpose, VersionState
from lms.audit import services as audit
from lms.kernel.states import move
from lms.people.models import User
from lms.skills.models import Skill


@dataclass(frozen=True)
class SlotPlan:
    """One slot to be: a fixed question, or `count` of those with this skill and tag."""

    question: Question | None = None
    skill: Skill | None = None
    tag: str = ""
    count: int = 1


@dataclass(frozen=True)
class QuizRules:
    """What a version lays down besides its slots."""

    pass_share: Decimal
    time_limit_minutes: int
    attempts_allowed: int = 2


class CannotPublish(ValueError):
    """The bank can't fill the quiz's slots; `faults` says which, in words for the author."""

    def __init__(self, found: Sequence[Any]) -> None:
        super().__init__(" ".join(str(fault) for fault in found))
        self.faults = list(found)


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
) -> Quiz:
    """Change the quiz's title, description and purpose, in all its versions: they don't touch what is asked."""
    wanted = {
        "title_zh": title_zh,
        "title_en": title_en,
        "description_zh": description_zh,
        "description_en": description_en,
        "purpose": purpose,
        "skill": skill,
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


def shortfalls(version: QuizVersion) -> list[Any]:
    """Which slots the bank can't fill today, in words; empty when the quiz can be sat."""
    demands = demands_of(version)
    if not demands:
        return [_("The quiz asks nothing yet: add at least one question or draw.")]
    filled = fill_slots(demands, drawable_questions())
    found: list[Any] = []
    for number, (demand, given) in enumerate(zip(demands, filled, strict=True), start=1):
        if len(given) == demand.count:
            continue
        if demand.question_id is not None:
            found.append(_("Slot %(number)s: its question is not a ready exam question.") % {"number": number})
        else:
            found.append(
                _("Slot %(number)s asks for %(wanted)s questions, but only %(given)s ready exam questions are left.")
                % {"number": number, "wanted": demand.count, "given": len(given)}
            )
    return found


def rules_of(version: QuizVersion) -> QuizRules:
    return QuizRules(
        pass_share=version.pass_share,
        time_limit_minutes=version.time_limit_minutes,
        attempts_allowed=version.attempts_allowed,
    )


def slots_of(version: QuizVersion) -> list[SlotPlan]:
    return [
        SlotPlan(question=slot.question, skill=slot.skill, tag=slot.tag, count=slot.count)
        for slot in version.slots.select_related("question", "skill")
    ]


def _fill(version: QuizVersion, rules: QuizRules, slots: Sequence[SlotPlan]) -> QuizVersion:
    version.pass_share = rules.pass_share
    version.time_limit_minutes = rules.time_limit_minutes
    version.attempts_allowed = rules.attempts_allowed
    version.save()
    Slot.objects.bulk_create(
        Slot(version=version, order=order, question=plan.question, skill=plan.skill, tag=plan.tag, count=plan.count)
        for order, plan in enumerate(slots)
    )
    return version
