"""The same people in every test.

Ana (agent) and Abel (her colleague) are in team A, led by Lena (team leader) and Carl (supervisor), marked by Eva (QC
analyst). Otto supervises team B, where Olga is an agent. Quinn is QC lead and Mona operations manager of the site,
Tess a training specialist, Wes the WFM analyst, Ada the administrator.
"""

from dataclasses import dataclass, fields

from lms.people.models import Membership, Team, User
from lms.people.rules.names import pinyin_of
from lms.people.states import Role
from tests.factories.people import HIRED, JobRoleFactory, UserFactory, make_team


@dataclass
class Cast:
    site_node: Team
    team_a: Team
    team_b: Team
    ana: User
    abel: User
    lena: User
    carl: User
    eva: User
    otto: User
    olga: User
    quinn: User
    mona: User
    tess: User
    wes: User
    ada: User

    @property
    def people(self) -> dict[str, User]:
        rows = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: row for name, row in rows.items() if isinstance(row, User)}


def make_cast() -> Cast:
    site = make_team("上海", kind=Team.Kind.SITE)
    team_a = make_team("一组", parent=site)
    site.refresh_from_db()
    team_b = make_team("二组", parent=site)
    site.refresh_from_db()

    return Cast(site_node=site, team_a=team_a, team_b=team_b, **_people(site, team_a, team_b))


def _people(site: Team, team_a: Team, team_b: Team) -> dict[str, User]:
    """Everybody in three statements: more than half of all tests begin with the cast."""
    agent = JobRoleFactory()
    rows = {
        "ana": ("安娜", team_a, Role.AGENT),
        "abel": ("阿贝", team_a, Role.AGENT),
        "lena": ("莱娜", team_a, Role.TEAM_LEADER),
        "carl": ("卡尔", team_a, Role.FLOOR_SUPERVISOR),
        "eva": ("伊娃", team_a, Role.QC_ANALYST),
        "otto": ("奥托", team_b, Role.FLOOR_SUPERVISOR),
        "olga": ("奥尔加", team_b, Role.AGENT),
        "quinn": ("昆", site, Role.QC_LEAD),
        "mona": ("莫娜", site, Role.OPERATIONS_MANAGER),
        "tess": ("黛丝", site, Role.TRAINING_SPECIALIST),
        "wes": ("韦斯", site, Role.WFM_ANALYST),
        "ada": ("艾达", None, None),
    }
    people = {
        key: UserFactory.build(
            employee_no=key.upper(),
            full_name=name,
            latin_name=key.title(),
            site=site.site,
            job_role=agent if role == Role.AGENT else None,
            is_administrator=key == "ada",
        )
        for key, (name, _team, role) in rows.items()
    }
    for person in people.values():
        person.pinyin, person.pinyin_initials = pinyin_of(person.full_name)
    User.objects.bulk_create(people.values())
    Membership.objects.bulk_create(
        Membership(person=people[key], team=team, role=role, from_on=HIRED)
        for key, (_name, team, role) in rows.items()
        if team
    )
    return people
