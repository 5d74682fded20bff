"""Writing the audit log. Callers are inside the transaction of the deed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from lms.audit.models import AuditEntry

#: Rows of one INSERT.
BATCH = 500


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
    entry = _entry_of(Deed(action, subject, changes or {}, reason), actor=actor, at=at)
    entry.save(force_insert=True)
    return entry


@dataclass(frozen=True)
class Deed:
    """One of many deeds that are recorded together: as in `record`."""

    action: str
    subject: Model
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    reason: str = ""


def record_all(deeds: Iterable[Deed], *, actor: Any, at: datetime) -> None:
    """Append many deeds of one actor at one instant, in their order: as `record` for each, in few statements."""
    AuditEntry.objects.bulk_create((_entry_of(deed, actor=actor, at=at) for deed in deeds), batch_size=BATCH)


def _entry_of(deed: Deed, *, actor: Any, at: datetime) -> AuditEntry:
    return AuditEntry(
        at=at,
        actor=actor,
        actor_label=str(actor or ""),
        action=deed.action,
        subject_type=ContentType.objects.get_for_model(deed.subject),
        subject_id=str(deed.subject.pk),
        subject_label=str(deed.subject)[:300],
        changes={name: [_plain(before), _plain(after)] for name, (before, after) in deed.changes.items()},
        reason=deed.reason,
    )


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
