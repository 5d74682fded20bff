"""A small company in full swing: what there is about Ana of team A stands beside the same about Olga of team B, so
that a door that shows too much shows somebody else's.

Built by the rooms' own services where they exist; NOW is the instant at which its doors are tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.core.files.base import ContentFile

from assessments.assignments.models import Assignment, WindowOverride
from assessments.assignments.rules import Override
from assessments.assignments.services import give_override
from assessments.attempts.models import Attempt, AttemptQuestion, Regrade
from assessments.attempts.queries.giving import GiveOrder, plan_of
from assessments.attempts.services.giving import give_quiz
from assessments.bank.models import QuestionMedia
from assessments.bank.services import keep_media
from assessments.bank.states import QuestionKind
from assessments.calls.models import Call
from assessments.evaluations.models import Evaluation
from assessments.evaluations.services import (
    release_evaluation,
    start_evaluation,
    write_summary,
)
from assessments.quizzes.models import Quiz
from assessments.roleplay.models import MysteryCall
from assessments.roleplay.services import (
    accept_rules,
    announce_mystery_call,
    begin_mystery_call,
    debrief_mystery_call,
    end_mystery_call,
    mark_point,
    plan_mystery_call,
)
from assessments.scenarios.models import ScenarioVersion
from assessments.scorecards.models import ScorecardVersion
from coaching.tickets.models import Ticket
from coaching.tickets.services import add_step, open_ticket
from coaching.tickets.states import Ground
from courses.catalogue.models import CourseMedia, CoursePage, LessonPage, TrackPage
from courses.certificates.models import Certificate
from courses.enrolment.models import StepWaiver
from courses.enrolment.rules.evidence import evidence_file
from courses.enrolment.services.following import waive_step
from courses.receivers import prepare_back_office
from courses.reference.models import LessonComment
from courses.reference.services.comments import send_comment
from lms.audit.models import AuditEntry
from lms.notifications.models import Notification
from lms.people.models import ImportBatch, User
from lms.people.services.groups import sync_groups
from lms.people.services.imports import confirm_import, upload_import
from lms.people.services.signing import confirm_notice
from lms.people.states import ImportKind
from lms.skills.models import Skill
from tests.conftest import MON_9
from tests.factories.assignments import AssignmentFactory
from tests.factories.attempts import sit
from tests.factories.calls import CallFactory
from tests.factories.cast import Cast, make_cast
from tests.factories.catalogue import make_course, make_lesson, make_track
from tests.factories.certificates import CertificateFactory
from tests.factories.enrolment import enrol
from tests.factories.evaluations import mark_all
from tests.factories.marking import hand_in, make_open_quiz, open_answer
from tests.factories.media import make_film
from tests.factories.notices import NoticeFactory, NotificationFactory
from tests.factories.quizzes import make_quiz
from tests.factories.scenarios import make_scenario
from tests.factories.scorecards import make_scorecard
from tests.factories.skills import SkillFactory

#: The doors are tried an hour after everything happened: the sittings are still open.
NOW = MON_9 + timedelta(hours=1)

RECORDING = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(64)


@dataclass
class Record:
    """What there is about one agent. `mark` stands in every text that only the agent's own people may read."""

    agent: User
    analyst: User
    #: Another time limit on the quiz of the attempts.
    exception: WindowOverride
    open_attempt: Attempt
    graded_attempt: Attempt
    #: Handed in, with a spoken answer that waits for marks.
    waiting_attempt: Attempt
    #: A quiz given by hand, not begun.
    given: AuditEntry
    #: A quiz nobody has begun, and a mystery call nobody has planned.
    to_sit: Assignment
    to_be_called: Assignment
    #: Not evaluated yet: a draft is begun.
    call: Call
    draft: Evaluation
    released: Evaluation
    ticket: Ticket
    certificate: Certificate
    #: Of the quiz of the track.
    waiver: StepWaiver
    notification: Notification
    #: By state, each under an assignment of its own.
    mystery_calls: dict[str, MysteryCall] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        return mark_of(self.agent)

    @property
    def waiting_answer(self) -> AttemptQuestion:
        return open_answer(self.waiting_attempt)


@dataclass
class World:
    cast: Cast
    #: In no question yet, and in the one whose answer of Ana waits for marks.
    picture: QuestionMedia
    asked_picture: QuestionMedia
    ana: Record
    olga: Record
    quiz: Quiz
    skill: Skill
    scorecard: ScorecardVersion
    script: ScenarioVersion
    course: CoursePage
    lesson: LessonPage
    track: TrackPage
    people_import: ImportBatch
    roster_import: ImportBatch
    confirmed_import: ImportBatch
    #: Of the quiz; it changed the score of Ana's graded attempt.
    regrade: Regrade
    #: What Ana said about the lesson.
    comment: LessonComment
    #: In the library of lessons, with captions in both languages.
    film: CourseMedia

    @property
    def point(self):
        return self.script.points.get(key="greets")

    @property
    def item(self):
        """An item that no point of the script feeds."""
        return self.scorecard.sections.get().items.get(key="solves")


def mark_of(person: User) -> str:
    return f"ONLY-ABOUT-{person.employee_no}"


def make_world() -> World:
    cast = make_cast()
    prepare_back_office(using="default")
    for person in cast.people.values():
        person.language = "en"  # the secrets are planted in English
        person.save()
        sync_groups(person, at=MON_9)
    notice = NoticeFactory(version=1)
    for agent in (cast.ana, cast.abel, cast.olga):
        confirm_notice(agent, notice, language="en", at=MON_9)
    skill = SkillFactory(key="product")
    scorecard = make_scorecard()
    script = make_scenario(scorecard_version=scorecard)
    quiz = make_quiz("product-quiz", skill=skill)
    course = make_course("hotline", lessons=1)
    lesson = make_lesson(course, "prices", skills=[skill])
    track = make_track("onboarding", [course, quiz, script.scenario])
    parts = {"quiz": quiz, "skill": skill, "script": script, "track": track}
    ana = _make_record(cast.ana, cast.eva, **parts)
    asked_picture = _picture(b"asked", cast.tess)
    ana.waiting_answer.question_version.media.add(asked_picture)
    return World(
        cast=cast,
        picture=_picture(b"new", cast.tess),
        asked_picture=asked_picture,
        ana=ana,
        olga=_make_record(cast.olga, cast.quinn, **parts),
        scorecard=scorecard,
        course=course,
        lesson=lesson,
        people_import=_import(ImportKind.PEOPLE, PEOPLE, cast.ada),
        roster_import=_import(ImportKind.ROSTER, ROSTER, cast.wes),
        confirmed_import=confirm_import(_import(ImportKind.PEOPLE, PEOPLE, cast.ada), actor=cast.ada, at=MON_9),
        regrade=_regrade(quiz, ana.graded_attempt, cast.tess),
        comment=send_comment(cast.ana, lesson, kind="unclear", text="Which price?", block="", at=MON_9),
        film=make_film(captions=("zh", "en")),
        **parts,
    )


def _picture(content: bytes, author: User) -> QuestionMedia:
    return keep_media(b"\x89PNG\r\n\x1a\n" + content, name="picture.png", actor=author, at=MON_9)


def _regrade(quiz: Quiz, attempt: Attempt, author: User) -> Regrade:
    change = {"attempt": attempt.pk, "score": ["0.60000", "0.80000"], "passed": [False, True], "counts": True}
    return Regrade.objects.create(
        quiz=quiz, reason="Question was faulty", regraded_by=author, regraded_at=MON_9, changes=[change]
    )


def _make_record(
    agent: User, analyst: User, *, quiz: Quiz, skill: Skill, script: ScenarioVersion, track: TrackPage
) -> Record:
    mark = mark_of(agent)
    graded = sit(AssignmentFactory(person=agent, quiz=quiz, reason_en=mark, reason_zh=mark), right=4)
    sitting = AssignmentFactory(person=agent, quiz=quiz, reason_en=mark, reason_zh=mark)
    # Begun at nine with a limit of 135 minutes: open until 11:15.
    exception = give_override(
        quiz, Override(limit_minutes=135), to=agent, reason="Reads with a magnifier", actor=analyst, at=MON_9
    )
    enrolment = enrol(agent, track)
    waiver = waive_step(
        enrolment.steps.get(step__kind="quiz"),
        reason="Certified elsewhere",
        evidence="Certificate 4711",
        file=evidence_file("certificate.pdf", b"%PDF-1.7"),
        actor=analyst,
        at=MON_9,
    )
    call = _call(agent)
    draft = start_evaluation(call, actor=analyst, at=MON_9)
    write_summary(draft, summary=f"DRAFT-{mark}", actor=analyst, at=MON_9)
    mark_all(draft)
    given = GiveOrder(
        make_quiz(f"given-{agent.employee_no.lower()}", skill=skill), "认证", "Certification", people=(agent,)
    )
    seen = plan_of(given, actor=analyst, at=MON_9).fingerprint
    ticket = open_ticket(agent, skill, ground=Ground.BY_HAND, actor=analyst, at=MON_9, note=mark)
    add_step(ticket, note=mark, actor=analyst, at=MON_9)
    certificate = CertificateFactory(person=agent)
    certificate.pdf.save("certificate.pdf", ContentFile(b"%PDF-1.7 " + mark.encode()))
    return Record(
        agent=agent,
        analyst=analyst,
        to_sit=AssignmentFactory(person=agent, quiz=quiz, reason_en=mark, reason_zh=mark),
        to_be_called=AssignmentFactory(person=agent, quiz=None, scenario=script.scenario),
        exception=exception,
        given=give_quiz(given, actor=analyst, at=MON_9, seen=seen),
        open_attempt=sit(sitting, right=0, submit=False),
        graded_attempt=graded,
        waiting_attempt=hand_in(
            agent, make_open_quiz(f"spoken-{agent.employee_no.lower()}", skill=skill, kind=QuestionKind.SPOKEN)
        ),
        call=call,
        draft=draft,
        released=_released(agent, analyst, mark),
        ticket=ticket,
        certificate=certificate,
        waiver=waiver,
        notification=NotificationFactory(recipient=agent, url="/learn/"),
        mystery_calls={state: _mystery_call(agent, analyst, script, steps) for state, steps in STEPS_TO.items()},
    )


def _call(agent: User) -> Call:
    call = CallFactory(agent=agent, transcript=mark_of(agent))
    call.recording.save("call.wav", ContentFile(RECORDING))
    return call


def _released(agent: User, analyst: User, mark: str) -> Evaluation:
    evaluation = start_evaluation(_call(agent), actor=analyst, at=MON_9)
    write_summary(evaluation, summary=mark, actor=analyst, at=MON_9)
    mark_all(evaluation)
    return release_evaluation(evaluation, actor=analyst, at=MON_9)


#: The steps that lead to each state in which the doors of a mystery call are tried.
STEPS_TO: dict[str, Sequence[str]] = {
    "planned": (),
    "announced": ("announce",),
    "accepted": ("announce", "accept"),
    "in_progress": ("announce", "accept", "begin"),
    "ended": ("announce", "accept", "begin", "mark", "end"),
    "debriefed": ("announce", "accept", "begin", "mark", "end", "debrief"),
}


def _mystery_call(agent: User, caller: User, script: ScenarioVersion, steps: Sequence[str]) -> MysteryCall:
    assignment = AssignmentFactory(person=agent, quiz=None, scenario=script.scenario)
    call = plan_mystery_call(assignment, planned_for=MON_9, actor=caller, at=MON_9)
    verbs = {
        "announce": lambda: announce_mystery_call(call, actor=caller, at=MON_9),
        "accept": lambda: accept_rules(call, actor=agent, at=MON_9),
        "begin": lambda: begin_mystery_call(call, actor=caller, at=MON_9),
        "mark": lambda: _mark_everything(call, caller),
        "end": lambda: end_mystery_call(call, actor=caller, at=MON_9),
        "debrief": lambda: debrief_mystery_call(call, actor=caller, at=MON_9),
    }
    for step in steps:
        verbs[step]()
    return call


def _mark_everything(call: MysteryCall, caller: User) -> None:
    for point in call.scenario_version.points.all():
        mark_point(call, point, outcome="met", observed="", advice="", actor=caller, at=MON_9)
    fed = call.scenario_version.points.values("item_key")
    for item in call.evaluation.scorecard_version.sections.get().items.exclude(key__in=fed):
        call.evaluation.marks.create(item=item, points=Decimal(item.points_possible))


PEOPLE = "工号,姓名,职场,班组,岗位\nN0001,新人,上海,一组,座席代表\n"
ROSTER = f"工号,日期,班次,开始时间,结束时间,活动\nANA,{date(2026, 3, 3)},早班,08:30,12:00,接线\n"


def _import(kind: str, text: str, actor: User) -> ImportBatch:
    return upload_import(kind, ContentFile(text.encode(), name=f"{kind}.csv"), actor=actor, at=MON_9)
