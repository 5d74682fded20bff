"""Certificates as they are after issuing."""

import uuid
from datetime import date
from decimal import Decimal

import factory

from courses.certificates.models import Certificate
from courses.enrolment.models import Enrolment, TrackVersion
from tests.conftest import MON_9
from tests.factories.people import UserFactory


class TrackVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TrackVersion

    track_key = factory.LazyFunction(uuid.uuid4)
    number = 1
    slug = factory.Sequence(lambda n: f"track-{n}")
    title_zh = "入职培训"
    title_en = "Onboarding"
    validity_months = 12
    published_at = MON_9


class TrackEnrolmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Enrolment

    class Params:
        completed = factory.Trait(completed_at=MON_9)

    person = factory.SubFactory(UserFactory)
    track_version = factory.SubFactory(TrackVersionFactory)
    reason_zh = "岗位要求"
    reason_en = "Required by the job role"
    started_on = date(2026, 2, 2)
    created_at = MON_9


class CertificateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Certificate

    class Params:
        revoked = factory.Trait(revoked_at=MON_9, revocation_reason="Issued by mistake")

    enrolment = factory.SubFactory(TrackEnrolmentFactory, completed=True, person=factory.SelfAttribute("..person"))
    person = factory.SubFactory(UserFactory)
    track_version = factory.SelfAttribute("enrolment.track_version")
    full_name = factory.SelfAttribute("person.full_name")
    latin_name = factory.SelfAttribute("person.latin_name")
    employee_no = factory.SelfAttribute("person.employee_no")
    title_zh = factory.SelfAttribute("track_version.title_zh")
    title_en = factory.SelfAttribute("track_version.title_en")
    score = Decimal("0.91666")
    assessments = 5
    issued_at = MON_9
    issued_on = date(2026, 3, 2)
    expires_on = date(2027, 3, 2)
