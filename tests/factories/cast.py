"""The same people in every test.

Ana (agent) and Abel (her colleague) are in team A, led by Lena (team leader) and Carl (supervisor), marked by Eva (QC
analyst). Otto supervises team B, where Olga is an agent. Quinn is QC lead and Mona operations manager of the site,
Tess a training specialist, Wes the WFM analyst, Ada the administrator.
"""

from dataclasses import dataclass, fields

from lms.people.models import Team, User
from lms.people.states import Role
from tests.factories.people import JobRoleFactory, UserFactory, join, make_team


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
    agent = JobRoleFactory()

    def person(name: str, latin: str, team: Team, role: str, **more) -> User:
        who = UserFactory(employee_no=latin.upper(), full_name=name, latin_name=latin, **more)
        join(who, team, role)
        return who

    return Cast(
        site_node=site,
        team_a=team_a,
        team_b=team_b,
        ana=person("安娜", "Ana", team_a, Role.AGENT, job_role=agent),
        abel=person("阿贝", "Abel", team_a, Role.AGENT, job_role=agent),
        lena=person("莱娜", "Lena", team_a, Role.TEAM_LEADER),
        carl=person("卡尔", "Carl", team_a, Role.FLOOR_SUPERVISOR),
        eva=person("伊娃", "Eva", team_a, Role.QC_ANALYST),
        otto=person("奥托", "Otto", team_b, Role.FLOOR_SUPERVISOR),
        olga=person("奥尔加", "Olga", team_b, Role.AGENT, job_role=agent),
        quinn=person("昆", "Quinn", site, Role.QC_LEAD),
        mona=person("莫娜", "Mona", site, Role.OPERATIONS_MANAGER),
        tess=person("黛丝", "Tess", site, Role.TRAINING_SPECIALIST),
        wes=person("韦斯", "Wes", site, Role.WFM_ANALYST),
        ada=UserFactory(employee_no="ADA", full_name="艾达", latin_name="Ada", is_administrator=True),
    )
