"""Following how others learn: the list, enrolling, reminding, waiving."""

from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from assessments.attempts.models import Attempt
from courses.certificates.models import Certificate
from courses.enrolment.models import DueExtension, Enrolment, LearningReminder, StepWaiver
from courses.enrolment.permissions import can_waive, can_withdraw
from courses.enrolment.queries.enrolling import EnrolOrder, plan_of
from courses.enrolment.queries.following import followed, people_followed, totals_of
from courses.enrolment.queries.progress import progress_of
from courses.enrolment.rules.evidence import evidence_file
from courses.enrolment.services.following import PlanChanged, enrol_chosen, remind, waive_step, withdraw_waiver
from courses.progress.models import StudyDay
from courses.progress.services import complete_lesson
from lms.audit.models import AuditEntry
from lms.kernel.states import StaleState
from lms.notifications.models import MailDelivery, Notification
from lms.notifications.services import deliver_mail
from lms.people.models import User
from tests.conftest import MON_9
from tests.factories.attempts import AttemptFactory
from tests.factories.catalogue import make_course, make_lesson, make_track
from tests.factories.enrolment import enrol, lessons_of, read_course, version_of
from tests.factories.kept import warm
from tests.factories.people import UserFactory, join
from tests.factories.quizzes import make_quiz

DAY = timedelta(days=1)
LIST = reverse("courses:following")


@pytest.fixture
def course(db):
    return make_course("crm", lessons=2)


@pytest.fixture
def track(course):
    return make_track("onboarding", [course, make_quiz()])  # due after 10 and 20 days


@pytest.fixture
def as_(client):
    def sign_in(person, at=MON_9):
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def now():
    """The clock of the views, to be set."""
    with patch.object(timezone, "now") as clock:
        clock.return_value = MON_9
        yield clock


def steps_of(enrolment):
    return list(enrolment.steps.order_by("step__order"))


def rows_for(viewer, at=MON_9, **how):
    return followed(people_followed(viewer), at=at, **how)


# --- the lean rows say what progress_of says -------------------------------------------------------------------------


def test_rows_say_the_same_as_the_whole_progress(cast, course, track):
    other = make_course("wfm", lessons=1)
    choice = make_track(
        "choice", [(course, "A"), (other, "A"), (make_lesson(other, "wfm-x"), "A"), make_quiz("q2")], groups={"A": 2},
        is_ordered=True,
    )  # fmt: skip
    rows = [enrol(cast.ana, track), enrol(cast.abel, track), enrol(cast.ana, choice), enrol(cast.abel, choice)]
    read_course(cast.ana, course)
    complete_lesson(cast.abel, lessons_of(course)[0], at=MON_9)
    AttemptFactory(assignment=steps_of(rows[1])[1].assignment, graded=True, passed=True, score=1)
    waive_step(steps_of(rows[2])[3], reason="Knows it", evidence="Test 7", actor=cast.carl, at=MON_9)

    for days in (0, 9, 11, 25, 60):
        at = MON_9 + days * DAY
        expected = {
            pk: (each.done, each.total, each.overdue)
            for pk, each in progress_of(Enrolment.objects.all(), at=at).items()
        }
        found = {row.pk: (row.done, row.total, row.late) for row in rows_for(cast.carl, at)}

        assert found == expected
    assert expected[rows[0].pk] == (1, 2, 1)
    assert expected[rows[1].pk] == (1, 2, 1)


def test_a_renewal_counts_what_was_read_since(cast, track, course):
    read_course(cast.ana, course, at=MON_9 - DAY)
    row = enrol(cast.ana, track)
    assert rows_for(cast.carl)[0].done == 1

    Enrolment.objects.filter(pk=row.pk).update(counts_from=MON_9)

    assert rows_for(cast.carl)[0].done == 0


def test_who_is_behind_comes_first(cast, track, course):
    enrol(cast.ana, track, at=MON_9 - 3 * DAY)
    enrol(cast.abel, track, at=MON_9 - 11 * DAY)

    rows = rows_for(cast.carl)

    assert [(row.person.name, row.late, row.next_title) for row in rows] == [
        ("阿贝", 1, course.title),
        ("安娜", 0, course.title),
    ]
    assert totals_of(rows).overdue_people == 1


def test_whose_learning_is_followed(cast):
    assert set(people_followed(cast.carl)) == set(people_followed(cast.lena)) == {cast.ana, cast.abel}
    assert set(people_followed(cast.tess)) == {cast.ana, cast.abel, cast.olga}
    assert set(people_followed(cast.otto)) == {cast.olga}
    for nobody in (cast.eva, cast.ana, cast.wes, cast.ada):
        assert not people_followed(nobody)


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_list_does_not_ask_more_for_more_people(cast, track, as_):
    client = as_(cast.carl)
    enrol(cast.ana, track)
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for _number in range(2):
        person = UserFactory(site=cast.ana.site)
        join(person, cast.team_a)
        enrol(person, track)

    with CaptureQueriesContext(connection) as three:
        page = client.get(LIST)

    assert len(page.context["rows"]) == 3
    assert len(three) == len(one)


def test_a_strangers_team_is_not_there(cast, track, as_):
    enrol(cast.olga, track)
    client = as_(cast.carl)

    assert client.get(LIST, {"team": cast.team_b.pk}).status_code == 404
    assert client.get(LIST, {"team": cast.team_a.pk}).status_code == 200
    assert client.get(reverse("courses:following-person", args=[cast.olga.pk])).status_code == 404
    assert client.post(reverse("courses:following-remind"), {"who": [cast.olga.pk]}).status_code == 404
    assert client.get(reverse("courses:following-xlsx"), {"team": cast.team_b.pk}).status_code == 404
    assert not LearningReminder.objects.exists()


def test_filters(cast, track, course, as_, now):
    other = make_track("other", [course])
    enrol(cast.ana, track, at=MON_9 - 11 * DAY)
    enrol(cast.abel, other)
    client = as_(cast.carl)

    def listed(**query):
        return [(row.person.pk, row.title) for row in client.get(LIST, query).context["rows"]]

    ana, abel = (cast.ana.pk, "路径 onboarding"), (cast.abel.pk, "路径 other")
    assert listed() == [ana, abel]
    assert listed(only="overdue") == [ana]
    assert listed(track=str(other.translation_key)) == [abel]
    assert listed(q="ABEL") == [abel]
    assert listed(sort="name") == [abel, ana]
    assert listed(sort="activity") == [ana, abel]
    assert listed(only="completed") == []
    assert listed(track="nothing") == [ana, abel]


def test_the_workbook_holds_what_is_listed(cast, track, as_, now):
    enrol(cast.ana, track, at=MON_9 - 11 * DAY)
    enrol(cast.abel, track)

    answer = as_(cast.carl).get(reverse("courses:following-xlsx"), {"only": "overdue"})

    sheet = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[:2] for row in sheet[1:]] == [["ANA", "安娜"]]
    assert sheet[1][4:7] == [0, 2, 1]


# --- enrolling -------------------------------------------------------------------------------------------------------


@pytest.fixture
def order(track, cast):
    return EnrolOrder(version_of(track), "新产品", "New product", team=cast.team_a)


def test_a_team_is_enrolled_once(cast, order, track):
    enrol(cast.abel, track)
    plan = plan_of(order, actor=cast.carl, at=MON_9)
    assert (plan.people, plan.takes) == ([cast.ana], [cast.abel])

    rows = enrol_chosen(order, actor=cast.carl, at=MON_9, seen=plan.fingerprint)
    again = enrol_chosen(order, actor=cast.carl, at=MON_9, seen=plan.fingerprint)

    assert [(row.person, row.given_by, row.reason_en) for row in rows] == [(cast.ana, cast.carl, "New product")]
    assert again == []
    assert Enrolment.objects.filter(person=cast.ana).count() == 1
    assert AuditEntry.objects.filter(action="enrolled_in_track", actor=cast.carl).count() == 1


def test_another_plan_than_was_seen_enrols_nobody(cast, order):
    with pytest.raises(PlanChanged):
        enrol_chosen(order, actor=cast.carl, at=MON_9, seen="something else")

    assert not Enrolment.objects.exists()


def test_the_plan_says_who_waits_and_who_holds_it(cast, course):
    first = make_track("first", [course])
    second = make_track("second", [make_quiz()], before=[first])
    enrol(cast.abel, first)
    read_course(cast.abel, course)

    plan = plan_of(EnrolOrder(version_of(second), "x", "x", team=cast.team_a), actor=cast.carl, at=MON_9)
    held = plan_of(EnrolOrder(version_of(first), "x", "x", team=cast.team_a), actor=cast.carl, at=MON_9)

    assert set(plan.people) == {cast.ana, cast.abel}
    assert plan.waits == [cast.ana]
    assert (held.people, held.holds) == ([cast.ana], [cast.abel])


def test_nobody_outside_ones_teams_is_enrolled(cast, order, as_):
    assert plan_of(order, actor=cast.otto, at=MON_9).people == []
    assert plan_of(order, actor=cast.lena, at=MON_9).people == []

    client = as_(cast.carl)
    data = {"track": str(order.version.track_key), "whose": "people", "numbers": "OLGA", "reason_en": "x"}
    page = client.post(reverse("courses:following-enrol"), data)

    assert "numbers" in page.context["form"].errors
    assert not Enrolment.objects.exists()


def test_enrolling_by_the_pages(cast, order, as_):
    client = as_(cast.tess)
    data = {"track": str(order.version.track_key), "whose": "people", "numbers": "ana， abel", "reason_en": "New"}

    page = client.post(reverse("courses:following-enrol"), data)
    assert not Enrolment.objects.exists()
    answer = client.post(reverse("courses:following-enrol"), {**data, "seen": page.context["plan"].fingerprint})

    assert answer.status_code == 302
    assert set(Enrolment.objects.values_list("person__employee_no", "reason_zh")) == {("ANA", "New"), ("ABEL", "New")}


# --- reminding -------------------------------------------------------------------------------------------------------


def test_one_digest_a_day(cast, track, course):
    User.objects.filter(pk=cast.ana.pk).update(email="ana@example.com")
    enrol(cast.ana, track, at=MON_9 - 11 * DAY)
    enrol(cast.ana, make_track("second", [make_course("late", lessons=1)]), at=MON_9 - 12 * DAY)
    Notification.objects.all().delete()

    first = remind([cast.ana], actor=cast.carl, at=MON_9)
    again = remind([cast.ana], actor=cast.tess, at=MON_9 + timedelta(hours=3))
    tomorrow = remind([cast.ana], actor=cast.carl, at=MON_9 + DAY)

    assert (first.told, first.before) == ([cast.ana], [])
    assert (again.told, again.before) == ([], [cast.ana])
    assert tomorrow.told == [cast.ana]
    news = Notification.objects.filter(kind="learning_reminder").order_by("pk")
    assert len(news) == 2
    assert "Course crm" in news[0].params["lines_en"]
    assert "Course late" in news[0].params["lines_en"]
    assert "课程 crm" in news[0].params["lines_zh"]
    assert "Quiz" not in news[0].params["lines_en"]  # not due for a week
    delivery = MailDelivery.objects.get(notification=news[0])
    assert deliver_mail(delivery.pk, at=MON_9)
    assert "/learn/courses/crm/" in mail.outbox[0].body
    assert AuditEntry.objects.filter(action="learning_reminded").count() == 2


def test_the_table_holds_one_reminder_a_day(cast):
    values = {"person": cast.ana, "on": MON_9.date(), "sent_at": MON_9}
    LearningReminder.objects.create(sent_by=cast.carl, **values)

    with pytest.raises(IntegrityError), transaction.atomic():
        LearningReminder.objects.create(sent_by=cast.tess, **values)


def test_who_has_nothing_to_do_is_spared(cast, track):
    outcome = remind([cast.ana], actor=cast.carl, at=MON_9)

    assert outcome.spared == [cast.ana]
    assert not LearningReminder.objects.exists()
    assert not Notification.objects.filter(kind="learning_reminder").exists()


def test_reminding_everybody_who_is_behind(cast, track, as_, now):
    enrol(cast.ana, track, at=MON_9 - 11 * DAY)
    enrol(cast.abel, track)
    client = as_(cast.lena)

    client.post(f"{reverse('courses:following-remind')}?only=overdue", {"who": "overdue"})
    page = client.post(reverse("courses:following-remind"), {"who": [cast.ana.pk]}, follow=True)

    assert [row.person for row in LearningReminder.objects.all()] == [cast.ana]
    assert cast.ana.full_name in "".join(str(message) for message in page.context["messages"])
    assert page.context["reminded"] == {cast.ana.pk}


# --- waiving ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def enrolment(cast, track):
    return enrol(cast.ana, track)


def waive(step, actor, **values):
    return waive_step(
        step, **{"reason": "Did it elsewhere", "evidence": "Certificate 4711"} | values, actor=actor, at=MON_9
    )


def test_a_waived_step_counts_as_done_and_says_so(cast, enrolment):
    waive(steps_of(enrolment)[1], cast.carl)

    progress = progress_of([enrolment], at=MON_9 + 40 * DAY)[enrolment.pk]
    step = progress.steps[1]
    assert (progress.done, step.done, step.is_waived, step.overdue) == (1, True, True, False)
    assert "Did it elsewhere" in step.detail
    assert steps_of(enrolment)[1].assignment.closed_at == MON_9
    entry = AuditEntry.objects.get(action="step_waived")
    assert (entry.actor, entry.reason, entry.changes["evidence"]) == (
        cast.carl, "Did it elsewhere", [None, "Certificate 4711"],
    )  # fmt: skip
    assert Notification.objects.filter(recipient=cast.ana, kind="step_waived").count() == 1


def test_a_waived_quiz_is_no_passed_assessment_on_the_certificate(cast, enrolment, course):
    waive(steps_of(enrolment)[1], cast.carl)

    read_course(cast.ana, course)

    certificate = Certificate.objects.get(enrolment=enrolment)
    assert (certificate.assessments, certificate.score) == (0, None)


def test_the_last_missing_step_completes_the_track(cast, enrolment, course):
    read_course(cast.ana, course)
    assert not Certificate.objects.exists()

    waive(steps_of(enrolment)[1], cast.carl)

    enrolment.refresh_from_db()
    assert enrolment.completed_at == MON_9
    with pytest.raises(StaleState):
        withdraw_waiver(StepWaiver.objects.get(), reason="No", actor=cast.carl, at=MON_9)


def test_a_withdrawn_waiver_gives_the_quiz_anew(cast, enrolment):
    waiver = waive(steps_of(enrolment)[1], cast.carl)
    before = steps_of(enrolment)[1].assignment

    withdraw_waiver(waiver, reason="The certificate was somebody else's", actor=cast.tess, at=MON_9 + DAY)

    after = steps_of(enrolment)[1].assignment
    assert after != before
    assert after.closed_at is None
    assert progress_of([enrolment], at=MON_9 + DAY)[enrolment.pk].done == 0
    assert AuditEntry.objects.filter(action="waiver_withdrawn", actor=cast.tess).count() == 1
    with pytest.raises(StaleState):
        withdraw_waiver(waiver, reason="Again", actor=cast.tess, at=MON_9 + DAY)


def test_a_sitting_that_goes_on_is_not_cut_short(cast, enrolment):
    step = steps_of(enrolment)[1]
    AttemptFactory(assignment=step.assignment)

    waive(step, cast.carl)

    step.assignment.refresh_from_db()
    assert step.assignment.closed_at is None
    assert Attempt.objects.unfinished().count() == 1


def test_what_is_done_or_waived_is_not_waived(cast, enrolment, course):
    course_step, quiz_step = steps_of(enrolment)
    read_course(cast.ana, course)
    with pytest.raises(StaleState):
        waive(course_step, cast.carl)
    with pytest.raises(ValueError):
        waive(quiz_step, cast.carl, evidence=" ")
    with pytest.raises(ValueError):
        waive(quiz_step, cast.carl, reason="")

    assert not StepWaiver.objects.exists()


def test_who_may_waive(cast, enrolment):
    step = steps_of(enrolment)[0]
    allowed = {name for name, person in cast.people.items() if can_waive(person, step)}

    assert allowed == {"carl", "mona", "tess"}


def test_nobody_waives_the_own_step(cast, track, as_):
    join(cast.carl, cast.team_a)  # a supervisor who takes calls, too
    own = steps_of(enrol(cast.carl, track))[0]
    client = as_(cast.carl)

    assert not can_waive(cast.carl, own)
    answer = client.post(reverse("courses:following-waive", args=[own.pk]), {"reason": "x", "evidence": "y"})
    assert answer.status_code == 404
    assert not StepWaiver.objects.exists()

    waiver = waive_step(own, reason="x", evidence="y", actor=cast.tess, at=MON_9)
    assert not can_withdraw(cast.carl, waiver)
    assert can_withdraw(cast.tess, waiver)


# --- evidence that is a file --------------------------------------------------------------------------------------

PDF = b"%PDF-1.7 a certificate"


def upload(client, step, name, content):
    values = {"reason": "Did it elsewhere", "evidence": "No 1", "file": SimpleUploadedFile(name, content)}
    return client.post(reverse("courses:following-waive", args=[step.pk]), values)


def test_a_file_is_kept_as_it_came_and_audited(cast, enrolment, as_, now):
    client = as_(cast.carl)

    upload(client, steps_of(enrolment)[1], "证书 4711.PDF", PDF)

    waiver = StepWaiver.objects.get()
    assert (waiver.file_name, waiver.file.read()) == ("证书 4711.pdf", PDF)
    assert AuditEntry.objects.get(action="step_waived").changes["file"] == [
        None,
        f"证书 4711.pdf (SHA-256 {sha256(PDF).hexdigest()})",
    ]
    assert "证书 4711.pdf" in client.get(reverse("courses:following-person", args=[cast.ana.pk])).content.decode()
    answer = client.get(reverse("private-file", args=["waiver", waiver.pk]))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E8%AF%81")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_only_who_follows_the_persons_learning_opens_the_file(cast, enrolment, as_):
    waiver = waive(steps_of(enrolment)[1], cast.carl, file=evidence_file("scan.pdf", PDF))
    address = reverse("private-file", args=["waiver", waiver.pk])

    opens = {name for name, person in cast.people.items() if as_(person).get(address).status_code == 200}

    assert opens == {"lena", "carl", "mona", "tess"}


def test_what_is_no_evidence_is_refused_and_nothing_is_waived(cast, enrolment, as_, now):
    answer = upload(as_(cast.carl), steps_of(enrolment)[1], "scan.pdf", b"<html><script>alert(1)</script>")

    assert answer.status_code == 200
    assert "file" in answer.context["form"].errors
    assert not StepWaiver.objects.exists()


# --- the person's page -----------------------------------------------------------------------------------------------


def test_more_time_and_waivers_by_the_pages(cast, enrolment, as_, now):
    client, (course_step, quiz_step) = as_(cast.carl), steps_of(enrolment)
    extend = reverse("courses:following-extend", args=[enrolment.pk])

    wrong = client.post(f"{extend}?step={course_step.pk}", {"due_on": "2026-03-05", "reason": "Ill"})
    client.post(f"{extend}?step={course_step.pk}", {"due_on": "2026-03-30", "reason": "Ill"})
    client.post(reverse("courses:following-waive", args=[quiz_step.pk]), {"reason": "Did it", "evidence": "No 1"})
    page = client.get(reverse("courses:following-person", args=[cast.ana.pk]))

    assert "due_on" in wrong.context["form"].errors
    assert [(row.step, row.reason) for row in DueExtension.objects.all()] == [(course_step, "Ill")]
    text = page.content.decode()
    assert "No 1" in text
    assert "Ill" in text
    waiver = StepWaiver.objects.get()
    client.post(reverse("courses:following-withdraw", args=[waiver.pk]), {"reason": "Wrong person"})
    waiver.refresh_from_db()
    assert (waiver.withdrawn_by, waiver.withdrawal_reason) == (cast.carl, "Wrong person")


def test_a_team_leader_follows_and_rules_on_nothing(cast, enrolment, as_):
    client, step = as_(cast.lena), steps_of(enrolment)[0]

    page = client.get(reverse("courses:following-person", args=[cast.ana.pk]))

    assert page.status_code == 200
    assert reverse("courses:following-waive", args=[step.pk]) not in page.content.decode()
    for name, pk in (("waive", step.pk), ("extend", enrolment.pk)):
        assert client.get(reverse(f"courses:following-{name}", args=[pk])).status_code == 403
    assert client.get(reverse("courses:following-enrol")).status_code == 403


def test_a_persons_page_does_not_ask_more_for_more_tracks(cast, course, as_):
    client, page = as_(cast.carl), reverse("courses:following-person", args=[cast.ana.pk])
    enrol(cast.ana, make_track("t1", [course, make_quiz("q1")]))
    client.get(page)
    with CaptureQueriesContext(connection) as one:
        client.get(page)
    for slug in ("t2", "t3"):
        enrol(cast.ana, make_track(slug, [course, make_quiz(f"q-{slug}")]))

    warm()
    with CaptureQueriesContext(connection) as three:
        assert len(client.get(page).context["records"]) == 3

    assert len(three) == len(one)


def test_a_persons_workbook(cast, enrolment, as_, now):
    waive(steps_of(enrolment)[1], cast.carl, file=evidence_file("scan.pdf", PDF))

    answer = as_(cast.carl).get(reverse("courses:following-person-xlsx", args=[cast.ana.pk]))

    sheet = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet[1:]] == ["路径 onboarding"] * 2
    assert sheet[2][7:11] == ["Did it elsewhere", "Certificate 4711", "scan.pdf", "卡尔"]


def test_study_outside_the_shift_is_reported_of_ones_own_people(cast, as_, now):
    for person, seconds in ((cast.ana, 600), (cast.abel, 0), (cast.olga, 900)):
        StudyDay.objects.create(person=person, on=timezone.localdate(MON_9), outside=seconds, in_slots=60)
    client = as_(cast.carl)

    page = client.get(reverse("courses:following-study"))

    assert [(row.person, row.seconds) for row in page.context["page"]] == [(cast.ana, 600)]
    assert reverse("courses:following-study") in client.get(LIST).content.decode()
