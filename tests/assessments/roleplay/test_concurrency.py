"""Two neighbours booked with one scenario at the same moment. Only PostgreSQL lets two write at once."""

import threading

import pytest
from django.db import connection, connections

from assessments.roleplay import services
from assessments.roleplay.models import MysteryCall
from tests.factories.scenarios import make_scenario

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


def test_only_one_of_two_neighbours_is_booked_with_one_scenario(cast, at):
    scenario = make_scenario().scenario
    refused: list[Exception] = []
    start = threading.Barrier(2)

    def book(person):
        start.wait()
        try:
            services.plan_new_mystery_call(person, scenario, planned_for=at, actor=cast.eva, at=at)
        except services.CannotPlan as error:
            refused.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=book, args=(person,)) for person in (cast.ana, cast.abel)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert (MysteryCall.objects.count(), len(refused)) == (1, 1)
