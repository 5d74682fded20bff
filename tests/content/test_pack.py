"""The pack that comes with the product; questions and quizzes of packs."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from assessments.bank.models import QuestionVersion
from assessments.bank.rules import GapWords, OptionWords
from assessments.quizzes.models import QuizVersion
from assessments.quizzes.services import QuizRules, SectionPlan, rules_of
from content.exporters.keys import page_key
from content.format.questions import wording
from content.importers.pack import load_pack
from content.readers.pack import read_pack
from courses.catalogue.models import LessonPage
from courses.enrolment.models import RequiredTrack, TrackVersion
from lms.audit.models import AuditEntry
from tests.content.packs import STARTER, both, problems_of, put, tiny


@pytest.fixture
def pack_folder(tmp_path):
    """A tiny pack to break."""
    return tiny(tmp_path)


def test_starter_pack_is_whole():
    pack = read_pack(STARTER)

    assert {course.key for course in pack.all("course")} == {
        "product-basics", "phrasing-basics", "crm-basics", "wfm-basics",
    }  # fmt: skip
    skills = [entry.value for entry in pack.all("skill")]
    assert sum(skill["kind"] == "competence" for skill in skills) == 7
    assert all(len(skill["levels"]) == 5 for skill in skills)
    assert all(level["behaviour"].zh and level["behaviour"].en for skill in skills for level in skill["levels"])
    assert pack.notes == ()


# --- questions and quizzes -------------------------------------------------------------------------------------


def bank(folder, *questions, quizzes=(), media=()):
    """Questions (and quizzes) of the tiny pack."""
    put(folder, "questions/all.yaml", {"questions": list(questions)})
    put(folder, "quizzes.yaml", {"quizzes": list(quizzes)})
    for name, content in media:
        put(folder, f"media/{name}", content)


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

    words = {entry.key: wording(entry.value) for entry in read_pack(pack_folder).all("question")}

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
        (question(difficulty=7), "difficulty: 7 is more than 5"),
        (question(tags="hold"), "tags: a list is expected"),
        (question(colour="red"), "there is no field `colour`"),
        (question(options="none"), "options: a list is expected"),
        (question(options=[{"text": both("对", "Yes"), "right": "false"}]), "options: right: 'false' is neither"),
        (question(options=[{"text": both("对", "Yes"), "rihgt": True}]), "options: there is no field `rihgt`"),
        (
            question(options=[{"text": both("对", "Yes"), "credit": "much"}]),
            "options: credit: 'much' is not a number",
        ),
        (question(options=[{"text": both("对", "Yes"), "points": 1}]), "write `credit` for this kind"),
        (question("written", options=[{"text": both("对", "Yes"), "credit": 1}]), "write `points` for this kind"),
        (
            question("numeric", options=[{"text": "many", "right": True}]),
            "options: An accepted answer isn't a number.",
        ),
        (question(options=[]), "No option is marked as right."),
        (CLOZE | {"gaps": [{"number": 1, "kind": "matching"}]}, "gaps: kind: 'matching' is none of"),
        (CLOZE | {"stem": both("[[1]]", "[[1]]")}, "aren't the same"),
        (question(stem=both("![图](media/no.png)", "Q")), "there is no file `media/no.png`"),
        (question(audio="no.mp3"), "there is no file `media/no.mp3`"),
    ],
)
def test_mistakes_in_a_question_are_named(pack_folder, row, words):
    bank(pack_folder, row)

    assert any(problem.startswith("questions/all.yaml:") and words in problem for problem in problems_of(pack_folder))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (quiz(purpose="fun"), "purpose: 'fun' is none of"),
        (quiz(pass_share="80"), "pass_share: 80 is more than 1"),
        (quiz(time_limit_minutes="5"), "time_limit_minutes: '5' is not a whole number"),
        (quiz(attempts_allowed=0), "attempts_allowed: 0 is less than 1"),
        (quiz(opens_at=datetime(2026, 3, 2, 9, 0)), "opens_at: '2026-03-02 09:00:00' is not an instant"),  # noqa: DTZ001
        (quiz(overdue="grace"), "how long can it still be handed in?"),
        (quiz(overdue="later"), "overdue: 'later' is none of"),
        (quiz(counting="worst"), "counting: 'worst' is none of"),
        (quiz(navigation="backward"), "navigation: 'backward' is none of"),
        (quiz(review={"someday": ["marks"]}), "review: there is no field `someday`"),
        (quiz(review={"later": ["secrets"]}), "review: later: 'secrets' is none of"),
        (quiz(review="all"), "review: a mapping is expected"),
        (quiz(slots=[]), "slots: at least 1 is needed"),
        (quiz(slots=[{"skill": "crm", "count": 0}]), "slots: count: 0 is less than 1"),
        (quiz(slots=[{"question": "q", "tag": "x"}]), "slots: a fixed question takes neither"),
        (quiz(slots=[{"question": "q", "count": 2}]), "slots: a fixed question counts as one"),
        (quiz(slots=[{"question": "nope"}]), "there is no question `nope`"),
        (quiz(slots=[{"skill": "crm", "section": 1}]), "slots: section: there is no section 1"),
        (quiz(slots=[{"skill": "crm", "points": 0}]), "slots: points: 0 is not more than 0"),
        (quiz(slots=[{"skill": "crm", "difficulty": 9}]), "slots: difficulty: 9 is more than 5"),
        (quiz(slots=[{"skill": "crm", "must_pass": "yes"}]), "slots: must_pass: 'yes' is neither"),
        (quiz(sections=[{"title": {"en": "Sums"}}]), "sections: title: `zh-hans` is missing"),
        (quiz(sections=[{"title": both("算", "Sums"), "pass_share": 2}]), "sections: pass_share: 2 is more than 1"),
        (quiz(passmark=1), "there is no field `passmark`"),
    ],
)  # fmt: skip
def test_mistakes_in_a_quiz_are_named(pack_folder, row, words):
    bank(pack_folder, question(), quizzes=[row])

    assert any(problem.startswith("quizzes.yaml:") and words in problem for problem in problems_of(pack_folder))


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


def _values(pack, kind):
    return [entry.value for entry in pack.all(kind)]


def test_each_course_of_the_starter_pack_is_full():
    """Six lessons and more, each with skills and a self-check; a timed quiz that draws from a bank of 25 and more."""
    pack = read_pack(STARTER)
    quizzes = {row["course"]: row for row in _values(pack, "quiz") if row["course"]}

    for course in pack.all("course"):
        lessons = {key: texts for key, texts in pack.lessons.items() if pack.course_of[key] == course.key}
        assert len(lessons) >= 6, course.key
        for key, texts in lessons.items():
            for variant in texts.values():
                assert 3 <= variant.front["minutes"] <= 8, key
                assert variant.front["skills"], key
                blocks = {block.name for block, _value in variant.blocks}
                assert "check" in blocks, key
                assert {"dialogue", "say-dont"} & blocks, key
        quiz = quizzes[course.key]
        assert quiz["time_limit_minutes"]
        (slot,) = quiz["slots"]
        bank = [row for row in _values(pack, "question") if row["use"] == "exam" and slot["tag"] in row["tags"]]
        assert len(bank) >= 25, course.key
        assert slot["count"] * 2 <= len(bank), course.key
        assert len({row["kind"] for row in bank}) >= 5, course.key


def test_sums_of_the_starter_pack_have_a_quiz_of_their_own_outside_the_track():
    pack = read_pack(STARTER)
    (track,) = _values(pack, "track")

    assert "wfm-calculations-quiz" not in [step["key"] for step in track["steps"]]
    courses = {course.key for course in pack.all("course")}
    assert not [
        row["key"]
        for row in _values(pack, "question")
        if "wfm-calculations" in row["tags"] and courses & set(row["tags"])
    ]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_right_answer_of_the_starter_pack_shows_by_its_length(language):
    """Of each course's single-choice questions, the right answer is the only longest one in fewer than half."""
    pack = read_pack(STARTER)

    for course in pack.all("course"):
        bank = [
            [(len(option["text"].of(language)), option["right"]) for option in row["options"]]
            for row in _values(pack, "question")
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
    slots = [slot for entry in pack.all("quiz") for slot in entry.value["slots"]]
    skills, tags = {slot["skill"] for slot in slots}, {slot["tag"] for slot in slots}

    for row in (entry.value for entry in pack.all("question")):
        if row["kind"] in ("written", "spoken"):
            assert row["skill"] not in skills
            assert not tags & set(row["tags"])


@pytest.mark.slow
@pytest.mark.django_db
def test_the_starter_pack_is_there_in_both_languages_with_its_track(at):
    pack = read_pack(STARTER)
    load_pack(pack, actor=None, at=at)

    again = load_pack(pack, actor=None, at=at)

    assert {outcome for counts in again.counts.values() for outcome in counts} == {"unchanged"}
    languages = LessonPage.objects.filter(translation_key=page_key("starter", "lesson", "restate-the-problem")).live()
    assert {page.locale.language_code for page in languages} == {"zh-hans", "en"}
    track = TrackVersion.objects.get()
    assert [step.kind for step in track.steps.all()].count("quiz") == 4
    assert (track.validity_months, track.validity_mode, track.renewal_days) == (12, "previous_expiry", 30)
    assert RequiredTrack.objects.filter(job_role__key="voice-agent", track_key=track.track_key).exists()
