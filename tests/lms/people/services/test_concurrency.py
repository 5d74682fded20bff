"""Two imports at the same moment. Only PostgreSQL lets two write at once."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection, connections

from lms.audit.models import AuditEntry
from lms.people.models import ImportBatch, Team, User
from lms.people.services.imports import PlanChanged, confirm_import, planned_import, upload_import
from lms.people.states import ImportKind, ImportState
from tests.factories.people import JobRoleFactory, UserFactory

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]
HEADER = "工号,姓名,职场,部门,班组,岗位"


@pytest.fixture
def batches(at: datetime) -> list[ImportBatch]:
    """Two files that name one new team, of two people each."""
    JobRoleFactory()
    ada = UserFactory(employee_no="ADA", is_administrator=True, site=None)
    return [
        upload_import(
            ImportKind.PEOPLE,
            ContentFile(
                f"{HEADER}\n{n}1,新人一,成都,热线,三组,座席代表\n{n}2,新人二,成都,热线,三组,座席代表\n".encode(),
                name="p.csv",
            ),
            actor=ada,
            at=at,
        )
        for n in "AB"
    ]


def both(deed: Callable[[ImportBatch], Any], batches: list[ImportBatch]) -> list[Any]:
    """What came of doing the deed to both at once, errors included."""
    outcomes: list[Any] = [None, None]
    start = threading.Barrier(2)

    def run(place: int) -> None:
        start.wait()
        try:
            outcomes[place] = deed(batches[place])
        except Exception as error:
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def test_two_imports_that_name_one_team_meet_in_one_row(batches, at):
    both(lambda batch: confirm_import(batch, actor=batch.uploaded_by, at=at), batches)

    assert ImportBatch.objects.filter(state=ImportState.CONFIRMED).count() == 2
    team = Team.objects.get(name="三组")
    assert team.memberships.count() == 4
    assert Team.objects.count() == 3
    assert Team.find_problems() == ([], [], [], [], [])


def test_the_second_doesnt_write_what_was_not_shown(batches, at):
    seen = {batch.pk: planned_import(batch, at=at).plan.digest for batch in batches}

    outcomes = both(lambda batch: confirm_import(batch, actor=batch.uploaded_by, at=at, seen=seen[batch.pk]), batches)

    assert sum(isinstance(outcome, PlanChanged) for outcome in outcomes) == 1
    assert User.objects.filter(site__name="成都").count() == 2
    assert AuditEntry.objects.filter(action="import_confirmed").count() == 1
