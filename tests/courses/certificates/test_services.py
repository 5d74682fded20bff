"""Issued once, drawn once, revoked for good."""

from datetime import date
from decimal import Decimal

import pytest

from courses.certificates.models import Certificate
from courses.certificates.services import NotMet, issue_certificate, revoke_certificate
from courses.enrolment.models import EnrolmentStep, TrackStep
from lms.audit.models import AuditEntry
from lms.kernel.states import StaleState
from lms.notifications.models import Notification
from tests.factories.attempts import AttemptFactory
from tests.factories.certificates import CertificateFactory, TrackEnrolmentFactory
from tests.factories.quizzes import make_quiz


@pytest.fixture
def completed(cast, at):
    """Ana's completed enrolment: one quiz, passed with 0.9 after a first try of 0.5."""
    enrolment = TrackEnrolmentFactory(person=cast.ana, completed=True)
    quiz = make_quiz()
    step = TrackStep.objects.create(version=enrolment.track_version, order=0, kind="quiz", quiz=quiz, due_days=5)
    failed = AttemptFactory(
        assignment__person=cast.ana, assignment__quiz=quiz, graded=True, score=Decimal("0.5"), passed=False
    )
    AttemptFactory(assignment=failed.assignment, number=2, graded=True, score=Decimal("0.9"), passed=True)
    EnrolmentStep.objects.create(enrolment=enrolment, step=step, due_on=date(2026, 3, 9), assignment=failed.assignment)
    return enrolment


def test_certificate_freezes_what_it_states(completed, cast, at):
    certificate = issue_certificate(completed, at=at)

    cast.ana.full_name = "改名"
    cast.ana.save()
    certificate.refresh_from_db()
    assert (certificate.full_name, certificate.employee_no) == ("安娜", "ANA")
    assert (certificate.score, certificate.assessments) == (Decimal("0.90000"), 1)
    assert (certificate.issued_on, certificate.expires_on) == (date(2026, 3, 2), date(2027, 3, 2))


def test_certificate_is_issued_once_and_told_once(completed, cast, at):
    first = issue_certificate(completed, at=at)
    second = issue_certificate(completed, at=at)

    assert first.pk == second.pk
    assert Notification.objects.filter(recipient=cast.ana, kind="certificate_issued").count() == 1
    assert AuditEntry.objects.filter(action="certificate_issued").count() == 1


def test_nothing_is_certified_before_the_track_is_complete(cast, at):
    enrolment = TrackEnrolmentFactory(person=cast.ana)

    with pytest.raises(NotMet):
        issue_certificate(enrolment, at=at)
    assert not Certificate.objects.exists()


def test_revocation_is_kept_with_its_reason_and_happens_once(cast, at):
    certificate = CertificateFactory(person=cast.ana)

    revoke_certificate(certificate, actor=cast.quinn, reason="Sat by somebody else", at=at)

    certificate.refresh_from_db()
    assert (certificate.revoked_by, certificate.revocation_reason) == (cast.quinn, "Sat by somebody else")
    with pytest.raises(StaleState):
        revoke_certificate(certificate, actor=cast.quinn, reason="Again", at=at)


def test_revocation_without_reason_is_refused(cast, at):
    certificate = CertificateFactory(person=cast.ana)

    with pytest.raises(ValueError, match="reason"):
        revoke_certificate(certificate, actor=cast.quinn, reason="  ", at=at)
