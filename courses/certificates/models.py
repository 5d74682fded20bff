"""Certificates: what they state is frozen when they are issued."""

import uuid
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.enrolment.models import Enrolment, TrackVersion
from lms.kernel.bilingual import Bilingual
from lms.kernel.storage import private_storage
from lms.people.models import User


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, viewer: Any) -> Self:
        return self.filter(person__in=User.objects.visible_to(viewer))

    def unrendered(self) -> Self:
        return self.filter(rendered_at__isnull=True)


class Certificate(models.Model):
    """One person met every requirement of one track version. Written once; only revocation is added later."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="certificate")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="certificates")
    track_version = models.ForeignKey(TrackVersion, on_delete=models.PROTECT, related_name="certificates")
    # What it states, as it was on the day:
    full_name = models.CharField(max_length=120)
    latin_name = models.CharField(max_length=120, blank=True)
    employee_no = models.CharField(max_length=40)
    title_zh = models.CharField(max_length=255)
    title_en = models.CharField(max_length=255)
    #: Mean of the `assessments` that counted: the best passed attempt of each quiz, each passed mystery call.
    score = models.DecimalField(max_digits=6, decimal_places=5, null=True)  # NULL: the track has no assessment
    assessments = models.PositiveSmallIntegerField()
    issued_at = models.DateTimeField()
    issued_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)  # the last day on which it holds; NULL: doesn't expire
    pdf = models.FileField(storage=private_storage, upload_to="certificates/%Y/", blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    rendered_at = models.DateTimeField(null=True, blank=True)  # NULL: the PDF is still to be made
    revoked_at = models.DateTimeField(null=True, blank=True)  # NULL: not revoked
    revoked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revocation_reason = models.TextField(blank=True)
    #: The certificate in whose place this one stands; that one stays as history.
    renews = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="successor"
    )  # NULL: the first of its kind
    # The shorter track by which it was renewed; empty: the whole track was taken.
    refresher_zh = models.CharField(max_length=255, blank=True)
    refresher_en = models.CharField(max_length=255, blank=True)

    title = Bilingual()
    refresher = Bilingual()
    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at"]
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | ~Q(revocation_reason=""),
                name="a_revocation_gives_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(rendered_at__isnull=True) | ~Q(pdf_sha256=""),
                name="a_rendered_certificate_has_its_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_no} {self.title}"

    def is_expired(self, day: date) -> bool:
        return self.expires_on is not None and day > self.expires_on


class RenewalQuerySet(models.QuerySet["Renewal"]):
    def going_on(self) -> Self:
        """Opened, and neither finished nor taken back."""
        return self.filter(
            closed_at__isnull=True, enrolment__completed_at__isnull=True, enrolment__ended_at__isnull=True
        )


class Renewal(models.Model):
    """A certificate is about to end, or has ended, and its holder was asked to renew it: by which enrolment, and under
    which version of the track the new certificate will be issued. Final when closed."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="renewals")
    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="renewal")
    track_version = models.ForeignKey(TrackVersion, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    opened_on = models.DateField()
    closed_at = models.DateTimeField(null=True, blank=True)  # NULL: going on, or its enrolment has just ended

    objects = RenewalQuerySet.as_manager()

    class Meta:
        verbose_name = _("renewal")
        constraints = [
            # Two sweeps at the same moment must not ask twice.
            models.UniqueConstraint(
                fields=["certificate"], condition=Q(closed_at__isnull=True), name="one_open_renewal_per_certificate"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate} {self.opened_on}"
