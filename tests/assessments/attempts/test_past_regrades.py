"""Earlier regrades, to be read again in full. Who may open them: tests/architecture/test_doors.py."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from assessments.attempts.queries import (
    attempts_judged,
    next_regrade,
    past_regrades,
    regrade_preview,
    voids_behind,
    with_attempts,
    with_people,
)
from assessments.attempts.services import commit_regrade, void_question, withdraw_void
from assessments.attempts.states import VoidMode
from tests.factories.assignments import AssignmentFactory
from tests.factories.attempts import sit
from tests.factories.quizzes import make_quiz
from tests.factories.sittings import wordings_of

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
HALF, THREE_QUARTERS = Decimal("0.5"), Decimal("0.75")


@pytest.fixture
def quiz(db):
    """Four questions; three right ones pass."""
    return make_quiz("past-quiz", questions=4, pass_share=THREE_QUARTERS)


@pytest.fixture
def failed(cast, quiz):
    return sit(AssignmentFactory(person=cast.ana, quiz=quiz), right=2)


@pytest.fixture
def faulty(failed):
    return failed.questions.filter(share=0).first().question_version


@pytest.fixture
def regrade(quiz, faulty, cast, at):
    """Ana passes by it."""
    void(faulty, cast.tess, at)
    return commit(quiz, cast.quinn, at + HOUR)


@pytest.fixture
def quinn(client, cast):
    return as_(client, cast.quinn)


def as_(client, person):
    person.language = "en"
    person.save()
    client.force_login(person)
    return client


def void(version, actor, at, mode=VoidMode.FULL):
    return void_question(version, mode=mode, reason="Two readings", actor=actor, at=at)


def commit(quiz, actor, at, reason="Question was faulty"):
    return commit_regrade(quiz, reason=reason, actor=actor, at=at, expected=regrade_preview(quiz).fingerprint)


def history(quiz):
    return reverse("assessments:regrade-history", args=[quiz.pk])


def detail(regrade):
    return reverse("assessments:regrade-detail", args=[regrade.pk])


# --- what it has recorded ------------------------------------------------------------------------------------


def test_a_past_regrade_tells_what_it_changed(quiz, failed, regrade):
    (past,) = past_regrades(quiz, [regrade])

    (change,) = past.counted
    assert (change.attempt, change.score, change.passed, change.counts) == (
        failed.pk, (HALF, THREE_QUARTERS), (False, True), True,
    )  # fmt: skip
    assert (past.previews, past.n_pass, past.n_fail, past.n_counting) == ((), 1, 0, 1)
    assert attempts_judged(regrade) == 1


def test_it_tells_the_same_after_a_later_one(quiz, failed, regrade, cast, at):
    withdraw_void(regrade.quiz.versions.get().attempts.get().questions.get(void="full").question_version.voids.get(),
                  actor=cast.tess, at=at + 2 * HOUR)  # fmt: skip
    later = commit(quiz, cast.tess, at + 3 * HOUR, reason="It was right after all")

    past, then = past_regrades(quiz, [regrade, later])

    assert [(row.score, row.passed) for row in past.counted] == [((HALF, THREE_QUARTERS), (False, True))]
    assert [(row.score, row.passed) for row in then.counted] == [((THREE_QUARTERS, HALF), (True, False))]
    assert (then.n_pass, then.n_fail) == (0, 1)
    assert (next_regrade(regrade), next_regrade(later)) == (later, None)


def test_attempts_that_do_not_count_are_told_apart(quiz, faulty, failed, cast, at):
    better = sit(failed.assignment, right=4, at=at)
    void(faulty, cast.tess, at + HOUR)

    (past,) = past_regrades(quiz, [commit(quiz, cast.quinn, at + 2 * HOUR)])

    assert better.score == 1
    assert [(row.attempt, row.counts) for row in past.counted] == [(failed.pk, False)]
    assert past.n_counting == 0


def test_try_outs_stand_apart(quiz, faulty, failed, cast, at):
    tried = sit(AssignmentFactory(person=cast.tess, quiz=quiz, is_preview=True), right=0)
    void(faulty, cast.tess, at)

    (past,) = past_regrades(quiz, [commit(quiz, cast.quinn, at)])

    assert ([row.attempt for row in past.counted], [row.attempt for row in past.previews]) == ([failed.pk], [tried.pk])
    assert past.n_pass == 1


def test_names_are_shown_of_known_people_only(quiz, regrade, cast):
    (past,) = past_regrades(quiz, [regrade])
    changes = with_attempts(past.counted)
    cast.tess.memberships.update(team=cast.team_b)

    assert [person for _change, person in with_people(changes, cast.quinn)] == [cast.ana]
    assert [person for _change, person in with_people(changes, cast.tess)] == [None]


def test_without_its_audit_entry_nobody_guesses_how_many_were_judged(quiz, regrade):
    regrade.regraded_at += HOUR

    assert attempts_judged(regrade) is None


# --- the void questions behind it ----------------------------------------------------------------------------


def test_voids_are_those_that_held_then(quiz, failed, faulty, regrade, cast, at):
    other, third = [row.question_version for row in failed.questions.filter(share=1)]
    withdrawn = void(other, cast.tess, at)
    withdraw_void(withdrawn, actor=cast.tess, at=at + HOUR / 2)
    void(third, cast.tess, at + 2 * HOUR)
    make_quiz("other-quiz")
    void(wordings_of("other-quiz")[0], cast.tess, at)

    (row,) = voids_behind(regrade)

    assert (row.version, row.n, row.is_withdrawn, row.void.voided_by) == (faulty, 1, False, cast.tess)
    assert row.title == faulty.stem_zh


def test_voids_withdrawn_since_the_one_before_are_told_too(quiz, faulty, regrade, cast, at):
    withdraw_void(faulty.voids.get(), actor=cast.tess, at=at + 2 * HOUR)
    second = commit(quiz, cast.tess, at + 3 * HOUR)
    void(faulty, cast.tess, at + 4 * HOUR, mode=VoidMode.DROPPED)
    third = commit(quiz, cast.tess, at + 5 * HOUR)

    assert [(row.void.mode, row.is_withdrawn) for row in voids_behind(regrade)] == [("full", False)]
    assert [(row.void.mode, row.is_withdrawn) for row in voids_behind(second)] == [("full", True)]
    assert [(row.void.mode, row.is_withdrawn) for row in voids_behind(third)] == [("dropped", False)]


def test_attempts_handed_in_later_are_not_among_those_asked(quiz, faulty, regrade, cast, at):
    sit(AssignmentFactory(person=cast.olga, quiz=quiz), right=0, at=at + 5 * HOUR)

    assert [row.n for row in voids_behind(regrade)] == [1]


# --- pages ---------------------------------------------------------------------------------------------------


def test_the_history_lists_them_newest_first(quinn, quiz, faulty, regrade, cast, at):
    withdraw_void(faulty.voids.get(), actor=cast.tess, at=at + 2 * HOUR)
    later = commit(quiz, cast.tess, at + 3 * HOUR, reason="It was right after all")

    page = quinn.get(history(quiz))

    text = page.content.decode()
    assert [row.regrade for row in page.context["rows"]] == [later, regrade]
    assert text.index(detail(later)) < text.index(detail(regrade))
    assert "It was right after all" in text
    assert cast.tess.full_name in text


def test_the_history_is_read_page_by_page(quinn, quiz, regrade, monkeypatch):
    monkeypatch.setattr("assessments.attempts.views.regrades.PER_PAGE", 1)
    regrade.pk, regrade.reason = None, "Again"
    regrade.regraded_at += HOUR
    regrade.save()

    first, second = (quinn.get(history(quiz), {"page": page}) for page in (1, 2))

    assert [row.regrade.reason for row in first.context["rows"]] == ["Again"]
    assert [row.regrade.reason for row in second.context["rows"]] == ["Question was faulty"]
    assert 'rel="next"' in first.content.decode()


def test_a_quiz_that_was_never_regraded_says_so(quinn, quiz, failed):
    assert "Never regraded" in quinn.get(history(quiz)).content.decode()


def test_one_regrade_is_read_in_full(quinn, cast, quiz, faulty, regrade):
    text = quinn.get(detail(regrade)).content.decode()

    for words in ("Question was faulty", cast.quinn.full_name, cast.ana.full_name, "50%", "75%", "passed now",
                  "Two readings", "Full marks for everybody", cast.tess.full_name):  # fmt: skip
        assert words in text
    assert reverse("assessments:void-form", args=[faulty.pk]) in text
    assert "regraded again later" not in text


def test_one_that_was_followed_by_another_leads_on(quinn, cast, quiz, faulty, regrade, at):
    withdraw_void(faulty.voids.get(), actor=cast.tess, at=at + 2 * HOUR)
    later = commit(quiz, cast.tess, at + 3 * HOUR)

    assert detail(later) in quinn.get(detail(regrade)).content.decode()
    text = quinn.get(detail(later)).content.decode()
    assert "counts again" in text
    assert "no longer passed" in text


def test_people_the_author_does_not_know_stay_without_name(client, cast, regrade):
    cast.tess.memberships.update(team=cast.team_b)

    tess = as_(client, cast.tess)

    text = tess.get(detail(regrade)).content.decode()
    book = tess.get(reverse("assessments:regrade-xlsx", args=[regrade.pk])).content
    sheet = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()
    assert cast.ana.full_name not in text
    assert "somebody of another team" in text
    assert sheet[1][:2] == ["", "somebody of another team"]


def test_changes_are_read_page_by_page(quinn, cast, quiz, faulty, failed, at, monkeypatch):
    monkeypatch.setattr("assessments.attempts.views.regrades.CHANGES_PER_PAGE", 1)
    sit(AssignmentFactory(person=cast.abel, quiz=quiz), right=0)
    void(faulty, cast.tess, at)
    regrade = commit(quiz, cast.quinn, at)

    pages = [quinn.get(detail(regrade), {"page": page}).context["rows"] for page in (1, 2)]

    assert [[person.pk for _change, person in rows] for rows in pages] == [[cast.ana.pk], [cast.abel.pk]]


def test_the_quiz_and_the_list_of_quizzes_lead_there(quinn, quiz, regrade):
    form = quinn.get(reverse("assessments:regrade-form", args=[quiz.pk])).content.decode()

    assert detail(regrade) in form
    assert history(quiz) in form
    assert history(quiz) in quinn.get(reverse("assessments:regrade-list")).content.decode()


def test_the_workbook_has_every_change(quinn, cast, quiz, faulty, regrade):
    answer = quinn.get(reverse("assessments:regrade-xlsx", args=[regrade.pk]))

    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    assert answer["Content-Disposition"] == f'attachment; filename="past-quiz-regrade-{regrade.pk}.xlsx"'
    assert book.sheet_names == ["Scores that changed", "Void questions then", "Regrade"]
    assert book.get_sheet_by_index(0).to_python()[1] == [
        cast.ana.employee_no, cast.ana.full_name, 1, 1, 0.5, 0.75, "no", "yes", "yes", "",
    ]  # fmt: skip
    assert book.get_sheet_by_index(1).to_python()[1][:6] == [
        faulty.question.key, 1, faulty.stem_en, 1, "Full marks for everybody", "Two readings",
    ]  # fmt: skip
    facts = {row[0]: row[1] for row in book.get_sheet_by_index(2).to_python()}
    assert (facts["Reason"], facts["Attempts judged again"], facts["Passed now"]) == ("Question was faulty", 1, 1)


def test_the_workbook_takes_no_formulas_from_reasons(quinn, cast, quiz, faulty, failed, at):
    void(faulty, cast.tess, at)
    regrade = commit(quiz, cast.quinn, at, reason="=1+1")

    book = CalamineWorkbook.from_filelike(
        BytesIO(quinn.get(reverse("assessments:regrade-xlsx", args=[regrade.pk])).content)
    )

    assert book.get_sheet_by_name("Regrade").to_python()[2][1] == "=1+1"


def test_pages_ask_as_much_for_one_row_as_for_three(quinn, cast, quiz, faulty, failed, at):
    def cost(page):
        quinn.get(page)
        with CaptureQueriesContext(connection) as queries:
            rows = quinn.get(page).context["rows"]
        return len(rows), len(queries)

    row = void(faulty, cast.tess, at + HOUR)
    first = commit(quiz, cast.quinn, at + HOUR)
    one = [cost(history(quiz)), cost(detail(first))]
    withdraw_void(row, actor=cast.tess, at=at + 2 * HOUR)
    commit(quiz, cast.quinn, at + 2 * HOUR)
    for person in (cast.abel, cast.olga):
        sit(AssignmentFactory(person=person, quiz=quiz), right=0)
    void(faulty, cast.tess, at + 3 * HOUR)
    third = commit(quiz, cast.quinn, at + 4 * HOUR)
    three = [cost(history(quiz)), cost(detail(third))]

    assert [rows for rows, _queries in one] == [1, 1]
    assert three == [(3, one[0][1]), (3, one[1][1])]
