"""Issuing, drawing and revoking certificates."""

from datetime import datetime
from hashlib import sha256

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse

from assessments.assignments.models import Assignment
from courses import events
from courses.certificates.models import Certificate, Renewal
from courses.certificates.permissions import can_revoke
from courses.certificates.queries import counted_scores, last_certificate
from courses.certificates.rules import mean_score, next_expiry
from courses.certificates.services.renewing import take_back_renewals
from courses.enrolment.models import Enrolment
from lms.audit.services import record
from lms.kernel.states import StaleState
from lms.notifications.services import notify
from lms.people.models import User
from lms.people.queries import analysts_of


class NotMet(Exception):
    """The enrolment isn't complete, or isn't one in a track."""


@transaction.atomic
def issue_certificate(enrolment: Enrolment, *, at: datetime) -> Certificate:
    """Freeze what the certificate states. Issued once per enrolment: a second call returns the first certificate.

    It renews the person's newest certificate of the same track, if there is one that wasn't revoked: that one stays as
    history. Announces `certificate_issued`, on which the PDF is drawn after the commit. Raises NotMet.
    """
    renewal = Renewal.objects.filter(enrolment=enrolment).select_related("track_version").first()
    version = renewal.track_version if renewal else enrolment.track_version
    scores = counted_scores(enrolment)
    if enrolment.completed_at is None or version is None:
        raise NotMet(str(enrolment))
    person = enrolment.person
    previous = last_certificate(person, version.track_key)
    is_refreshed = renewal is not None and enrolment.track_version.track_key != version.track_key
    issued_on = person.site.local_day(at) if person.site else at.date()
    certificate, is_new = Certificate.objects.get_or_create(
        enrolment=enrolment,
        defaults={
            "person": person,
            "track_version": version,
            "full_name": person.full_name,
            "latin_name": person.latin_name,
            "employee_no": person.employee_no,
            "title_zh": version.title_zh,
            "title_en": version.title_en,
            "score": mean_score(scores),
            "assessments": len(scores),
            "issued_at": at,
            "issued_on": issued_on,
            "expires_on": next_expiry(
                version.validity_mode,
                issued_on=issued_on,
                months=version.validity_months,
                previous_expiry=previous.expires_on if previous else None,
                window_days=version.renewal_days,
                calendar_day=(version.calendar_month, version.calendar_day) if version.calendar_month else None,
            ),
            "renews": previous,
            "refresher_zh": enrolment.track_version.title_zh if is_refreshed else "",
            "refresher_en": enrolment.track_version.title_en if is_refreshed else "",
        },
    )
    if is_new:
        Renewal.objects.filter(enrolment=enrolment, closed_at__isnull=True).update(closed_at=at)
        record(
            actor=None,
            action="certificate_renewed" if previous else "certificate_issued",
            subject=certificate,
            at=at,
            changes={"expires_on": (previous.expires_on, certificate.expires_on)} if previous else None,
        )
        notify(
            person,
            kind="certificate_renewed" if previous else "certificate_issued",
            at=at,
            url=reverse("courses:certificate-list"),
            params={"title_zh": certificate.title_zh, "title_en": certificate.title_en},
        )
        events.certificate_issued.send(sender=Certificate, certificate=certificate, at=at)
    return certificate


def render_certificate(certificate: Certificate, *, at: datetime) -> Certificate:
    """Draw the PDF and keep it with its hash. A certificate that is drawn already is left as it is.

    Raises `pdf.MissingGlyph` when the certificate's font lacks a character of the name.
    """
    if certificate.rendered_at is not None:
        return certificate
    from courses.certificates.pdf import draw

    content = draw(certificate)
    certificate.pdf.save(f"{certificate.uuid}.pdf", ContentFile(content), save=False)
    updated = Certificate.objects.filter(pk=certificate.pk, rendered_at__isnull=True).update(
        pdf=certificate.pdf.name, pdf_sha256=sha256(content).hexdigest(), rendered_at=at
    )
    if not updated:  # another worker was faster: its file is the one that counts
        certificate.pdf.storage.delete(certificate.pdf.name)
    certificate.refresh_from_db()
    return certificate


@transaction.atomic
def question_certificates(assignment: Assignment, *, at: datetime) -> list[Certificate]:
    """A regrade took away the pass on which valid certificates rest. They stay as they were issued: only a person takes
    one back. It is recorded, and the analysts who may revoke it are told. Returns these certificates."""
    valid = Certificate.objects.filter(enrolment__steps__assignment=assignment, revoked_at__isnull=True)
    certificates = list(valid.select_related("person").order_by("pk"))
    quiz = assignment.quiz if certificates else None
    for certificate in certificates:
        record(actor=None, action="certificate_questioned", subject=certificate, at=at)
        for reader in analysts_of(certificate.person):
            if quiz is None or not can_revoke(reader, certificate):
                continue
            notify(
                reader,
                kind="certificate_questioned",
                at=at,
                url=reverse("courses:certificate-verify", args=[certificate.uuid]),
                params={
                    "person": f"{certificate.full_name} {certificate.employee_no}",
                    "quiz_zh": quiz.title_zh,
                    "quiz_en": quiz.title_en,
                    "title_zh": certificate.title_zh,
                    "title_en": certificate.title_en,
                },
            )
    return certificates


@transaction.atomic
def revoke_certificate(certificate: Certificate, *, actor: User, reason: str, at: datetime) -> Certificate:
    """From now on its public page says revoked. Raises ValueError without a reason, StaleState when it is revoked."""
    if not reason.strip():
        raise ValueError("a revocation gives its reason")
    fields = {"revoked_at": at, "revoked_by": actor, "revocation_reason": reason.strip()}
    if not Certificate.objects.filter(pk=certificate.pk, revoked_at__isnull=True).update(**fields):
        raise StaleState(f"{certificate} is revoked already")
    certificate.refresh_from_db()
    record(actor=actor, action="certificate_revoked", subject=certificate, at=at, reason=certificate.revocation_reason)
    take_back_renewals(certificate, actor=actor, at=at)
    notify(
        certificate.person,
        kind="certificate_revoked",
        at=at,
        url=reverse("courses:certificate-list"),
        params={"title_zh": certificate.title_zh, "title_en": certificate.title_en},
    )
    return certificate
