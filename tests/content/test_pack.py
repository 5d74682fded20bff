"""The pack that comes with the product, and packs with mistakes."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from wagtail.models import Revision

from assessments.bank.models import QuestionVersion
from assessments.bank.rules import GapWords, OptionWords
from assessments.quizzes.models import QuizVersion
from assessments.quizzes.services import QuizRules, SectionPlan, rules_of
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


STAFFING = {
    "task": "Try it.", "calls": 60, "aht_s": 240, "agents": 11, "service_level_percent": 80, "answer_within_s": 20,
    "shrinkage_percent": 25, "sliders": ["calls"],
}  # fmt: skip


def staffing(folder, zh=None, **changes):
    """The lesson with a calculator; `changes` in both languages, `zh` in the Chinese one only."""
    for name, more in (("zh-hans", zh or {}), ("en", {})):
        value = {key: part for key, part in (STAFFING | changes | more).items() if part is not ...}
        lesson(folder, name, f"```staffing\n{yaml.safe_dump(value, allow_unicode=True)}```\n")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"calls": ...}, "`calls` is missing"),
        ({"task": ""}, "`task` is missing"),
        ({"agents": 1}, "agents: 1 is not a whole number from 2 up"),
        ({"aht_s": "4 min"}, "aht_s: '4 min' is not a whole number"),
        ({"service_level_percent": 100}, "service_level_percent: 100 is more than 99"),
        ({"patience_s": 5}, "patience_s: 5 is not a whole number from 10 up"),
        ({"sliders": ["colour"]}, "sliders: 'colour' is none of calls"),
        ({"sliders": "calls"}, "sliders: a list is expected"),
        ({"sliders": ["patience_s"]}, "give `patience_s` a value"),
        ({"clals": 60}, "there is no field `clals`"),
        ({"zh": {"calls": 61}}, "the figures differ between the languages"),
    ],
)
def test_mistakes_in_a_staffing_calculator_are_named(pack_folder, changes, words):
    staffing(pack_folder, **changes)

    assert any(
        problem.startswith("courses/one/first: staffing: ") and words in problem for problem in problems_of(pack_folder)
    )


@pytest.mark.django_db
def test_a_staffing_calculator_is_loaded_once(pack_folder, at):
    staffing(pack_folder, zh={"task": "试一试", "title": "早班"}, patience_s=90)
    (pack_folder / "courses" / "one" / "course.yaml").write_text("key: one\norder: 1\ntitle: One\nlessons: [first]\n")
    pack = read_pack(pack_folder)

    load_pack(pack, actor=None, at=at)
    load_pack(pack, actor=None, at=at)

    pages = LessonPage.objects.filter(slug="first").order_by("locale__language_code")
    (en,), (zh,) = ([block.value for block in page.body] for page in pages)
    assert (en["task"], zh["task"], zh["title"]) == ("Try it.", "试一试", "早班")
    assert (en["calls"], en["patience_s"], en["sliders"]) == (60, 90, ["calls"])
    assert [page.revisions.count() for page in pages] == [1, 1]


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


# --- questions and quizzes -------------------------------------------------------------------------------------


def bank(folder, *questions, quizzes=(), media=()):
    """Questions (and quizzes) of the tiny pack."""
    (folder / "questions").mkdir(exist_ok=True)
    (folder / "questions" / "all.yaml").write_text(yaml.safe_dump({"questions": list(questions)}), encoding="utf-8")
    (folder / "quizzes.yaml").write_text(yaml.safe_dump({"quizzes": list(quizzes)}), encoding="utf-8")
    (folder / "media").mkdir(exist_ok=True)
    for name, content in media:
        (folder / "media" / name).write_bytes(content)


def both(zh, en):
    return {"zh-hans": zh, "en": en}


def question(kind="single", key="q", **more):
    options = [{"text": both("对", "Yes"), "right": True}, {"text": both("错", "No")}]
    return {"key": key, "skill": "crm", "use": "exam", "kind": kind, "stem": both("题", "Q"), "options": options} | more


def quiz(**more):
    slots = [{"skill": "crm", "count": 1}]
    return {
        "key": "z", "title": both("测", "Quiz"), "purpose": "course", "pass_share": "0.80", "time_limit_minutes": 5,
        "slots": slots,
    } | more  # fmt: skip


CLOZE = question(
    "cloze",
    stem=both("[[1]] 和 [[2]]", "[[1]] and [[2]]"),
    partial_credit=True,
    gaps=[{"number": 1, "kind": "numeric", "unit": "%"}, {"number": 2, "kind": "single", "weight": "2"}],
    options=[
        {"gap": 1, "text": "90", "right": True, "tolerance": "0.5"},
        {"gap": 2, "text": both("对", "Yes"), "right": True},
        {"gap": 2, "text": both("错", "No"), "credit": "0.5", "feedback": both("不", "No")},
    ],
)


def test_every_kind_is_read(pack_folder):
    rubric = [{"text": both("清楚", "Clear"), "points": 4}]
    pairs = [{"text": both(n, n), "match": both(m, m)} for n, m in ("1a", "2b")] + [{"match": both("x", "x")}]
    numbers = [{"text": 345, "right": True}, {"text": "300", "credit": "0.5"}]
    bank(
        pack_folder,
        CLOZE,
        question("written", "w", options=rubric),
        question("matching", "m", options=pairs),
        question("numeric", "n", unit="s", options=numbers),
        question("ordering", "o", options=[{"text": both("一", "1")}, {"text": both("二", "2")}]),
        question("short_text", "s", match_case=True, options=[{"text": "CRM", "right": True}]),
    )

    words = read_pack(pack_folder).wordings

    assert words["q"].gaps == (GapWords(1, "numeric", unit="%"), GapWords(2, "single", Decimal(2)))
    assert words["q"].options[0] == OptionWords("90", "90", is_right=True, tolerance=Decimal("0.5"), gap=1)
    assert (words["q"].options[2].credit, words["q"].partial_credit) == (Decimal("0.5"), True)
    assert words["w"].options[0].credit == 4
    assert [option.match_en for option in words["m"].options] == ["a", "b", "x"]
    assert (words["n"].unit, words["n"].options[0].text_zh) == ("s", "345")
    assert words["s"].match_case


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (question("essay"), "kind: 'essay' is none of single"),
        (question(kind=None), "`kind` is missing"),
        (question(use=None), "`use` is missing"),
        (question(use="both"), "use: 'both' is none of"),
        (question(skill=None), "`skill` is missing"),
        (question(difficulty=7), "1 is easy, 5 is hard"),
        (question(tags="hold"), "tags: a list is expected"),
        (question(colour="red"), "there is no field `colour`"),
        (question(options="none"), "options: a list of mappings"),
        (question(options=[{"text": both("对", "Yes"), "right": "false"}]), "options 1: right: 'false' is neither"),
        (question(options=[{"text": both("对", "Yes"), "rihgt": True}]), "options 1: there is no field `rihgt`"),
        (
            question(options=[{"text": both("对", "Yes"), "credit": "much"}]),
            "options 1: credit: 'much' is not a number",
        ),
        (question(options=[{"text": both("对", "Yes"), "points": 1}]), "write `credit` for this kind"),
        (question("written", options=[{"text": both("对", "Yes"), "credit": 1}]), "write `points` for this kind"),
        (
            question("numeric", options=[{"text": "many", "right": True}]),
            "options 1: An accepted answer isn't a number.",
        ),
        (question(options=[]), "No option is marked as right."),
        (CLOZE | {"gaps": [{"number": 1, "kind": "matching"}]}, "gaps 1: kind: 'matching' is none of"),
        (CLOZE | {"stem": both("[[1]]", "[[1]]")}, "aren't the same"),
        (question(stem=both("![图](media/no.png)", "Q")), "there is no file `media/no.png`"),
        (question(audio="no.mp3"), "there is no file `media/no.mp3`"),
    ],
)
def test_mistakes_in_a_question_are_named(pack_folder, row, words):
    bank(pack_folder, row)

    assert any(
        problem.startswith("questions/all.yaml, q: ") and words in problem for problem in problems_of(pack_folder)
    )


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (quiz(purpose="fun"), "purpose: 'fun' is none of"),
        (quiz(pass_share="80"), "is not a share between 0 and 1"),
        (quiz(time_limit_minutes="5"), "time_limit_minutes: '5' is not a whole number"),
        (quiz(attempts_allowed=0), "attempts_allowed: 0 is not a whole number from 1 up"),
        (quiz(opens_at=datetime(2026, 3, 2, 9, 0)), "opens_at: 2026-03-02 09:00:00 is not an instant"),  # noqa: DTZ001
        (quiz(overdue="grace"), "how long can it still be handed in?"),
        (quiz(overdue="later"), "overdue: 'later' is none of"),
        (quiz(counting="worst"), "counting: 'worst' is none of"),
        (quiz(navigation="backward"), "navigation: 'backward' is none of"),
        (quiz(review={"someday": ["marks"]}), "review: 'someday' is none of"),
        (quiz(review={"later": ["secrets"]}), "review: 'secrets' is none of"),
        (quiz(review="all"), "review: a mapping of times"),
        (quiz(slots=[]), "a quiz asks at least one thing"),
        (quiz(slots=[{"skill": "crm", "count": 0}]), "slots 1: count: 0 is not a whole number from 1 up"),
        (quiz(slots=[{"question": "q", "tag": "x"}]), "slots 1: a fixed question takes neither"),
        (quiz(slots=[{"question": "q", "count": 2}]), "slots 1: a fixed question counts as one"),
        (quiz(slots=[{"question": "nope"}]), "there is no question `nope`"),
        (quiz(slots=[{"skill": "crm", "section": 1}]), "slots 1: there is no section 1"),
        (quiz(slots=[{"skill": "crm", "points": 0}]), "slots 1: points: a slot is worth something"),
        (quiz(slots=[{"skill": "crm", "difficulty": 9}]), "slots 1: difficulty: 1 is easy"),
        (quiz(slots=[{"skill": "crm", "must_pass": "yes"}]), "slots 1: must_pass: 'yes' is neither"),
        (quiz(sections=[{"title": {"en": "Sums"}}]), "sections 1: title: both languages are needed"),
        (quiz(sections=[{"title": both("算", "Sums"), "pass_share": 2}]), "sections 1: pass_share: 2 is not a share"),
        (quiz(passmark=1), "there is no field `passmark`"),
    ],
)  # fmt: skip
def test_mistakes_in_a_quiz_are_named(pack_folder, row, words):
    bank(pack_folder, question(), quizzes=[row])

    assert any(problem.startswith("quizzes.yaml, z: ") and words in problem for problem in problems_of(pack_folder))


@pytest.mark.django_db
def test_media_and_rules_are_loaded(pack_folder, at):
    bank(
        pack_folder,
        question(stem=both("看 ![点](media/dot.png)", "See ![dot](media/dot.png)"), audio={"en": "clip.mp3"}),
        CLOZE | {"key": "gaps", "tags": ["t"], "difficulty": 4},
        quizzes=[
            quiz(
                attempts_allowed=None, time_limit_minutes=None, wait_minutes=60, per_page=0, counting="last",
                opens_at=datetime(2026, 3, 2, 1, 0, tzinfo=UTC), overdue="grace", grace_minutes=5,
                navigation="sequential", second_marker=True, review={"right_after": ["marks"], "later": []},
                sections=[{"title": both("算", "Sums"), "pass_share": "0.5"}],
                slots=[
                    {"question": "q", "points": 2, "must_pass": True},
                    {"tag": "t", "difficulty": 4, "count": 1, "section": 1},
                ],
            )
        ],
        media=[("dot.png", b"\x89PNG\r\n\x1a\n"), ("clip.mp3", b"ID3")],
    )  # fmt: skip
    pack = read_pack(pack_folder)

    load_pack(pack, actor=None, at=at)

    asked = QuestionVersion.objects.get(question__key="q")
    assert {media.name for media in asked.media.all()} == {"dot.png", "clip.mp3"}
    assert (asked.audio_zh, asked.audio_en.name) == (None, "clip.mp3")
    version = QuizVersion.objects.get()
    assert rules_of(version) == QuizRules(
        pass_share=Decimal("0.8"), time_limit_minutes=None, attempts_allowed=None, wait_minutes=60, per_page=0,
        counting="last", opens_at=datetime(2026, 3, 2, 1, 0, tzinfo=UTC), overdue="grace", grace_minutes=5,
        navigation="sequential", needs_second_marker=True, review={"right_after": ["marks"]},
        sections=(SectionPlan("算", "Sums", Decimal("0.5")),),
    )  # fmt: skip
    assert [(slot.points, slot.is_must_pass, slot.section, slot.difficulty) for slot in version.slots.all()] == [
        (2, True, 0, None), (1, False, 1, 4),
    ]  # fmt: skip
    counts = AuditEntry.objects.count()
    load_pack(pack, actor=None, at=at)
    assert AuditEntry.objects.count() == counts


def test_a_file_that_is_no_picture_is_named(pack_folder):
    bank(pack_folder, question(), media=[("evil.svg", b"<svg/>")])

    assert any(problem.startswith("media/evil.svg: only PNG") for problem in problems_of(pack_folder))


def test_each_course_of_the_starter_pack_is_full():
    """Six lessons and more, each with skills and a self-check; a timed quiz that draws from a bank of 25 and more."""
    pack = read_pack(STARTER)
    quizzes = {row["course"]: row for row in pack.quizzes if row.get("course")}

    for course in pack.courses:
        assert len(course.lessons) >= 6, course.key
        for key, texts in course.lessons.items():
            for variant in texts.values():
                assert 3 <= variant.minutes <= 8, key
                assert variant.skills, key
                blocks = [name for name, _value in variant.blocks]
                assert "check" in blocks, key
                assert {"dialogue", "say-dont"} & set(blocks), key
        quiz = quizzes[course.key]
        assert quiz["time_limit_minutes"]
        (slot,) = quiz["slots"]
        bank = [row for row in pack.questions if row["use"] == "exam" and slot["tag"] in row["tags"]]
        assert len(bank) >= 25, course.key
        assert slot["count"] * 2 <= len(bank), course.key
        assert len({row["kind"] for row in bank}) >= 5, course.key
        assert all(row["explanation"][language] for row in bank for language in ("zh-hans", "en"))


def test_sums_of_the_starter_pack_have_a_quiz_of_their_own_outside_the_track():
    pack = read_pack(STARTER)
    (track,) = pack.tracks

    assert "wfm-calculations-quiz" not in [step["key"] for step in track["steps"]]
    courses = {course.key for course in pack.courses}
    assert not [
        row["key"] for row in pack.questions if "wfm-calculations" in row["tags"] and courses & set(row["tags"])
    ]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_right_answer_of_the_starter_pack_shows_by_its_length(language):
    """Of each course's single-choice questions, the right answer is the only longest one in fewer than half."""
    pack = read_pack(STARTER)

    for course in pack.courses:
        bank = [
            [(len(option["text"][language]), option.get("right", False)) for option in row["options"]]
            for row in pack.questions
            if row["kind"] == "single" and row["use"] == "exam" and course.key in row["tags"]
        ]
        telling = [
            lines
            for lines in bank
            if next(n for n, right in lines if right) > max(n for n, right in lines if not right)
        ]
        assert len(telling) * 2 < len(bank), course.key


def test_people_mark_no_question_that_a_quiz_of_the_starter_pack_draws():
    """A re-test with an answer that waits for a marker would hold up the ticket."""
    pack = read_pack(STARTER)
    skills = {slot.get("skill") for row in pack.quizzes for slot in row["slots"]}
    tags = {slot.get("tag") for row in pack.quizzes for slot in row["slots"]}

    for row in pack.questions:
        if row["kind"] in ("written", "spoken"):
            assert row["skill"] not in skills
            assert not tags & set(row["tags"])


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
