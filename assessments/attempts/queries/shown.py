"""Drawn questions as the player and the review show them, with no more than the review policy allows."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from assessments import ports
from assessments.attempts.models import Answer, AnswerMark, Attempt, AttemptQuestion, QuestionVoid
from assessments.attempts.rules import SavedAnswer, counting
from assessments.bank.models import QuestionMedia, QuestionVersion
from assessments.bank.queries import AskedOption, AskedQuestion, asked_by_place
from assessments.bank.rules import GAP, AnswerKey, GapKey, OptionKey, grade, is_blank
from assessments.bank.states import CHOICE_KINDS, MARKED_KINDS, QuestionKind, QuestionUse
from assessments.quizzes.states import ReviewPart, ReviewTime
from lms.people.permissions import can_author, can_mark_answers
from lms.people.queries import marked_people

NOTHING: frozenset[str] = frozenset()
EMPTY = SafeString("")


@dataclass(frozen=True)
class ShownOption:
    """One line at its frozen place. `letter` is what the reader calls it, `key` the key that chooses it.

    `chosen` is the id of the right side (matching) or the place (ordering) the learner gave it. `is_right` and
    `feedback` are None and empty where they may not be shown; `right` says in words what would have been right.
    """

    pk: int
    letter: str
    key: str
    text: SafeString
    is_chosen: bool = False
    chosen: int | None = None
    is_right: bool | None = None
    feedback: SafeString = EMPTY
    right: SafeString = EMPTY


@dataclass(frozen=True)
class ShownGap:
    """One gap of a cloze: an input, or a choice among `options`. `right` where it may be shown."""

    number: int
    kind: str
    value: str
    unit: str
    options: list[ShownOption]
    is_right: bool | None = None
    right: str = ""


@dataclass(frozen=True)
class StemPart:
    """A stretch of a cloze's text, and the gap that follows it (None after the last stretch)."""

    html: SafeString
    gap: ShownGap | None


@dataclass(frozen=True)
class ShownQuestion:
    """One drawn question. `share`, `is_right`, `explanation`, `right_answer` are empty where they may not be shown."""

    pk: int
    number: int
    page: int
    section: int
    points: Decimal
    is_must_pass: bool
    version_id: int
    kind: str
    title: str  # the beginning of the question as plain text
    stem: SafeString
    parts: list[StemPart]  # of a cloze, instead of the stem
    audio_url: str
    options: list[ShownOption]
    matches: list[ShownOption]  # the right sides to choose from
    response: Any
    unit: str
    partial_credit: bool
    is_in_other_language: bool
    is_flagged: bool
    is_answered: bool
    is_checked: bool
    sequence: int
    saved_at: datetime | None  # None: nothing saved yet
    is_synced_late: bool
    skill_id: int
    shows: frozenset[str]  # what the policy allows now
    share: Decimal | None = None  # None: not graded, or not shown
    void: str = ""
    explanation: SafeString = EMPTY
    right_answer: str = ""
    comment: str = ""  # of whoever marked it
    lessons: list[ports.LessonLink] = field(default_factory=list)

    @property
    def takes_several(self) -> bool:
        return self.kind == QuestionKind.MULTIPLE

    @property
    def is_choice(self) -> bool:
        return self.kind in CHOICE_KINDS

    @property
    def is_right(self) -> bool:
        return self.share == 1

    @property
    def shows_marks(self) -> bool:
        return ReviewPart.MARKS in self.shows

    @property
    def shows_answers(self) -> bool:
        return ReviewPart.ANSWERS in self.shows

    @property
    def shows_right_answers(self) -> bool:
        return ReviewPart.RIGHT_ANSWERS in self.shows

    @property
    def shows_feedback(self) -> bool:
        return ReviewPart.FEEDBACK in self.shows


def counting_answers(attempt: Attempt) -> dict[int, SavedAnswer]:
    """The answer that counts for each drawn question (by its id), in one query; blank questions are left out."""
    saved: dict[int, list[SavedAnswer]] = defaultdict(list)
    rows = Answer.objects.filter(attempt_question__attempt=attempt)
    for pk, *values in rows.values_list("attempt_question", "sequence", "response", "made_at", "received_at"):
        saved[pk].append(SavedAnswer(*values))
    found = {pk: counting(answers, deadline_at=attempt.deadline_at) for pk, answers in saved.items()}
    return {pk: answer for pk, answer in found.items() if answer is not None}


@dataclass(frozen=True)
class DrawnKey:
    """What reading an answer to a drawn question needs: its place, its key, its lines as they were shown."""

    order: int
    key: AnswerKey
    option_order: tuple[int, ...]


def drawn_keys(attempt: Attempt, orders: Collection[int]) -> list[DrawnKey]:
    """The keys of the drawn questions at these places, in one query where the wordings are in memory."""
    rows = list(
        attempt.questions.filter(order__in=orders).values_list(
            "order", "option_order", "question_version", "question_version__used_at"
        )
    )
    asked = asked_by_place((pk, used_at) for _order, _options, pk, used_at in rows)
    return [DrawnKey(order, asked[pk].key, tuple(options)) for order, options, pk, _used_at in rows]


def shown_questions(
    attempt: Attempt, *, shows: Collection[str] | None = None, page: int | None = None
) -> list[ShownQuestion]:
    """The drawn questions in their frozen order with the answers that count, in at most five queries whatever their
    number: of one page, or all.

    `shows` is what the review policy allows (parts of ReviewPart); None is a sitting that goes on, in which a question
    shows, once it was checked, its answer and what the policy allows while answering.
    """
    rows = attempt.questions.annotate(
        skill_id=F("question_version__question__skill"), used_at=F("question_version__used_at")
    )
    drawn = list(rows if page is None else rows.filter(page=page))
    asked = asked_by_place((row.question_version_id, row.used_at) for row in drawn)
    answers = counting_answers(attempt)
    language = get_language() or "zh-hans"
    during = frozenset([ReviewPart.ANSWERS, *attempt.quiz_version.review.get(ReviewTime.DURING, ())])
    return [
        _shown(
            row,
            asked[row.question_version_id],
            answers.get(row.pk),
            language,
            frozenset(shows) if shows is not None else (during if row.checked_at else NOTHING),
            deadline_at=attempt.deadline_at,
        )
        for row in drawn
    ]


def _shown(
    row: AttemptQuestion,
    asked: AskedQuestion,
    answer: SavedAnswer | None,
    language: str,
    shows: frozenset[str],
    *,
    deadline_at: datetime | None,
) -> ShownQuestion:
    response = answer.response if answer else None
    place = {pk: number for number, pk in enumerate(row.option_order)}
    in_order = sorted((option for option in asked.options if option.pk in place), key=lambda option: place[option.pk])
    key = asked.key
    marks = ReviewPart.MARKS in shows
    share = row.share if row.share is not None or not marks or row.checked_at is None else grade(key, response)
    has_right = ReviewPart.RIGHT_ANSWERS in shows
    return ShownQuestion(
        pk=row.pk,
        number=row.order,
        page=row.page,
        section=row.section,
        points=row.points,
        is_must_pass=row.is_must_pass,
        version_id=asked.pk,
        kind=asked.kind,
        title=asked.title(language),
        stem=asked.stem_html(language),
        parts=_parts(asked, in_order, response, language, shows) if asked.kind == QuestionKind.CLOZE else [],
        audio_url=asked.audio_url(language),
        options=_lines(asked, in_order, response, language, shows),
        matches=_right_sides(asked, in_order, language),
        response=response,
        unit=asked.unit,
        partial_credit=key.partial_credit,
        is_in_other_language=asked.is_in_other_language(language),
        is_flagged=row.is_flagged,
        is_answered=response is not None and not is_blank(response),
        is_checked=row.checked_at is not None,
        sequence=answer.sequence if answer else 0,
        saved_at=answer.received_at if answer else None,
        is_synced_late=bool(answer and deadline_at is not None and answer.received_at > deadline_at),
        skill_id=row.skill_id,
        shows=shows,
        share=share if marks else None,
        void=row.void if marks else "",
        explanation=asked.explanation_html(language) if ReviewPart.FEEDBACK in shows else EMPTY,
        right_answer=_accepted(asked.options, language, asked.unit) if has_right and _is_typed(asked.kind) else "",
    )


def _is_typed(kind: str) -> bool:
    return kind in (QuestionKind.NUMERIC, QuestionKind.SHORT_TEXT)


def _accepted(options: Sequence[AskedOption], language: str, unit: str) -> str:
    """The fully accepted answers, to be read: "320 s", "320 ± 5 s" with a tolerance. Patterns with `*` are for the
    grading and left out where there is an answer to read."""
    words = []
    right = [option for option in options if option.is_right or (option.credit or 0) >= 1]
    for option in [option for option in right if "*" not in option.text(language)] or right:
        text = option.text(language)
        if option.tolerance:
            text = f"{text} ± {option.tolerance.normalize():f}"
        words.append(f"{text} {unit}".strip())
    return " / ".join(dict.fromkeys(words))


def _lines(
    asked: AskedQuestion, in_order: Sequence[AskedOption], response: Any, language: str, shows: frozenset[str]
) -> list[ShownOption]:
    if asked.kind in CHOICE_KINDS:
        return [
            _choice(asked, option, number, set(response or ()), language, shows)
            for number, option in enumerate(in_order)
            if option.gap == 0
        ]
    if asked.kind == QuestionKind.MATCHING:
        rights = {option.pk: option.match for option in asked.key.options}
        lefts = [option for option in in_order if rights[option.pk] is not None]
        return [
            _pair(asked, option, number, (response or {}).get(str(option.pk)), rights[option.pk], language, shows)
            for number, option in enumerate(sorted(lefts, key=lambda option: option.pk))
        ]
    if asked.kind == QuestionKind.ORDERING:
        return _items(asked, in_order, response, language, shows)
    return []


def _choice(
    asked: AskedQuestion,
    option: AskedOption,
    number: int,
    chosen: set[int],
    language: str,
    shows: frozenset[str],
) -> ShownOption:
    is_chosen = option.pk in chosen
    right = option.is_right or (option.credit or 0) > 0
    return ShownOption(
        pk=option.pk,
        letter=chr(ord("A") + number) if number < 26 else str(number + 1),
        key=str(number + 1) if number < 9 else "",
        text=asked.option_html(option, language),
        is_chosen=is_chosen,
        is_right=right if ReviewPart.RIGHT_ANSWERS in shows else (None if not _marked(shows, is_chosen) else right),
        feedback=asked.feedback_html(option, language) if ReviewPart.FEEDBACK in shows and is_chosen else EMPTY,
    )


def _marked(shows: frozenset[str], is_chosen: bool) -> bool:
    """With marks alone a reader sees of the chosen option whether it was right, and of no other."""
    return ReviewPart.MARKS in shows and is_chosen


def _pair(
    asked: AskedQuestion,
    option: AskedOption,
    number: int,
    chosen: int | None,
    right: int | None,
    language: str,
    shows: frozenset[str],
) -> ShownOption:
    side = asked.by_pk[right] if right is not None else None
    return ShownOption(
        pk=option.pk,
        letter=str(number + 1),
        key="",
        text=asked.option_html(option, language),
        is_chosen=chosen is not None,
        chosen=chosen,
        is_right=chosen == right if ReviewPart.MARKS in shows else None,
        feedback=asked.feedback_html(option, language) if ReviewPart.FEEDBACK in shows else EMPTY,
        right=asked.match_html(side, language) if side and ReviewPart.RIGHT_ANSWERS in shows else EMPTY,
    )


def _right_sides(asked: AskedQuestion, in_order: Sequence[AskedOption], language: str) -> list[ShownOption]:
    if asked.kind != QuestionKind.MATCHING:
        return []
    sides = [option for option in in_order if option.pk in asked.key.matches]
    return [
        ShownOption(pk=option.pk, letter=chr(ord("A") + number), key="", text=asked.match_html(option, language))
        for number, option in enumerate(sides)
    ]


def _items(
    asked: AskedQuestion, in_order: Sequence[AskedOption], response: Any, language: str, shows: frozenset[str]
) -> list[ShownOption]:
    """In the learner's order, or as they were shuffled. `chosen` is the place, None while nothing was put in order."""
    right = {option.pk: number for number, option in enumerate(asked.key.options, start=1)}
    order = [asked.by_pk[pk] for pk in response] if response else list(in_order)
    return [
        ShownOption(
            pk=option.pk,
            letter=str(number),
            key="",
            text=asked.option_html(option, language),
            is_chosen=bool(response),
            chosen=number if response else None,
            is_right=right[option.pk] == number if ReviewPart.MARKS in shows and response else None,
            right=SafeString(str(right[option.pk])) if ReviewPart.RIGHT_ANSWERS in shows else EMPTY,
        )
        for number, option in enumerate(order, start=1)
    ]


def _parts(
    asked: AskedQuestion, in_order: Sequence[AskedOption], response: Any, language: str, shows: frozenset[str]
) -> list[StemPart]:
    """The text cut at its gaps; put together again with something in each gap it is the whole HTML."""
    gaps = {gap.number: gap for gap in asked.key.gaps}
    pieces = GAP.split(str(asked.stem_html(language)))
    parts = []
    for html, number in zip(pieces[::2], [*pieces[1::2], None], strict=True):
        gap = gaps.get(int(number)) if number else None
        shown = _gap(asked, gap, in_order, (response or {}).get(number), language, shows) if gap else None
        parts.append(StemPart(mark_safe(html), shown))  # a piece of HTML that was sanitised as a whole
    return parts


def _gap(
    asked: AskedQuestion,
    gap: GapKey,
    in_order: Sequence[AskedOption],
    value: Any,
    language: str,
    shows: frozenset[str],
) -> ShownGap:
    lines = [option for option in in_order if option.gap == gap.number]
    is_choice = gap.kind in CHOICE_KINDS
    chosen = set(value or ()) if is_choice else set()
    one = AnswerKey(
        gap.kind, gap.options, partial_credit=asked.key.partial_credit, match_case=asked.key.match_case, unit=gap.unit
    )
    right = ""
    if ReviewPart.RIGHT_ANSWERS in shows:
        texts = [option.text(language) for option in lines if _is_right(one, option.pk)] if is_choice else []
        right = " / ".join(texts) if is_choice else _accepted(lines, language, gap.unit)
    return ShownGap(
        number=gap.number,
        kind=gap.kind,
        value="" if is_choice or value is None else str(value),
        unit=gap.unit,
        options=[_choice(asked, option, number, chosen, language, NOTHING) for number, option in enumerate(lines)]
        if is_choice
        else [],
        is_right=grade(one, value) == 1 if ReviewPart.MARKS in shows else None,
        right=right,
    )


def _is_right(key: AnswerKey, pk: int) -> bool:
    return any(option.pk == pk and _counts(option) for option in key.options)


def _counts(option: OptionKey) -> bool:
    return option.is_right or (option.credit or 0) > 0


def media_visible_to(viewer: Any) -> QuerySet[QuestionMedia]:
    """Pictures and recordings of questions: authors see all, others those of questions asked in attempts they may see
    or mark, and of practice questions, which lessons show to everybody signed in."""
    if not viewer.is_authenticated:
        return QuestionMedia.objects.none()
    if can_author(viewer):
        return QuestionMedia.objects.all()
    seen = Q(drawn__attempt__in=Attempt.objects.visible_to(viewer))
    if can_mark_answers(viewer):
        seen |= Q(drawn__attempt__assignment__person__in=marked_people(viewer))
    versions = QuestionVersion.objects.filter(seen | Q(question__use=QuestionUse.PRACTICE))
    return QuestionMedia.objects.filter(Exists(versions.filter(media=OuterRef("pk"))))


def with_lessons(questions: Sequence[ShownQuestion], language: str) -> list[ShownQuestion]:
    """The questions, those that went wrong with the lessons that teach their skill; asked of whoever teaches."""
    wrong = {question.number for question in questions if question.share is not None and question.share < 1}
    skills = sorted({question.skill_id for question in questions if question.number in wrong})
    lessons = ports.lessons_by_skill(skills, language) if skills else {}
    return [
        replace(question, lessons=lessons.get(question.skill_id, [])) if question.number in wrong else question
        for question in questions
    ]


def with_comments(questions: Sequence[ShownQuestion]) -> list[ShownQuestion]:
    """The questions, those that people marked with what these wrote, where feedback may be shown."""
    marked = [question.pk for question in questions if question.kind in MARKED_KINDS and question.shows_feedback]
    comments: dict[int, list[str]] = defaultdict(list)
    if marked:
        rows = AnswerMark.objects.filter(attempt_question__in=marked).exclude(comment="")
        for pk, comment in rows.values_list("attempt_question", "comment"):
            comments[pk].append(comment)
    return [replace(question, comment="\n\n".join(comments[question.pk])) for question in questions]


@dataclass(frozen=True)
class VoidReason:
    """A question of a sitting that was found faulty, and why."""

    number: int
    mode: str
    reason: str


def void_reasons(questions: Sequence[ShownQuestion]) -> list[VoidReason]:
    """Why questions of a graded sitting are void, in its order; nothing where marks aren't shown."""
    void = {question.version_id: question.number for question in questions if question.void}
    if not void:
        return []
    rows = QuestionVoid.objects.filter(question_version__in=void, withdrawn_at__isnull=True)
    found = [VoidReason(void[row.question_version_id], row.mode, row.reason) for row in rows]
    return sorted(found, key=lambda each: each.number)
