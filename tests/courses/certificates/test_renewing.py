"""The sweep that asks people to renew, and what the list and the public check say of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.assignments.models import Assignment
from courses.certificates.models import Certificate, Renewal
from courses.certificates.pdf import facts
from courses.certificates.services import issue_certificate, open_renewals
from courses.enrolment.models import Enrolment
from courses.enrolment.services.enrolling import enrol_in_track
from courses.tasks import open_renewals as open_renewals_task
from lms.audit.models import AuditEntry
from lms.notifications.models import Notification
from lms.people.models import RosterShift
from lms.people.states import Activity, PersonStatus
from tests.factories.catalogue import make_course, make_track
from tests.factories.certificates import CertificateFactory, TrackEnrolmentFactory
from tests.factories.enrolment import enrol, require_track, version_of
from tests.factories.people import UserFactory, join
from tests.factories.quizzes import make_quiz

pytestmark = pytest.mark.django_db

#: Certificates made here end on 2 March 2027; the window opens on 31 January.
OPENS = datetime(2027, 1, 30, 20, 40, tzinfo=UTC)  # 4:40 on the 31st in Shanghai
DAY = timedelta(days=1)


@pytest.fixture
def track():
    page = make_track("onboarding", [make_course("crm", lessons=1), make_quiz("crm-quiz")])
    page.renewal_days = 30
    page.save_revision().publish()
    return page


def certified(person, track, **more) -> Certificate:
    enrolment = TrackEnrolmentFactory(person=person, track_version=version_of(track), completed=True)
    return CertificateFactory(person=person, enrolment=enrolment, **more)


def test_it_asks_once_with_new_assignments_a_reason_and_one_piece_of_news(cast, track):
    require_track(cast.ana.job_role, track)
    certificate = certified(cast.ana, track)

    assert open_renewals(at=OPENS - DAY) == []
    [renewal] = open_renewals(at=OPENS)
    assert open_renewals(at=OPENS) == open_renewals(at=OPENS + DAY) == []

    enrolment = renewal.enrolment
    assert (enrolment.counts_from, enrolment.for_track_key) == (OPENS, track.translation_key)
    assert (enrolment.given_by, enrolment.due_limit_on) == (None, date(2027, 3, 2))
    assert enrolment.reason_en == "Renewal: your certificate is valid until March 2, 2027"
    assert Assignment.objects.get(person=cast.ana).created_at == OPENS
    assert [row.recipient for row in Notification.objects.filter(kind="renewal_opened")] == [cast.ana]
    assert not Notification.objects.filter(kind="enrolled_in_track").exists()
    assert AuditEntry.objects.get(action="renewal_opened").subject_id == str(certificate.pk)


def test_the_task_is_what_beat_runs(cast, track, monkeypatch):
    require_track(cast.ana.job_role, track)
    certified(cast.ana, track)
    monkeypatch.setattr("django.utils.timezone.now", lambda: OPENS)

    assert (open_renewals_task(), open_renewals_task()) == (1, 0)


def test_it_is_due_while_the_certificate_holds_and_by_its_steps_after_that(cast, track):
    require_track(cast.ana.job_role, track)
    soon, long_ago = date(2027, 2, 5), date(2026, 1, 5)
    certified(cast.ana, track, expires_on=soon)
    certified(cast.abel, track, expires_on=long_ago)

    due = {row.enrolment.person: row.enrolment.due_on for row in open_renewals(at=OPENS)}

    assert due == {cast.ana: soon, cast.abel: date(2027, 2, 20)}
    lapsed = Enrolment.objects.live().get(person=cast.abel)
    assert lapsed.reason_zh == "复训换证：证书已于2026年1月5日到期"


def test_who_left_is_away_or_no_longer_asked_is_passed_over(cast, track):
    require_track(cast.ana.job_role, track)
    people = {name: UserFactory(job_role=cast.ana.job_role) for name in ("left", "leave", "holiday", "here")}
    people["other job"] = UserFactory(job_role=None)
    people["by hand"] = UserFactory(job_role=None)
    for person in people.values():
        certified(person, track)
    for name in ("left", "leave"):
        people[name].status = PersonStatus(name)
        people[name].save()
    RosterShift.objects.create(
        person=people["holiday"], on=date(2027, 1, 31), starts_at=OPENS, ends_at=OPENS + DAY, activity=Activity.LEAVE
    )
    Enrolment.objects.filter(person=people["by hand"]).update(given_by=cast.carl)
    certified(cast.abel, track, revoked=True)

    opened = open_renewals(at=OPENS)

    assert {row.certificate.person for row in opened} == {people["here"], people["by hand"]}
    assert Enrolment.objects.live().get(person=people["by hand"]).given_by == cast.carl
    people["leave"].status = PersonStatus.ACTIVE
    people["leave"].save()
    assert {row.certificate.person for row in open_renewals(at=OPENS + DAY)} == {people["leave"], people["holiday"]}


def test_tracks_without_a_window_or_a_page_are_not_renewed(cast, track):
    require_track(cast.ana.job_role, track)
    plain = make_track("plain", [make_course("manners", lessons=1)])
    require_track(cast.ana.job_role, plain)
    certified(cast.ana, plain)
    certified(cast.abel, track)
    for page in track.get_translations(inclusive=True):
        page.unpublish()

    assert open_renewals(at=OPENS) == []


def test_a_refresher_that_is_not_published_leaves_the_whole_track(cast, track):
    require_track(cast.ana.job_role, track)
    certified(cast.ana, track)
    refresher = make_track("again", [make_course("short", lessons=1)])
    track.refresher = refresher
    track.save_revision().publish()
    for page in refresher.get_translations(inclusive=True):
        page.unpublish()

    [renewal] = open_renewals(at=OPENS)

    assert renewal.enrolment.track_version.track_key == track.translation_key


def test_who_takes_the_track_already_goes_on_with_that(cast, track):
    require_track(cast.ana.job_role, track)
    certificate = certified(cast.ana, track)
    enrolment = enrol(cast.ana, track, actor=cast.carl, at=OPENS - DAY)

    [renewal] = open_renewals(at=OPENS)

    assert (renewal.certificate, renewal.enrolment) == (certificate, enrolment)
    assert not Notification.objects.filter(kind="renewal_opened").exists()
    assert Assignment.objects.filter(person=cast.ana).count() == 1
    assert open_renewals(at=OPENS + DAY) == []


def test_two_certificates_with_one_refresher_are_renewed_one_after_the_other(cast):
    refresher = make_track("again", [make_course("short", lessons=1)])
    certificates = []
    for slug, day in (("late", date(2027, 3, 1)), ("early", date(2027, 2, 10))):
        page = make_track(slug, [make_course(f"course-{slug}", lessons=1)])
        page.renewal_days, page.refresher = 40, refresher
        page.save_revision().publish()
        require_track(cast.ana.job_role, page)
        certificates.append(certified(cast.ana, page, expires_on=day))
    late, early = certificates

    [renewal] = open_renewals(at=OPENS)
    assert renewal.certificate == early
    assert open_renewals(at=OPENS + DAY) == []
    Enrolment.objects.filter(pk=renewal.enrolment_id).update(completed_at=OPENS)
    issue_certificate(Enrolment.objects.get(pk=renewal.enrolment_id), at=OPENS + DAY)
    [second] = open_renewals(at=OPENS + 2 * DAY)
    assert second.certificate == late


def test_the_database_keeps_one_open_renewal_per_certificate_and_one_successor(cast, track):
    require_track(cast.ana.job_role, track)
    certificate = certified(cast.ana, track)
    [renewal] = open_renewals(at=OPENS)

    other = TrackEnrolmentFactory(person=cast.ana)
    with pytest.raises(IntegrityError), transaction.atomic():
        Renewal.objects.create(
            certificate=certificate, enrolment=other, track_version=other.track_version, opened_at=OPENS,
            opened_on=renewal.opened_on,
        )  # fmt: skip
    CertificateFactory(renews=certificate)
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateFactory(renews=certificate)


def test_taking_the_track_once_more_by_hand_renews_too(cast, track):
    first = certified(cast.ana, track)
    again = enrol_in_track(
        cast.ana, version_of(track), reason_zh="再学", reason_en="Again", actor=cast.carl, at=OPENS - 60 * DAY
    )
    Enrolment.objects.filter(pk=again.pk).update(completed_at=OPENS - 50 * DAY)
    again.refresh_from_db()

    second = issue_certificate(again, at=OPENS - 50 * DAY)

    assert (second.renews, second.expires_on) == (first, date(2027, 12, 12))
    assert [row.kind for row in Notification.objects.filter(recipient=cast.ana, kind__startswith="certificate")] == [
        "certificate_renewed"
    ]
    assert facts(second)["renews"] == str(first.uuid)
    assert facts(first)["renews"] is None


def test_the_sweep_costs_no_more_for_three_than_for_one(cast, track):
    require_track(cast.ana.job_role, track)
    team = [UserFactory(job_role=cast.ana.job_role) for _number in range(4)]

    def queries(people, at):
        for person in people:
            certified(person, track)
        with CaptureQueriesContext(connection) as captured:
            assert len(open_renewals(at=at)) == len(people)
        return len(captured)

    queries(team[:1], OPENS)  # content types
    assert queries(team[1:2], OPENS + DAY) == queries([*team[2:], cast.abel], OPENS + 2 * DAY)


# --- what is shown -------------------------------------------------------------------------------------------


@pytest.fixture
def shown(client, cast, monkeypatch):
    """A page as Ana or Carl sees it on the day after the window opened."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: OPENS + DAY)

    def show(who, door, *args):
        who.language = "en"
        who.save()
        client.force_login(who)
        return " ".join(client.get(reverse(door, args=args)).content.decode().split())

    return show


def test_the_list_shows_what_is_open_and_what_was_renewed(cast, track, shown):
    require_track(cast.ana.job_role, track)
    history = certified(cast.ana, track)
    CertificateFactory(
        person=cast.ana,
        enrolment=TrackEnrolmentFactory(person=cast.ana, track_version=history.track_version, completed=True),
        renews=history,
        issued_on=date(2026, 9, 1),
    )
    open_renewals(at=OPENS)

    own = shown(cast.ana, "courses:certificate-list")
    assert "Renewed on Sept. 1, 2026; kept as history." in own
    assert own.count("renewal open since Jan. 31, 2027") == 1
    assert 'href="/learn/tracks/onboarding/"' in own
    assert "renewal open since Jan. 31, 2027" in shown(cast.carl, "courses:certificate-list")


def test_the_list_costs_the_same_for_one_and_for_three(client, cast, track, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: OPENS + DAY)
    require_track(cast.ana.job_role, track)
    client.force_login(cast.carl)

    def queries(*people):
        for person in people:
            certified(person, track)
        open_renewals(at=OPENS)
        client.get(reverse("courses:certificate-list"))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("courses:certificate-list"))
        return len(captured)

    more = [UserFactory(job_role=cast.ana.job_role) for _number in range(2)]
    for person in more:
        join(person, cast.team_a)
    assert queries(cast.ana) == queries(*more)


def test_the_public_check_of_a_renewed_certificate_leads_to_the_newer(cast, track, shown):
    history = certified(cast.ana, track)
    newer = CertificateFactory(
        person=cast.ana, renews=history, refresher_zh="复训", refresher_en="Refresher",
    )  # fmt: skip

    old_page = shown(cast.ana, "courses:certificate-verify", history.uuid)
    assert "genuine and was renewed" in old_page
    assert f"/certificates/verify/{newer.uuid}/" in old_page
    new_page = shown(cast.ana, "courses:certificate-verify", newer.uuid)
    assert "genuine and valid" in new_page
    assert "Refresher" in new_page
    assert f"/certificates/verify/{history.uuid}/" in new_page


def test_the_last_day_is_a_valid_day(cast, shown):
    ends_today = CertificateFactory(person=cast.ana, expires_on=date(2027, 2, 1))
    ended = CertificateFactory(person=cast.ana, expires_on=date(2027, 1, 31))

    assert "genuine and valid" in shown(cast.ana, "courses:certificate-verify", ends_today.uuid)
    assert "it has expired" in shown(cast.ana, "courses:certificate-verify", ended.uuid)


def test_a_lesson_says_why_it_is_asked_for_again(cast, track, shown):
    from courses.catalogue.models import CoursePage
    from tests.factories.enrolment import read_course

    require_track(cast.ana.job_role, track)
    certified(cast.ana, track)
    course = CoursePage.objects.get(slug="crm", locale__language_code="zh-hans")
    read_course(cast.ana, course)
    open_renewals(at=OPENS)

    assert "reading it once more is part of it" in shown(cast.ana, "courses:lesson-detail", "crm", "crm-1")
    assert "read once more for your renewal" in shown(cast.ana, "courses:course-detail", "crm")
    assert "1 lesson of 1 left" in shown(cast.ana, "courses:track-detail", "onboarding")
    read_course(cast.ana, course, at=OPENS + DAY)
    assert "read once more" not in shown(cast.ana, "courses:course-detail", "crm")
