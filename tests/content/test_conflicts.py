"""Packs that meet what people wrote on the site."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from assessments.bank.models import Question
from assessments.bank.queries import wording_of
from assessments.bank.services import revise_question
from assessments.quizzes.models import Quiz
from assessments.quizzes.services import publish_quiz, rules_of, slots_of, start_draft
from assessments.scenarios.models import ScenarioVersion
from assessments.scorecards.models import ScorecardVersion
from content.exporters.pack import write_pack
from content.importers.judging import Choice, Outcome, judge
from content.importers.pack import load_pack
from content.models import LoadedItem
from content.readers.pack import PackError, read_pack
from courses.catalogue.models import CoursePage, LessonPage, TrackPage, TrackPageAudience, TrackPagePrerequisite
from courses.enrolment.models import TrackAudience, TrackVersion
from lms.audit.models import AuditEntry
from lms.skills.models import Skill
from tests.content.packs import EVERYTHING, both, lesson, lessons, put, tiny

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def load(folder, **how):
    return load_pack(read_pack(folder), actor=None, at=AT, **how)


def outcomes(report):
    return {line.name: line.outcome for line in report.lines if line.outcome != Outcome.UNCHANGED}


@pytest.mark.parametrize(
    ("site", "pack", "loaded", "is_open", "choice", "outcome"),
    [
        (None, "a", None, False, None, Outcome.NEW),
        ("a", "a", None, False, None, Outcome.UNCHANGED),
        ("a", "a", "b", True, None, Outcome.UNCHANGED),
        ("a", "b", "a", False, None, Outcome.CHANGED),
        ("b", "a", "a", False, None, Outcome.KEPT),
        ("b", "c", "a", False, None, Outcome.CONFLICT),
        ("b", "c", None, False, None, Outcome.CONFLICT),
        ("a", "b", "a", True, None, Outcome.CONFLICT),
        (None, "a", "a", False, None, Outcome.KEPT),
        (None, "b", "a", False, None, Outcome.CONFLICT),
        (None, "a", None, True, None, Outcome.CONFLICT),
        ("b", "c", "a", False, Choice.OVERWRITE, Outcome.CHANGED),
        (None, "b", "a", False, Choice.OVERWRITE, Outcome.NEW),
        ("b", "c", "a", False, Choice.KEEP, Outcome.KEPT),
        ("a", "b", "a", False, Choice.KEEP, Outcome.CHANGED),
    ],
)
def test_three_states_decide(site, pack, loaded, is_open, choice, outcome):
    assert judge(site=site, pack=pack, loaded=loaded, is_open=is_open, choice=choice) == outcome


@pytest.mark.django_db
def test_only_what_changed_is_written(tmp_path):
    lessons(tiny(tmp_path))
    load(tmp_path)
    lesson(tmp_path, "en", "Other text\n")

    report = load(tmp_path)

    assert outcomes(report) == {"lesson first (en)": Outcome.CHANGED}
    assert {page.locale.language_code: page.revisions.count() for page in LessonPage.objects.all()} == {
        "zh-hans": 1, "en": 2,
    }  # fmt: skip


@pytest.mark.django_db
def test_an_edit_on_the_site_is_kept_and_reported_until_somebody_decides(tmp_path):
    lessons(tiny(tmp_path))
    load(tmp_path)
    page = LessonPage.objects.get(locale__language_code="en")
    page.title = "Ours"
    page.save_revision().publish()

    assert outcomes(load(tmp_path)) == {"lesson first (en)": Outcome.KEPT}
    lessons(tmp_path, "News\n")
    report = load(tmp_path)

    assert outcomes(report) == {"lesson first (en)": Outcome.CONFLICT, "lesson first (zh-hans)": Outcome.CHANGED}
    (conflict,) = report.conflicts
    assert conflict.words == "edited on this site since it was loaded"
    assert (conflict.file, conflict.line) == ("courses/one/first.en.md", 1)
    page.refresh_from_db()
    assert page.title == "Ours"
    assert outcomes(load(tmp_path, keep=["lesson:first"])) == {"lesson first (en)": Outcome.KEPT}
    assert outcomes(load(tmp_path)) == {"lesson first (en)": Outcome.KEPT}
    assert outcomes(load(tmp_path, overwrite=["first"])) == {"lesson first (en)": Outcome.CHANGED}
    page.refresh_from_db()
    assert page.title == "A"


@pytest.mark.django_db
def test_a_draft_in_the_editor_is_not_run_over(tmp_path):
    lessons(tiny(tmp_path))
    load(tmp_path)
    page = LessonPage.objects.get(locale__language_code="en")
    page.title = "Half written"
    page.save_revision()
    lesson(tmp_path, "en", "News\n")

    (conflict,) = load(tmp_path).conflicts

    assert "begun a change" in conflict.words
    page.refresh_from_db()
    assert page.get_latest_revision_as_object().title == "Half written"


@pytest.mark.django_db
def test_what_was_deleted_or_unpublished_here_does_not_come_back_by_itself(tmp_path):
    lessons(tiny(tmp_path))
    load(tmp_path)
    LessonPage.objects.get(locale__language_code="en").unpublish()
    Skill.objects.filter(key="crm").update(name_en="Ours")

    assert outcomes(load(tmp_path)) == {"lesson first (en)": Outcome.KEPT, "skill crm": Outcome.KEPT}
    load(tmp_path, overwrite=["all"])

    assert LessonPage.objects.get(locale__language_code="en").live
    assert Skill.objects.get(key="crm").name_en == "CRM"


@pytest.mark.django_db
def test_what_was_on_the_site_before_any_pack_is_a_conflict_unless_it_is_the_same(tmp_path):
    tiny(tmp_path)
    Skill.objects.create(key="crm", kind="knowledge", name_zh="CRM", name_en="Customers", order=0)

    (conflict,) = load(tmp_path).conflicts

    assert "no pack is known" in conflict.words
    Skill.objects.update(name_en="CRM")
    assert load(tmp_path).counts == {"skill": {"unchanged": 1}}
    assert LoadedItem.objects.filter(kind="skill").exists()


@pytest.mark.django_db
def test_the_command_says_conflicts_by_its_exit_code(tmp_path):
    tiny(tmp_path)
    Skill.objects.create(key="crm", kind="knowledge", name_zh="CRM", name_en="Customers")

    with pytest.raises(CommandError, match=r"(?s)1 conflict with.*skill crm") as told:
        call_command("load_pack", tmp_path, verbosity=0)

    assert told.value.returncode == 3


@pytest.mark.django_db
def test_the_rooms_rules_hold_when_everything_changes(tmp_path):
    """Used wordings, published quizzes, scripts and tracks get a next version; a standard in force is left to people."""
    import shutil

    folder = tmp_path / "pack"
    shutil.copytree(EVERYTHING, folder)
    load(folder)
    question = Question.objects.get(key="sum")
    question.versions.update(used_at=AT)
    for name, before, after in [
        ("questions/crm.yaml", "'345'", "'346'"),
        ("quizzes.yaml", "wait_minutes: 60", "wait_minutes: 90"),
        ("scenarios/move.yaml", "minutes: 6", "minutes: 7"),
        ("tracks/start.yaml", "due_days: 30", "due_days: 31"),
        ("scorecards/voice.yaml", "weight: '1.5'", "weight: '2'"),
        ("notice.yaml", "version: 2", "version: 3"),
        ("job_roles.yaml", "crm: 2", "crm: 4"),
        ("skills.yaml", "en: Looks up", "en: Looks it up"),
        ("terms.yaml", "After the call", "After hanging up"),
    ]:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")

    report = load(folder)

    assert outcomes(report) == {
        "question sum": Outcome.CHANGED,
        "quiz final": Outcome.CHANGED,
        "scenario move": Outcome.CHANGED,
        "track start": Outcome.CHANGED,
        "scorecard voice": Outcome.LEFT,
        "notice 3": Outcome.NEW,
        "job role agent": Outcome.CHANGED,
        "skill crm": Outcome.CHANGED,
        "term acw": Outcome.CHANGED,
    }
    assert question.versions.count() == 2
    assert list(Quiz.objects.get(key="final").versions.values_list("number", "state")) == [
        (2, "published"), (1, "published"),
    ]  # fmt: skip
    assert list(ScenarioVersion.objects.values_list("number", "minutes", "state")) == [
        (2, 7, "published"), (1, 6, "published"),
    ]  # fmt: skip
    assert ScorecardVersion.objects.count() == 1
    assert TrackVersion.objects.filter(slug="start").count() == 2
    again = load(folder)
    assert outcomes(again) == {"scorecard voice": Outcome.LEFT}
    entry = AuditEntry.objects.filter(action="pack_loaded").order_by("pk").last()
    assert entry.changes["changed"] == [None, 7]


@pytest.mark.django_db
def test_questions_and_quizzes_edited_on_the_site_are_conflicts(tmp_path):
    import shutil
    from dataclasses import replace

    folder = tmp_path / "pack"
    shutil.copytree(EVERYTHING, folder)
    load(folder)
    question = Question.objects.get(key="sum")
    words = replace(wording_of(question.versions.get()), stem_en="Ours")
    revise_question(question, words, actor=None, at=AT)
    quiz = Quiz.objects.get(key="again")
    start_draft(quiz, actor=None, at=AT)
    for name, before, after in [("questions/crm.yaml", "'345'", "'346'"), ("quizzes.yaml", "'0.75'", "'0.9'")]:
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")

    report = load(folder)

    assert outcomes(report) == {"question sum": Outcome.CONFLICT, "quiz again": Outcome.CONFLICT}
    draft = quiz.versions.get(state="draft")
    assert (rules_of(draft).pass_share, len(slots_of(draft))) == (rules_of(quiz.versions.last()).pass_share, 1)
    publish_quiz(draft, actor=None, at=AT)  # the author goes on as if nothing had been


@pytest.mark.django_db
def test_what_leaves_the_pack_stays_on_the_site(tmp_path):
    lessons(tiny(tmp_path))
    put(tmp_path, "terms.yaml", {"terms": [{"key": "acw", "name": "ACW", "definition": both("甲", "A")}]})
    load(tmp_path)
    (tmp_path / "terms.yaml").unlink()

    assert outcomes(load(tmp_path)) == {"term acw": Outcome.DROPPED}


@pytest.mark.django_db
def test_courses_and_lessons_take_their_new_order(tmp_path):
    tiny(tmp_path)
    for place, key in enumerate("abc", start=1):
        put(
            tmp_path,
            f"courses/{key}/course.yaml",
            {"key": key, "order": place, "title": key, "lessons": [f"{key}-1", f"{key}-2"]},
        )
        for number in "12":
            for language in ("zh-hans", "en"):
                put(tmp_path, f"courses/{key}/{key}-{number}.{language}.md", "---\ntitle: x\n---\n")
    load(tmp_path)
    assert {page.numchild for page in CoursePage.objects.all()} == {2}
    put(tmp_path, "courses/a/course.yaml", {"key": "a", "order": 9, "title": "a", "lessons": ["a-2", "a-1"]})

    assert outcomes(load(tmp_path)) == {"course a": Outcome.CHANGED, "course order courses": Outcome.CHANGED}

    for language in ("zh-hans", "en"):
        courses = CoursePage.objects.filter(locale__language_code=language).order_by("path")
        assert [page.slug for page in courses] == ["b", "c", "a"]
        assert [page.slug for page in courses[2].get_children()] == ["a-2", "a-1"]
    assert outcomes(load(tmp_path)) == {}


@pytest.mark.django_db
def test_what_the_site_cannot_take_is_told_with_its_place_and_nothing_is_written(tmp_path):
    """Draws that the bank can't fill."""
    tiny(tmp_path)
    slots = [{"skill": "crm", "count": 3}]
    row = {"key": "z", "title": both("测", "Quiz"), "purpose": "course", "pass_share": "0.8", "slots": slots}
    put(tmp_path, "quizzes.yaml", {"quizzes": [row, row | {"key": "y"}]})

    with pytest.raises(PackError) as refused:
        load(tmp_path)

    words = "Slot 1 asks for 3 questions, but only 0 ready exam questions are left."
    assert [str(problem) for problem in refused.value.problems] == [
        f"quizzes.yaml:2: quiz z: {words}", f"quizzes.yaml:11: quiz y: {words}",
    ]  # fmt: skip
    assert not Skill.objects.exists()
    assert not LoadedItem.objects.exists()


@pytest.mark.django_db
def test_a_track_that_comes_after_others_now_comes_before_them(tmp_path):
    """Whichever is written first, no circle stands in between."""
    import shutil

    folder = tmp_path / "pack"
    shutil.copytree(EVERYTHING, folder)
    load(folder)
    start, safety = folder / "tracks/start.yaml", folder / "tracks/safety.yaml"
    start.write_text(start.read_text(encoding="utf-8").replace("before:\n  - safety\n", ""), encoding="utf-8")
    safety.write_text(
        safety.read_text(encoding="utf-8").replace("for_whom:", "before: [start]\nfor_whom:"), encoding="utf-8"
    )

    report = load(folder)

    assert outcomes(report) == {"track start": Outcome.CHANGED, "track safety": Outcome.CHANGED}
    newest = {version.slug: version for version in TrackVersion.objects.order_by("number")}
    assert [row.track_key for row in newest["safety"].prerequisites.all()] == [newest["start"].track_key]
    assert not newest["start"].prerequisites.exists()


@pytest.mark.django_db
def test_a_circle_with_a_track_changed_on_the_site_is_refused(tmp_path):
    import shutil

    folder = tmp_path / "pack"
    shutil.copytree(EVERYTHING, folder)
    load(folder)
    pages = {page.slug: page.source for page in TrackPage.objects.all()}
    pages["refresher"].prerequisites = [TrackPagePrerequisite(track=pages["start"])]
    pages["refresher"].save_revision().publish()
    safety = folder / "tracks/safety.yaml"
    safety.write_text(
        safety.read_text(encoding="utf-8").replace("for_whom:", "before: [refresher]\nfor_whom:"), encoding="utf-8"
    )

    with pytest.raises(PackError) as refused:
        load(folder)

    (problem,) = refused.value.problems
    assert (problem.file, problem.line) == ("tracks/safety.yaml", 1)
    assert "nobody could ever begin: 安全 → " in problem.what


@pytest.mark.django_db
def test_rules_about_teams_and_people_stay_on_their_site(tmp_path, cast):
    import shutil

    folder = tmp_path / "pack"
    shutil.copytree(EVERYTHING, folder)
    load(folder)
    somebody = cast.ana
    page = TrackPage.objects.get(slug="safety", locale__language_code="zh-hans")
    page.audience.add(TrackPageAudience(person=somebody, sort_order=9))
    page.save_revision().publish()
    safety = folder / "tracks/safety.yaml"
    safety.write_text(safety.read_text(encoding="utf-8").replace("job_role: lead", "job_role: agent"), encoding="utf-8")

    report = load(folder)

    assert outcomes(report) == {"track safety": Outcome.CHANGED}
    rules = TrackAudience.objects.filter(track_key=page.translation_key)
    assert [(rule.job_role and rule.job_role.key, rule.person) for rule in rules] == [
        ("agent", None), (None, somebody),
    ]  # fmt: skip
    written = write_pack(today=AT.date())
    assert written.notes == ["track safety: a rule about teams, sites or people stays on this site"]
    assert b"for_whom:\n  - job_role: agent\nsteps:" in written.files["tracks/safety.yaml"]
    assert outcomes(load(folder)) == {}
