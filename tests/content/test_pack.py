"""The pack that comes with the product, and packs with mistakes."""

from pathlib import Path

import pytest
import yaml
from django.conf import settings
from wagtail.models import Revision

from assessments.bank.models import QuestionVersion
from assessments.quizzes.models import QuizVersion
from content.importers.pack import load_pack, page_key
from content.readers.pack import PackError, read_pack
from courses.catalogue.models import LessonPage
from courses.enrolment.models import RequiredTrack, TrackVersion
from lms.audit.models import AuditEntry
from lms.skills.models import SkillLevel

STARTER = Path(settings.BASE_DIR) / "content" / "packs" / "starter"


@pytest.fixture
def pack_folder(tmp_path):
    """A tiny pack to break."""
    (tmp_path / "pack.yaml").write_text("key: tiny\n")
    (tmp_path / "skills.yaml").write_text(
        yaml.safe_dump({"skills": [{"key": "crm", "kind": "knowledge", "name": {"en": "CRM", "zh-hans": "CRM"}}]})
    )
    return tmp_path


def lesson(folder, name, body, front="title: A\nminutes: 3\nskills: [crm]"):
    course = folder / "courses" / "one"
    course.mkdir(parents=True, exist_ok=True)
    (course / "course.yaml").write_text("key: one\norder: 1\nlessons: [first]\n")
    (course / f"first.{name}.md").write_text(f"---\n{front}\n---\n{body}", encoding="utf-8")


def problems_of(folder):
    with pytest.raises(PackError) as refused:
        read_pack(folder)
    return refused.value.problems


def test_starter_pack_is_whole():
    pack = read_pack(STARTER)

    assert {course.key for course in pack.courses} == {"product-basics", "phrasing-basics", "crm-basics", "wfm-basics"}
    competences = [skill for skill in pack.skills if skill["kind"] == "competence"]
    assert len(competences) == 7
    assert all(len(skill["levels"]) == 5 for skill in pack.skills)
    assert all(
        level["behaviour"][language]
        for skill in pack.skills
        for level in skill["levels"]
        for language in ("zh-hans", "en")
    )


def test_every_mistake_is_reported_at_once(pack_folder):
    lesson(pack_folder, "zh-hans", "## 一\n\n```steps\ntitle: x\n```\n")
    lesson(pack_folder, "en", "## One\n\n```nonsense\nx: 1\n```\n", front="title: A\nskills: [juggling]")

    problems = problems_of(pack_folder)

    assert any("there is no block `nonsense`" in problem for problem in problems)
    assert any("there is no skill `juggling`" in problem for problem in problems)
    assert any("blocks differ" in problem for problem in problems)


def test_an_exam_question_cannot_be_a_self_check(pack_folder):
    check = "```check\nquestion: secret\n```\n"
    lesson(pack_folder, "zh-hans", check)
    lesson(pack_folder, "en", check)
    (pack_folder / "questions").mkdir()
    question = {"key": "secret", "skill": "crm", "use": "exam", "options": [{"right": True}]}
    (pack_folder / "questions" / "all.yaml").write_text(yaml.safe_dump({"questions": [question]}))

    assert any("can't be a self-check" in problem for problem in problems_of(pack_folder))


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"skills: [unclosed", "line"), (b"\xff\xfe\x00", "not UTF-8"), (b"- just\n- a list\n", "a mapping is expected")],
)
def test_unreadable_file_is_named(pack_folder, content, words):
    (pack_folder / "skills.yaml").write_bytes(content)

    problems = problems_of(pack_folder)

    assert any(problem.startswith("skills.yaml") and words in problem for problem in problems)


def test_missing_folder_and_missing_head_are_named(tmp_path):
    assert "no such folder" in problems_of(tmp_path / "nowhere")[0]
    assert "pack.yaml: the file is missing" in problems_of(tmp_path)


@pytest.mark.django_db
def test_loading_the_starter_pack_twice_changes_nothing_the_second_time(at):
    pack = read_pack(STARTER)
    load_pack(pack, actor=None, at=at)
    state = [
        model.objects.count()
        for model in (QuestionVersion, QuizVersion, Revision, TrackVersion, SkillLevel, AuditEntry)
    ]

    load_pack(pack, actor=None, at=at)

    assert state == [
        model.objects.count()
        for model in (QuestionVersion, QuizVersion, Revision, TrackVersion, SkillLevel, AuditEntry)
    ]
    languages = LessonPage.objects.filter(translation_key=page_key("starter", "lesson", "restate-the-problem")).live()
    assert {page.locale.language_code for page in languages} == {"zh-hans", "en"}
    track = TrackVersion.objects.get()
    assert [step.kind for step in track.steps.all()].count("quiz") == 4
    assert RequiredTrack.objects.filter(job_role__key="voice-agent", track_key=track.track_key).exists()
