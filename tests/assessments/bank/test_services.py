from dataclasses import replace
from datetime import timedelta

import pytest

from assessments.bank.models import Option, Question, QuestionVersion
from assessments.bank.queries import exam_questions, newest_versions, wording_of
from assessments.bank.rules import OptionWords, Wording
from assessments.bank.services import UnfinishedWording, file_question, revise_question, write_question
from assessments.bank.states import QuestionKind, QuestionStatus, QuestionUse
from lms.audit.models import AuditEntry
from tests.factories.bank import QuestionFactory, QuestionVersionFactory
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.django_db

WORDING = Wording(
    kind=QuestionKind.SINGLE,
    stem_zh="静音前说什么？",
    stem_en="What do you say before a hold?",
    options=(
        OptionWords("原因和时长", "Reason and length", is_right=True, feedback_zh="对", feedback_en="Right"),
        OptionWords("等一下", "Wait"),
    ),
    explanation_zh="先征得同意。",
    explanation_en="Ask leave first.",
)


def test_write_question(cast, at):
    skill = SkillFactory(key="phrasing")

    question = write_question(
        key="hold-1", skill=skill, wording=WORDING, actor=cast.tess, at=at, tags=["hold"], status=QuestionStatus.READY
    )

    version = question.versions.get()
    assert wording_of(version) == WORDING
    assert (version.number, version.author, version.used_at, version.created_at) == (1, cast.tess, None, at)
    assert question.tags == ["hold"]
    assert AuditEntry.objects.get().action == "question_written"


def test_write_question_that_is_unfinished_stays_a_draft(cast, at):
    unfinished = replace(WORDING, options=WORDING.options[1:])
    skill = SkillFactory()

    with pytest.raises(UnfinishedWording) as refusal:
        write_question(key="q", skill=skill, wording=unfinished, actor=cast.tess, at=at, status=QuestionStatus.READY)

    assert len(refusal.value.faults) == 2
    assert not Question.objects.exists()
    assert write_question(key="q", skill=skill, wording=unfinished, actor=cast.tess, at=at).status == "draft"


def test_revise_question_nobody_was_asked_is_edited_in_place(cast, at):
    question = QuestionFactory()
    before = question.versions.get()

    after = revise_question(question, WORDING, actor=cast.tess, at=at)

    assert (after.pk, after.number) == (before.pk, 1)
    assert wording_of(QuestionVersion.objects.get(pk=after.pk)) == WORDING
    assert Option.objects.filter(version=after).count() == 2
    assert AuditEntry.objects.get().action == "question_edited"


def test_revise_question_that_was_used_makes_the_next_version(cast, at):
    question = QuestionFactory(version__used=True)
    before = question.versions.get()
    old = wording_of(before)
    old_options = list(before.options.values_list("pk", flat=True))

    after = revise_question(question, WORDING, actor=cast.tess, at=at + timedelta(days=1))

    assert (after.number, after.used_at) == (2, None)
    assert wording_of(QuestionVersion.objects.get(pk=after.pk)) == WORDING
    kept = QuestionVersion.objects.get(pk=before.pk)
    assert wording_of(kept) == old
    assert list(kept.options.values_list("pk", flat=True)) == old_options
    assert AuditEntry.objects.get().changes == {"version": [1, 2]}


def test_revise_question_with_the_same_wording_changes_nothing(cast, at):
    question = QuestionFactory(version__used=True)
    version = question.versions.get()

    assert revise_question(question, wording_of(version), actor=cast.tess, at=at) == version
    assert not AuditEntry.objects.exists()


def test_revise_question_that_is_ready_refuses_an_unfinished_wording(cast, at):
    question = QuestionFactory()

    with pytest.raises(UnfinishedWording):
        revise_question(question, replace(WORDING, options=()), actor=cast.tess, at=at)

    assert wording_of(question.versions.get()) != WORDING


def test_file_question(cast, at):
    question = QuestionFactory(draft=True)
    other = SkillFactory(key="crm")

    file_question(
        question, skill=other, use="practice", status="ready", difficulty=4, tags=["x"], actor=cast.tess, at=at
    )

    question.refresh_from_db()
    assert (question.skill, question.use, question.status) == (other, "practice", "ready")
    assert (question.difficulty, question.tags) == (4, ["x"])
    assert AuditEntry.objects.get().changes["status"] == ["draft", "ready"]


def test_file_question_as_it_stands_writes_nothing(cast, at):
    question = QuestionFactory()

    file_question(
        question, skill=question.skill, use="exam", status="ready", difficulty=2, tags=[], actor=cast.tess, at=at
    )

    assert not AuditEntry.objects.exists()


def test_file_question_can_not_be_ready_unfinished(cast, at):
    question = QuestionFactory(draft=True, version__right=())

    with pytest.raises(UnfinishedWording):
        file_question(
            question, skill=question.skill, use="exam", status="ready", difficulty=2, tags=[], actor=cast.tess, at=at
        )


def test_newest_versions():
    one, other = QuestionFactory(), QuestionFactory()
    second = QuestionVersionFactory(question=one)
    QuestionFactory(version=False)

    assert set(newest_versions()) == {second, other.versions.get()}
    assert list(newest_versions([one.pk])) == [second]


def test_exam_questions_are_ready_and_for_exams():
    ready = QuestionFactory()
    QuestionFactory(draft=True)
    QuestionFactory(retired=True)
    QuestionFactory(practice=True)
    QuestionFactory(use=QuestionUse.PRACTICE, status=QuestionStatus.DRAFT)

    assert list(exam_questions()) == [ready]
