"""What a file of people would do. No database."""

from datetime import UTC, date, datetime

import pytest

from lms.people.rules.imports import FieldChange, LineKind, Problem
from lms.people.rules.people_import import plan_people
from lms.people.rules.people_values import Held, KnownPerson, KnownRole, Node, PersonRow, Place, Standing, Supervision

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
TODAY = date(2026, 3, 2)
HIRED = date(2026, 1, 5)

SITE = Node("上海", "site")
DEPARTMENT = Node("上海", "department", "热线")
TEAM_A = Node("上海", "team", "一组", "热线")
TEAM_B = Node("上海", "team", "二组", "热线")
COMPLAINTS = Node("上海", "department", "投诉")
OTHER_A = Node("上海", "team", "一组", "投诉")

ROLES = (
    KnownRole("voice-agent", "座席代表", "Agent", "agent"),
    KnownRole("senior-agent", "高级座席代表", "Senior agent", "agent"),
    KnownRole("team-leader", "班长", "Team leader", "team_leader"),
    KnownRole("floor-supervisor", "现场主管", "Floor supervisor", "floor_supervisor"),
    KnownRole("qc-analyst", "质检员", "QC analyst", "qc_analyst"),
    KnownRole("manager", "运营主管", "Operations manager", "operations_manager"),
)


def held(pk, node, role, *, by_column=False):
    return Held(pk, Place(node, role), HIRED, by_column)


ANA = KnownPerson(
    1, "ANA", "安娜", "Ana", site="上海", job_role="voice-agent", hired_on=HIRED, seat_number="6001",
    held=(held(11, TEAM_A, "agent"),),
)  # fmt: skip
CARL = KnownPerson(
    2, "CARL", "卡尔", site="上海", job_role="floor-supervisor", held=(held(12, TEAM_A, "floor_supervisor"),)
)
EVA = KnownPerson(3, "EVA", "伊娃", site="上海", job_role="qc-analyst", held=(held(13, TEAM_A, "qc_analyst"),))
OTTO = KnownPerson(
    4, "OTTO", "奥托", site="上海", job_role="floor-supervisor", held=(held(14, TEAM_B, "floor_supervisor"),)
)


def standing(*people, parents=None, sites=(("上海", "sh", "Asia/Shanghai"),)):
    tree = ((SITE, None), (DEPARTMENT, SITE), (TEAM_A, DEPARTMENT), (TEAM_B, DEPARTMENT))
    return Standing(people or (ANA, CARL, EVA, OTTO), sites, parents if parents is not None else tree, ROLES)


EMPTY = Standing(job_roles=ROLES)


def plan(*rows, on=None, importer="ADA"):
    return plan_people(rows, on or standing(), at=AT, default_time_zone="Asia/Shanghai", importer_no=importer)


def row(number, line=2, **said):
    return PersonRow(line, number, **said)


def newcomer(number="010086", line=2, **said):
    fields = {"full_name": "王晓雯", "site": "上海", "team": "一组", "job_role": "座席代表"} | said
    return PersonRow(line, number, **fields)


def only(plan):
    (line,) = plan.lines
    return line


def codes(line):
    return [problem.code for problem in line.problems]


# --- added


def test_newcomer_gets_place_role_and_seat_from_the_hire_date():
    said = newcomer(hired_on=date(2026, 3, 1), seat_number="6002", supervisor="CARL", status="probation")

    planned = plan(said)

    assert only(planned).kind == LineKind.ADDED
    (target,) = planned.targets
    assert target.person_id is None
    assert target.begins == (Place(TEAM_A, "agent"),)
    assert target.begins_on == date(2026, 3, 1)
    assert target.seat_number == "6002"
    assert dict(target.fields)["status"] == "probation"
    assert planned.supervisions == ()  # Carl leads the team already


def test_newcomer_without_hire_date_begins_today_at_the_site():
    at = datetime(2026, 3, 2, 17, tzinfo=UTC)  # the third already in Shanghai

    planned = plan_people([newcomer()], standing(), at=at, default_time_zone="UTC")

    assert planned.targets[0].begins_on == date(2026, 3, 3)


def test_first_file_builds_site_departments_and_teams_in_order():
    planned = plan(
        newcomer(department="热线"),
        newcomer("2", 3, department="热线", full_name="李强"),
        newcomer("3", 4, department=None, team=None, job_role="QC ANALYST", full_name="林静"),
        on=EMPTY,
    )

    assert [line.kind for line in planned.lines] == ["added", "added", "added"]
    assert planned.new_sites == ("上海",)
    assert planned.new_nodes == ((SITE, None), (DEPARTMENT, SITE), (TEAM_A, DEPARTMENT))
    assert planned.targets[2].begins == (Place(SITE, "qc_analyst"),)


def test_spelling_of_places_that_are_there_is_kept():
    planned = plan(newcomer(site="SH", team="一组"), on=standing())

    assert planned.targets[0].begins == (Place(TEAM_A, "agent"),)
    assert planned.new_sites == planned.new_nodes == ()


def test_a_refused_line_builds_nothing():
    planned = plan(newcomer(site="成都", team="三组", job_role="驯兽师"))

    assert planned.new_sites == planned.new_nodes == ()
    assert not planned.writes


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"full_name": None}, "name_missing"),
        ({"job_role": None}, "job_role_missing"),
        ({"job_role": "驯兽师"}, "job_role_unknown"),
        ({"team": None}, "team_needed"),
        ({"supervisor": "NOBODY"}, "supervisor_unknown"),
        ({"supervisor": "010086"}, "supervisor_self"),
        ({"supervisor": "ANA"}, "supervisor_not_leading"),
        ({"seat_number": "6001"}, "seat_taken"),
    ],
)
def test_newcomer_is_refused_with_the_reason(said, code):
    planned = plan(newcomer(**said))

    assert only(planned).kind == LineKind.REFUSED
    assert codes(only(planned)) == [code]
    assert str(only(planned).problems[0])
    assert not planned.targets


def test_site_is_needed_where_there_are_several():
    two = standing(sites=(("上海", "sh", "Asia/Shanghai"), ("成都", "cd", "Asia/Shanghai")))

    assert codes(only(plan(newcomer(site=None), on=two))) == ["site_missing"]
    assert only(plan(newcomer(site=None))).kind == LineKind.ADDED


def test_job_role_is_known_by_key_and_by_both_names():
    for name in ("voice-agent", "座席代表", "agent"):
        assert plan(newcomer(job_role=name)).targets[0].job_role == "voice-agent"


def test_a_name_of_two_job_roles_asks_for_the_key():
    twice = Standing(job_roles=(*ROLES, KnownRole("chat-agent", "座席代表", "Chat agent", "agent")))

    assert codes(only(plan(newcomer(), on=twice))) == ["job_role_ambiguous"]


def test_problems_of_the_cells_refuse_the_line_too():
    bad = newcomer(problems=(Problem.of("hired_on", "day_unreadable", value="gestern"),))

    assert codes(only(plan(bad))) == ["day_unreadable"]


# --- twice in the file


def test_both_lines_of_one_number_are_refused_whatever_the_case():
    planned = plan(newcomer("e1"), newcomer("E1", 7, full_name="李强"), newcomer("e2", 8))

    assert [codes(line) for line in planned.lines] == [["number_twice"], ["number_twice"], []]
    assert dict(planned.lines[0].problems[0].values)["lines"] == "7"


def test_seat_numbers_and_addresses_are_given_once():
    planned = plan(
        newcomer("1", 2, seat_number="7", email="a@example.org"),
        newcomer("2", 3, seat_number="7", email="A@example.org"),
    )

    assert codes(planned.lines[0]) == ["email_twice", "seat_twice"]
    assert codes(planned.lines[1]) == ["email_twice", "seat_twice"]


# --- changed and unchanged


def test_same_values_change_nothing():
    said = row(
        "ana", full_name="安娜", latin_name="Ana", site="上海", department="热线", team="一组", job_role="Agent",
        hired_on=HIRED, status="active", language="zh-hans", seat_number="6001", supervisor="卡尔",
    )  # fmt: skip

    planned = plan(said)

    assert only(planned).kind == LineKind.UNCHANGED
    assert not planned.writes


def test_empty_cells_change_nothing():
    planned = plan(row("ANA"))

    assert only(planned).kind == LineKind.UNCHANGED
    assert not planned.writes


def test_a_hyphen_empties():
    planned = plan(row("ANA", latin_name="", seat_number=""))

    assert only(planned).changes == (FieldChange("latin_name", "Ana", ""), FieldChange("seat_number", "6001", ""))


def test_a_change_of_team_ends_the_old_one_and_begins_the_new_one_today():
    planned = plan(row("ANA", team="二组"))

    (target,) = planned.targets
    assert target.ends == (11,)
    assert target.begins == (Place(TEAM_B, "agent"),)
    assert target.begins_on == target.ends_on == TODAY
    assert only(planned).changes == (FieldChange("memberships", (Place(TEAM_A, "agent"),), (Place(TEAM_B, "agent"),)),)


def test_another_job_role_of_the_same_role_keeps_the_place():
    planned = plan(row("ANA", job_role="senior-agent"))

    assert [change.field for change in only(planned).changes] == ["job_role"]
    assert planned.targets[0].ends == ()


def test_another_role_ends_the_old_place_and_begins_the_new_one():
    planned = plan(row("ANA", job_role="team-leader"))

    (target,) = planned.targets
    assert (target.ends, target.begins) == ((11,), (Place(TEAM_A, "team_leader"),))


def test_who_stops_leading_loses_what_the_supervisor_column_gave():
    carl = KnownPerson(
        2, "CARL", "卡尔", site="上海", job_role="floor-supervisor",
        held=(held(12, TEAM_A, "floor_supervisor"), held(15, TEAM_B, "floor_supervisor", by_column=True)),
    )  # fmt: skip

    planned = plan(row("CARL", job_role="qc-analyst", team="一组"), on=standing(carl))

    assert planned.targets[0].ends == (12, 15)


def test_an_analyst_of_several_teams_keeps_them_when_the_file_names_one():
    eva = KnownPerson(
        3, "EVA", "伊娃", site="上海", job_role="qc-analyst",
        held=(held(13, TEAM_A, "qc_analyst"), held(16, TEAM_B, "qc_analyst")),
    )  # fmt: skip

    assert not plan(row("EVA", team="二组", job_role="质检员"), on=standing(eva)).writes
    assert codes(only(plan(row("EVA", job_role="team-leader"), on=standing(eva)))) == ["place_unclear"]


def test_a_move_to_another_site_needs_a_team_there():
    assert codes(only(plan(row("ANA", site="成都")))) == ["team_needed"]
    moved = plan(row("EVA", site="成都"))
    assert moved.targets[0].begins == (Place(Node("成都", "site"), "qc_analyst"),)
    assert moved.new_sites == ("成都",)


# --- the same name in two departments

FLAT_A = Node("上海", "team", "一组")
TWO_TEAMS_A = ((SITE, None), (DEPARTMENT, SITE), (COMPLAINTS, SITE), (TEAM_A, DEPARTMENT), (OTHER_A, COMPLAINTS))


def test_a_team_right_under_its_site_goes_under_the_department_that_is_named():
    ana = KnownPerson(
        1, "ANA", "安娜", site="上海", job_role="voice-agent", hired_on=HIRED, held=(held(11, FLAT_A, "agent"),)
    )
    flat = standing(ana, parents=((SITE, None), (FLAT_A, SITE)))

    planned = plan(row("ANA", department="热线", team="一组"), on=flat)

    assert planned.moved_nodes == ((FLAT_A, DEPARTMENT),)
    assert planned.new_nodes == ((DEPARTMENT, SITE),)
    assert only(planned).kind == LineKind.UNCHANGED
    assert planned.writes


def test_of_two_departments_that_are_named_the_first_gets_the_team_and_the_other_a_new_one():
    flat = standing(ANA, parents=((SITE, None), (FLAT_A, SITE)))

    planned = plan(newcomer("1", 2, department="热线"), newcomer("2", 3, department="投诉"), on=flat)

    assert planned.moved_nodes == ((FLAT_A, DEPARTMENT),)
    assert planned.new_nodes == ((COMPLAINTS, SITE), (DEPARTMENT, SITE), (OTHER_A, COMPLAINTS))
    assert [target.begins for target in planned.targets] == [(Place(FLAT_A, "agent"),), (Place(OTHER_A, "agent"),)]


def test_a_new_department_has_a_team_of_a_name_that_another_has():
    planned = plan(newcomer(department="投诉"))

    assert planned.targets[0].begins == (Place(OTHER_A, "agent"),)
    assert planned.new_nodes == ((COMPLAINTS, SITE), (OTHER_A, COMPLAINTS))
    assert planned.moved_nodes == ()


def test_one_file_names_both_teams_and_each_person_gets_the_own_one():
    planned = plan(newcomer("1", 2, department="热线"), newcomer("2", 3, department="投诉"), on=EMPTY)

    assert planned.new_nodes == (
        (SITE, None),
        (COMPLAINTS, SITE),
        (DEPARTMENT, SITE),
        (OTHER_A, COMPLAINTS),
        (TEAM_A, DEPARTMENT),
    )
    assert [target.begins for target in planned.targets] == [(Place(TEAM_A, "agent"),), (Place(OTHER_A, "agent"),)]


@pytest.mark.parametrize("departments", [(None, "热线"), ("热线", None)])
def test_a_line_without_department_means_the_only_team_of_that_name_in_any_order(departments):
    first, second = departments

    planned = plan(newcomer("1", 2, department=first), newcomer("2", 3, department=second), on=EMPTY)

    assert planned.new_nodes == ((SITE, None), (DEPARTMENT, SITE), (TEAM_A, DEPARTMENT))
    assert {target.begins for target in planned.targets} == {(Place(TEAM_A, "agent"),)}


def test_where_there_are_two_a_newcomers_line_must_name_the_department():
    planned = plan(newcomer(), on=standing(ANA, parents=TWO_TEAMS_A))

    assert codes(only(planned)) == ["team_ambiguous"]
    assert str(only(planned).problems[0])
    assert dict(only(planned).problems[0].values)["known"] == "热线, 投诉"


def test_who_is_in_one_of_the_two_stays_there_without_naming_the_department():
    on = standing(ANA, parents=TWO_TEAMS_A)

    assert only(plan(row("ANA", team="一组"), on=on)).kind == LineKind.UNCHANGED
    (target,) = plan(row("ANA", team="一组", department="投诉"), on=on).targets
    assert (target.ends, target.begins) == ((11,), (Place(OTHER_A, "agent"),))


def test_a_supervisor_of_one_of_the_two_doesnt_lead_the_other():
    planned = plan(newcomer(department="投诉", supervisor="CARL"), on=standing(ANA, CARL, parents=TWO_TEAMS_A))

    assert planned.supervisions == (Supervision("CARL", "卡尔", OTHER_A, begins=True),)


def test_an_address_of_somebody_else_is_refused():
    people = standing(ANA, KnownPerson(9, "X9", "李强", email="li@example.org", site="上海"))

    assert codes(only(plan(row("ANA", email="LI@example.org"), on=people))) == ["email_taken"]


def test_language_stays_once_the_person_has_signed_in():
    fresh, used = ANA, KnownPerson(8, "U", "昆", site="上海", has_signed_in=True)

    assert only(plan(row("ANA", language="en"), on=standing(fresh))).changes == (
        FieldChange("language", "zh-hans", "en"),
    )
    line = only(plan(row("U", language="en"), on=standing(used)))
    assert line.kind == LineKind.UNCHANGED
    assert [note.code for note in line.notes] == ["language_own"]


def test_two_people_can_change_seats_in_one_file():
    abel = KnownPerson(5, "ABEL", "阿贝", site="上海", seat_number="6002")

    planned = plan(row("ANA", 2, seat_number="6002"), row("ABEL", 3, seat_number="6001"), on=standing(ANA, abel))

    assert [line.kind for line in planned.lines] == ["changed", "changed"]


def test_a_seat_isnt_free_when_the_line_that_gives_it_up_is_refused():
    planned = plan(row("ANA", 2, seat_number="", job_role="驯兽师"), newcomer("1", 3, seat_number="6001"))

    assert codes(planned.lines[1]) == ["seat_taken"]


# --- leaving and coming back


def test_leaving_ends_every_membership_and_the_seat():
    planned = plan(row("ANA", status="left"))

    (target,) = planned.targets
    assert target.leaves
    assert target.ends == (11,)
    assert target.seat_number == ""
    assert [change.field for change in only(planned).changes] == ["status", "memberships", "seat_number"]


def test_a_missing_row_means_nothing():
    planned = plan(row("ANA"))

    assert len(planned.lines) == 1
    assert not planned.writes


def test_who_left_and_is_not_known_is_not_added():
    line = only(plan(newcomer(status="left")))

    assert line.kind == LineKind.UNCHANGED
    assert [note.code for note in line.notes] == ["left_unknown"]


def test_nobody_marks_themselves_as_left():
    assert codes(only(plan(row("ANA", status="left"), importer="ana"))) == ["own_leave"]


def test_an_administrator_who_leaves_is_announced():
    ada = KnownPerson(6, "ADA2", "艾达", site="上海", is_administrator=True)

    line = only(plan(row("ADA2", status="left"), on=standing(ada)))

    assert [note.code for note in line.notes] == ["administrator_leaves"]


def test_coming_back_needs_a_team_and_begins_today():
    gone = KnownPerson(1, "ANA", "安娜", site="上海", job_role="voice-agent", status="left")

    assert codes(only(plan(row("ANA", status="active"), on=standing(gone)))) == ["team_needed"]
    (target,) = plan(row("ANA", status="active", team="二组"), on=standing(gone)).targets
    assert target.returns
    assert (target.begins, target.begins_on) == ((Place(TEAM_B, "agent"),), TODAY)


# --- supervisors


def test_a_supervisor_who_doesnt_lead_the_team_begins_to():
    planned = plan(row("ANA", team="二组", supervisor="CARL"))

    assert planned.supervisions == (Supervision("CARL", "卡尔", TEAM_B, begins=True),)


def test_a_supervisor_may_come_with_the_same_file_in_any_order():
    planned = plan(
        newcomer("1", 2, supervisor="周海燕"),
        newcomer("2", 3, full_name="周海燕", job_role="现场主管", team=None, department="热线"),
        on=EMPTY_WITH_TREE,
    )

    assert [line.kind for line in planned.lines] == ["added", "added"]
    assert planned.supervisions == ()  # she leads the whole department


EMPTY_WITH_TREE = Standing((), (("上海", "sh", "Asia/Shanghai"),), standing().parents, ROLES)


def test_a_refused_supervisor_takes_the_lines_that_need_them_along():
    planned = plan(
        newcomer("1", 2, supervisor="2"),
        newcomer("2", 3, full_name="周海燕", job_role="驯兽师"),
        on=EMPTY,
    )

    assert codes(planned.lines[0]) == ["supervisor_unknown"]


def test_namesakes_must_be_told_apart_by_number():
    double = KnownPerson(7, "KARL", "卡尔", site="上海", job_role="floor-supervisor")

    assert codes(only(plan(newcomer(supervisor="卡尔"), on=standing(CARL, double)))) == ["supervisor_ambiguous"]
    assert only(plan(newcomer(supervisor="卡尔（CARL）"), on=standing(CARL, double))).kind == LineKind.ADDED


def test_the_supervisor_of_an_analyst_gets_nothing():
    planned = plan(row("EVA", supervisor="OTTO"))

    assert planned.supervisions == ()
    assert [note.code for note in only(planned).notes] == ["supervisor_not_used"]


def test_a_team_leader_named_as_supervisor_of_the_own_team_stays_team_leader():
    lena = KnownPerson(5, "LENA", "莱娜", site="上海", job_role="team-leader", held=(held(17, TEAM_A, "team_leader"),))

    assert plan(row("ANA", supervisor="LENA"), on=standing(ANA, lena)).supervisions == ()


def test_a_supervision_ends_when_the_whole_team_has_others():
    otto = KnownPerson(
        4, "OTTO", "奥托", site="上海", job_role="floor-supervisor",
        held=(held(14, TEAM_B, "floor_supervisor"), held(18, TEAM_A, "floor_supervisor", by_column=True)),
    )  # fmt: skip
    abel = KnownPerson(5, "ABEL", "阿贝", site="上海", job_role="voice-agent", held=(held(19, TEAM_A, "agent"),))
    people = standing(ANA, CARL, abel, otto)

    partly = plan(row("ANA", supervisor="CARL"), on=people)
    wholly = plan(row("ANA", 2, supervisor="CARL"), row("ABEL", 3, supervisor="CARL"), on=people)
    named = plan(row("ANA", 2, supervisor="CARL"), row("ABEL", 3, supervisor="OTTO"), on=people)

    assert partly.supervisions == named.supervisions == ()
    assert wholly.supervisions == (Supervision("OTTO", "奥托", TEAM_A, begins=False, membership_id=18),)


# --- digest


def test_the_digest_tells_plans_apart_by_what_they_would_do():
    first, second = plan(row("ANA", team="二组")), plan(row("ANA", team="二组"), row("EVA", 3))
    other = plan(row("ANA", team="二组", latin_name="Anna"))

    assert first.digest == second.digest != other.digest
