"""Groups follow roles."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group

from lms.events import membership_changed, person_joined
from lms.people.models import Membership, User
from lms.people.services.groups import sync_groups, sync_groups_of
from lms.people.states import ADMINISTRATORS, PersonStatus, Role
from tests.factories.people import join

pytestmark = pytest.mark.django_db


def groups(person) -> set[str]:
    return set(person.groups.values_list("name", flat=True))


def test_a_person_is_in_the_groups_of_the_roles_held(cast, at):
    join(cast.eva, cast.team_b, Role.AGENT)

    sync_groups(cast.eva, at=at)

    assert groups(cast.eva) == {"qc_analyst", "agent"}


def test_a_role_that_ended_leaves_its_group_and_other_groups_stay(cast, at):
    own = Group.objects.create(name="choir")
    cast.tess.groups.add(own)
    sync_groups(cast.tess, at=at)
    Membership.objects.filter(person=cast.tess).update(to_on=date(2026, 3, 2))

    membership_changed.send(sender=User, person=cast.tess, at=at)

    assert groups(cast.tess) == {"choir"}


def test_the_role_holds_until_its_last_day(cast, at):
    Membership.objects.filter(person=cast.tess).update(to_on=date(2026, 3, 3))

    sync_groups(cast.tess, at=at)
    assert groups(cast.tess) == {"training_specialist"}
    sync_groups(cast.tess, at=at + timedelta(days=1))
    assert groups(cast.tess) == set()


def test_administrators_have_their_group_and_no_job_role_leads_there(cast, at):
    person_joined.send(sender=User, person=cast.ada, at=at)
    person_joined.send(sender=User, person=cast.carl, at=at)

    assert groups(cast.ada) == {ADMINISTRATORS}
    assert ADMINISTRATORS not in groups(cast.carl)


@pytest.mark.parametrize("gone", [{"status": PersonStatus.LEFT}, {"is_active": False}])
def test_who_has_left_is_in_no_group(cast, at, gone):
    sync_groups(cast.tess, at=at)
    for name, value in gone.items():
        setattr(cast.tess, name, value)
    cast.tess.save()

    sync_groups(cast.tess, at=at)

    assert groups(cast.tess) == set()


def test_syncing_again_writes_nothing(cast, at, django_assert_num_queries):
    sync_groups(cast.tess, at=at)

    with django_assert_num_queries(4):  # a savepoint and two reads
        sync_groups(cast.tess, at=at)


def test_many_are_put_into_their_groups_in_as_many_queries_as_one(cast, at, django_assert_num_queries):
    own = Group.objects.create(name="choir")
    cast.tess.groups.add(own)
    sync_groups_of([cast.tess], at=at)  # the group is there
    Membership.objects.filter(person=cast.tess).update(to_on=date(2026, 3, 2))
    people = [cast.ana, cast.abel, cast.olga, cast.tess]
    Group.objects.create(name="agent")

    with django_assert_num_queries(7):  # a savepoint, two reads; who goes, the group, who comes
        sync_groups_of(people, at=at)

    assert [groups(person) for person in people] == [{"agent"}, {"agent"}, {"agent"}, {"choir"}]
