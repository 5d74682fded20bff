"""Scripts of mystery calls. `make_scenario()` is a published one whose points feed the card of `make_scorecard`."""

import factory

from assessments.scenarios.models import Branch, Point, Scenario, ScenarioVersion
from assessments.scenarios.states import ScenarioState
from assessments.scorecards.models import Scorecard, ScorecardVersion
from tests.conftest import MON_9
from tests.factories.scorecards import ScorecardFactory, make_scorecard

#: Words that must not reach the agent before the debrief.
SECRETS = (
    "Zhou Min, in a hurry",
    "SECRET-ANSWER",
    "SECRET-LISTEN",
    "SECRET-ADVICE",
    "told only when asked: March",
    "SECRET-BRANCH",
    "SECRET-TRAP",
)


class ScenarioFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Scenario

    key = factory.Sequence(lambda n: f"scenario-{n}")
    title_zh = "移机要不要钱"
    title_en = "Moving house"


class ScenarioVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ScenarioVersion

    class Params:
        published = factory.Trait(state=ScenarioState.PUBLISHED)
        used = factory.Trait(state=ScenarioState.PUBLISHED, used_at=MON_9)

    scenario = factory.SubFactory(ScenarioFactory)
    number = factory.LazyAttribute(lambda version: version.scenario.versions.count() + 1)
    scorecard = factory.SubFactory(ScorecardFactory)
    persona_zh = "周敏，赶时间"
    persona_en = SECRETS[0]
    opening_line_zh = "您好，我要搬家。"
    opening_line_en = "Hello, I am moving."
    knows_zh = "三月移过一次机"
    knows_en = SECRETS[4]
    traps_en = SECRETS[6]
    announcement_zh = "这是一次明访拨测。"
    announcement_en = "This is a mystery call."
    created_at = MON_9


class BranchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Branch

    version = factory.SubFactory(ScenarioVersionFactory)
    order = factory.Sequence(lambda n: n)
    when_zh = "座席减免费用"
    when_en = "the agent waives the fee"
    say_zh = "您确定？"
    say_en = SECRETS[5]


class PointFactory(factory.django.DjangoModelFactory):
    """Feeds the item `restates`; `fatal` feeds the fatal item `accuracy`."""

    class Meta:
        model = Point

    class Params:
        fatal = factory.Trait(is_fatal=True, item_key="accuracy")

    version = factory.SubFactory(ScenarioVersionFactory)
    order = factory.Sequence(lambda n: n)
    key = factory.Sequence(lambda n: f"point-{n}")
    text_zh = factory.LazyAttribute(lambda point: f"要点 {point.key}")
    text_en = factory.LazyAttribute(lambda point: f"Point {point.key}")
    standard_answer_zh = "标准答案内容"
    standard_answer_en = SECRETS[1]
    listen_for_en = SECRETS[2]
    advice_zh = "建议内容"
    advice_en = SECRETS[3]
    item_key = "restates"


def make_scenario(*, scorecard_version: ScorecardVersion | None = None, **version_fields) -> ScenarioVersion:
    """A published script: `greets` and `restates` feed the scored item restates (weights 1 and 3), `fee` is fatal."""
    card = scorecard_version or _card_in_effect()
    version = ScenarioVersionFactory(
        **{"scorecard": card.scorecard, "state": ScenarioState.PUBLISHED, **version_fields}
    )
    BranchFactory(version=version, order=0)
    PointFactory(version=version, key="greets", order=0)
    PointFactory(version=version, key="restates", order=1, weight=3)
    PointFactory(version=version, key="fee", order=2, fatal=True)
    return version


def _card_in_effect() -> ScorecardVersion:
    card = Scorecard.objects.filter(key="voice").first()
    return (card.versions.first() if card else None) or make_scorecard()
