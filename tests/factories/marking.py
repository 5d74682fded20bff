"""Quizzes with questions that people mark, and sittings of them that wait for marks."""

from datetime import datetime, timedelta
from decimal import Decimal

from assessments.attempts.models import Attempt, AttemptQuestion
from assessments.attempts.services import keep_recording, mark_answer, save_answer, start_attempt, submit_attempt
from assessments.bank.models import Option, Question, QuestionVersion
from assessments.bank.states import QuestionKind
from assessments.quizzes.models import Quiz
from lms.people.models import User
from lms.skills.models import Skill
from tests.conftest import MON_9
from tests.factories.assignments import AssignmentFactory
from tests.factories.bank import QuestionFactory, QuestionVersionFactory, right_ids
from tests.factories.quizzes import QuizFactory, QuizVersionFactory, SlotFactory
from tests.factories.skills import SkillFactory


def make_open_question(key: str, *, skill: Skill | None = None, kind: str = QuestionKind.WRITTEN) -> Question:
    """Marked by a rubric of two criteria: three points and one."""
    question = QuestionFactory(key=key, version=False, skill=skill or SkillFactory())
    version = QuestionVersion.objects.create(
        question=question, number=1, kind=kind, stem_zh="请写回复。", stem_en="Write the reply.", created_at=MON_9
    )
    for order, (text_zh, text_en, credit) in enumerate([("复述问题", "Restates", 3), ("语气", "Tone", 1)]):
        Option.objects.create(
            version=version,
            order=order,
            text_zh=text_zh,
            text_en=text_en,
            credit=Decimal(credit),
            feedback_zh="完整复述",
            feedback_en="In the customer's words",
        )
    return question


def make_open_quiz(
    key: str = "reply-quiz", *, skill: Skill | None = None, kind: str = QuestionKind.WRITTEN, **version_fields
) -> Quiz:
    """One question for people to mark and one of single choice, each worth a point; half is enough to pass."""
    skill = skill or SkillFactory()
    quiz = QuizFactory(key=key)
    version = QuizVersionFactory(quiz=quiz, published=True, **{"pass_share": Decimal("0.5"), **version_fields})
    SlotFactory(version=version, question=make_open_question(f"{key}-open", skill=skill, kind=kind))
    choice = QuestionFactory(key=f"{key}-choice", skill=skill, version=False)
    QuestionVersionFactory(question=choice)
    SlotFactory(version=version, question=choice)
    return quiz


def hand_in(person: User, quiz: Quiz, *, text: str = "您好", at: datetime = MON_9, **fields) -> Attempt:
    """Sit the open quiz: the choice rightly, the open question with this text (or a recording of these bytes)."""
    attempt = start_attempt(AssignmentFactory(person=person, quiz=quiz, **fields), at=at)
    for drawn in attempt.questions.select_related("question_version"):
        version = drawn.question_version
        later = at + timedelta(minutes=1)
        if version.kind == QuestionKind.WRITTEN:
            answer = text
        elif version.kind == QuestionKind.SPOKEN:
            answer = [keep_recording(drawn, text.encode(), content_type="audio/webm", at=later).pk]
        else:
            answer = right_ids(version)
        save_answer(drawn, sequence=1, response=answer, at=later)
    return submit_attempt(attempt, actor=person, at=at + timedelta(minutes=2))


def open_answer(attempt: Attempt) -> AttemptQuestion:
    """The drawn question that people mark."""
    kinds = [QuestionKind.WRITTEN, QuestionKind.SPOKEN]
    return attempt.questions.select_related("attempt__assignment", "question_version").get(
        question_version__kind__in=kinds
    )


def points(question: AttemptQuestion, *given: int | str) -> dict[int, Decimal]:
    """Points for the criteria, in their order."""
    options = question.question_version.options.order_by("order")
    return {option.pk: Decimal(value) for option, value in zip(options, given, strict=True)}


def mark(question: AttemptQuestion, *given: int | str, actor: User, at: datetime = MON_9, comment: str = ""):
    return mark_answer(question, points=points(question, *given), comment=comment, actor=actor, at=at)
