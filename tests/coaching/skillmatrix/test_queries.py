from datetime import timedelta

import pytest

from assessments.evidence.models import SourceKind
from coaching.skillmatrix.queries import MatrixFilter, cell, evidence_lines, level_behaviour, matrix, profile
from lms.skills.models import Requirement, Skill, SkillLevel
from tests.factories.coaching import TicketFactory, see
from tests.factories.evaluations import EvaluationFactory
from tests.factories.people import UserFactory, join
from tests.factories.roleplay import make_call
from tests.factories.scorecards import make_scorecard
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.usefixtures("clock")
EVERYTHING = MatrixFilter()


@pytest.fixture
def skills(db):
    return [
        SkillFactory(key="communication", kind=Skill.Kind.COMPETENCE),
        SkillFactory(key="crm"),
        SkillFactory(key="product"),
    ]


def names(found):
    return [row.person.latin_name for row in found.rows]


def test_ones_own_teams_only(cast, skills, at):
    assert names(matrix(cast.eva, EVERYTHING, at=at)) == ["Abel", "Ana"]
    assert names(matrix(cast.otto, EVERYTHING, at=at)) == ["Olga"]
    assert names(matrix(cast.ana, EVERYTHING, at=at)) == []
    assert sorted(names(matrix(cast.quinn, EVERYTHING, at=at))) == ["Abel", "Ana", "Olga"]


def test_the_team_filter(cast, skills, at):
    assert names(matrix(cast.quinn, MatrixFilter(team=cast.team_b), at=at)) == ["Olga"]
    assert names(matrix(cast.eva, MatrixFilter(team=cast.team_b), at=at)) == []


def test_the_kind_filter(cast, skills, at):
    found = matrix(cast.eva, MatrixFilter(kind=Skill.Kind.COMPETENCE), at=at)

    assert [skill.key for skill in found.skills] == ["communication"]
    assert all(len(row.cells) == 1 for row in found.rows)


def test_only_gaps(cast, skills, at):
    _communication, crm, product = skills
    for skill in (crm, product):
        Requirement.objects.create(job_role=cast.ana.job_role, skill=skill, level=3)
    see(cast.ana, crm, "0.2", "0.3", "0.4", at=at)
    see(cast.abel, product, *[1] * 8, at=at)
    see(cast.abel, crm, 0, at=at)  # too few to call it a gap

    found = matrix(cast.eva, MatrixFilter(only_gaps=True), at=at)

    assert names(found) == ["Ana"]
    assert [skill.key for skill in found.skills] == ["crm"]
    assert found.gaps == 1


def test_whoever_left_is_gone(cast, skills, at):
    cast.abel.status = "left"
    cast.abel.save()

    assert names(matrix(cast.eva, EVERYTHING, at=at)) == ["Ana"]


def test_a_cell(cast, skills, at):
    crm = skills[1]
    Requirement.objects.create(job_role=cast.ana.job_role, skill=crm, level=2)
    see(cast.ana, crm, "0.2", "0.3", "0.4", at=at, days_ago=100)
    see(cast.ana, crm, *[1] * 8, at=at, days_ago=3)
    ticket = TicketFactory(agent=cast.ana, skill=crm)
    TicketFactory(agent=cast.abel, skill=crm)

    found = cell(cast.ana, crm, at=at)

    assert (found.standing.level, found.standing.required, found.standing.is_rising) == (5, 2, True)
    assert (found.standing.figure.n, found.standing.earlier.n) == (8, 3)
    assert found.last_seen_at == at - timedelta(days=3)
    assert found.ticket == ticket


def test_a_profile_names_every_skill(cast, skills, at):
    see(cast.ana, skills[2], 1, at=at)

    found = profile(cast.ana, at=at)

    assert [(row.skill.key, row.standing.figure.n) for row in found] == [
        ("communication", 0),
        ("crm", 0),
        ("product", 1),
    ]


def test_three_and_sixty_agents_take_the_same_queries(cast, skills, at, django_assert_num_queries):
    def add():
        agent = UserFactory(job_role=cast.ana.job_role)
        join(agent, cast.team_a)
        for skill in skills:
            see(agent, skill, "0.5", "0.75", 1, at=at)
        TicketFactory(agent=agent, skill=skills[0])

    add()
    matrix(cast.eva, EVERYTHING, at=at)  # her roles are asked for once
    with django_assert_num_queries(5):
        assert len(matrix(cast.eva, EVERYTHING, at=at).rows) == 3

    for _ in range(57):
        add()

    with django_assert_num_queries(5):
        assert len(matrix(cast.eva, EVERYTHING, at=at).rows) == 60


def test_evidence_of_an_evaluation_names_its_item(cast, at):
    card = make_scorecard()
    skill = Skill.objects.get(key="restates")
    evaluation = EvaluationFactory(released=True, scorecard_version=card, agent=cast.ana, evaluator=cast.eva)
    (row,) = see(cast.ana, skill, "0.5", at=at, source_id=evaluation.pk)
    row.item_key = "restates"
    row.save()

    (line,) = evidence_lines(cast.ana, skill, at=at)

    assert (line.about, line.url) == ("评分项 restates", f"/quality/evaluations/{evaluation.pk}/")


def test_evidence_of_a_mystery_call_names_its_point(cast, at):
    call = make_call(cast.ana, cast.eva, "settled", outcomes={"greets": "not_met"})
    skill = Skill.objects.get(key="restates")

    lines = evidence_lines(cast.ana, skill, at=at)

    assert {(line.about, line.share) for line in lines} == {("要点 greets", 0), ("要点 restates", 1)}
    assert {line.url for line in lines} == {f"/calls/{call.pk}/debrief/"}


def test_evidence_of_a_quiz_leads_to_its_review(cast, at):
    skill = SkillFactory()
    see(cast.ana, skill, 1, at=at, source_kind=SourceKind.ATTEMPT, source_id=5)

    (line,) = evidence_lines(cast.ana, skill, at=at)

    assert (line.about, line.url) == ("", "/quizzes/attempts/5/review/")


def test_old_and_withdrawn_evidence_isnt_listed(cast, at):
    skill = SkillFactory()
    see(cast.ana, skill, 1, at=at, days_ago=91)
    (wrong,) = see(cast.ana, skill, 0, at=at)
    (right,) = see(cast.ana, skill, 1, at=at)
    right.supersedes = wrong
    right.save()

    assert [line.evidence for line in evidence_lines(cast.ana, skill, at=at)] == [right]


def test_many_lines_take_the_same_queries(cast, at, django_assert_num_queries):
    card = make_scorecard()
    skill = Skill.objects.get(key="restates")

    def add():
        evaluation = EvaluationFactory(released=True, scorecard_version=card, agent=cast.ana, evaluator=cast.eva)
        (row,) = see(cast.ana, skill, "0.5", at=at, source_id=evaluation.pk)
        row.item_key = "restates"
        row.save()

    add()
    with django_assert_num_queries(3):
        evidence_lines(cast.ana, skill, at=at)
    add()
    add()
    with django_assert_num_queries(3):
        assert len(evidence_lines(cast.ana, skill, at=at)) == 3


def test_behaviour_of_a_level(db):
    skill = SkillFactory()
    SkillLevel.objects.create(skill=skill, level=2, behaviour_zh="复述", behaviour_en="Restates")

    assert level_behaviour(skill, 2) == "复述"
    assert level_behaviour(skill, 3) == ""
    assert level_behaviour(skill, None) == ""
