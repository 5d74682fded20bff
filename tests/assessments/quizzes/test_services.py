from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from assessments.bank.models import Question
from assessments.quizzes.models import QuizVersion
from assessments.quizzes.queries import newest_versions, published_version, published_versions, retest_quiz_for
from assessments.quizzes.services import (
    CannotPublish,
    QuizRules,
    SlotPlan,
    describe_quiz,
    publish_quiz,
    revise_quiz,
    rules_of,
    slots_of,
    start_draft,
    write_quiz,
)
from assessments.quizzes.states import VersionState
from lms.audit.models import AuditEntry
from lms.kernel.states import IllegalMove, StaleState
from tests.factories.bank import QuestionFactory
from tests.factories.quizzes import QuizFactory, QuizVersionFactory, SlotFactory, make_quiz
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    """Refusals are compared word by word."""
    with translation.override("en"):
        yield


RULES = QuizRules(pass_share=Decimal("0.8"), time_limit_minutes=15, attempts_allowed=3)


def draft(*slots: dict) -> QuizVersion:
    version = QuizVersionFactory()
    for fields in slots:
        SlotFactory(version=version, **fields)
    return version


def test_write_quiz(cast, at):
    question = QuestionFactory()
    slots = [SlotPlan(question=question), SlotPlan(tag="crm", count=9)]

    version = write_quiz(
        key="crm-quiz", title_zh="CRM 测验", title_en="CRM quiz", rules=RULES, slots=slots, actor=cast.tess, at=at
    )

    assert (version.number, version.state, version.published_at) == (1, VersionState.DRAFT, None)
    assert rules_of(version) == RULES
    assert slots_of(version) == slots
    assert published_version(version.quiz) is None
    assert AuditEntry.objects.get().action == "quiz_written"


def test_publish_quiz(cast, at):
    quiz = make_quiz(published=False)
    version = quiz.versions.get()

    publish_quiz(version, actor=cast.tess, at=at)

    version.refresh_from_db()
    assert (version.state, version.published_at) == (VersionState.PUBLISHED, at)
    assert published_version(quiz) == version
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor) == ("quiz_published", cast.tess)


def test_publish_quiz_without_slots_is_refused(cast, at):
    with pytest.raises(CannotPublish, match="asks nothing yet"):
        publish_quiz(draft(), actor=cast.tess, at=at)


@pytest.mark.parametrize("trait", ["draft", "retired", "practice"])
def test_publish_quiz_draws_ready_exam_questions_only(cast, at, trait):
    QuestionFactory.create_batch(2, tags=["crm"])
    QuestionFactory(tags=["crm"], **{trait: True})
    version = draft({"tag": "crm", "count": 3})

    with pytest.raises(CannotPublish, match="Slot 1 asks for 3 questions, but only 2"):
        publish_quiz(version, actor=cast.tess, at=at)

    version.refresh_from_db()
    assert version.state == VersionState.DRAFT


def test_publish_quiz_with_a_fixed_question_that_is_not_ready(cast, at):
    version = draft({"question": QuestionFactory()}, {"question": QuestionFactory(retired=True)})

    with pytest.raises(CannotPublish, match="Slot 2: its question"):
        publish_quiz(version, actor=cast.tess, at=at)


def test_publish_quiz_counts_a_question_once(cast, at):
    question = QuestionFactory(tags=["crm"])
    QuestionFactory(tags=["crm"])
    version = draft({"question": question}, {"tag": "crm", "count": 2})

    with pytest.raises(CannotPublish, match="Slot 2 asks for 2 questions, but only 1"):
        publish_quiz(version, actor=cast.tess, at=at)


def test_publish_quiz_by_skill(cast, at):
    crm, product = SkillFactory(key="crm"), SkillFactory(key="product")
    QuestionFactory(skill=product)
    version = draft({"skill": crm, "count": 1})
    with pytest.raises(CannotPublish):
        publish_quiz(version, actor=cast.tess, at=at)
    QuestionFactory(skill=crm)

    assert publish_quiz(version, actor=cast.tess, at=at).state == VersionState.PUBLISHED


def test_publish_quiz_twice(cast, at):
    version = make_quiz(published=False).versions.get()
    same = QuizVersion.objects.get(pk=version.pk)
    publish_quiz(version, actor=cast.tess, at=at)

    with pytest.raises(IllegalMove):
        publish_quiz(version, actor=cast.tess, at=at)
    with pytest.raises(StaleState):
        publish_quiz(same, actor=cast.tess, at=at)

    assert AuditEntry.objects.count() == 1


def test_start_draft_copies_the_published_version_once(cast, at):
    quiz = make_quiz()
    published = quiz.versions.get()

    made = start_draft(quiz, actor=cast.tess, at=at)

    assert (made.number, made.state) == (2, VersionState.DRAFT)
    assert rules_of(made) == rules_of(published)
    assert slots_of(made) == slots_of(published)
    assert start_draft(quiz, actor=cast.quinn, at=at) == made
    assert published_version(quiz) == published


def test_revise_quiz_of_a_draft_changes_it(cast, at):
    version = make_quiz(published=False).versions.get()

    revised = revise_quiz(version.quiz, rules=RULES, slots=[SlotPlan(count=2)], actor=cast.tess, at=at)

    assert revised.pk == version.pk
    assert (rules_of(revised), slots_of(revised)) == (RULES, [SlotPlan(count=2)])


def test_revise_quiz_that_is_published_leaves_the_published_version_alone(cast, at):
    quiz = make_quiz()
    published = quiz.versions.get()
    before = rules_of(published), slots_of(published)

    revised = revise_quiz(quiz, rules=RULES, slots=[SlotPlan(count=2)], actor=cast.tess, at=at)

    assert (revised.number, revised.state) == (2, VersionState.DRAFT)
    kept = QuizVersion.objects.get(pk=published.pk)
    assert (rules_of(kept), slots_of(kept)) == before
    assert published_version(quiz) == published


def test_revise_quiz_with_nothing_new_makes_no_draft(cast, at):
    quiz = make_quiz()
    version = QuizVersion.objects.get(quiz=quiz)

    assert revise_quiz(quiz, rules=rules_of(version), slots=slots_of(version), actor=cast.tess, at=at) == version
    assert not AuditEntry.objects.exists()


def test_describe_quiz(cast, at):
    quiz = make_quiz()
    same = {
        "description_zh": "", "description_en": "", "purpose": quiz.purpose, "skill": None,
        "title_zh": quiz.title_zh,
    }  # fmt: skip

    describe_quiz(quiz, title_en="Better", actor=cast.tess, at=at, **same)
    describe_quiz(quiz, title_en="Better", actor=cast.tess, at=at, **same)

    quiz.refresh_from_db()
    assert quiz.title_en == "Better"
    assert AuditEntry.objects.get().changes == {"title_en": ["Quiz crm-quiz", "Better"]}


def test_published_versions_takes_the_newest_published(cast, at):
    quiz, other = make_quiz("one"), make_quiz("other", published=False)
    second = publish_quiz(start_draft(quiz, actor=cast.tess, at=at), actor=cast.tess, at=at + timedelta(days=1))
    third = start_draft(quiz, actor=cast.tess, at=at)

    assert published_version(quiz) == second
    assert published_versions([quiz.pk, other.pk]) == {quiz.pk: second}
    assert set(newest_versions()) == {third, other.versions.get()}


def test_retest_quiz_for():
    crm, product = SkillFactory(key="crm"), SkillFactory(key="product")
    make_quiz("crm-course", skill=crm)
    make_quiz("product-retest", skill=product, retest=True)
    make_quiz("crm-draft", skill=crm, retest=True, published=False)
    assert retest_quiz_for(crm) is None

    retest = make_quiz("crm-retest", skill=crm, retest=True)

    assert retest_quiz_for(crm) == retest


def test_start_draft_of_a_quiz_without_versions(cast, at):
    with pytest.raises(QuizVersion.DoesNotExist):
        start_draft(QuizFactory(), actor=cast.tess, at=at)


def test_making_a_quiz_fills_the_bank():
    make_quiz(questions=3)

    assert Question.objects.count() == 3
