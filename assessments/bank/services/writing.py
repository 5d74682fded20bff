"""Writing the question bank. A wording that was used is never changed: an edit makes the next one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments.bank.models import Option, Question, QuestionMedia, QuestionVersion
from assessments.bank.queries import wording_of
from assessments.bank.rules import Fault, Wording, media_in, placed_faults
from assessments.bank.states import MediaKind, QuestionStatus, QuestionUse
from lms.audit import services as audit
from lms.people.models import User
from lms.skills.models import Skill

_TEXTS = ("stem_zh", "stem_en", "explanation_zh", "explanation_en")
_LINE = (
    "gap", "text_zh", "text_en", "match_zh", "match_en", "is_right", "credit", "tolerance", "feedback_zh", "feedback_en",
)  # fmt: skip


class UnfinishedWording(ValueError):
    """A question can't be ready with this wording; `faults` says why, in words for the author, `placed` where too."""

    def __init__(self, found: Sequence[Fault]) -> None:
        super().__init__(" ".join(str(fault.words) for fault in found))
        self.placed = list(found)
        self.faults = list(dict.fromkeys(fault.words for fault in found))


@transaction.atomic
def write_question(
    *,
    key: str,
    skill: Skill,
    wording: Wording,
    actor: User | None,
    at: datetime,
    use: str = QuestionUse.EXAM,
    status: str = QuestionStatus.DRAFT,
    difficulty: int = 2,
    tags: Sequence[str] = (),
) -> Question:
    """Put a new question with its first wording into the bank. Raises UnfinishedWording for one that is to be ready
    but can't be asked."""
    _check(wording, status)
    question = Question.objects.create(
        key=key, skill=skill, use=use, status=status, difficulty=difficulty, tags=list(tags), owner=actor
    )
    _append_version(question, wording, number=1, actor=actor, at=at)
    audit.record(actor=actor, action="question_written", subject=question, at=at)
    return question


@transaction.atomic
def revise_question(question: Question, wording: Wording, *, actor: User | None, at: datetime) -> QuestionVersion:
    """Give the question another wording: in place while nobody was asked it, else as the next version.

    The same wording again changes nothing. Returns the newest version. Raises UnfinishedWording.
    """
    Question.objects.select_for_update().get(pk=question.pk)  # two authors: one after the other
    newest = question.versions.select_for_update().order_by("-number").first()
    _check(wording, question.status)
    if newest is None:
        return _append_version(question, wording, number=1, actor=actor, at=at)
    if wording_of(newest) == wording:
        return newest
    if newest.used_at is None:
        version = _rewrite(newest, wording, actor=actor)
        action = "question_edited"
    else:
        version = _append_version(question, wording, number=newest.number + 1, actor=actor, at=at)
        action = "question_revised"
    audit.record(
        actor=actor, action=action, subject=question, at=at, changes={"version": (newest.number, version.number)}
    )
    return version


@transaction.atomic
def file_question(
    question: Question,
    *,
    skill: Skill,
    use: str,
    status: str,
    difficulty: int,
    tags: Sequence[str],
    actor: User | None,
    at: datetime,
) -> Question:
    """Change where the question stands in the bank (skill, use, status, difficulty, tags), not what it says.

    Raises UnfinishedWording when it is to be ready but its newest wording can't be asked.
    """
    wanted = {"skill": skill, "use": use, "status": status, "difficulty": difficulty, "tags": list(tags)}
    changes = {name: (getattr(question, name), value) for name, value in wanted.items()}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if not changes:
        return question
    newest = question.versions.order_by("-number").first()
    if newest is not None:
        _check(wording_of(newest), status)
    for name, (_before, value) in changes.items():
        setattr(question, name, value)
    question.save(update_fields=list(changes))
    audit.record(actor=actor, action="question_filed", subject=question, at=at, changes=changes)
    return question


@transaction.atomic
def edit_question(
    question: Question,
    wording: Wording,
    *,
    skill: Skill,
    use: str,
    status: str,
    difficulty: int,
    tags: Sequence[str],
    actor: User | None,
    at: datetime,
) -> QuestionVersion:
    """File and revise at once, as an author's form does. Returns the newest version; raises UnfinishedWording."""
    filing: dict[str, Any] = {"skill": skill, "use": use, "status": status, "difficulty": difficulty, "tags": tags}
    if status == QuestionStatus.READY:  # the new wording first: the old one may be unfinished
        version = revise_question(question, wording, actor=actor, at=at)
        file_question(question, **filing, actor=actor, at=at)
        return version
    file_question(question, **filing, actor=actor, at=at)
    return revise_question(question, wording, actor=actor, at=at)


def _check(wording: Wording, status: str) -> None:
    if status == QuestionStatus.READY and (found := placed_faults(wording) + _media_faults(wording)):
        raise UnfinishedWording(found)


def _media_faults(wording: Wording) -> list[Fault]:
    """A picture or a recording that isn't in the bank would be shown as a word in brackets, or not at all."""
    kinds = dict(QuestionMedia.objects.filter(key__in=media_in(wording)).values_list("key", "kind"))
    missing = sorted(media_in(wording) - set(kinds))
    found = [Fault(_("The bank has no picture or recording “%(key)s”.") % {"key": key}, "media") for key in missing]
    clips = {wording.audio_zh, wording.audio_en} & set(kinds)
    if any(kinds[key] != MediaKind.AUDIO for key in clips):
        found.append(Fault(_("What is to be listened to isn't a recording."), "media"))
    return found


def _append_version(
    question: Question, wording: Wording, *, number: int, actor: User | None, at: datetime
) -> QuestionVersion:
    version = QuestionVersion(question=question, number=number, created_at=at, author=actor)
    return _fill(version, wording)


def _rewrite(version: QuestionVersion, wording: Wording, *, actor: User | None) -> QuestionVersion:
    Option.objects.filter(version=version).delete()
    fresh = QuestionVersion.objects.get(pk=version.pk)  # without the cluster's cache of options
    fresh.author = actor
    return _fill(fresh, wording)


def _fill(version: QuestionVersion, wording: Wording) -> QuestionVersion:
    media = {each.key: each for each in QuestionMedia.objects.filter(key__in=media_in(wording))}
    for name in (*_TEXTS, "kind", "partial_credit", "match_case", "unit"):
        setattr(version, name, getattr(wording, name))
    version.audio_zh, version.audio_en = media.get(wording.audio_zh), media.get(wording.audio_en)
    version.gaps = [
        {"number": gap.number, "kind": gap.kind, "weight": str(gap.weight), "unit": gap.unit} for gap in wording.gaps
    ]
    version.save()
    version.media.set(media.values())
    Option.objects.bulk_create(
        Option(version=version, order=order, **{name: getattr(words, name) for name in _LINE})
        for order, words in enumerate(wording.options)
    )
    return version
