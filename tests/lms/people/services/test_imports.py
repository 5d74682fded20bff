"""Files taken in, confirmed and discarded."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from lms import events, tasks
from lms.audit.models import AuditEntry
from lms.kernel.states import IllegalMove, StaleState
from lms.people.formats.headings import UnreadableFile
from lms.people.models import ImportBatch, Membership, OneTimeCode, RosterShift, SeatNumber, Site, Team, User
from lms.people.permissions import leads
from lms.people.rules.imports import LineKind
from lms.people.services.codes import check_code, issue_code
from lms.people.services.imports import (
    LINES_AT_ONCE,
    CodesAlreadyIssued,
    PlanChanged,
    ask_for_import,
    confirm_import,
    discard_import,
    finish_import,
    issue_import_codes,
    planned_import,
    refused_lines,
    upload_import,
)
from lms.people.states import ImportKind, ImportSetback, ImportState, Role
from tests.factories.people import JobRoleFactory, make_team

HEADER = "工号,姓名,职场,部门,班组,岗位,现场主管,入职日期,状态,座席号"
TODAY = date(2026, 3, 2)


@pytest.fixture
def roles(db):
    JobRoleFactory()
    JobRoleFactory(key="senior-agent", name_zh="高级座席代表", name_en="Senior agent")
    JobRoleFactory(key="team-leader", name_zh="班长", name_en="Team leader", role=Role.TEAM_LEADER)
    JobRoleFactory(key="floor-supervisor", name_zh="现场主管", name_en="Floor supervisor", role=Role.FLOOR_SUPERVISOR)


@pytest.fixture
def heard():
    """The announcements of a test, as (what, employee number)."""
    said = []

    def listener(name):
        def hear(sender, person, at, **kwargs):
            said.append((name, person.employee_no))

        return hear

    listeners = {name: listener(name) for name in ("person_joined", "membership_changed", "job_role_changed")}
    for name, hear in listeners.items():
        getattr(events, name).connect(hear)
    yield said
    for name, hear in listeners.items():
        getattr(events, name).disconnect(hear)


def upload(cast, at, *lines, header=HEADER, kind=ImportKind.PEOPLE, actor=None):
    content = "\n".join([header, *lines])
    return upload_import(kind, ContentFile(content.encode(), name="people.csv"), actor=actor or cast.ada, at=at)


def import_lines(cast, at, *lines, header=HEADER, kind=ImportKind.PEOPLE):
    return confirm_import(upload(cast, at, *lines, header=header, kind=kind), actor=cast.ada, at=at)


WANG = "010086,王晓雯,成都,热线,三组,座席代表,S1,2026-03-01,试用,6001"
ZHOU = "S1,周海燕,成都,热线,,现场主管,,,,"


def test_nothing_is_written_before_it_is_confirmed(cast, roles, at):
    batch = upload(cast, at, WANG, ZHOU)
    before = User.objects.count(), Team.objects.count(), Membership.objects.count()

    plan = planned_import(batch, at=at).plan

    assert plan.counts.added == 2
    assert (User.objects.count(), Team.objects.count(), Membership.objects.count()) == before
    assert batch.state == ImportState.PREVIEWED


def test_confirming_writes_people_places_memberships_and_seats(cast, roles, at):
    batch = import_lines(cast, at, WANG, ZHOU)

    wang = User.objects.get(employee_no="010086")
    assert (wang.full_name, wang.pinyin_initials, wang.status, wang.hired_on) == (
        "王晓雯", "wxw", "probation", date(2026, 3, 1),
    )  # fmt: skip
    assert wang.site.name == "成都"
    assert wang.job_role.key == "voice-agent"
    assert wang.must_set_password
    assert not wang.has_usable_password()
    assert not any([wang.is_staff, wang.is_superuser, wang.is_administrator])
    (membership,) = wang.memberships.all()
    assert (membership.team.name, membership.role, membership.from_on) == ("三组", Role.AGENT, date(2026, 3, 1))
    assert membership.team.get_parent().name == "热线"
    assert membership.team.get_root().kind == Team.Kind.SITE
    assert list(wang.seat_numbers.values_list("number", "from_on", "to_on")) == [("6001", date(2026, 3, 1), None)]
    zhou = User.objects.get(employee_no="S1")
    assert leads(zhou, wang)
    assert batch.summary["counts"]["added"] == 2
    assert set(batch.added_people.all()) == {wang, zhou}


def test_the_same_file_again_changes_nothing(cast, roles, at):
    import_lines(cast, at, WANG, ZHOU)
    entries = AuditEntry.objects.count()

    again = import_lines(cast, at + timedelta(days=3), WANG, ZHOU)

    assert again.summary["counts"] == {"added": 0, "changed": 0, "unchanged": 2, "removed": 0, "refused": 0}
    assert AuditEntry.objects.count() == entries + 2  # uploaded, confirmed
    assert again.added_people.count() == 0


def test_who_isnt_in_the_file_stays(cast, roles, at):
    before = {person.pk: (person.status, person.is_active) for person in User.objects.all()}

    import_lines(cast, at, WANG, ZHOU)

    assert {pk: (person.status, person.is_active) for pk, person in User.objects.in_bulk(before).items()} == before


def test_a_change_of_team_ends_one_membership_and_begins_another(cast, roles, at, heard):
    import_lines(cast, at, "ANA,安娜,,,二组,,,,,")

    first, second = cast.ana.memberships.order_by("from_on")
    assert (first.team, first.to_on) == (cast.team_a, TODAY)
    assert (second.team, second.from_on, second.to_on) == (cast.team_b, TODAY, None)
    assert heard == [("membership_changed", "ANA")]


def test_announcements_come_inside_the_transaction_when_everything_stands(cast, roles, at):
    seen = {}

    def hear(sender, person, at, **kwargs):
        seen[person.employee_no] = person.memberships.count(), str(person.job_role)
        if person.employee_no == "010086":
            raise RuntimeError("a receiver fails")

    events.person_joined.connect(hear)
    try:
        with pytest.raises(RuntimeError):
            import_lines(cast, at, ZHOU, WANG)
    finally:
        events.person_joined.disconnect(hear)

    assert seen["010086"] == (1, "座席代表")
    assert not User.objects.filter(employee_no__in=["S1", "010086"]).exists()
    assert not Site.objects.filter(name="成都").exists()
    assert ImportBatch.objects.get().state == ImportState.PREVIEWED


def test_news_of_joining_moving_and_of_a_new_job(cast, roles, at, heard):
    import_lines(cast, at, ZHOU, "ANA,安娜,,,,高级座席代表,,,,", "ABEL,阿贝,,,,,OTTO,,,")

    assert sorted(heard) == [
        ("job_role_changed", "ANA"),
        ("membership_changed", "OTTO"),
        ("membership_changed", "S1"),
        ("person_joined", "S1"),
    ]


def test_the_supervisor_column_gives_the_team(cast, roles, at):
    import_lines(cast, at, "ABEL,阿贝,,,,,OTTO,,,")

    row = cast.otto.memberships.get(team=cast.team_a)
    assert (row.role, row.from_on, row.is_from_supervisor_column) == (Role.FLOOR_SUPERVISOR, TODAY, True)
    entry = AuditEntry.objects.get(action="supervision_began")
    assert entry.subject_id == str(cast.otto.pk)


def test_and_takes_it_back_when_the_whole_team_has_another(cast, roles, at):
    import_lines(cast, at, "ABEL,阿贝,,,,,OTTO,,,", "ANA,安娜,,,,,OTTO,,,")
    later = at + timedelta(days=7)

    import_lines(cast, later, "ABEL,阿贝,,,,,CARL,,,", "ANA,安娜,,,,,CARL,,,")

    assert cast.otto.memberships.get(team=cast.team_a).to_on == date(2026, 3, 9)
    assert cast.otto.memberships.get(team=cast.team_b).to_on is None
    assert cast.carl.memberships.get().to_on is None


def test_leaving_ends_everything_and_shuts_the_account(cast, roles, at, client):
    SeatNumber.objects.create(person=cast.lena, number="6009", from_on=date(2026, 1, 5))
    code = issue_code(cast.lena, actor=cast.ada, at=at)
    cast.lena.is_administrator = True
    cast.lena.save()
    client.force_login(cast.lena)

    import_lines(cast, at, "LENA,莱娜,,,,,,,离职,")

    cast.lena.refresh_from_db()
    assert (cast.lena.status, cast.lena.is_active, cast.lena.left_on) == ("left", False, TODAY)
    assert not cast.lena.is_administrator
    assert cast.lena.memberships.get().to_on == TODAY
    assert cast.lena.seat_numbers.get().to_on == TODAY
    assert check_code(cast.lena, code, at) is None
    assert "_auth_user_id" not in client.session or client.get("/people/").status_code == 302


def test_coming_back_begins_anew(cast, roles, at):
    import_lines(cast, at, "ANA,安娜,,,,,,,离职,")

    import_lines(cast, at + timedelta(days=30), "ANA,安娜,,,一组,,,,在职,")

    cast.ana.refresh_from_db()
    assert (cast.ana.is_active, cast.ana.left_on) == (True, None)
    assert cast.ana.memberships.get(to_on=None).from_on == date(2026, 4, 1)


def test_seats_are_dated_and_can_be_swapped(cast, roles, at):
    SeatNumber.objects.create(person=cast.ana, number="1", from_on=date(2026, 1, 5))
    SeatNumber.objects.create(person=cast.abel, number="2", from_on=date(2026, 1, 5))

    import_lines(cast, at, "ANA,安娜,,,,,,,,2", "ABEL,阿贝,,,,,,,,1")

    assert list(cast.ana.seat_numbers.order_by("from_on").values_list("number", "to_on")) == [("1", TODAY), ("2", None)]
    assert cast.abel.seat_numbers.get(to_on=None).number == "1"


def test_a_membership_that_begins_in_the_future_can_be_ended_today(cast, roles, at):
    import_lines(cast, at, "N1,新人,上海,,一组,座席代表,,2026-04-01,试用,".replace("上海", "sh"))

    import_lines(cast, at, "N1,新人,,,二组,,,,,")

    first, second = User.objects.get(employee_no="N1").memberships.order_by("pk")
    assert (first.from_on, first.to_on) == (date(2026, 4, 1), date(2026, 4, 1))
    assert second.from_on == TODAY


LI = "010087,李强,成都,投诉,三组,座席代表,,2026-03-01,试用,6002"


def test_two_departments_may_have_a_team_of_the_same_name_and_lists_tell_them_apart(cast, roles, at):
    import_lines(cast, at, WANG, ZHOU)
    assert str(Team.objects.get(name="三组")) == "三组"

    batch = import_lines(cast, at, WANG, ZHOU, LI)

    assert batch.summary["counts"] == {"added": 1, "changed": 0, "unchanged": 2, "removed": 0, "refused": 0}
    wang, li = (User.objects.get(employee_no=number).memberships.get().team for number in ("010086", "010087"))
    assert (wang.get_parent().name, li.get_parent().name) == ("热线", "投诉")
    assert (str(wang), str(li)) == ("热线 / 三组", "投诉 / 三组")
    assert str(cast.team_a) == "一组"
    assert import_lines(cast, at, WANG, ZHOU, LI).summary["counts"]["unchanged"] == 3
    assert Team.objects.filter(name="三组").count() == 2


def test_a_team_that_gets_a_department_keeps_its_people_and_a_namesake_is_another(cast, roles, at):
    import_lines(cast, at, "ABEL,阿贝,,热线,一组,,,,,", "OLGA,奥尔加,,投诉,一组,,,,,")

    cast.team_a.refresh_from_db()
    assert cast.team_a.get_parent().name == "热线"
    assert cast.abel.memberships.get().team == cast.team_a
    assert cast.ana.memberships.get().team == cast.team_a
    other = cast.olga.memberships.get(to_on=None).team
    assert (str(other), str(cast.team_a)) == ("投诉 / 一组", "热线 / 一组")


def test_under_one_parent_a_name_is_taken_once(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_team("一组", parent=Team.objects.get(pk=cast.site_node.pk))
    department = make_team("热线", parent=Team.objects.get(pk=cast.site_node.pk), kind=Team.Kind.DEPARTMENT)

    assert make_team("一组", parent=department).get_parent() == department


def test_every_change_is_audited_with_from_and_to(cast, roles, at):
    import_lines(cast, at, "ANA,安妮,,,二组,高级座席代表,,,,")

    entry = AuditEntry.objects.get(action="person_changed")
    assert (entry.actor, entry.subject_id) == (cast.ada, str(cast.ana.pk))
    assert entry.changes == {
        "full_name": ["安娜", "安妮"],
        "job_role": ["voice-agent", "senior-agent"],
        "memberships": ["Site sh / 一组 (agent)", "Site sh / 二组 (agent)"],
    }
    cast.ana.refresh_from_db()
    assert cast.ana.pinyin == "an ni"


def test_refused_lines_are_left_out_and_remembered(cast, roles, at):
    batch = import_lines(cast, at, WANG, "ABEL,阿贝,,,,驯兽师,,,,")

    assert not User.objects.filter(employee_no="010086").exists()  # its supervisor is unknown
    assert batch.summary["counts"]["refused"] == 2
    first, second = refused_lines(batch.summary)
    assert (first.number, first.kind, first.problems[0].code) == (2, LineKind.REFUSED, "supervisor_unknown")
    assert "驯兽师" in str(second.problems[0])


def test_a_batch_is_confirmed_once_and_not_after_discarding(cast, roles, at):
    confirmed, discarded = upload(cast, at, ZHOU), upload(cast, at, ZHOU)
    confirm_import(confirmed, actor=cast.ada, at=at)
    discard_import(discarded, actor=cast.ada, at=at)

    for batch in (confirmed, discarded):
        fresh = ImportBatch.objects.get(pk=batch.pk)
        with pytest.raises(IllegalMove):
            confirm_import(fresh, actor=cast.ada, at=at)
        with pytest.raises(IllegalMove):
            discard_import(fresh, actor=cast.ada, at=at)
    assert User.objects.filter(employee_no="S1").count() == 1


def test_what_was_shown_is_what_is_written(cast, roles, at):
    batch = upload(cast, at, "ANA,安娜,,,二组,,,,,")
    seen = planned_import(batch, at=at).plan.digest
    import_lines(cast, at, "ANA,安娜,,,二组,,,,,")

    with pytest.raises(PlanChanged):
        confirm_import(batch, actor=cast.ada, at=at, seen=seen)

    assert ImportBatch.objects.get(pk=batch.pk).state == ImportState.PREVIEWED
    again = planned_import(batch, at=at).plan.digest
    assert confirm_import(ImportBatch.objects.get(pk=batch.pk), actor=cast.ada, at=at, seen=again)


def test_discarding_deletes_the_file(cast, roles, at, django_capture_on_commit_callbacks):
    batch = upload(cast, at, ZHOU)
    storage, name = batch.file.storage, batch.file.name
    assert storage.exists(name)

    with django_capture_on_commit_callbacks(execute=True):
        discard_import(batch, actor=cast.ada, at=at)

    assert not storage.exists(name)
    assert not User.objects.filter(employee_no="S1").exists()


def test_what_is_no_table_isnt_kept(cast, at):
    with pytest.raises(UnreadableFile):
        upload_import(ImportKind.PEOPLE, ContentFile(b"\x00\x01", name="x.csv"), actor=cast.ada, at=at)

    assert not ImportBatch.objects.exists()


def test_the_list_of_codes_is_made_once(cast, roles, at):
    batch = import_lines(cast, at, WANG, ZHOU)

    issued = issue_import_codes(batch, actor=cast.ada, at=at)

    assert [person.employee_no for person, _code in issued] == ["010086", "S1"]  # wang before zhou
    assert all(check_code(person, code, at) for person, code in issued)
    with pytest.raises(CodesAlreadyIssued):
        issue_import_codes(ImportBatch.objects.get(), actor=cast.ada, at=at)
    assert all(check_code(person, code, at) for person, code in issued)


def test_many_codes_come_in_lists_each_of_which_is_made_once(cast, roles, at, monkeypatch):
    monkeypatch.setattr("lms.people.services.imports.CODES_AT_ONCE", 2)
    batch = import_lines(cast, at, *(f"N{n},新人{n},成都,热线,三组,座席代表,,,," for n in range(5)))

    def issue(number):
        return issue_import_codes(ImportBatch.objects.get(pk=batch.pk), actor=cast.ada, at=at, list_number=number)

    first = issue(0)
    assert ImportBatch.objects.get().codes_issued_at is None
    with pytest.raises(CodesAlreadyIssued):
        issue(0)  # the button was pressed twice, or the page loaded again
    rest = [*issue(1), *issue(2)]

    assert len(first) == 2
    assert sorted(person.employee_no for person, _code in [*first, *rest]) == ["N0", "N1", "N2", "N3", "N4"]
    assert all(check_code(person, code, at) for person, code in [*first, *rest])
    assert (ImportBatch.objects.get().code_lists, ImportBatch.objects.get().codes_issued_at) == (3, at)
    with pytest.raises(CodesAlreadyIssued):
        issue(3)


def test_who_has_a_code_already_keeps_it(cast, roles, at):
    batch = import_lines(cast, at, WANG, ZHOU)
    wang = User.objects.get(employee_no="010086")
    code = issue_code(wang, actor=cast.ada, at=at)

    issued = issue_import_codes(batch, actor=cast.ada, at=at)

    assert [person.employee_no for person, _code in issued] == ["S1"]
    assert check_code(wang, code, at)
    assert OneTimeCode.objects.count() == 2


# --- many people


def newcomers(count, prefix="N"):
    return [f"{prefix}{n},新人{n},成都,热线,三组,座席代表,,2026-03-01,试用," for n in range(count)]


def test_ten_times_the_people_cost_no_query_more_and_each_is_announced_and_audited(cast, roles, at, heard):
    import_lines(cast, at, *newcomers(1, "A"))  # the places, and what is asked once per process
    heard.clear()

    def cost(count, prefix):
        batch = upload(cast, at, *newcomers(count, prefix))
        with CaptureQueriesContext(connection) as caught:
            confirm_import(batch, actor=cast.ada, at=at)
        return len(caught)

    assert cost(3, "B") == cost(30, "C")
    joined = {number for name, number in heard if name == "person_joined"}
    moved = {number for name, number in heard if name == "membership_changed"}
    assert joined == moved == {f"B{n}" for n in range(3)} | {f"C{n}" for n in range(30)}
    assert AuditEntry.objects.filter(action="person_added").count() == 34
    assert set(User.objects.filter(groups__name=Role.AGENT).values_list("employee_no", flat=True)) == {"A0", *joined}


def test_all_are_announced_together_at_the_end(cast, roles, at):
    said = []

    def hear(sender, joined, moved, given_jobs, at, **kwargs):
        said.append([sorted(person.employee_no for person in people) for people in (joined, moved, given_jobs)])

    events.people_imported.connect(hear)
    try:
        import_lines(cast, at, ZHOU, WANG, "ANA,安娜,,,,高级座席代表,,,,", "ABEL,阿贝,,,二组,,,,,")
    finally:
        events.people_imported.disconnect(hear)

    assert said == [[["010086", "S1"], ["010086", "ABEL", "S1"], ["ANA"]]]


# --- a long file goes to a worker


@pytest.fixture
def long_file(cast, roles, at):
    return upload(cast, at, *newcomers(LINES_AT_ONCE + 1))


def test_a_short_file_is_written_at_once(cast, roles, at):
    batch = ask_for_import(upload(cast, at, *newcomers(2)), actor=cast.ada, at=at)

    assert batch.state == ImportState.CONFIRMED


def test_a_long_file_waits_for_the_commit_and_a_worker_writes_it(
    cast, long_file, at, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        ask_for_import(long_file, actor=cast.ada, at=at, seen=planned_import(long_file, at=at).plan.digest)
        waiting = ImportBatch.objects.get()
        assert (waiting.state, waiting.asked_by, waiting.asked_at) == (ImportState.CONFIRMING, cast.ada, at)
        assert not User.objects.filter(employee_no="N0").exists()

    written = ImportBatch.objects.get()
    assert (written.state, written.summary["counts"]["added"]) == (ImportState.CONFIRMED, LINES_AT_ONCE + 1)
    assert AuditEntry.objects.get(action="import_confirmed").actor == cast.ada
    assert finish_import(written.pk, at=at) is False  # a task may run twice
    assert User.objects.filter(employee_no__startswith="N").count() == LINES_AT_ONCE + 1


def test_what_waits_for_a_worker_is_neither_confirmed_again_nor_discarded(cast, long_file, at):
    stale = ImportBatch.objects.get()
    ask_for_import(long_file, actor=cast.ada, at=at)

    for deed in (ask_for_import, discard_import):
        with pytest.raises(IllegalMove):
            deed(ImportBatch.objects.get(), actor=cast.ada, at=at)
    with pytest.raises(StaleState):
        ask_for_import(stale, actor=cast.ada, at=at)


def test_a_worker_that_died_has_written_nothing_and_the_sweep_takes_the_file_up(cast, long_file, at, monkeypatch):
    ask_for_import(long_file, actor=cast.ada, at=at)

    def die(*args, **kwargs):
        raise SystemExit  # what a killed worker leaves behind: no answer, no commit

    with monkeypatch.context() as broken:
        broken.setattr("lms.people.services.imports.write_people", die)
        with pytest.raises(SystemExit):
            finish_import(long_file.pk, at=at)
    assert ImportBatch.objects.get().state == ImportState.CONFIRMING
    assert not User.objects.filter(employee_no="N0").exists()

    monkeypatch.setattr("django.utils.timezone.now", lambda: at + timedelta(minutes=4))
    assert tasks.write_late_imports() == 0
    monkeypatch.setattr("django.utils.timezone.now", lambda: at + timedelta(minutes=6))
    assert tasks.write_late_imports() == 1
    assert ImportBatch.objects.get().state == ImportState.CONFIRMED


def test_a_file_that_kills_each_worker_comes_back_to_its_preview(cast, long_file, at, monkeypatch):
    ask_for_import(long_file, actor=cast.ada, at=at)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at + timedelta(hours=2))

    assert tasks.write_late_imports() == 0

    batch = ImportBatch.objects.get()
    assert (batch.state, batch.setback) == (ImportState.PREVIEWED, ImportSetback.FAILED)


@pytest.mark.parametrize(
    ("trouble", "setback"),
    [
        (PlanChanged(), ImportSetback.PLAN_CHANGED),
        (UnreadableFile(""), ImportSetback.UNREADABLE),
        (OSError(), ImportSetback.UNREADABLE),
        (RuntimeError(), ImportSetback.FAILED),
    ],
)
def test_what_cant_be_written_comes_back_with_the_reason_and_can_be_confirmed_again(
    cast, long_file, at, monkeypatch, trouble, setback
):
    ask_for_import(long_file, actor=cast.ada, at=at)

    def fail(*args, **kwargs):
        raise trouble

    with monkeypatch.context() as broken:
        broken.setattr("lms.people.services.imports.write_people", fail)
        assert finish_import(long_file.pk, at=at) is False

    batch = ImportBatch.objects.get()
    assert (batch.state, batch.setback) == (ImportState.PREVIEWED, setback)
    assert not User.objects.filter(employee_no="N0").exists()
    ask_for_import(batch, actor=cast.ada, at=at)
    assert finish_import(batch.pk, at=at) is True
    assert ImportBatch.objects.get().setback == ""


# --- roster

ROSTER = "工号,日期,班次,开始时间,结束时间,活动"


def import_roster(cast, at, *lines):
    return import_lines(cast, at, *lines, header=ROSTER, kind=ImportKind.ROSTER)


def test_a_roster_is_kept_in_instants_of_the_site(cast, at):
    batch = import_roster(cast, at, "ANA,2026-03-09,晚班,22:00,06:00,接线", "ana,2026-03-10,,,,休假")

    night, leave = RosterShift.objects.order_by("starts_at")
    assert (night.starts_at, night.ends_at) == (
        datetime(2026, 3, 9, 14, tzinfo=UTC),
        datetime(2026, 3, 9, 22, tzinfo=UTC),
    )
    assert (night.person, night.on, night.shift, night.activity) == (cast.ana, date(2026, 3, 9), "晚班", "phone")
    assert leave.ends_at - leave.starts_at == timedelta(days=1)
    assert batch.summary["counts"]["added"] == 2


def test_the_same_roster_again_changes_nothing(cast, at):
    lines = ["ANA,2026-03-09,晚班,22:00,06:00,接线", "ABEL,2026-03-09,早班,08:00,12:00,接线"]
    import_roster(cast, at, *lines)
    before = list(RosterShift.objects.values())

    again = import_roster(cast, at, *lines)

    assert again.summary["counts"]["unchanged"] == 2
    assert list(RosterShift.objects.values()) == before
    assert AuditEntry.objects.filter(action="roster_changed").count() == 2  # of the first time


def test_a_later_roster_replaces_the_days_it_names(cast, at):
    import_roster(
        cast, at, "ANA,2026-03-09,早班,08:00,12:00,接线", "ANA,2026-03-09,早班,12:00,12:30,用餐",
        "ANA,2026-03-10,早班,08:00,12:00,接线", "ABEL,2026-03-09,早班,08:00,12:00,接线",
    )  # fmt: skip

    batch = import_roster(cast, at, "ANA,2026-03-09,早班,08:00,11:00,培训")

    assert batch.summary["counts"] == {"added": 0, "changed": 1, "unchanged": 0, "removed": 1, "refused": 0}
    (first, other) = cast.ana.roster.order_by("starts_at")
    assert (first.activity, first.ends_at) == ("training", datetime(2026, 3, 9, 3, tzinfo=UTC))
    assert other.on == date(2026, 3, 10)
    assert cast.abel.roster.count() == 1
    entry = AuditEntry.objects.filter(action="roster_changed", subject_id=str(cast.ana.pk)).first()
    assert entry.actor == cast.ada
    assert len(entry.changes) == 2
