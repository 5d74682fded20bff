"""News is written with the deed; mail waits for the commit and is sent once."""

from datetime import timedelta

import pytest
from django.core import mail

from lms import tasks
from lms.notifications.models import MailDelivery, Notification
from lms.notifications.queries import MAX_MAIL_ATTEMPTS, late_mail
from lms.notifications.services import LEASE, deliver_mail, mark_read, notify
from tests.conftest import MON_9
from tests.factories.notices import MailDeliveryFactory, NotificationFactory
from tests.factories.people import UserFactory

PARAMS = {"lesson_zh": "静音等待", "lesson_en": "Hold", "n": 8}


@pytest.fixture
def reader(db):
    return UserFactory(full_name="王晓雯", email="reader@example.com", language="en")


@pytest.fixture
def broken_mail(monkeypatch):
    def refuse(self, *args, **kwargs):
        raise ConnectionRefusedError("no mail server")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)


def test_notify_mails_after_the_commit_in_the_readers_language(reader, at, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        notify(reader, kind="test-news", at=at, url="/learn/", params=PARAMS)
        assert mail.outbox == []

    sent = mail.outbox[0]
    assert (sent.subject, sent.to) == ("Please learn Hold", ["reader@example.com"])
    assert "Hello 王晓雯," in sent.body
    assert "8 minutes" in sent.body
    assert "http://127.0.0.1:8000/learn/" in sent.body
    assert MailDelivery.objects.get().done_at is not None


def test_notify_mails_chinese_to_a_chinese_reader(reader, at, django_capture_on_commit_callbacks):
    reader.language = "zh-hans"
    reader.save()
    with django_capture_on_commit_callbacks(execute=True):
        notify(reader, kind="test-news", at=at, params=PARAMS)

    assert mail.outbox[0].subject == "请学习《静音等待》"


def test_notify_somebody_without_address_writes_news_only(db, at, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        notify(UserFactory(), kind="test-news", at=at, params=PARAMS)

    assert callbacks == []
    assert Notification.objects.count() == 1
    assert not MailDelivery.objects.exists()


def test_broker_that_is_down_does_not_reach_the_deed(reader, at, monkeypatch, django_capture_on_commit_callbacks):
    def down(*args):
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.send_notification_mail, "delay", down)

    with django_capture_on_commit_callbacks(execute=True):
        notify(reader, kind="test-news", at=at, params=PARAMS)

    assert MailDelivery.objects.get().done_at is None  # the sweep will find it


def test_deliver_twice_sends_once(db, at):
    delivery = MailDeliveryFactory()

    assert deliver_mail(delivery.pk, at=at) is True
    assert deliver_mail(delivery.pk, at=at) is False

    assert len(mail.outbox) == 1
    delivery.refresh_from_db()
    assert (delivery.done_at, delivery.attempts) == (at, 1)


def test_second_worker_during_the_first_ones_sending_sends_nothing(db, at, monkeypatch):
    delivery = MailDeliveryFactory()
    second = []

    def send(self, *args, **kwargs):
        second.append(deliver_mail(delivery.pk, at=at + timedelta(minutes=1)))
        mail.outbox.append(self)

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)

    assert deliver_mail(delivery.pk, at=at) is True

    assert second == [False]
    assert len(mail.outbox) == 1


def test_failure_is_counted_and_tried_again_later(db, at, broken_mail):
    delivery = MailDeliveryFactory()

    assert deliver_mail(delivery.pk, at=at) is False

    delivery.refresh_from_db()
    assert (delivery.done_at, delivery.attempts) == (None, 1)
    assert delivery.last_error == "ConnectionRefusedError: no mail server"
    assert delivery.due_at == at + timedelta(minutes=1)
    assert deliver_mail(delivery.pk, at=at) is False  # not yet due again
    delivery.refresh_from_db()
    assert delivery.attempts == 1


def test_mail_is_given_up_after_eight_tries(db, at, broken_mail):
    delivery = MailDeliveryFactory()
    for day in range(12):
        deliver_mail(delivery.pk, at=at + timedelta(days=day))

    delivery.refresh_from_db()
    assert (delivery.attempts, delivery.done_at) == (MAX_MAIL_ATTEMPTS, None)
    assert not late_mail(at=at + timedelta(days=99)).exists()


def test_mail_to_an_address_taken_away_meanwhile_is_done_without_sending(db, at):
    delivery = MailDeliveryFactory()
    recipient = delivery.notification.recipient
    recipient.email = ""
    recipient.save()

    assert deliver_mail(delivery.pk, at=at) is False

    delivery.refresh_from_db()
    assert (delivery.done_at, delivery.last_error) == (at, "no address")
    assert mail.outbox == []


def test_worker_that_died_while_sending_is_replaced_after_the_lease(db, at):
    delivery = MailDeliveryFactory(attempts=1, due_at=at + LEASE)

    assert deliver_mail(delivery.pk, at=at + timedelta(minutes=4)) is False
    assert deliver_mail(delivery.pk, at=at + LEASE) is True


def test_late_mail_is_due_for_two_minutes_not_done_and_not_given_up(db, at):
    late = MailDeliveryFactory(due_at=at - timedelta(minutes=3))
    MailDeliveryFactory(due_at=at - timedelta(minutes=1), notification__recipient__email="b@example.com")
    MailDeliveryFactory(due_at=at - timedelta(days=1), done_at=at, notification__recipient__email="c@example.com")
    MailDeliveryFactory(due_at=at - timedelta(days=1), attempts=8, notification__recipient__email="d@example.com")

    assert list(late_mail(at=at)) == [late]


def test_sweep_sends_what_a_queue_lost(db):
    MailDeliveryFactory(due_at=MON_9)

    assert tasks.send_late_mail() == 1
    assert tasks.send_late_mail() == 0

    assert len(mail.outbox) == 1


def test_mark_read_leaves_the_read_alone(db, at):
    reader = UserFactory()
    NotificationFactory(recipient=reader)
    read = NotificationFactory(recipient=reader, read=True)

    assert mark_read(Notification.objects.visible_to(reader), at=at + timedelta(hours=1)) == 1

    read.refresh_from_db()
    assert read.read_at == at


def test_clear_expired_sessions_forgets_listed_ones_too(cast, client):
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    client.post("/accounts/login/", {"login": "ana", "password": "correct-horse"})
    Session.objects.update(expire_date=MON_9)

    tasks.clear_expired_sessions()

    assert not Session.objects.exists()
    assert not UserSession.objects.exists()
