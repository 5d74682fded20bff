"""Issuing, drawing, revoking and renewing certificates."""

from courses.certificates.services.issuing import (
    NotMet,
    issue_certificate,
    question_certificates,
    render_certificate,
    revoke_certificate,
)
from courses.certificates.services.renewing import open_renewals

__all__ = [
    "NotMet", "issue_certificate", "open_renewals", "question_certificates", "render_certificate", "revoke_certificate",
]  # fmt: skip
