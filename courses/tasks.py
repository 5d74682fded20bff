"""Work that waits for the commit, and sweeps. A task takes ids, calls one service, and may run twice without harm."""

import logging

from celery import shared_task
from django.utils import timezone

logger = logging.getLogger(__name__)


@shared_task
def render_certificate(certificate_id: int) -> None:
    """Draw one certificate's PDF."""
    from courses.certificates.models import Certificate
    from courses.certificates.pdf import MissingGlyph
    from courses.certificates.services import render_certificate as render

    certificate = Certificate.objects.select_related("track_version").get(pk=certificate_id)
    try:
        render(certificate, at=timezone.now())
    except MissingGlyph as error:
        logger.error("certificate %s is not drawn: the font lacks %s", certificate.pk, error.characters)


@shared_task
def render_late_certificates() -> None:
    """Enqueue again what a queue has lost: certificates issued over two minutes ago without a PDF."""
    from datetime import timedelta

    from courses.certificates.models import Certificate

    late = Certificate.objects.unrendered().filter(issued_at__lt=timezone.now() - timedelta(minutes=2))
    for certificate_id in late.values_list("pk", flat=True)[:50]:
        render_certificate.delay(certificate_id)


@shared_task
def publish_what_is_due() -> None:
    """Publish and take back the pages whose time has come."""
    from courses.reviews.services import publish_what_is_due as publish

    publish(at=timezone.now())


@shared_task
def move_due_days() -> int:
    """While somebody is on leave, the due days wait; returns how many enrolments moved."""
    from courses.enrolment.services.dates import move_due_days_of_absentees

    return len(move_due_days_of_absentees(at=timezone.now()))


@shared_task
def open_renewals() -> int:
    """Ask whoever may renew a certificate by now; returns how many."""
    from courses.certificates.services import open_renewals as open_all

    return len(open_all(at=timezone.now()))


@shared_task
def enrol_audience(track_key: str) -> None:
    """The rules for whom a track is are others: enrol whom it is for now, let go of the others."""
    from uuid import UUID

    from courses.enrolment.services.audience import apply_audience

    apply_audience(UUID(track_key), at=timezone.now())


@shared_task
def enrol_audiences() -> None:
    """Once a day: places in teams begin and end, and a lost message is made up for."""
    from courses.enrolment.services.audience import apply_audiences

    apply_audiences(at=timezone.now())


@shared_task
def open_steps_whose_time_has_come() -> None:
    """What opens without any news: a lesson was unpublished, an appointment called off."""
    from courses.enrolment.services.completing import refresh_ordered_enrolments

    refresh_ordered_enrolments(at=timezone.now())
