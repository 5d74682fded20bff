from io import BytesIO

import pytest
from django.utils import translation
from python_calamine import CalamineWorkbook

from coaching.skillmatrix.exports import matrix_workbook
from coaching.skillmatrix.queries import MatrixFilter, matrix
from lms.skills.models import Requirement
from tests.factories.coaching import see
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.usefixtures("clock")


def sheets(found, at, language="en"):
    with translation.override(language):
        book = CalamineWorkbook.from_filelike(BytesIO(matrix_workbook(found, at=at)))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_a_line_per_agent_and_skill(cast, at):
    crm = SkillFactory(key="crm")
    Requirement.objects.create(job_role=cast.ana.job_role, skill=crm, level=3)
    see(cast.ana, crm, "0.2", "0.3", "0.4", at=at)
    see(cast.abel, crm, 1, at=at)

    head, abel, ana = sheets(matrix(cast.eva, MatrixFilter(), at=at), at)["Skills"]

    assert head[:6] == ["Employee number", "Name", "Team", "Skill", "Level", "Share"]
    assert ana[:7] == ["ANA", "安娜", "一组", "Skill crm", 1.0, pytest.approx(0.3), 3.0]
    assert ana[7] < ana[5] < ana[8]
    assert ana[9].isoformat() == "2026-03-01"
    assert ana[10:] == [3.0, 2.0]
    # One observation: a share, no interval, no level, and so no gap.
    assert abel[4:9] == ["", 1.0, 1.0, "", ""]
    assert abel[10:] == [3.0, ""]


def test_names_are_never_formulas(cast, at):
    SkillFactory(key="crm")
    cast.ana.full_name = "=1+1"
    cast.ana.save()

    lines = sheets(matrix(cast.eva, MatrixFilter(), at=at), at)["Skills"]

    assert "=1+1" in [line[1] for line in lines]


def test_how_to_read_it_comes_along(cast, at):
    (_skills, notes) = sheets(matrix(cast.eva, MatrixFilter(), at=at), at).values()

    assert "2: ≥ 50% · 3: ≥ 65% · 4: ≥ 80% · 5: ≥ 90%" in notes[2][0]


def test_an_empty_matrix_is_a_head(cast, at):
    assert len(sheets(matrix(cast.ana, MatrixFilter(), at=at), at)["Skills"]) == 1
