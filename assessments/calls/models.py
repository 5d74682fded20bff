"""Customer calls taken over from the recording platform."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.calls.rules import clock_of
from assessments.scorecards.states import Channel
from lms.kernel.storage import private_storage
from lms.people.models import User


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, viewer: Any) -> Self:
        """Calls of the people whose whole record the viewer may see. An agent sees a call once it is evaluated."""
        from assessments.calls.queries import calls_visible_to

        return calls_visible_to(viewer, among=self)


class CallDirection(models.TextChoices):
    INBOUND = "inbound", _("Inbound")
    OUTBOUND = "outbound", _("Outbound")


class HungUpBy(models.TextChoices):
    AGENT = "agent", _("Agent")
    CUSTOMER = "customer", _("Customer")
    SYSTEM = "system", _("System")


class CallImport(models.Model):
    """One uploaded file of calls: what was taken over and what was refused, line by line."""

    source = models.CharField(_("source"), max_length=60)
    file_name = models.CharField(max_length=200)
    imported_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: from the command line
    imported_at = models.DateTimeField()
    added = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    #: [{"line": n, "reason": "…"}]
    refused = models.JSONField(default=list)

    class Meta:
        ordering = ["-imported_at"]

    def __str__(self) -> str:
        return f"{self.source} {self.file_name}"


class Call(models.Model):
    """One conversation between an agent and a customer. Written by imports; recordings may be added later."""

    source = models.CharField(max_length=60)
    external_id = models.CharField(_("call id"), max_length=80)
    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="calls")
    seat_number = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.VOICE)
    direction = models.CharField(max_length=10, choices=CallDirection, default=CallDirection.INBOUND)
    started_at = models.DateTimeField(_("start"))
    duration_seconds = models.PositiveIntegerField(_("duration"))
    hold_seconds = models.PositiveIntegerField(null=True, blank=True)  # NULL: not reported
    wrap_up_seconds = models.PositiveIntegerField(null=True, blank=True)  # NULL: not reported
    queue = models.CharField(_("queue"), max_length=80, blank=True)
    application_type = models.CharField(_("application type"), max_length=80, blank=True)
    customer_rating = models.PositiveSmallIntegerField(null=True, blank=True)  # NULL: not rated
    hung_up_by = models.CharField(max_length=10, blank=True)
    recording = models.FileField(storage=private_storage, upload_to="recordings/%Y/%m/", blank=True)
    transcript = models.TextField(blank=True)
    imported_by = models.ForeignKey(
        CallImport, null=True, blank=True, on_delete=models.PROTECT, related_name="calls"
    )  # NULL: demonstration data

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = [
            # The same export imported twice is one set of calls.
            models.UniqueConstraint(fields=["source", "external_id"], name="one_call_per_source_and_id"),
        ]
        indexes = [
            models.Index(fields=["agent", "-started_at"], name="calls_of_an_agent"),
            models.Index(fields=["-started_at"], name="calls_newest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.external_id}"

    @property
    def length(self) -> str:
        """3:05 – how long it lasted."""
        return clock_of(self.duration_seconds)

    @property
    def hold(self) -> str:
        """Time on hold; empty where the platform doesn't report it."""
        return "" if self.hold_seconds is None else clock_of(self.hold_seconds)

    @property
    def wrap_up(self) -> str:
        """After-call work; empty where the platform doesn't report it."""
        return "" if self.wrap_up_seconds is None else clock_of(self.wrap_up_seconds)

    @property
    def hung_up_word(self) -> Any:
        return HungUpBy(self.hung_up_by).label if self.hung_up_by in HungUpBy.values else self.hung_up_by
