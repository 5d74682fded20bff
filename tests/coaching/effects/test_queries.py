from datetime import timedelta
from decimal import Decimal

from assessments.evidence.models import Evidence
from coaching.effects.queries import occasions_by_agent_and_skill, recent_figure, recent_figures
from tests.factories.coaching import see
from tests.factories.skills import SkillFactory


def test_a_withdrawn_row_does_not_count(cast, at):
    skill = SkillFactory()
    (wrong,) = see(cast.ana, skill, 0)
    see(cast.ana, skill, 1, 1)
    Evidence.objects.create(
        agent=cast.ana, skill=skill, share=None, source_kind="evaluation", source_id=wrong.source_id,
        version="voice 1", observed_at=wrong.observed_at, recorded_at=at, supersedes=wrong,
    )  # fmt: skip

    assert recent_figure(cast.ana, skill, at=at).share == 1
    assert recent_figure(cast.ana, skill, at=at).n == 2


def test_the_window_is_ninety_days(cast, at):
    skill = SkillFactory()
    see(cast.ana, skill, 1, days_ago=90)
    see(cast.ana, skill, 0, days_ago=91)

    assert recent_figure(cast.ana, skill, at=at).n == 1


def test_a_skill_may_count_from_a_later_instant(cast, at):
    skill, other = SkillFactory(key="crm"), SkillFactory(key="product")
    see(cast.ana, skill, 0, 0, days_ago=10)
    see(cast.ana, skill, 1, days_ago=2)
    see(cast.ana, other, 0, days_ago=10)

    figures = recent_figures(cast.ana, [skill.pk, other.pk], at=at, since={skill.pk: at - timedelta(days=5)})

    assert (figures[skill.pk].share, figures[skill.pk].n) == (Decimal(1), 1)
    assert figures[other.pk].n == 1


def test_other_peoples_evidence_stays_theirs(cast, at, django_assert_num_queries):
    skill = SkillFactory()
    see(cast.ana, skill, 1)
    see(cast.olga, skill, 0)

    with django_assert_num_queries(1):
        found = occasions_by_agent_and_skill(Evidence.objects.filter(agent=cast.ana))

    assert list(found) == [(cast.ana.pk, skill.pk)]
