"""A certificate ends and is renewed: an extended due day first, then each of the three ways in which validity counts.

Every day is fixed. Ana joins on Monday, 2 March 2026; the sweeps run in the early morning as beat runs them.
"""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from assessments.assignments.models import Assignment
from assessments.attempts.models import Attempt
from assessments.attempts.states import AttemptState
from assessments.events import attempt_graded
from assessments.quizzes.models import QuizVersion
from courses.catalogue.states import ValidityMode
from courses.certificates.models import Certificate, Renewal
from courses.certificates.rules import validity
from courses.certificates.services import open_renewals, revoke_certificate
from courses.certificates.states import Validity
from courses.enrolment.models import Enrolment
from courses.enrolment.services.by_job import enrol_by_job_role
from courses.enrolment.services.dates import extend_due_day
from courses.progress.models import LessonCompletion
from lms.notifications.models import Notification
from tests.factories.catalogue import make_course, make_track
from tests.factories.enrolment import read_course, require_track
from tests.factories.quizzes import make_quiz

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")


def on(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=SHANGHAI).astimezone(UTC)


def at_night(day: date) -> list[Renewal]:
    """What beat does on the morning of the day."""
    return open_renewals(at=on(day, 4))


def make(slug, steps, **rules):
    """A published track with these rules about validity."""
    track = make_track(slug, steps)
    for name, value in rules.items():
        setattr(track, name, value)
    track.save_revision().publish()
    return track


def pass_quiz(person, *, at):
    """Sit and pass the open assignment of the person's newest enrolment."""
    assignment = Assignment.objects.filter(person=person, closed_at__isnull=True).latest("pk")
    attempt = Attempt.objects.create(
        assignment=assignment,
        quiz_version=QuizVersion.objects.get(quiz=assignment.quiz),
        number=1,
        state=AttemptState.GRADED,
        started_at=at,
        deadline_at=at + timedelta(minutes=15),
        submitted_at=at,
        score=Decimal("0.9"),
        passed=True,
    )
    attempt_graded.send(sender=Attempt, attempt=attempt, at=at)


@pytest.fixture
def course():
    return make_course("crm", lessons=2)


@pytest.fixture
def quiz():
    return make_quiz("crm-quiz")


def certify(cast, course, track, day: date) -> Certificate:
    """Ana's first certificate: the job asks, she reads, she passes."""
    require_track(cast.ana.job_role, track)
    enrol_by_job_role(cast.ana, at=on(date(2026, 3, 2)))
    read_course(cast.ana, course, at=on(day, 9))
    pass_quiz(cast.ana, at=on(day))
    return Certificate.objects.get(person=cast.ana)


def renew(cast, course, day: date) -> Certificate:
    read_course(cast.ana, course, at=on(day, 9))
    pass_quiz(cast.ana, at=on(day))
    return Certificate.objects.filter(person=cast.ana).latest("issued_at")


# --- from the due day to the renewal --------------------------------------------------------------------------


def test_a_new_hire_gets_longer_and_is_certified_and_renews_a_year_later(cast, course, quiz):
    track = make("onboarding", [course, quiz], validity_mode=ValidityMode.FROM_PREVIOUS_EXPIRY, renewal_days=30)
    require_track(cast.ana.job_role, track)
    [enrolment] = enrol_by_job_role(cast.ana, at=on(date(2026, 3, 2)))
    assert [step.due_on for step in enrolment.steps.all()] == [date(2026, 3, 12), date(2026, 3, 22)]

    extend_due_day(enrolment, due_on=date(2026, 4, 1), reason="三周在新项目", actor=cast.carl, at=on(date(2026, 3, 20)))

    assert enrolment.due_on == date(2026, 4, 1)
    assert [step.due_on for step in enrolment.steps.all()] == [date(2026, 3, 22), date(2026, 4, 1)]
    assert Assignment.objects.get(person=cast.ana).due_on == date(2026, 4, 1)

    read_course(cast.ana, course, at=on(date(2026, 3, 30)))
    pass_quiz(cast.ana, at=on(date(2026, 3, 31)))
    first = Certificate.objects.get(person=cast.ana)
    assert (first.issued_on, first.expires_on, first.renews) == (date(2026, 3, 31), date(2027, 3, 31), None)

    assert at_night(date(2027, 2, 28)) == []
    [renewal] = at_night(date(2027, 3, 1))
    assert (renewal.certificate, renewal.opened_on) == (first, date(2027, 3, 1))
    assert renewal.enrolment.due_on == date(2027, 3, 21)
    assert renewal.enrolment.reason_zh == "复训换证：证书有效期至2027年3月31日"
    news = Notification.objects.get(recipient=cast.ana, kind="renewal_opened")
    assert (news.params["certificate_zh"], news.url) == ("路径 onboarding", "/learn/tracks/onboarding/")
    assert at_night(date(2027, 3, 2)) == at_night(date(2027, 3, 3)) == []
    assert Notification.objects.filter(recipient=cast.ana, kind="renewal_opened").count() == 1

    # What she read a year ago doesn't renew anything, nor does the quiz alone.
    pass_quiz(cast.ana, at=on(date(2027, 3, 4)))
    renewal.enrolment.refresh_from_db()
    assert renewal.enrolment.completed_at is None
    read_course(cast.ana, course, at=on(date(2027, 3, 5)))

    second = Certificate.objects.exclude(pk=first.pk).get()
    assert (second.issued_on, second.expires_on) == (date(2027, 3, 5), date(2028, 3, 31))
    assert second.renews == first
    assert second.refresher_zh == ""
    first.refresh_from_db()
    assert (first.expires_on, first.successor) == (date(2027, 3, 31), second)
    assert LessonCompletion.objects.filter(person=cast.ana).count() == 4
    assert not Renewal.objects.going_on().exists()
    assert at_night(date(2027, 3, 31)) == []


@pytest.mark.parametrize(
    ("mode", "renewed_on", "expires_on"),
    [
        (ValidityMode.FROM_COMPLETION, date(2027, 3, 10), date(2028, 3, 10)),
        (ValidityMode.FROM_PREVIOUS_EXPIRY, date(2027, 3, 10), date(2028, 3, 31)),
        (ValidityMode.FIXED_CALENDAR, date(2027, 6, 20), date(2028, 6, 30)),
        # a late finisher
        (ValidityMode.FROM_COMPLETION, date(2027, 4, 15), date(2028, 4, 15)),
        (ValidityMode.FROM_PREVIOUS_EXPIRY, date(2027, 4, 15), date(2028, 4, 15)),
        (ValidityMode.FIXED_CALENDAR, date(2027, 7, 15), date(2028, 6, 30)),
    ],
)
def test_validity_counts_as_the_track_says(cast, course, quiz, mode, renewed_on, expires_on):
    fixed = {"calendar_month": 6, "calendar_day": 30} if mode == ValidityMode.FIXED_CALENDAR else {}
    track = make("onboarding", [course, quiz], validity_mode=mode, renewal_days=30, **fixed)
    # In June the fixed day is so near that the first certificate reaches to the next one.
    first = certify(cast, course, track, date(2026, 6, 10) if fixed else date(2026, 3, 31))
    assert first.expires_on == (date(2027, 6, 30) if fixed else date(2027, 3, 31))

    [renewal] = at_night(first.expires_on - timedelta(days=30))
    second = renew(cast, course, renewed_on)

    assert (second.issued_on, second.expires_on, second.renews) == (renewed_on, expires_on, first)
    renewal.refresh_from_db()
    assert renewal.closed_at == on(renewed_on)


def test_29_february(cast, course, quiz):
    track = make("onboarding", [course, quiz], validity_mode=ValidityMode.FROM_PREVIOUS_EXPIRY, renewal_days=30)
    first = certify(cast, course, track, date(2028, 2, 29))
    assert first.expires_on == date(2029, 2, 28)
    assert validity(expires_on=first.expires_on, is_revoked=False, day=date(2029, 2, 28)) == Validity.VALID

    at_night(date(2029, 1, 29))
    second = renew(cast, course, date(2029, 2, 28))

    assert second.expires_on == date(2030, 2, 28)


# --- the refresher -------------------------------------------------------------------------------------------


def test_a_shorter_track_renews_the_certificate_of_the_long_one(cast, course, quiz):
    short = make_course("crm-refresher", lessons=1)
    refresher = make_track("crm-again", [short], validity_months=None)
    track = make(
        "onboarding",
        [course, quiz],
        validity_mode=ValidityMode.FROM_PREVIOUS_EXPIRY,
        renewal_days=30,
        refresher=refresher,
    )
    first = certify(cast, course, track, date(2026, 3, 31))

    [renewal] = at_night(date(2027, 3, 1))
    assert renewal.enrolment.track_version.slug == "crm-again"
    read_course(cast.ana, short, at=on(date(2027, 3, 8)))

    second = Certificate.objects.get(renews=first)
    assert (second.title_zh, second.refresher_zh) == ("路径 onboarding", "路径 crm-again")
    assert second.track_version.track_key == track.translation_key
    assert second.expires_on == date(2028, 3, 31)
    assert Certificate.objects.filter(person=cast.ana).count() == 2

    # The next renewal is by the refresher again, and what was read for the last one doesn't count.
    [again] = at_night(date(2028, 3, 1))
    assert again.certificate == second
    assert again.enrolment.completed_at is None


# --- who isn't asked -----------------------------------------------------------------------------------------


def test_another_job_ends_the_renewal_and_asks_for_none(cast, course, quiz):
    from tests.factories.people import JobRoleFactory

    refresher = make_track("crm-again", [make_course("crm-refresher", lessons=1)], validity_months=None)
    track = make("onboarding", [course, quiz], renewal_days=30, refresher=refresher)
    first = certify(cast, course, track, date(2026, 3, 31))
    [renewal] = at_night(date(2027, 3, 1))
    asking = cast.ana.job_role

    enrol_by_job_role(cast.ana, at=on(date(2027, 3, 2)))  # the same job: the refresher stands for its track
    assert Renewal.objects.going_on().get() == renewal

    cast.ana.job_role = JobRoleFactory(key="wfm-desk")
    cast.ana.save()
    enrol_by_job_role(cast.ana, at=on(date(2027, 3, 3)))
    renewal.enrolment.refresh_from_db()
    assert renewal.enrolment.ended_at == on(date(2027, 3, 3))
    assert at_night(date(2027, 3, 4)) == []

    cast.ana.job_role = asking
    cast.ana.save()
    [again] = at_night(date(2027, 3, 5))
    assert again.certificate == first
    assert Enrolment.objects.live().filter(person=cast.ana).count() == 1


def test_a_revoked_certificate_is_not_renewed(cast, course, quiz):
    track = make("onboarding", [course, quiz], renewal_days=30)
    first = certify(cast, course, track, date(2026, 3, 31))
    [renewal] = at_night(date(2027, 3, 1))

    revoke_certificate(first, actor=cast.quinn, reason="代考", at=on(date(2027, 3, 2)))

    renewal.enrolment.refresh_from_db()
    assert renewal.enrolment.ended_at == on(date(2027, 3, 2))
    assert not Assignment.objects.filter(
        person=cast.ana, closed_at__isnull=True, pk=renewal.enrolment.steps.last().assignment_id
    ).exists()
    assert at_night(date(2027, 3, 3)) == []
