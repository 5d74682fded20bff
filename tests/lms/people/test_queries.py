"""Who sees whom."""

from lms.people.models import User
from lms.people.permissions import leads, marks


def seen(viewer):
    return {person.latin_name for person in User.objects.visible_to(viewer)}


def test_agent_sees_only_herself(cast):
    assert seen(cast.ana) == {"Ana"}


def test_leader_supervisor_and_analyst_see_their_teams_agents(cast):
    assert seen(cast.lena) == {"Lena", "Ana", "Abel"}
    assert seen(cast.carl) == {"Carl", "Ana", "Abel"}
    assert seen(cast.eva) == {"Eva", "Ana", "Abel"}
    assert seen(cast.otto) == {"Otto", "Olga"}


def test_role_on_the_site_reaches_every_team_below(cast):
    assert seen(cast.quinn) == {"Quinn", "Ana", "Abel", "Olga"}
    assert seen(cast.mona) == {"Mona", "Ana", "Abel", "Olga"}


def test_specialists_and_administrators_see_no_records(cast):
    assert seen(cast.tess) == {"Tess"}
    assert seen(cast.wes) == {"Wes"}
    assert seen(cast.ada) == {"Ada"}


def test_marking_and_leading_stop_at_the_team(cast):
    assert marks(cast.eva, cast.ana)
    assert not marks(cast.eva, cast.olga)
    assert leads(cast.carl, cast.ana)
    assert not leads(cast.otto, cast.ana)
