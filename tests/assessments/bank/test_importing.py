"""Taking over questions: planned as it is written, nothing unmentioned; and out again."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.bank.exports import EXAMPLES
from assessments.bank.formats import FORMATS
from assessments.bank.formats.records import FileNote, Filing, MediaFile, ReadQuestion, RefusedQuestion
from assessments.bank.models import Question, QuestionMedia, QuestionVersion
from assessments.bank.queries import newest_versions, wording_of
from assessments.bank.rules import OptionWords, Wording
from assessments.bank.services import (
    export_questions,
    import_questions,
    keep_media,
    lacks_skill,
    write_question,
    written_questions,
)
from lms.audit.models import AuditEntry
from tests.assessments.bank.reading import MP3, PNG, sample
from tests.factories.bank import QuestionFactory
from tests.factories.skills import SkillFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

HOLD = Wording("single", "等候前说什么？", "", (OptionWords("原因", "", is_right=True), OptionWords("等一下", "")))


def question(wording=HOLD, where="line 1", **filing):
    return ReadQuestion(where, wording, Filing(**({"key": "hold"} | filing)))


@pytest.fixture
def take(cast, at):
    """Import what a reader hands over, under the skill `product` unless told otherwise."""
    product = SkillFactory(key="product")

    def take(*read, **more):
        more = {"default_skill": product, "actor": cast.tess, "at": at} | more
        return import_questions(read, **more)

    return take


def outcomes(report):
    return [str(line.outcome) for line in report.lines]


def test_new_question(take, cast):
    crm = SkillFactory(key="crm")
    item = question(skill="crm", use="practice", status="ready", difficulty=4, tags=("a", "b"))

    report = take(item, file_name="desk.gift", file_format="gift")

    assert outcomes(report) == ["new"]
    (row,) = Question.objects.all()
    assert (row.key, row.skill, row.use, row.status, row.difficulty) == ("hold", crm, "practice", "ready", 4)
    assert (row.tags, row.owner) == (["a", "b"], cast.tess)
    assert wording_of(row.versions.get()) == HOLD
    entry = AuditEntry.objects.get(action="questions_imported")
    assert entry.changes == {"file": [None, "desk.gift"], "format": [None, "gift"], "new": [None, 1]}


def test_what_the_file_does_not_say_is_the_importers_choice(take):
    take(question(), default_status="ready")

    row = Question.objects.get()
    assert (row.skill.key, row.use, row.status, row.difficulty, row.tags) == ("product", "exam", "ready", 2, [])


def test_dry_run_says_the_same_and_writes_nothing(take):
    read = [
        question(),
        question(key="other", skill="gone"),
        RefusedQuestion("line 9", "Broken."),
        FileNote("row 1", "?"),
    ]

    tried = take(*read, is_dry_run=True)

    assert not Question.objects.exists()
    assert not AuditEntry.objects.exists()
    assert outcomes(tried) == ["new", "refused", "refused", "noted"]
    assert take(*read) == tried
    assert Question.objects.count() == 1


def test_all_or_nothing_writes_nothing_as_soon_as_one_is_refused(take):
    report = take(question(), RefusedQuestion("line 9", "Broken."), is_all_or_nothing=True)

    assert (report.is_held, report.taken, [line.reason for line in report.refused]) == (True, [], ["Broken."])
    assert not Question.objects.exists()
    assert not take(question(), is_all_or_nothing=True).is_held
    assert Question.objects.count() == 1


def test_the_same_file_again_changes_nothing(take):
    take(question(tags=("a",)))
    entries = AuditEntry.objects.count()

    report = take(question(replace(HOLD, stem_zh=HOLD.stem_zh + "\r\n "), tags=("a",)))

    assert outcomes(report) == ["unchanged"]
    assert (len(report.taken), Question.objects.count(), AuditEntry.objects.count()) == (1, 1, entries)


def test_known_key_is_revised_and_what_was_asked_stays(take, at):
    row = QuestionFactory(key="hold", version__used=True, tags=["kept"], difficulty=5)
    before = wording_of(row.versions.get())

    report = take(question())

    assert outcomes(report) == ["changed"]
    row.refresh_from_db()
    assert [wording_of(version) for version in row.versions.order_by("number")] == [before, HOLD]
    assert (row.tags, row.difficulty, row.status) == (["kept"], 5, "ready")


def test_known_key_is_filed_anew(take):
    row = QuestionFactory(key="hold", version=False)
    write = {"skill": row.skill, "actor": None}
    row.delete()
    write_question(key="hold", wording=HOLD, at=QuestionFactory().versions.get().created_at, **write)

    report = take(question(status="retired", tags=("x",)))

    assert outcomes(report) == ["changed"]
    row = Question.objects.get(key="hold")
    assert (row.status, row.tags, row.versions.count()) == ("retired", ["x"], 1)


def test_without_key_the_same_question_is_the_same_again(take):
    first = take(question(key="", name="Hold on"))
    again = take(question(key="", name="Hold on"))
    edited = take(question(replace(HOLD, stem_zh="别的？"), key="", name="Hold on"))

    assert [outcomes(report) for report in (first, again, edited)] == [["new"], ["unchanged"], ["new"]]
    assert all(key.startswith("hold-on-") for key in Question.objects.values_list("key", flat=True))


def test_key_that_is_no_slug_still_names_the_question(take):
    take(question(key="销售 1"))
    report = take(question(replace(HOLD, stem_zh="别的？"), key="销售 1"), question(key="售后 1"))

    assert outcomes(report) == ["changed", "new"]


def test_twice_in_a_file_is_refused_the_second_time(take):
    report = take(question(), question(replace(HOLD, stem_zh="别的？"), where="line 9"))

    assert outcomes(report) == ["new", "refused"]
    assert report.refused[0].reason == "It stands in this file twice; the other one: line 1."


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (question(skill="gone"), "There is no skill “gone”."),
        (question(replace(HOLD, options=HOLD.options[1:])), "A question needs at least two options."),
        (question(replace(HOLD, stem_zh="![x](media:abc)")), "The bank has no picture or recording “abc”."),
        (question(replace(HOLD, audio_zh="abc")), "The bank has no picture or recording “abc”."),
    ],
)
def test_what_cannot_be_taken_over_is_refused_with_its_reason(take, item, reason):
    report = take(item)

    assert reason in report.refused[0].reason
    assert not Question.objects.exists()


def test_draft_that_the_file_calls_one_may_be_unfinished(take):
    unfinished = replace(HOLD, options=())

    report = take(
        question(unfinished, status="draft"),
        question(unfinished, key="b"),
        question(unfinished, key="c", status="ready"),
    )

    assert outcomes(report) == ["new", "refused", "refused"]
    assert "unfinished draft" in report.lines[0].notes[0]
    assert wording_of(QuestionVersion.objects.get()) == unfinished


def test_without_any_skill_it_is_refused(take):
    assert outcomes(take(question(), default_skill=None)) == ["refused"]
    assert lacks_skill([question()])
    assert not lacks_skill([question(skill="product"), question(category=("Skill product",)), RefusedQuestion("", "")])


def test_category_is_a_skill_or_else_a_tag(take):
    crm = SkillFactory(key="crm", name_zh="客户管理")

    take(question(category=("Top", "客户管理")), question(key="b", category=("Top", "Opening"), tags=("x",)))

    assert Question.objects.get(key="hold").skill == crm
    assert Question.objects.get(key="b").tags == ["x", "Opening"]


def test_media_come_with_the_question(take):
    dot = MediaFile("dot.png", PNG)
    item = replace(question(replace(HOLD, stem_zh=f"![点](media:{dot.key})")), files=(dot,))

    report = take(item)

    assert report.lines[0].text == "[点]"
    row = QuestionMedia.objects.get()
    assert (row.key, row.name) == (dot.key, "dot.png")
    assert list(QuestionVersion.objects.get().media.all()) == [row]


def test_listening_needs_a_recording(take):
    dot = MediaFile("dot.png", PNG)

    report = take(replace(question(replace(HOLD, audio_zh=dot.key)), files=(dot,)))

    assert report.refused[0].reason == "What is to be listened to isn't a recording."


@pytest.mark.parametrize("n", [1, 3])
def test_planning_costs_the_same_for_1_and_3_questions(take, n):
    for number in range(3):
        QuestionFactory(key=f"q-{number}")
    read = [question(key=f"q-{number}") for number in range(n)]

    with CaptureQueriesContext(connection) as queries:
        take(*read, is_dry_run=True)

    assert len(queries) == 3  # skills, newest wordings, their options


def test_samples_of_all_formats_are_taken_over(take):
    names = {"gift": "desk.gift", "moodlexml": "desk.moodle.xml", "aiken": "desk.aiken.txt", "qti": "choice.qti21.xml", "xlsx": "bank.csv"}  # fmt: skip

    taken = {name: len(take(*FORMATS[name].read(sample(file), language="en")).taken) for name, file in names.items()}

    assert taken == {"gift": 9, "moodlexml": 9, "aiken": 2, "qti": 1, "xlsx": 1}
    assert Question.objects.count() == 21  # hold-1 stands in two of them


# --- and out again -------------------------------------------------------------------------------------------


@pytest.fixture
def bank(cast, at):
    """A question of each kind, each filed otherwise; one shows a picture, one plays a recording."""
    dot = keep_media(PNG, name="dot.png", actor=cast.tess, at=at)
    clip = keep_media(MP3, name="clip.mp3", actor=cast.tess, at=at)
    for number, wording in enumerate(EXAMPLES):
        if number == 0:
            wording = replace(wording, stem_zh=f"{wording.stem_zh}\n\n![点](media:{dot.key})", audio_zh=clip.key)
        write_question(
            key=f"q-{number}",
            skill=SkillFactory(key=f"skill-{number % 3}"),
            wording=wording,
            use=["exam", "practice"][number % 2],
            status=["draft", "ready", "retired"][number % 3],
            difficulty=1 + number % 5,
            tags=["tag", f"tag {number}"],
            actor=cast.tess,
            at=at,
        )
    write_question(key="draft", skill=SkillFactory(key="skill-1"), wording=Wording("single", "未完成", "", ()), actor=cast.tess, at=at)  # fmt: skip
    return Question.objects.all()


def told(*, without=()):
    """The whole bank as values."""
    rows = newest_versions().select_related("question__skill")
    return {
        row.question.key: (
            wording_of(row),
            row.question.skill.key,
            row.question.use,
            row.question.status,
            row.question.difficulty,
            row.question.tags,
        )
        for row in rows
        if row.question.key not in without
    }


def empty_bank():
    QuestionVersion.objects.all().delete()
    Question.objects.all().delete()


@pytest.mark.parametrize("name", ["moodlexml", "xlsx"])
def test_export_and_import_give_back_the_same_bank(bank, take, cast, at, name):
    before = told()
    file = export_questions(bank, into=FORMATS[name], actor=cast.tess, at=at)

    unchanged = take(*FORMATS[name].read(file.content, language="zh"))
    empty_bank()
    if name == "moodlexml":
        QuestionMedia.objects.all().delete()
    again = take(*FORMATS[name].read(file.content, language="zh"))

    assert set(outcomes(unchanged)) == {"unchanged"}
    assert set(outcomes(again)) == {"new"}
    assert told() == before
    assert AuditEntry.objects.get(action="questions_exported").changes["questions"] == [None, 11]


def test_gift_gives_back_what_it_can_say_and_names_the_rest(bank, take):
    before = told()
    file = written_questions(bank, into=FORMATS["gift"])
    empty_bank()

    take(*FORMATS["gift"].read(file.content, language="zh"))

    whole = {each.key for each in file.omissions if each.is_whole}
    named = {each.key for each in file.omissions}
    assert whole == {"q-4", "q-7", "q-9"}
    assert set(told()) == set(before) - whole
    assert told(without=named) == {key: value for key, value in before.items() if key not in named}
    assert {"q-1", "q-2", "q-3", "q-5"} & named == set()
    said = {(each.key, str(each.what)) for each in file.omissions}
    assert ("q-0", "The recording to listen to is left out.") in said
    assert ("q-8", "The rubric is left out.") in said
    assert b"// q-9: GIFT has no spoken answers: left out." in file.content


def test_export_names_media_that_are_gone_from_storage(bank, take):
    QuestionMedia.objects.get(name="dot.png").file.delete(save=False)

    file = written_questions(bank.filter(key="q-0"), into=FORMATS["moodlexml"])

    assert any("missing in storage" in str(each.what) for each in file.omissions)


@pytest.mark.parametrize("n", [1, 3])
def test_export_costs_the_same_for_1_and_3_questions(n):
    QuestionFactory.create_batch(n)

    with CaptureQueriesContext(connection) as queries:
        written_questions(Question.objects.all(), into=FORMATS["moodlexml"])

    assert len(queries) == 4  # size of the media, wordings, options, media
