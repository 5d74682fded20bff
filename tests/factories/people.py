"""People, teams and the fixed cast. Plain factories; traits are named after states."""

from datetime import date

import factory

from lms.people.models import JobRole, Membership, Site, Team, User
from lms.people.states import Role

HIRED = date(2026, 1, 5)


class SiteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Site
        django_get_or_create = ("code",)

    code = "sh"
    name = factory.LazyAttribute(lambda site: f"Site {site.code}")


class JobRoleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = JobRole
        django_get_or_create = ("key",)

    key = "voice-agent"
    name_zh = "座席代表"
    name_en = "Agent"
    role = Role.AGENT


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    employee_no = factory.Sequence(lambda n: f"E{n:05}")
    full_name = factory.Sequence(lambda n: f"员工{n}")
    site = factory.SubFactory(SiteFactory)
    hired_on = HIRED
    password = factory.django.Password("correct-horse")


def make_team(name: str, *, parent: Team | None = None, kind: str = Team.Kind.TEAM, site: Site | None = None) -> Team:
    """A node of the tree; a root node where no parent is given."""
    fields = {"name": name, "kind": kind, "site": site or SiteFactory()}
    return parent.add_child(**fields) if parent else Team.add_root(**fields)


def join(person: User, team: Team, role: str = Role.AGENT, *, from_on: date = HIRED) -> Membership:
    return Membership.objects.create(person=person, team=team, role=role, from_on=from_on)
