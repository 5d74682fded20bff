"""Who did what to what, when, from what to what. Appended in the transaction of the deed; never changed."""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def update(self, **kwargs):
        raise TypeError("Audit entries are written once")

    def delete(self):
        raise TypeError("Audit entries are written once")


class AuditEntry(models.Model):
    """One deed. The subject is named by type, id and the label it had then, so that it can be read for ever."""

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: the system
    actor_label = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=60)
    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=300)
    #: {"field": [from, to]}
    changes = models.JSONField(default=dict)
    reason = models.TextField(blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["-at"], name="audit_newest_first"),
            models.Index(fields=["subject_type", "subject_id"], name="audit_of_a_subject"),
            models.Index(fields=["action", "-at"], name="audit_of_an_action"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject_label}"

    def save(self, **kwargs):
        if self.pk:
            raise TypeError("Audit entries are written once")
        super().save(**kwargs)

    def delete(self, **kwargs):
        raise TypeError("Audit entries are written once")
