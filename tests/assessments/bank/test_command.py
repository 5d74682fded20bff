"""`manage.py import_questions`."""

import json

import pytest
from django.core.management import CommandError, call_command

from assessments.bank.models import Question
from lms.skills.models import Skill
from tests.assessments.bank.reading import SAMPLES
from tests.factories.skills import SkillFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

SOUND = "::One:: Q {T}\n\n::Two:: R {=a ~b}\n"


@pytest.fixture
def run(capsys, tmp_path):
    """(exit code, what it printed) of the command on a file with the given text."""

    def run(content, *options, form="gift"):
        file = content
        if isinstance(content, str):
            file = tmp_path / "questions.txt"
            file.write_text(content)
        try:
            call_command("import_questions", str(file), "--format", form, *options)
        except SystemExit as end:
            return end.code, capsys.readouterr().out
        return 0, capsys.readouterr().out

    return run


def test_json_is_one_object_and_the_exit_code_0_if_nothing_was_refused(run):
    code, out = run(SOUND, "--json")

    assert (code, json.loads(out)) == (0, {"imported": 2, "refused": [], "kinds": {"single": 1, "true_false": 1}})
    assert Question.objects.count() == 2


def test_exit_code_is_1_if_something_was_refused(run):
    code, out = run(SOUND + "\nno answer\n", "--json")

    told = json.loads(out)
    assert code == 1
    assert told["imported"] == 2
    assert told["refused"] == [
        {"where": "line 5 (no answer)", "reason": "It is a text without a question: it has no answer in braces."}
    ]
    assert Question.objects.count() == 2


def test_dry_run_writes_nothing(run):
    code, out = run(SOUND, "--json", "--dry-run")

    assert (code, json.loads(out)["imported"]) == (0, 2)
    assert not Question.objects.exists()
    assert not Skill.objects.exists()


def test_all_or_nothing(run):
    code, out = run(SOUND + "\nno answer\n", "--json", "--all-or-nothing")

    assert (code, json.loads(out)["imported"], json.loads(out)["kinds"]) == (1, 0, {})
    assert not Question.objects.exists()
    assert not Skill.objects.exists()


def test_again_changes_nothing(run):
    run(SOUND)

    code, out = run(SOUND)

    assert code == 0
    assert out.startswith("new 0, revised 0, unchanged 2, refused 0\n")


def test_options(run):
    crm = SkillFactory(key="crm")

    run(SOUND, "--language", "en", "--skill", "crm", "--status", "ready")

    rows = Question.objects.all()
    assert {(row.skill, row.status) for row in rows} == {(crm, "ready")}
    assert sorted(row.versions.get().stem_en for row in rows) == ["Q", "R"]


def test_questions_without_skill_wait_to_be_sorted(run):
    run(SOUND)

    assert set(Question.objects.values_list("skill__key", flat=True)) == {"unsorted"}


def test_unreadable_file_is_one_refusal(run, tmp_path):
    for form, content in (("xlsx", "no table"), ("moodlexml", "<html/>"), ("qti", "")):
        code, out = run(content, "--json", form=form)

        assert (code, json.loads(out)["imported"], len(json.loads(out)["refused"])) == (1, 0, 1)
    code, out = run(tmp_path / "gone.txt", "--json")
    assert (code, json.loads(out)["refused"][0]["reason"]) == (1, "No such file or directory")


def test_file_that_is_too_large_is_not_read(run, tmp_path):
    file = tmp_path / "large.xml"
    with file.open("wb") as target:
        target.truncate(200 * 1024 * 1024)

    code, out = run(file, "--json", form="moodlexml")

    assert (code, "larger than 64 MB" in out) == (1, True)


def test_skill_that_is_not_there(run):
    code, out = run(SOUND, "--json", "--skill", "gone")

    assert (code, json.loads(out)["refused"]) == (1, [{"where": "--skill", "reason": "There is no skill “gone”."}])


def test_unknown_format_is_an_error(run):
    with pytest.raises(CommandError):
        run(SOUND, form="word")


@pytest.mark.parametrize(
    ("form", "file", "imported", "refused"),
    [
        ("gift", "desk.gift", 9, 3),
        ("moodlexml", "desk.moodle.xml", 9, 3),
        ("aiken", "desk.aiken.txt", 2, 5),
        ("qti", "choice.qti21.xml", 1, 0),
        ("xlsx", "bank.csv", 0, 3),
    ],
)
def test_samples(run, form, file, imported, refused):
    code, out = run(SAMPLES / file, "--json", form=form)

    told = json.loads(out)
    assert (told["imported"], len(told["refused"]), sum(told["kinds"].values())) == (imported, refused, imported)
    assert code == (1 if refused else 0)
