"""Job roles and the notice: what an administrator's content pack lays down about people."""

from datetime import datetime
from typing import Any

from django.db import transaction

from lms.audit.services import record
from lms.people.models import JobRole, Notice


@transaction.atomic
def define_job_role(key: str, *, role: str, name_zh: str, name_en: str, actor: Any, at: datetime) -> JobRole:
    """Write a job role. The same words again change nothing."""
    words = {"role": role, "name_zh": name_zh, "name_en": name_en}
    job_role, is_new = JobRole.objects.get_or_create(key=key, defaults=words)
    changes = {
        name: (getattr(job_role, name), value) for name, value in words.items() if getattr(job_role, name) != value
    }
    if changes:
        for name, value in words.items():
            setattr(job_role, name, value)
        job_role.save()
    if is_new or changes:
        record(actor=actor, action="job_role_defined", subject=job_role, at=at, changes=changes)
    return job_role


@transaction.atomic
def publish_notice(
    version: int, *, title_zh: str, title_en: str, body_zh: str, body_en: str, actor: Any, at: datetime
) -> Notice:
    """Publish one version of the notice; agents are asked to confirm the newest. A version that is there stays as it is."""
    notice, is_new = Notice.objects.get_or_create(
        version=version,
        defaults={
            "title_zh": title_zh, "title_en": title_en, "body_zh": body_zh, "body_en": body_en, "published_at": at,
        },
    )  # fmt: skip
    if is_new:
        record(actor=actor, action="notice_published", subject=notice, at=at)
    return notice
