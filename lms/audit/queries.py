"""Reading the audit log."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from lms.audit.models import AuditEntry


def entries(
    *,
    actor: str = "",
    action: str = "",
    subject: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[AuditEntry]:
    """Deeds, newest first, narrowed by parts of the actor's and the subject's label as they were then, by action, and
    by instants (`until` is exclusive)."""
    found = AuditEntry.objects.select_related("subject_type")
    if actor:
        found = found.filter(actor_label__icontains=actor)
    if action:
        found = found.filter(action=action)
    if subject:
        found = found.filter(subject_label__icontains=subject)
    if since:
        found = found.filter(at__gte=since)
    if until:
        found = found.filter(at__lt=until)
    return found


def actions_in_use() -> list[str]:
    """Every action that the log holds, for the filter."""
    return list(AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct())
