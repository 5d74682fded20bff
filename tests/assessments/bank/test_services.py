from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import translation

from assessments.bank.models import Option, Question, QuestionMedia, QuestionVersion
from assessments.bank.queries import exam_questions, newest_versions, wording_of
from assessments.bank.rules import OptionWords, Wording
from assessments.bank.services import (
    UnfinishedWording,
    UnfitMedia,
    edit_question,
    file_question,
    keep_media,
    revise_question,
    write_question,
)
from assessments.bank.states import QuestionKind, QuestionStatus, QuestionUse
from lms.audit.models import AuditEntry
from tests.factories.bank import QuestionFactory, QuestionVersionFactory, complete_wording, make_question
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


@pytest.mark.parametrize("kind", QuestionKind.values)
def test_every_kind_is_kept_as_it_was_written(cast, at, kind):
    wording = complete_wording(kind)

    question = write_question(
        key="q", skill=SkillFactory(), wording=wording, actor=cast.tess, at=at, status=QuestionStatus.READY
    )

    assert wording_of(QuestionVersion.objects.get(question=question)) == wording


@pytest.mark.parametrize("kind", QuestionKind.values)
def test_a_used_wording_of_any_kind_never_changes(cast, at, kind):
    question = make_question(kind, used=True)
    before = question.versions.get()
    old, lines = wording_of(before), list(before.options.values_list("pk", flat=True))

    after = revise_question(
        question, complete_wording(kind, explanation_zh="新", explanation_en="New"), actor=None, at=at
    )

    kept = QuestionVersion.objects.get(pk=before.pk)
    assert (wording_of(kept), list(kept.options.values_list("pk", flat=True))) == (old, lines)
    assert (after.number, after.explanation_en) == (2, "New")


def test_edit_question_files_and_revises_at_once(cast, at):
    question = QuestionFactory(draft=True, version__right=())

    version = edit_question(
        question, WORDING, skill=question.skill, use="exam", status="ready", difficulty=5, tags=["t"],
        actor=cast.tess, at=at,
    )  # fmt: skip

    question.refresh_from_db()
    assert (question.status, question.difficulty, wording_of(version)) == ("ready", 5, WORDING)


def test_edit_question_back_to_a_draft_may_leave_it_unfinished(cast, at):
    question = QuestionFactory()
    unfinished = replace(WORDING, options=())

    edit_question(
        question, unfinished, skill=question.skill, use="exam", status="draft", difficulty=2, tags=[],
        actor=cast.tess, at=at,
    )  # fmt: skip

    assert wording_of(question.versions.get()) == unfinished


def test_media_of_a_wording_are_linked(cast, at):
    picture, clip = media("dot.png", PNG, cast, at), media("hold.mp3", b"ID3", cast, at)
    media("other.png", PNG + b"2", cast, at)
    wording = replace(WORDING, stem_zh=f"看 ![图](media:{picture.key})", audio_en=clip.key)

    question = write_question(key="q", skill=SkillFactory(), wording=wording, actor=cast.tess, at=at, status="ready")

    version = question.versions.get()
    assert set(version.media.all()) == {picture, clip}
    assert (version.audio_zh, version.audio_en) == (None, clip)
    assert wording_of(version) == wording


def test_media_that_are_not_in_the_bank_are_named(cast, at):
    picture = media("dot.png", PNG, cast, at)
    skill = SkillFactory()
    for wording, words in (
        (replace(WORDING, stem_zh="![图](media:nope)"), "no picture or recording “nope”"),
        (replace(WORDING, audio_zh=picture.key), "isn't a recording"),
    ):
        with translation.override("en"), pytest.raises(UnfinishedWording, match=words) as refusal:
            write_question(key="q", skill=skill, wording=wording, actor=cast.tess, at=at, status="ready")
        assert [fault.place for fault in refusal.value.placed] == ["media"]


def test_the_same_file_is_kept_once(cast, at):
    first = media("dot.png", PNG, cast, at)

    assert media("other name.png", PNG, cast, at) == first
    assert (first.kind, first.name, first.content_type, first.bytes) == ("image", "dot.png", "image/png", len(PNG))
    assert first.file.read() == PNG
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["question_media_kept"]


@pytest.mark.parametrize(
    "content", [b"", b"<svg/>", b"GIF", b"\x00\x00\x00\x20ftypheic", b"x" * (20 * 1024 * 1024 + 1)]
)
def test_unfit_files_are_refused(cast, at, content):
    with pytest.raises(UnfitMedia):
        media("file.png", content, cast, at)

    assert not QuestionMedia.objects.exists()


PNG = b"\x89PNG\r\n\x1a\n"


def media(name, content, cast, at):
    return keep_media(content, name=name, actor=cast.tess, at=at)
