"""Notices, and news for somebody."""

import factory

from lms.notifications.models import MailDelivery, Notification
from lms.people.models import Notice
from tests.conftest import MON_9
from tests.factories.people import UserFactory


class NoticeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Notice

    version = factory.Sequence(lambda n: n + 1)
    title_zh = "录音与评分告知"
    title_en = "What is recorded and scored"
    body_zh = "通话**录音**保存 180 天。"
    body_en = "Calls are **recorded** and kept for 180 days."
    published_at = MON_9


class NotificationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Notification

    recipient = factory.SubFactory(UserFactory)
    kind = "test-news"
    params = factory.LazyFunction(dict)
    created_at = MON_9

    class Params:
        read = factory.Trait(read_at=MON_9)


class MailDeliveryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MailDelivery

    notification = factory.SubFactory(
        NotificationFactory, recipient=factory.SubFactory(UserFactory, email="reader@example.com")
    )
    due_at = MON_9
