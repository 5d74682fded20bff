"""Customer calls."""

from datetime import UTC, datetime

import factory

from assessments.calls.models import Call
from tests.factories.people import UserFactory

#: Friday, 10:00 in Shanghai.
FRI_10 = datetime(2026, 2, 27, 2, 0, tzinfo=UTC)


class CallFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Call

    source = "recorder"
    external_id = factory.Sequence(lambda n: f"C{n:06}")
    agent = factory.SubFactory(UserFactory)
    started_at = FRI_10
    duration_seconds = 185
    queue = "宽带报障"
    transcript = "座席：您好，请讲。\n客户：宽带又断了。"
