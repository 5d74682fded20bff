"""Writing the audit log. Callers are inside the transaction of the deed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from lms.audit.models import AuditEntry


def record(
    *,
    actor: Any,
    action: str,
    subject: Model,
    at: datetime,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Append one deed. `actor` None means the system; `changes` maps a field to (from, to); values become text
    unless JSON knows them."""
    return AuditEntry.objects.create(
        at=at,
        actor=actor,
        actor_label=str(actor or ""),
        action=action,
        subject_type=ContentType.objects.get_for_model(subject),
        subject_id=str(subject.pk),
        subject_label=str(subject)[:300],
        changes={name: [_plain(before), _plain(after)] for name, (before, after) in (changes or {}).items()},
        reason=reason,
    )


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
