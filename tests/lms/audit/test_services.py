"""Audit entries are appended, never changed."""

from decimal import Decimal

import pytest
from django.db import transaction

from lms.audit.models import AuditEntry
from lms.audit.services import record


@pytest.fixture
def entry(cast, at):
    return record(
        actor=cast.carl,
        action="code_issued",
        subject=cast.ana,
        at=at,
        changes={"score": (None, Decimal("0.8")), "is_active": (True, False)},
        reason="forgotten",
    )


def test_record_keeps_the_labels_of_that_day(cast, entry):
    cast.carl.full_name = "卡尔二世"
    cast.carl.save()

    kept = AuditEntry.objects.get()

    assert (kept.actor_label, kept.subject_label) == ("卡尔 (CARL)", "安娜 (ANA)")
    assert kept.changes == {"score": [None, "0.8"], "is_active": [True, False]}


def test_record_by_the_system_has_no_actor(cast, at):
    entry = record(actor=None, action="x", subject=cast.ana, at=at)

    assert (entry.actor, entry.actor_label) == (None, "")


def test_entry_refuses_every_change(entry):
    entry.reason = "changed my mind"

    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
    with pytest.raises(TypeError):
        AuditEntry.objects.update(reason="")
    with pytest.raises(TypeError):
        AuditEntry.objects.filter(pk=entry.pk).delete()
    with pytest.raises(TypeError), transaction.atomic():
        AuditEntry.objects.bulk_update([entry], ["reason"])

    assert AuditEntry.objects.get().reason == "forgotten"


def test_who_is_named_in_the_log_cannot_be_deleted(cast, entry):
    with pytest.raises(Exception, match="protected"):
        cast.carl.delete()
