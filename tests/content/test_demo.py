"""The demonstration company: deterministic, whole, and only where it belongs."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction

from assessments.attempts.models import Attempt
from assessments.calls.models import Call
from assessments.evaluations.models import Evaluation
from assessments.roleplay.models import MysteryCall
from coaching.tickets.models import Ticket
from content.demo.company import SIGN_INS, load_company, sign_in_names
from content.importers.pack import load_pack
from content.readers.pack import read_pack
from lms.people.models import Site, Team, User
from lms.people.states import Role
from tests.factories.certificates import TrackVersionFactory
from tests.factories.people import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MONDAY = date(2026, 3, 2)


@pytest.fixture
def curriculum(at):
    load_pack(read_pack(Path(settings.BASE_DIR) / "content" / "packs" / "starter"), actor=None, at=at)


def portrait():
    """What must be the same for the same day and seed."""
    return {
        "people": list(User.objects.order_by("employee_no").values_list("employee_no", "full_name", "hired_on")),
        "calls": list(Call.objects.order_by("external_id").values_list("external_id", "duration_seconds")),
        "evaluations": list(Evaluation.objects.order_by("pk").values_list("agent__employee_no", "final_score")),
        "attempts": list(Attempt.objects.order_by("pk").values_list("assignment__person__employee_no", "score")),
        "tickets": list(Ticket.objects.order_by("pk").values_list("agent__employee_no", "skill__key", "state")),
    }


def test_same_day_and_seed_give_the_same_company_and_it_shows_life(curriculum):
    portraits = []
    for _time in range(2):
        with transaction.atomic():
            load_company(as_of=MONDAY, seed=7, days=10)
            portraits.append(portrait())
            agents = User.objects.filter(memberships__role=Role.AGENT)
            assert (Site.objects.count(), Team.objects.filter(kind="team").count(), agents.count()) == (2, 6, 60)
            assert MysteryCall.objects.filter(state="planned").exists()
            assert len(sign_in_names()) == len(SIGN_INS)
            transaction.set_rollback(True)

    assert portraits[0] == portraits[1]
    assert len(portraits[0]["evaluations"]) > 15
    assert portraits[0]["tickets"]


def test_it_is_refused_where_people_are(db):
    TrackVersionFactory()
    UserFactory()

    with pytest.raises(CommandError, match="people in this database"):
        call_command("load_demo")


def test_it_is_refused_in_production(db, settings):
    TrackVersionFactory()
    settings.EDITION = "production"

    with pytest.raises(CommandError, match="embedded"):
        call_command("load_demo")


def test_it_asks_for_a_curriculum_first(db):
    with pytest.raises(CommandError, match="Load a content pack first"):
        call_command("load_demo")
