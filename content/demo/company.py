"""The demonstration company: a broadband operator's hotline with two sites, as one would find it on a given day.

Everything is made by the rooms' own services, with the clock handed in, so that tickets, certificates and levels are
what the rules make of ninety days of work. The same day and seed give the same company.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import exp
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import transaction
from pypinyin import Style, lazy_pinyin

from assessments.assignments.models import Assignment
from assessments.assignments.services import assign_mystery_call, assign_quiz
from assessments.attempts.models import Answer, Attempt
from assessments.attempts.services import start_attempt, submit_attempt
from assessments.bank.models import Option
from assessments.bank.queries import answer_key
from assessments.calls.models import Call
from assessments.evaluations.models import Mark
from assessments.evaluations.services import acknowledge_evaluation, release_evaluation, start_evaluation
from assessments.quizzes.models import Quiz
from assessments.roleplay import services as roleplay
from assessments.roleplay.models import MysteryCall
from assessments.roleplay.states import HelpKind, PointOutcome
from assessments.scenarios.models import Scenario
from assessments.scorecards.models import Item
from assessments.scorecards.states import ItemKind, NotApplicable
from coaching.tickets.models import Ticket
from coaching.tickets.services import assign_remedies, take_ticket
from coaching.tickets.states import TicketState
from content.demo.answers import answer
from courses.catalogue.models import LessonPage
from courses.enrolment.models import Enrolment, RequiredTrack, TrackVersion
from courses.enrolment.services.enrolling import enrol_in_track
from courses.progress.services import complete_lesson
from lms.notifications.models import Notification
from lms.people.models import JobRole, Membership, Notice, NoticeConfirmation, RosterShift, SeatNumber, Site, Team, User
from lms.people.services.groups import sync_groups
from lms.people.states import Activity, PersonStatus, Role

PASSWORD = "callwright-demo"
DAYS = 90
ZONE = ZoneInfo("Asia/Shanghai")

SITES = (("shanghai", "上海中心"), ("chengdu", "成都中心"))
TEAMS = ("晨光组", "远山组", "清泉组", "听涛组", "望江组", "竹影组")
AGENTS_PER_TEAM = 10
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = [
    "晓雯",
    "志强",
    "雨桐",
    "思远",
    "佳怡",
    "俊杰",
    "梦洁",
    "浩然",
    "静怡",
    "文博",
    "欣悦",
    "子轩",
    "丽娜",
    "建国",
    "婷婷",
    "海涛",
    "雪梅",
    "明辉",
    "紫涵",
    "国栋",
    "慧敏",
    "天佑",
    "小燕",
    "立新",
    "若曦",
    "宇航",
    "春梅",
    "振华",
    "诗涵",
    "少华",
    "美玲",
    "永康",
    "秀兰",
    "泽宇",
    "晓东",
    "雅琴",
    "伟民",
    "可欣",
    "家豪",
    "玉洁",
]
APPLICATIONS = ("报障", "资费咨询", "移机", "投诉", "装机预约")
#: A question that misleads those who know more, so that the quiz figures have something to find.
MISREAD = "crm-second-call-same-order"
#: One for each role: what `make run` prints.
SIGN_INS = (
    ("Agent (new hire)", "100110"), ("Agent", "100101"), ("Team leader", "2001"), ("Floor supervisor", "3001"),
    ("QC analyst", "4001"), ("QC lead", "5001"), ("Training specialist", "6001"), ("Report/WFM analyst", "7001"),
    ("Operations manager", "8001"), ("Administrator", "9001"),
)  # fmt: skip


def sign_in_names() -> list[tuple[str, str, str]]:
    """(role, employee number, name) of one person per role, where the company is loaded."""
    people = User.objects.in_bulk([number for _role, number in SIGN_INS], field_name="employee_no")
    return [(role, number, people[number].full_name) for role, number in SIGN_INS if number in people]


@transaction.atomic
def load_company(*, as_of: date, seed: int, days: int = DAYS) -> int:
    """Build the company as it stands at 9:00 on `as_of`, after so many days of work; returns the number of people. The caller has made sure that
    there are none yet and that a content pack with the track `onboarding` is loaded."""
    company = _Company(as_of, Random(seed), days)
    company.hire()
    company.plan_roster()
    company.live_through()
    company.settle_down()
    return User.objects.count()


@dataclass
class _Company:
    as_of: date
    random: Random
    days: int
    agents: list[User] = field(default_factory=list)
    newcomers: list[User] = field(default_factory=list)
    team_of: dict[int, Team] = field(default_factory=dict)
    analyst_of: dict[int, User] = field(default_factory=dict)
    supervisor_of: dict[int, User] = field(default_factory=dict)
    #: (agent, skill) → chance of a point; grows when a ticket is closed.
    ability: dict[tuple[int, int], float] = field(default_factory=dict)
    trainer: User | None = None
    _names: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        names = [surname + given for surname in SURNAMES for given in GIVEN]
        self.random.shuffle(names)
        self._names = iter(names)
        self.password = make_password(PASSWORD)
        self.roles = JobRole.objects.in_bulk(field_name="key")

    # --- people ---------------------------------------------------------------------------------------------

    def hire(self) -> None:
        hired = self.as_of - timedelta(days=400)
        nodes = []
        teams: list[Team] = []
        for number, (code, name) in enumerate(SITES):
            site = Site.objects.create(code=code, name=name)
            node = Team.add_root(site=site, kind=Team.Kind.SITE, name=name)
            department = node.add_child(site=site, kind=Team.Kind.DEPARTMENT, name="客户服务部")
            nodes.append((site, Team.objects.get(pk=node.pk)))
            for team in TEAMS[number * 3 : number * 3 + 3]:
                department = Team.objects.get(pk=department.pk)
                teams.append(department.add_child(site=site, kind=Team.Kind.TEAM, name=team))
        for number, team in enumerate(teams):
            for seat in range(AGENTS_PER_TEAM):
                self._agent(team, number, seat)
            self._staff(f"200{number + 1}", "team-leader", [(team, Role.TEAM_LEADER)], team.site, hired)
        for number in range(3):
            pair = teams[number * 2 : number * 2 + 2]
            supervisor = self._staff(
                f"300{number + 1}",
                "floor-supervisor",
                [(team, Role.FLOOR_SUPERVISOR) for team in pair],
                pair[0].site,
                hired,
            )
            analyst = self._staff(
                f"400{number + 1}", "qc-analyst", [(team, Role.QC_ANALYST) for team in pair], pair[0].site, hired
            )
            for team in pair:
                self.supervisor_of[team.pk], self.analyst_of[team.pk] = supervisor, analyst
        for number, (site, node) in enumerate(nodes, start=1):
            self._staff(f"500{number}", "qc-lead", [(node, Role.QC_LEAD)], site, hired)
            trainer = self._staff(
                f"600{number}", "training-specialist", [(node, Role.TRAINING_SPECIALIST)], site, hired
            )
            self.trainer = self.trainer or trainer
        everywhere = [node for _site, node in nodes]
        site = nodes[0][0]
        self._staff("7001", "wfm-analyst", [(node, Role.WFM_ANALYST) for node in everywhere], site, hired)
        self._staff("8001", "operations-manager", [(node, Role.OPERATIONS_MANAGER) for node in everywhere], site, hired)
        self._person("9001", None, site, hired, is_administrator=True)
        for person in User.objects.all():
            sync_groups(person, at=_instant(self.as_of, time(8)))

    def _person(self, number: str, job_role: str | None, site: Site, hired: date, **more: Any) -> User:
        name = next(self._names)
        surname, given = lazy_pinyin(name[0], style=Style.NORMAL), lazy_pinyin(name[1:], style=Style.NORMAL)
        return User.objects.create(
            employee_no=number,
            full_name=name,
            latin_name=f"{surname[0].title()} {''.join(given).title()}",
            site=site,
            job_role=self.roles[job_role] if job_role else None,
            hired_on=hired,
            password=self.password,
            **more,
        )

    def _staff(self, number: str, job_role: str, posts: list[tuple[Team, str]], site: Site, hired: date) -> User:
        person = self._person(number, job_role, site, hired)
        Membership.objects.bulk_create(
            Membership(person=person, team=team, role=role, from_on=hired) for team, role in posts
        )
        return person

    def _agent(self, team: Team, number: int, seat: int) -> None:
        """The last two of each team are new: one has just finished the track, one is in it (the first team's for ten days)."""
        is_new = seat >= AGENTS_PER_TEAM - 2
        if not is_new:
            days = self.random.randint(200, 1500)
        elif seat == AGENTS_PER_TEAM - 1:
            days = 10 + 2 * number  # in the middle of the track
        else:
            days = 45 + 4 * number
        hired = self.as_of - timedelta(days=days)
        job_role = "senior-agent" if seat < 2 else "voice-agent"
        person = self._person(
            f"100{number + 1}{seat + 1:02}", job_role, team.site, hired,
            status=PersonStatus.PROBATION if is_new else PersonStatus.ACTIVE,
        )  # fmt: skip
        Membership.objects.create(person=person, team=team, role=Role.AGENT, from_on=hired)
        SeatNumber.objects.create(person=person, number=f"8{number + 1}{seat + 1:02}", from_on=hired)
        self.team_of[person.pk] = team
        (self.newcomers if is_new else self.agents).append(person)

    def plan_roster(self) -> None:
        """Early and mid shifts with a meal break and an off-phone training slot, two days off a week."""
        rows = []
        for place, person in enumerate([*self.agents, *self.newcomers]):
            early = place % 2 == 0
            begin, end = (time(8), time(16)) if early else (time(15), time(22, 30))
            meal, study = (time(11, 30), time(14)) if early else (time(18), time(16))
            for offset in range(-7, 15):
                day = self.as_of + timedelta(days=offset)
                if (day.toordinal() + place) % 7 < 2:
                    continue
                shift = "早班" if early else "中班"
                cuts = sorted([(meal, 30, Activity.MEAL), (study, 30, Activity.TRAINING)])
                at = _instant(day, begin)
                for start, minutes, activity in cuts:
                    cut = _instant(day, start)
                    rows.append(_stretch(person, day, shift, at, cut, Activity.PHONE))
                    rows.append(_stretch(person, day, shift, cut, cut + timedelta(minutes=minutes), activity))
                    at = cut + timedelta(minutes=minutes)
                rows.append(_stretch(person, day, shift, at, _instant(day, end), Activity.PHONE))
        RosterShift.objects.bulk_create(rows, batch_size=1000)

    # --- ninety days ----------------------------------------------------------------------------------------

    def live_through(self) -> None:
        self.items = list(Item.objects.filter(section__version__scorecard__key="voice").select_related("skill"))
        self.quizzes = list(Quiz.objects.filter(purpose="course").order_by("key"))
        self.lessons = list(
            LessonPage.objects.live()
            .filter(locale__language_code="zh-hans")
            .order_by("path")
            .prefetch_related("skills")
        )
        self._confirm_notice()
        for person in [*self.agents, *self.newcomers]:
            base = self.random.uniform(0.72, 0.95)
            for skill in {item.skill_id for item in self.items}:
                self.ability[person.pk, skill] = min(0.99, max(0.35, base + self.random.gauss(0, 0.08)))
        self._take_calls()
        for offset in range(self.days, 0, -1):
            day = self.as_of - timedelta(days=offset)
            self._coach(day)
            self._train(day, offset)
            self._mark_calls(day)

    def _confirm_notice(self) -> None:
        notice = Notice.objects.order_by("-version").first()
        fresh = max(self.newcomers, key=lambda person: person.hired_on)
        if notice is not None:
            NoticeConfirmation.objects.bulk_create(
                NoticeConfirmation(
                    person=person,
                    notice=notice,
                    language="zh-hans",
                    confirmed_at=_instant(self.as_of - timedelta(days=self.days), time(8)),
                )
                for person in [*self.agents, *self.newcomers]
                if person != fresh
            )

    def _take_calls(self) -> None:
        rows = []
        for person in [*self.agents, *self.newcomers]:
            seat = person.seat_numbers.get().number
            for offset in range(self.days, 0, -1):
                day = self.as_of - timedelta(days=offset)
                if day < person.hired_on + timedelta(days=5) or (day.toordinal() + person.pk) % 3:
                    continue
                started = _instant(day, time(self.random.randint(8, 21), self.random.randint(0, 59)))
                talk = max(25, int(self.random.lognormvariate(5.2, 0.6)))
                rows.append(
                    Call(
                        source="demo",
                        external_id=f"{day:%Y%m%d}-{seat}",
                        agent=person,
                        seat_number=seat,
                        started_at=started,
                        duration_seconds=talk,
                        hold_seconds=self.random.choice([0, 0, 0, 20, 45, 80]),
                        wrap_up_seconds=self.random.randint(20, 75),
                        queue="broadband",
                        application_type=self.random.choice(APPLICATIONS),
                        customer_rating=self.random.choice([None, None, 3, 4, 5, 5]),
                        hung_up_by=self.random.choice(["customer", "customer", "customer", "agent"]),
                    )
                )
        self.calls = Call.objects.bulk_create(rows, batch_size=1000)
        self.calls_by_day: dict[date, list[Call]] = {}
        for call in self.calls:
            self.calls_by_day.setdefault(call.started_at.astimezone(ZONE).date(), []).append(call)

    def _mark_calls(self, day: date) -> None:
        """Each analyst marks about four calls a working day and falls a few days behind towards the end."""
        if day.weekday() >= 5 or day > self.as_of - timedelta(days=3):
            return
        for analyst in dict.fromkeys(self.analyst_of.values()):
            own = [
                call
                for call in self.calls_by_day.get(day, [])
                if self.analyst_of[self.team_of[call.agent_id].pk] == analyst
            ]
            for place, call in enumerate(self.random.sample(own, min(2, len(own)))):
                self._evaluate(call, analyst, _instant(day + timedelta(days=1), time(10 + place * 2)))

    def _evaluate(self, call: Call, analyst: User, at: datetime) -> None:
        evaluation = start_evaluation(call, actor=analyst, at=at)
        marks = []
        for item in self.items:
            points = self._points(call.agent_id, item)
            is_weak = points is not None and points < Decimal(item.points_possible) / 2 and item.kind != ItemKind.BONUS
            marks.append(
                Mark(
                    evaluation=evaluation,
                    item=item,
                    points=points,
                    comment=f"{item.name_zh}：这一处没有做到，请回听这一段。" if is_weak else "",
                    at_second=self.random.randint(5, max(6, call.duration_seconds - 5)) if is_weak else None,
                )
            )
        Mark.objects.bulk_create(marks)
        release_evaluation(evaluation, actor=analyst, at=at + timedelta(minutes=20))
        if at.date() < self.as_of - timedelta(days=6):
            acknowledge_evaluation(evaluation, actor=call.agent, at=at + timedelta(days=1))

    def _points(self, agent_id: int, item: Item) -> Decimal | None:
        chance = self.ability[agent_id, item.skill_id]
        if item.kind == ItemKind.FATAL:
            return Decimal(1 if self.random.random() < 0.96 + chance / 30 else 0)
        if item.kind == ItemKind.WARNING:
            return Decimal(1 if self.random.random() < 0.8 else 0)
        if item.kind == ItemKind.BONUS:
            return Decimal(item.points_possible if self.random.random() < 0.15 else 0)
        if item.not_applicable != NotApplicable.NOT_ALLOWED and self.random.random() < 0.12:
            return None
        return Decimal(sum(self.random.random() < chance + 0.06 for _point in range(item.points_possible)))

    # --- learning -------------------------------------------------------------------------------------------

    def _train(self, day: date, offset: int) -> None:
        for person in self.newcomers:
            age = (day - person.hired_on).days
            if age == 0:
                self._enrol(person, day)
            elif age > 0:
                self._study(person, day, age)
        if offset in (60, 30):  # the monthly refresher, team by team
            quiz = self.quizzes[0 if offset == 60 else 1]
            for place, person in enumerate(self.agents):
                at = _instant(day + timedelta(days=place % 5), time(14))
                assignment = assign_quiz(
                    person, quiz, reason_zh="月度复训", reason_en="Monthly refresher", actor=self.trainer, at=at,
                    due_on=day + timedelta(days=10),
                )  # fmt: skip
                if place % 9 != 4:  # some haven't found the time
                    self._sit(assignment, at + timedelta(minutes=5))

        if offset == 20 and (scenario := Scenario.objects.order_by("key").first()):
            agent = self.agents[0]
            assignment = assign_mystery_call(
                agent, scenario, reason_zh="季度考核拨测", reason_en="Quarterly assessment call",
                actor=self.analyst_of[self.team_of[agent.pk].pk], at=_instant(day - timedelta(days=3), time(9)),
            )  # fmt: skip
            self._ring(assignment, day)

    def _enrol(self, person: User, day: date) -> None:
        required = RequiredTrack.objects.filter(job_role=person.job_role).values_list("track_key", flat=True)
        for version in TrackVersion.objects.filter(track_key__in=required).order_by("track_key", "-number")[:1]:
            enrol_in_track(
                person, version, reason_zh="岗位要求", reason_en="Required by the job role", actor=None,
                at=_instant(day, time(9)),
            )  # fmt: skip

    def _study(self, person: User, day: date, age: int) -> None:
        """Three lessons a day; each course's quiz when its lessons are read; the mystery call at the end."""
        fresh = person == max(self.newcomers, key=lambda other: other.hired_on)
        if not (fresh and age > 3):
            for place, lesson in enumerate(self.lessons[3 * age - 3 : 3 * age]):
                complete_lesson(person, lesson, at=_instant(day, time(14, 10 + 15 * place)))
        if fresh:
            return
        steps = {4: 0, 8: 1, 11: 2, 13: 3}
        enrolment = Enrolment.objects.filter(person=person, track_version__isnull=False).first()
        if enrolment is None:
            return
        assignments = [
            step.assignment
            for step in enrolment.steps.select_related("assignment__quiz", "assignment__scenario")
            if step.assignment
        ]
        quizzes = [assignment for assignment in assignments if assignment.quiz_id]
        if age in steps and steps[age] < len(quizzes):
            assignment = quizzes[steps[age]]
            if not self._sit(assignment, _instant(day, time(15))):
                self._sit(assignment, _instant(day + timedelta(days=1), time(9)), sure=True)
        if age == 18 and (booked := next((row for row in assignments if row.scenario_id), None)):
            self._ring(booked, day)

    def _sit(self, assignment: Assignment, at: datetime, *, sure: bool = False) -> bool:
        """Sit the quiz; returns whether it was passed. A second try succeeds where `sure`."""
        attempt = start_attempt(assignment, at=at, chance=self.random)
        questions = list(attempt.questions.select_related("question_version__question"))
        options: dict[int, list[Option]] = {}
        for option in Option.objects.filter(version__in=[row.question_version_id for row in questions]):
            options.setdefault(option.version_id, []).append(option)
        answered_at = at
        for row in questions:
            key = row.question_version.question.key
            knows = sure or self.random.random() < self._chance_to_know(assignment.person, key)
            asked = answer_key(row.question_version, options[row.question_version_id])
            given = answer(asked, knows=knows, chance=self.random)
            answered_at += timedelta(seconds=self.random.randint(15, 45))
            Answer.objects.create(
                attempt_question=row, sequence=1, response=given, made_at=answered_at, received_at=answered_at
            )
        submit_attempt(attempt, actor=assignment.person, at=at + timedelta(minutes=8))
        return bool(Attempt.objects.get(pk=attempt.pk).passed)

    def _chance_to_know(self, person: User, key: str) -> float:
        """Of an answer: who does well on the phone knows more, and some questions are harder. One is asked so that those
        who know more are misled."""
        skills = [chance for (pk, _skill), chance in self.ability.items() if pk == person.pk]
        better = (sum(skills) / len(skills) - 0.835) / 0.066 if skills else 0.0
        knows = 1 / (1 + exp(-(2.6 + 1.2 * better + Random(key).gauss(0, 0.9))))
        return 1.1 - knows if key == MISREAD else knows

    def _ring(self, assignment: Assignment, day: date) -> None:
        """An announced test call, talked through at once."""
        agent = assignment.person
        caller = self.analyst_of[self.team_of[agent.pk].pk]
        at = _instant(day, time(14, 30))
        call = roleplay.plan_mystery_call(assignment, planned_for=at, actor=caller, at=at - timedelta(days=2))
        roleplay.announce_mystery_call(call, actor=caller, at=at)
        roleplay.accept_rules(call, actor=agent, at=at + timedelta(seconds=20))
        roleplay.begin_mystery_call(call, actor=caller, at=at + timedelta(seconds=40))
        fed = set()
        for place, point in enumerate(call.scenario_version.points.all()):
            met = point.is_fatal or self.random.random() < 0.92
            fed.add(point.item_key)
            roleplay.mark_point(
                call, point, outcome=PointOutcome.MET if met else PointOutcome.PARTLY,
                observed="" if met else "只说了一半，请听这一段。", advice="", actor=caller,
                at=at + timedelta(seconds=60 + 25 * place),
            )  # fmt: skip
        for item in self.items:
            if item.key not in fed:
                roleplay.mark_other_item(
                    call, item, points=Decimal(0 if item.kind == ItemKind.BONUS else item.points_possible), comment="",
                    actor=caller, at=at + timedelta(minutes=5),
                )  # fmt: skip
        roleplay.end_mystery_call(call, actor=caller, at=at + timedelta(minutes=6))
        roleplay.debrief_mystery_call(call, actor=caller, at=at + timedelta(minutes=7))
        roleplay.acknowledge_mystery_call(call, comment="", actor=agent, at=at + timedelta(minutes=15))

    # --- coaching -------------------------------------------------------------------------------------------

    def _coach(self, day: date) -> None:
        """Tickets are taken two days after they were opened; lessons and re-test follow within two weeks."""
        at = _instant(day, time(11))
        waiting = Ticket.objects.filter(state=TicketState.OPEN, opened_at__date=day - timedelta(days=4)).select_related(
            "agent"
        )
        for ticket in waiting:
            if self.random.random() < 0.2:
                continue  # nobody took it yet
            coach = self.analyst_of[self.team_of[ticket.agent_id].pk]
            take_ticket(ticket, actor=coach, at=at)
            lessons = [remedy.lesson_key for remedy in ticket.remedies.all()[:2]]
            if lessons:
                assign_remedies(
                    ticket, lesson_keys=lessons, due_on=day + timedelta(days=7), cause="流程清楚，通话中容易忘。",
                    goal="连续三通电话做到。", actor=coach, at=at,
                )  # fmt: skip
        by_key = {lesson.translation_key: lesson for lesson in self.lessons}
        learning = Ticket.objects.filter(state=TicketState.TEACHING, due_on=day + timedelta(days=2)).select_related(
            "agent"
        )
        for ticket in learning:
            if self.random.random() < 0.25:
                continue  # will be late
            for remedy in ticket.remedies.filter(is_chosen=True, done_at__isnull=True):
                complete_lesson(ticket.agent, by_key[remedy.lesson_key], at=at + timedelta(hours=3))
        testing = Ticket.objects.filter(state=TicketState.RETEST_DUE, retest__isnull=False).select_related(
            "agent", "retest__person"
        )
        for ticket in testing:
            if self.random.random() < 0.5 and self._sit(ticket.retest, at + timedelta(hours=4)):
                key = ticket.agent_id, ticket.skill_id
                self.ability[key] = min(0.98, self.ability.get(key, 0.8) + 0.12)

    # --- the day itself -------------------------------------------------------------------------------------

    def settle_down(self) -> None:
        """Old news is read; one mystery call is booked for today, one agent is asked to try another."""
        Notification.objects.filter(created_at__lt=_instant(self.as_of - timedelta(days=5), time(0))).update(
            read_at=_instant(self.as_of - timedelta(days=4), time(8))
        )
        at = _instant(self.as_of, time(8, 30))
        scenario = Scenario.objects.order_by("key").last()
        if scenario is None:
            return
        agent = self.agents[0]
        caller = self.analyst_of[self.team_of[agent.pk].pk]
        assignment = assign_mystery_call(
            agent,
            scenario,
            reason_zh="新资费上线后的抽查",
            reason_en="Spot check after the new prices",
            actor=caller,
            at=at,
        )
        roleplay.plan_mystery_call(assignment, planned_for=_instant(self.as_of, time(14, 30)), actor=caller, at=at)
        self._forfeit(self.agents[3], scenario, at - timedelta(days=9))

    def _forfeit(self, agent: User, scenario: Scenario, at: datetime) -> None:
        caller = self.analyst_of[self.team_of[agent.pk].pk]
        assignment = assign_mystery_call(
            agent, scenario, reason_zh="投诉处理抽查", reason_en="Spot check of complaint handling", actor=caller, at=at
        )
        call: MysteryCall = roleplay.plan_mystery_call(assignment, planned_for=at, actor=caller, at=at)
        roleplay.announce_mystery_call(call, actor=caller, at=at)
        roleplay.accept_rules(call, actor=caller, at=at + timedelta(seconds=20), aloud=True)
        roleplay.begin_mystery_call(call, actor=caller, at=at + timedelta(seconds=40))
        roleplay.record_help(call, kind=HelpKind.ASKED, note="转头问了邻座", actor=caller, at=at + timedelta(minutes=2))
        roleplay.forfeit_mystery_call(call, actor=caller, at=at + timedelta(minutes=3))
        roleplay.debrief_mystery_call(call, actor=caller, at=at + timedelta(minutes=4))


def _instant(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=ZONE)


def _stretch(person: User, day: date, shift: str, begin: datetime, end: datetime, activity: str) -> RosterShift:
    return RosterShift(person=person, on=day, shift=shift, starts_at=begin, ends_at=end, activity=activity)
