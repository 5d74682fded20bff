"""Keeping answers while the sitting is open. Nothing that was acknowledged is ever lost or changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import F

from assessments.attempts.models import Answer, AnswerRecording, Attempt, AttemptQuestion
from assessments.attempts.rules import is_in_time, is_synced_late
from assessments.attempts.states import AttemptState
from assessments.bank.queries import asked_by_place
from assessments.bank.rules import MalformedAnswer, checked, is_blank
from assessments.bank.states import QuestionKind
from assessments.quizzes.states import Navigation, ReviewPart, ReviewTime
from lms.audit import services as audit


class NotKept(Exception):
    """An answer came too late to be kept: the time was up, or the quiz was handed in already."""


class TimeIsUp(NotKept):
    """It was made after the deadline, or came after the tolerance."""

    def __init__(self, deadline_at: datetime) -> None:
        super().__init__(f"the time was up at {deadline_at:%H:%M:%S}")
        self.deadline_at = deadline_at


class HandedIn(NotKept):
    """It came after the quiz was handed in."""


@dataclass(frozen=True)
class Save:
    """One answer on its way: to the question at place `order`, the `sequence`-th of that question in this sitting.

    `sequence` None is a plain form's save: it takes the next number, unless it repeats the newest answer. `made_at` is
    never later than the receipt.
    """

    order: int
    sequence: int | None
    response: Any
    made_at: datetime


@dataclass(frozen=True)
class Saved:
    """What became of one save: `kept` (also when it was kept before), `taken` (another window used this number or a
    newer one), `late`, `locked` (it can't be changed any more) or `malformed`. `newest` is the highest number there is.
    """

    order: int
    sequence: int
    status: str
    newest: int


def save_answer(
    question: AttemptQuestion, *, sequence: int | None, response: Any, at: datetime, made_at: datetime | None = None
) -> Saved:
    """One answer, as `save_answers`. Raises TimeIsUp where that only reports it as late."""
    attempt = question.attempt
    (saved,) = save_answers(attempt, [Save(question.order, sequence, response, made_at or at)], at=at)
    if saved.status == "late":
        raise TimeIsUp(attempt.deadline_at or at)
    return saved


def save_answers(attempt: Attempt, saves: Sequence[Save], *, at: datetime, page: int | None = None) -> list[Saved]:
    """Append the answers, all in one transaction, and say of each what became of it; `at` is when they were received.

    The same answer under the same number is kept once. Where navigation is sequential, `page` is the page that is left
    with this save: it and those before it can't be changed afterwards. Raises HandedIn when the sitting is over.
    """
    try:
        return _save(attempt, saves, at=at, page=page)
    except IntegrityError:  # the same save came twice at once: the other one is the first now
        return _save(attempt, saves, at=at, page=page)


@transaction.atomic
def _save(attempt: Attempt, saves: Sequence[Save], *, at: datetime, page: int | None) -> list[Saved]:
    row = Attempt.objects.select_for_update().get(pk=attempt.pk)
    orders = {save.order for save in saves}
    drawn = {
        question.order: question
        for question in AttemptQuestion.objects.filter(attempt=row, order__in=orders)
        .annotate(used_at=F("question_version__used_at"))
        .only("order", "page", "checked_at", "question_version", "attempt")
    }
    keys = asked_by_place((question.question_version_id, question.used_at) for question in drawn.values())
    before = _answers_before(drawn)
    results, rows = [], []
    for save in saves:
        question = drawn.get(save.order)
        if question is None:
            results.append(Saved(save.order, save.sequence or 0, "malformed", 0))
            continue
        known = before[question.pk]
        newest = max(known, default=0)
        try:
            key = keys[question.question_version_id].key
            response = checked(key, save.response)
            if key.kind == QuestionKind.SPOKEN:
                _check_recording(question, response)
        except MalformedAnswer:
            results.append(Saved(save.order, save.sequence or newest, "malformed", newest))
            continue
        sequence = save.sequence
        if sequence is None:
            repeats = known[newest] == response if newest else is_blank(response)
            sequence = newest if repeats else newest + 1
        if sequence == 0 or known.get(sequence, _NOTHING) == response:
            results.append(Saved(save.order, sequence, "kept", newest))
            continue
        status = _status(row, question, save, sequence, newest, at=at)
        if status == "kept":
            known[sequence] = response
            newest = sequence
            rows.append(
                Answer(
                    attempt_question=question,
                    sequence=sequence,
                    response=response,
                    made_at=min(save.made_at, at),
                    received_at=at,
                    is_synced_late=is_synced_late(at, row.deadline_at),
                )
            )
        results.append(Saved(save.order, sequence, status, newest))
    if row.state != AttemptState.IN_PROGRESS and any(result.status != "kept" for result in results):
        raise HandedIn
    Answer.objects.bulk_create(rows)
    if page is not None and row.page_left < page and row.quiz_version.navigation == Navigation.SEQUENTIAL:
        Attempt.objects.filter(pk=row.pk).update(page_left=page)
    return results


_NOTHING = object()


def _answers_before(drawn: Mapping[int, AttemptQuestion]) -> dict[int, dict[int, Any]]:
    """The answers there are, by drawn question and sequence number."""
    before: dict[int, dict[int, Any]] = {question.pk: {} for question in drawn.values()}
    rows = Answer.objects.filter(attempt_question__in=before).values_list("attempt_question", "sequence", "response")
    for pk, sequence, response in rows:
        before[pk][sequence] = response
    return before


def _status(row: Attempt, question: AttemptQuestion, save: Save, sequence: int, newest: int, *, at: datetime) -> str:
    if row.state != AttemptState.IN_PROGRESS:
        return "late"
    if sequence <= newest:
        return "taken"
    if question.checked_at is not None or question.page <= row.page_left:
        return "locked"
    return "kept" if is_in_time(min(save.made_at, at), at, row.deadline_at) else "late"


def _check_recording(question: AttemptQuestion, response: Any) -> None:
    if response and not AnswerRecording.objects.filter(attempt_question=question, pk=response[0]).exists():
        raise MalformedAnswer("there is no such recording")


@transaction.atomic
def set_flag(question: AttemptQuestion, *, is_flagged: bool) -> AttemptQuestion:
    """Mark the question for another look before handing in. Raises HandedIn."""
    open_rows = AttemptQuestion.objects.filter(pk=question.pk, attempt__state=AttemptState.IN_PROGRESS)
    if not open_rows.update(is_flagged=is_flagged):
        raise HandedIn
    question.is_flagged = is_flagged
    return question


@transaction.atomic
def check_answer(question: AttemptQuestion, *, at: datetime) -> AttemptQuestion:
    """Show the learner what the review policy allows while answering; from then on the answer stands.

    Checking again changes nothing. Raises HandedIn; ValueError when the quiz shows nothing while answering.
    """
    row = Attempt.objects.select_for_update(of=("self",)).select_related("quiz_version").get(pk=question.attempt_id)
    shown = row.quiz_version.review.get(ReviewTime.DURING, [])
    if not {ReviewPart.MARKS, ReviewPart.RIGHT_ANSWERS, ReviewPart.FEEDBACK} & set(shown):
        raise ValueError("this quiz shows nothing while answering")
    if row.state != AttemptState.IN_PROGRESS or not is_in_time(at, at, row.deadline_at):
        raise HandedIn
    AttemptQuestion.objects.filter(pk=question.pk, checked_at__isnull=True).update(checked_at=at)
    question.refresh_from_db(fields=["checked_at"])
    return question


#: What browsers and phones record, under the names they give it. It says how the file is served, and nothing else.
RECORDING_TYPES = {
    "audio/webm": "webm", "video/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a", "audio/m4a": "m4a",
    "audio/x-m4a": "m4a", "audio/mpeg": "mp3", "audio/wav": "wav", "audio/x-wav": "wav", "audio/wave": "wav",
}  # fmt: skip
MOST_RECORDING_BYTES = 15 * 1024 * 1024
#: Takes of one answer: enough to get it right, too few to fill the disk.
MOST_RECORDINGS = 20


class UnfitRecording(ValueError):
    """The recording is too large, empty or of a type that isn't served."""


class TooManyRecordings(UnfitRecording):
    """The question was recorded as often as it may be; the last recording stands."""


@transaction.atomic
def keep_recording(question: AttemptQuestion, content: bytes, *, content_type: str, at: datetime) -> AnswerRecording:
    """Keep what was recorded for a spoken answer; saving its id as the answer hands it in.

    Raises HandedIn, TimeIsUp and UnfitRecording, among these TooManyRecordings.
    """
    row = Attempt.objects.select_for_update().get(pk=question.attempt_id)
    if row.state != AttemptState.IN_PROGRESS:
        raise HandedIn
    if row.deadline_at is not None and not is_in_time(row.deadline_at, at, row.deadline_at):
        raise TimeIsUp(row.deadline_at)
    plain_type = content_type.split(";")[0].strip().lower()
    if not content or len(content) > MOST_RECORDING_BYTES or plain_type not in RECORDING_TYPES:
        raise UnfitRecording(plain_type)
    if question.recordings.count() >= MOST_RECORDINGS:
        raise TooManyRecordings
    recording = AnswerRecording(attempt_question=question, content_type=plain_type, bytes=len(content), received_at=at)
    name = f"{question.attempt_id}-{question.order}.{RECORDING_TYPES[plain_type]}"
    recording.file.save(name, ContentFile(content), save=False)
    recording.save()
    audit.record(actor=row.assignment.person, action="recording_kept", subject=recording, at=at)
    return recording
