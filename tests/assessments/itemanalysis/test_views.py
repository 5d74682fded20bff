import json
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from assessments.attempts.models import AttemptQuestion
from assessments.attempts.states import VoidMode
from tests.factories.quizzes import QuizVersionFactory, make_quiz
from tests.factories.sittings import wordings_of, write_sittings

pytestmark = pytest.mark.django_db

#: Thirty learners in three kinds. Question 4: the better choose B, the key is A.
STRONG, MIDDLE, WEAK = [0, 0, 0, 1], [0, 0, 1, 1], [0, 1, 1, 0]


@pytest.fixture
def version(db):
    return make_quiz("figures-quiz", questions=4).versions.get()


@pytest.fixture
def wordings(version):
    return wordings_of("figures-quiz")


@pytest.fixture
def sat(version, wordings):
    return write_sittings(version, wordings, [STRONG] * 12 + [MIDDLE] * 10 + [WEAK] * 8)


@pytest.fixture
def tess(client, cast):
    cast.tess.language = "en"
    cast.tess.save()
    client.force_login(cast.tess)
    return client


def door(version, ending: str = "/") -> str:
    return f"/reports/quizzes/{version.pk}{ending}"


# --- the list ------------------------------------------------------------------------------------------------


def test_list_says_how_many_learners_there_are(tess, version, wordings):
    write_sittings(version, wordings, [STRONG] * 2)
    unsat = make_quiz("other-quiz").versions.get()
    make_quiz("unpublished-quiz", published=False)

    body = tess.get("/reports/quizzes/").content.decode()

    assert door(version) in body
    assert door(unsat) in body
    assert "from 5 learners on" in body
    assert "nobody has sat it yet" in body
    assert "unpublished-quiz" not in body


def test_list_costs_the_same_for_one_and_three(tess, sat):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert tess.get("/reports/quizzes/").status_code == 200
        return len(captured)

    queries()
    for_one = queries()
    for key in ("second-quiz", "third-quiz"):
        write_sittings(make_quiz(key).versions.get(), wordings_of(key), [[0] * 5])

    assert queries() == for_one


def test_empty_list_says_what_to_do_first(tess):
    assert "Write a quiz in the back office" in tess.get("/reports/quizzes/").content.decode()


def test_menu_leads_there_for_authors_only(tess, client, cast):
    assert 'href="/reports/quizzes/"' in tess.get("/").content.decode()
    client.force_login(cast.carl)
    assert 'href="/reports/quizzes/"' not in client.get("/").content.decode()


# --- one version ---------------------------------------------------------------------------------------------


def test_page_shows_figures_with_their_n_and_interval(tess, version, sat):
    body = tess.get(door(version)).content.decode()

    assert "n = 30 learners" in body
    assert "From the first sittings of 30 learners." in body
    assert "key may be wrong" in body
    assert "Look at option B: those who do well elsewhere choose it more than the key." in body
    assert 'class="ia-pass"' in body
    assert "style=" not in body


def test_page_costs_the_same_for_six_learners_and_thirty(tess, version, wordings):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert tess.get(door(version)).status_code == 200
        return len(captured)

    write_sittings(version, wordings, [STRONG] * 6)
    queries()
    for_six = queries()
    write_sittings(version, wordings, [WEAK] * 24)

    assert queries() == for_six


def test_fewer_than_five_learners_show_nothing_of_theirs(tess, version, wordings):
    write_sittings(version, wordings, [STRONG] * 4)

    page = tess.get(door(version))

    body = page.content.decode()
    assert "1 more learner is needed" in body
    assert "figures-quiz-q0" not in body
    assert "cw-figure" not in body
    found = json.loads(tess.get(door(version, ".json")).content)
    assert (found["n"], found["needed"], found["questions"], found["summary"]["mean"]) == (4, 1, [], None)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", [1, 2, 3, 4]),
        ("nonsense", [1, 2, 3, 4]),
        ("facility", [4, 3, 2, 1]),
        ("-facility", [1, 2, 3, 4]),
        # Everybody gets question 1 right, and two in the rest of question 3: no discrimination, last either way.
        ("discrimination", [4, 2, 1, 3]),
        ("-discrimination", [2, 4, 1, 3]),
    ],
)
def test_table_is_sorted_by_links(tess, version, sat, sort, expected):
    page = tess.get(door(version), {"sort": sort})

    assert [row.number for row in page.context["rows"]] == expected
    assert [row.number for row in page.context["figures"].questions] == [1, 2, 3, 4]


def test_sort_links_turn_round(tess, version, sat):
    body = tess.get(door(version), {"sort": "facility"}).content.decode()

    assert 'aria-sort="ascending"><a class="sort-link" href="?sort=-facility#questions"' in body


def test_void_questions_say_so(tess, version, wordings, sat):
    AttemptQuestion.objects.filter(question_version=wordings[3]).update(void=VoidMode.DROPPED)

    body = tess.get(door(version)).content.decode()

    assert "This question is void; it is left out." in body
    assert "key may be wrong" not in body


def test_drafts_are_not_found(tess, version):
    draft = QuizVersionFactory(quiz=version.quiz)

    assert {tess.get(door(draft, ending)).status_code for ending in ("/", ".xlsx", ".json")} == {404}


# --- files ---------------------------------------------------------------------------------------------------


def test_json_has_every_figure(tess, version, sat):
    answer = tess.get(door(version, ".json"))

    found = json.loads(answer.content)
    assert answer["Content-Disposition"] == 'attachment; filename="figures-quiz-1.json"'
    assert found["n"] == 30
    assert found["summary"]["mean"]["estimate"] == pytest.approx((12 * 3 + 10 * 2 + 8 * 2) / 120)
    assert found["summary"]["alpha_by"] == "question"
    fourth = found["questions"][3]
    assert fourth["facility"]["estimate"] == pytest.approx(8 / 30)
    assert [option["n"] for option in fourth["options"]] == [8, 22, 0, 0]
    assert [option["right"] for option in fourth["options"]] == [True, False, False, False]
    assert fourth["flags"][0] == {"flag": "key_suspected", "options": ["B"], "sure": True}
    assert [bar["n"] for bar in found["summary"]["histogram"] if bar["n"]] == [18, 12]


def test_workbook_has_four_sheets(tess, version, sat):
    answer = tess.get(door(version, ".xlsx"))

    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    assert book.sheet_names == ["Quiz", "Questions", "Options", "How to read it"]
    quiz = {row[0]: row[1:] for row in book.get_sheet_by_name("Quiz").to_python()}
    assert quiz["Learners"][0] == 30
    assert quiz["Passed"][0] == 0
    assert quiz["Mean score"][0] == pytest.approx(0.6)
    questions = book.get_sheet_by_name("Questions").to_python()
    assert [row[1] for row in questions[1:]] == [f"figures-quiz-q{place}" for place in range(4)]
    assert questions[4][18].startswith("key may be wrong")
    assert len(book.get_sheet_by_name("Options").to_python()) == 1 + 4 * 4


def test_workbook_takes_no_formulas_from_questions(tess, version, wordings):
    wordings[0].stem_en = "=1+1"
    wordings[0].save()
    write_sittings(version, wordings, [STRONG] * 6)

    book = CalamineWorkbook.from_filelike(BytesIO(tess.get(door(version, ".xlsx")).content))

    assert book.get_sheet_by_name("Questions").to_python()[1][2] == "=1+1"
