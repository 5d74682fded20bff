"""Reads that span quizzes, their versions and the bank."""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Sum

from assessments.bank.models import QuestionVersion
from assessments.bank.queries import exam_questions
from assessments.quizzes.models import Quiz, QuizVersion, Slot
from assessments.quizzes.rules import BankQuestion, Demand
from assessments.quizzes.states import QuizPurpose, VersionState
from lms.kernel.kept import Kept
from lms.skills.models import Skill


def published_version(quiz: Quiz) -> QuizVersion | None:
    """The version that is sat: the newest published one."""
    return quiz.versions.filter(state=VersionState.PUBLISHED).order_by("-number").first()


def _read_published() -> dict[int, QuizVersion]:
    newest = (
        QuizVersion.objects.filter(quiz=OuterRef("quiz"), state=VersionState.PUBLISHED)
        .order_by("-number")
        .values("pk")[:1]
    )
    versions = QuizVersion.objects.filter(pk=Subquery(newest)).annotate(questions=Sum("slots__count"))
    return {version.quiz_id: version for version in versions.select_related("quiz").order_by("quiz__key")}


#: The version that is sat of each quiz (by quiz id), with the number of its `questions`. Forgotten whenever a quiz or a
#: version is saved.
published_quizzes = Kept("published-quizzes", _read_published)


def published_versions(quizzes: Iterable[int]) -> dict[int, QuizVersion]:
    """The version that is sat of each of these quizzes (by quiz id); quizzes without one are left out."""
    wanted = set(quizzes)
    published = published_quizzes() if wanted else {}
    return {quiz: published[quiz] for quiz in wanted if quiz in published}


def published_by_key(keys: Collection[str]) -> dict[str, QuizVersion]:
    """The same by the quizzes' keys."""
    versions = published_quizzes().values()
    return {version.quiz.key: version for version in versions if version.quiz.key in keys}


def newest_versions() -> QuerySet[QuizVersion]:
    """The newest version of each quiz, draft or published: what authors go on working at."""
    newest = QuizVersion.objects.filter(quiz=OuterRef("quiz")).order_by("-number").values("pk")[:1]
    return QuizVersion.objects.filter(pk=Subquery(newest))


def retest_quiz_for(skill: Skill) -> Quiz | None:
    """The published re-test that asks about this skill only."""
    return (
        Quiz.objects.filter(purpose=QuizPurpose.RETEST, skill=skill, versions__state=VersionState.PUBLISHED)
        .order_by("key")
        .distinct()
        .first()
    )


def demands_of(version: QuizVersion) -> list[Demand]:
    """The slots as values, in their order."""
    return [demand_of(slot) for slot in version.slots.all()]


def demand_of(slot: Slot) -> Demand:
    return Demand(
        count=slot.count,
        question_id=slot.question_id,
        skill_id=slot.skill_id,
        tag=slot.tag,
        difficulty=slot.difficulty,
    )


def drawable_questions(demands: Sequence[Demand] = ()) -> list[BankQuestion]:
    """Every question of the bank that a graded quiz may ask now, as values, in one query; with `demands` only those
    that fixed slots, skills and difficulties leave possible."""
    worded = exam_questions().filter(Exists(QuestionVersion.objects.filter(question=OuterRef("pk"))))
    wanted = Q()
    for demand in demands:
        asked = {"pk": demand.question_id, "skill": demand.skill_id, "difficulty": demand.difficulty}
        wanted |= Q(**{name: value for name, value in asked.items() if value is not None})
        if not any(value is not None for value in asked.values()):
            wanted = Q()
            break
    rows = worded.filter(wanted).order_by("pk").values_list("pk", "skill_id", "tags", "difficulty")
    return [BankQuestion(pk, skill_id, frozenset(tags), difficulty) for pk, skill_id, tags, difficulty in rows]
