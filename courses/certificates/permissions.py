"""Who may do what with certificates."""

from courses.certificates.models import Certificate
from lms.people.queries import has_role
from lms.people.states import Role


def can_revoke(viewer, certificate: Certificate) -> bool:
    """The QC lead or the operations manager of the person's present team; never one's own."""
    return (
        has_role(viewer, Role.QC_LEAD, Role.OPERATIONS_MANAGER)
        and viewer.pk != certificate.person_id
        and certificate.revoked_at is None
        and Certificate.objects.visible_to(viewer).filter(pk=certificate.pk).exists()
    )
