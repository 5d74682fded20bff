"""The caller's sheet on the screen and on paper."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.roleplay.states import MysteryCallState
from tests.factories.roleplay import call_assignment, make_call
from tests.factories.scenarios import SECRETS, BranchFactory, PointFactory, make_scenario

pytestmark = pytest.mark.django_db
S = MysteryCallState


def sheet(version, suffix=""):
    return reverse(f"assessments:scenario-sheet{suffix}", args=[version.pk])


def as_(client, person):
    person.language = "en"
    person.save()
    client.force_login(person)
    return client


def test_sheet_holds_all_that_the_caller_needs(client, cast):
    version = make_scenario(closed_book=True, documents_en="The page of fees", closing_en="Thank you for the call")

    text = as_(client, cast.eva).get(sheet(version)).content.decode()

    for words in (*(secret for secret in SECRETS if secret != "SECRET-ADVICE"), "The page of fees", "Closed book"):
        assert words in text
    assert "Thank you for the call" in text


def test_sheet_in_the_other_language(client, cast):
    version = make_scenario()

    text = as_(client, cast.eva).get(sheet(version) + "?language=zh-hans").content.decode()

    assert "周敏，赶时间" in text
    assert "座席减免费用" in text
    assert "Zhou Min, in a hurry" not in text


def test_sheet_of_a_draft_is_the_authors(client, cast):
    draft = make_scenario(state="draft")

    found = {who: as_(client, getattr(cast, who)).get(sheet(draft)).status_code for who in ("tess", "quinn", "eva")}

    assert found == {"tess": 200, "quinn": 200, "eva": 404}


def test_sheet_is_closed_to_an_analyst_who_is_going_to_be_called_with_it(client, cast):
    version = make_scenario()
    make_call(cast.eva, cast.quinn, S.PLANNED, assignment=call_assignment(cast.eva, version))

    for suffix in ("", "-pdf"):
        assert as_(client, cast.eva).get(sheet(version, suffix)).status_code == 403
    assert as_(client, cast.eva).get(sheet(make_scenario())).status_code == 200


def test_sheet_lists_who_had_the_scenario_among_those_the_viewer_marks(client, cast):
    version = make_scenario()
    for person, state in ((cast.ana, S.SETTLED), (cast.abel, S.CANCELLED), (cast.olga, S.SETTLED)):
        make_call(person, cast.quinn, state, assignment=call_assignment(person, version))

    def listed(viewer):
        return {call.agent for call in as_(client, viewer).get(sheet(version)).context["exposures"]}

    assert listed(cast.eva) == {cast.ana}
    assert listed(cast.quinn) == {cast.ana, cast.olga}
    assert listed(cast.tess) == set()


def test_sheet_makes_the_same_queries_for_more_points_and_branches(client, cast):
    version = make_scenario()
    as_(client, cast.eva).get(sheet(version))
    with CaptureQueriesContext(connection) as few:
        client.get(sheet(version))
    PointFactory(version=version)
    BranchFactory(version=version)
    for person in (cast.ana, cast.abel):
        make_call(person, cast.eva, S.SETTLED, assignment=call_assignment(person, version))

    with CaptureQueriesContext(connection) as more:
        client.get(sheet(version))

    assert len(more) == len(few)


@pytest.mark.slow
def test_pdf_says_who_printed_it_and_is_kept_nowhere(client, cast):
    pikepdf = pytest.importorskip("pikepdf")
    version = make_scenario()

    answer = as_(client, cast.eva).get(sheet(version, "-pdf") + "?language=zh-hans")

    assert answer["Content-Type"] == "application/pdf"
    assert set(answer["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert f"{version.scenario.key}-1-zh-hans.pdf" in answer["Content-Disposition"]
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).lower() == "zh-hans"
        assert 1 <= len(pdf.pages) <= 2
        assert [float(side) for side in pdf.pages[0].MediaBox][2:] == pytest.approx([595, 842], abs=1)
        fonts = [font.DescendantFonts[0].FontDescriptor for page in pdf.pages for font in page.Resources.Font.values()]
        assert all("/FontFile2" in font and "Sheet-Sans" in str(font.FontName) for font in fonts)


@pytest.mark.slow
def test_pdf_fetches_nothing_that_a_text_names(client, cast):
    version = make_scenario(knows_en="![x](http://127.0.0.1:9/x.png) ![y](file:///etc/hostname)")

    assert as_(client, cast.eva).get(sheet(version, "-pdf")).status_code == 200


@pytest.mark.slow
def test_pdf_text(client, cast, tmp_path):
    import shutil
    import subprocess

    if not shutil.which("pdftotext"):
        pytest.skip("needs pdftotext")
    version = make_scenario()
    file = tmp_path / "sheet.pdf"
    file.write_bytes(as_(client, cast.eva).get(sheet(version, "-pdf") + "?language=en").content)

    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True).stdout.decode()

    printed = [cast.eva.full_name, "EVA", "Moving house", "version 1", "SECRET-ANSWER", "SECRET-BRANCH", "fatal", "1/1"]
    assert [words for words in printed if words not in text] == []
    assert "SECRET-ADVICE" not in text
