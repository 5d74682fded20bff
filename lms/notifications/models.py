"""News for one person, in the app and – where there is an address – by mail."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.people.models import User


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, viewer: Any) -> Self:
        return self.filter(recipient=viewer) if viewer.is_authenticated else self.none()

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Notification(models.Model):
    """One piece of news. Its words are made from `kind` and `params` in the reader's language when it is read."""

    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("notification")
        indexes = [models.Index(fields=["recipient", "read_at"], name="unread_of_a_person")]

    def __str__(self) -> str:
        return f"{self.recipient_id} {self.kind}"


class MailDelivery(models.Model):
    """A mail that is due for a notification. A sweep enqueues what a queue has lost."""

    notification = models.OneToOneField(Notification, on_delete=models.CASCADE, related_name="mail")
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("mail delivery")
        indexes = [models.Index(fields=["done_at", "due_at"], name="mail_that_is_late")]

    def __str__(self) -> str:
        return f"{self.notification_id} {self.due_at}"
