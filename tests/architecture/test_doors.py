"""Every door is tried by everybody. A door without an expectation fails, and so does an expectation without a door.

A role *opens* a door (it answers or leads on), is *refused* (403: inside one's view, not allowed) or finds it *hidden*
(404: outside one's view). Strangers are sent to sign in, unless the door is public. Nobody but those for whom a POST
opens writes a row by it, and a GET writes none at all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from lms.kernel import private_files
from tests.architecture.conftest import Town
from tests.factories.scenarios import SECRETS
from tests.factories.world import RECORDING, Record, World, mark_of

pytestmark = pytest.mark.django_db

#: Wagtail's own doors; see test_back_office.
OF_WAGTAIL = {"admin/", "documents/"}

EVERYBODY = "ana abel lena carl eva otto olga quinn mona tess wes ada"
#: Who lead or mark a team.
BROWSERS = "lena carl eva otto quinn mona"
PLAIN = "ana abel olga tess wes ada"
#: The whole record of Ana: herself, and who lead or mark her team.
RECORD_OF_ANA = "ana lena carl eva quinn mona"
HER_LEADERS_AND_ANALYSTS = "lena carl eva quinn mona"
NOT_HERS = "abel otto olga tess wes ada"
#: Who coach Ana: everybody who sees her record but the operations manager, who reads.
HER_COACHES = "lena carl eva quinn"
#: How quizzes and their questions do, without names: authors and operations managers.
SEE_QUIZ_FIGURES = "quinn mona tess"
NO_QUIZ_FIGURES = "ana abel lena carl eva otto olga wes ada"

#: Who mark written and spoken answers of Ana's team, and who mark nobody's.
MARKERS_OF_ANA = "eva quinn tess"
NO_MARKERS = "ana abel lena carl otto olga mona wes ada"
#: Who don't write questions and quizzes.
NO_AUTHORS = "ana abel lena carl eva otto olga mona wes ada"

#: Who run exams for Ana's team (Otto: for Olga's), and who don't.
EXAMINERS = "carl otto quinn mona tess"
NO_EXAMINERS = "ana abel lena eva olga wes ada"

#: Who follow how people learn, and who of them plan it.
FOLLOWERS = "lena carl otto mona tess"
FOLLOWERS_OF_ANA = "lena carl mona tess"
NO_FOLLOWERS = "ana abel eva olga quinn wes ada"
NOT_FOLLOWING_ANA = f"{NO_FOLLOWERS} otto"
PLANNERS = "carl otto mona tess"
NO_PLANNERS = f"{NO_FOLLOWERS} lena"

OPENS, REFUSES, HIDES, SIGN_IN = "opens", "refuses", "hides", "sign in"


@dataclass(frozen=True)
class Door:
    """One URL name, tried by one method; `case` tells several expectations of one name apart."""

    name: str
    args: Callable[[World], list[Any]] = lambda world: []
    opens: str = ""
    refuses: str = ""
    hides: str = ""
    stranger: str = SIGN_IN
    data: Callable[[World], dict[str, Any]] | None = None  # None: by GET
    query: Callable[[World], str] = lambda world: ""
    case: str = ""

    @property
    def method(self) -> str:
        return "GET" if self.data is None else "POST"

    @property
    def expected(self) -> dict[str, str]:
        words = {OPENS: self.opens, REFUSES: self.refuses, HIDES: self.hides}
        return {role: word for word, roles in words.items() for role in roles.split()} | {"stranger": self.stranger}

    def __str__(self) -> str:
        return f"{self.method} {self.name} {self.case}".strip()


def page(name: str, args: Callable[[World], list[Any]] = lambda world: [], **expected: Any) -> Door:
    return Door(name, args, **expected)


def deed(
    name: str,
    args: Callable[[World], list[Any]] = lambda world: [],
    data: Callable[[World], dict[str, Any]] = lambda world: {},
    **expected: Any,
) -> Door:
    return Door(name, args, data=data, **expected)


def of_call(state: str, *more: Callable[[World], int]) -> Callable[[World], list[Any]]:
    """Ana's mystery call in that state, placed by Eva."""
    return lambda world: [world.ana.mystery_calls[state].pk, *(each(world).pk for each in more)]


def calls_csv(world: World) -> dict[str, Any]:
    text = "call id,employee number,start,duration\nX1,ANA,2026-03-01 10:00,120\n"
    return {"source": "recorder", "file": SimpleUploadedFile("calls.csv", text.encode())}


def people_csv(world: World) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("people.csv", "工号,姓名\nN0002,新人\n".encode())}


def roster_csv(world: World) -> dict[str, Any]:
    text = "工号,日期,班次,开始时间,结束时间,活动\nANA,2026-03-04,早班,08:30,12:00,接线\n"
    return {"file": SimpleUploadedFile("roster.csv", text.encode())}


def recording(world: World) -> dict[str, Any]:
    return {"recording": SimpleUploadedFile("call.wav", RECORDING)}


def remedy(world: World) -> dict[str, Any]:
    lesson = str(world.lesson.translation_key)
    return {"cause": "Habit", "goal": "Restates", "lessons": [lesson], "due_on": "2026-03-20"}


def marks(world: World, record: Record | None = None) -> dict[str, Any]:
    """One point for each criterion."""
    options = (record or world.ana).waiting_answer.question_version.options.all()
    return {f"points-{option.pk}": "1" for option in options} | {"comment": "Calm"}


def exception(world: World) -> dict[str, Any]:
    who = {"quiz": world.quiz.pk, "whose": "person", "who": world.cast.ana.employee_no, "reason": "An outage"}
    return who | {"limit": "value", "limit_minutes": "30"}


def quiz_to_give(world: World) -> dict[str, Any]:
    return {"quiz": world.quiz.pk, "whose": "people", "numbers": "ANA, OLGA", "reason_en": "Certification"}


def answer(world: World) -> dict[str, Any]:
    drawn = world.ana.open_attempt.questions.first()
    return {"q": drawn.order, f"a{drawn.order}": [drawn.option_order[0]], "flagged": "1"}


def spoken(world: World) -> dict[str, Any]:
    return {"q": 1, "recording": SimpleUploadedFile("answer.webm", RECORDING, content_type="audio/webm")}


ANA = lambda world: [world.cast.ana.pk]  # noqa: E731 - a word of the table
TO_SIT = lambda world: [world.ana.to_sit.pk]  # noqa: E731
OPEN_ATTEMPT = lambda world: [world.ana.open_attempt.pk]  # noqa: E731
GRADED_ATTEMPT = lambda world: [world.ana.graded_attempt.pk]  # noqa: E731
GIVEN = lambda world: [world.ana.given.pk]  # noqa: E731
CALL = lambda world: [world.ana.call.pk]  # noqa: E731
DRAFT = lambda world: [world.ana.draft.pk]  # noqa: E731
RELEASED = lambda world: [world.ana.released.pk]  # noqa: E731
TICKET = lambda world: [world.ana.ticket.pk]  # noqa: E731
CERTIFICATE = lambda world: [world.ana.certificate.pk]  # noqa: E731
CELL = lambda world: [world.cast.ana.pk, world.skill.key]  # noqa: E731
ENROLMENT = lambda world: [world.cast.ana.enrolments.live().get().pk]  # noqa: E731
#: The course of her track; the quiz is waived.
STEP = lambda world: [world.cast.ana.enrolments.live().get().steps.get(step__kind="course").pk]  # noqa: E731
WAIVER = lambda world: [world.ana.waiver.pk]  # noqa: E731
LESSON = lambda world: [world.lesson.pk]  # noqa: E731
QUESTION_OF_ANA = lambda world: [world.ana.waiting_answer.question_version_id]  # noqa: E731
ANSWER_OF_ANA = lambda world: [world.ana.waiting_answer.question_version_id, world.ana.waiting_answer.pk]  # noqa: E731
QUIZ_VERSION = lambda world: [world.ana.graded_attempt.quiz_version_id]  # noqa: E731
REGRADE = lambda world: [world.regrade.pk]  # noqa: E731

DOORS = [
    # The house
    page("home", opens=EVERYBODY),
    page("styleguide", opens=EVERYBODY, stranger=OPENS),
    page("healthz", opens=EVERYBODY, stranger=OPENS),
    page("audit-log", opens="ada", refuses="ana abel lena carl eva otto olga quinn mona tess wes"),
    page("public-file", lambda w: ["no-such-picture.png"], hides=EVERYBODY),
    page("private-file", lambda w: ["no-such-kind", 1], hides=EVERYBODY, case="unknown kind"),
    page(
        "private-file", lambda w: ["recording", w.ana.call.pk], case="recording",
        opens=HER_LEADERS_AND_ANALYSTS, hides=f"ana {NOT_HERS}",
    ),
    page(
        "private-file", lambda w: ["recording", w.ana.released.call_id], case="recording of an evaluated call",
        opens=RECORD_OF_ANA, hides=NOT_HERS,
    ),
    page(
        "private-file", lambda w: ["certificate", w.ana.certificate.pk], case="certificate",
        opens=RECORD_OF_ANA, hides=NOT_HERS,
    ),
    page(
        "private-file", lambda w: ["question-media", w.picture.pk], case="question-media",
        opens="quinn tess", hides=NO_AUTHORS,
    ),
    page(
        "private-file", lambda w: ["question-media", w.asked_picture.pk], case="question-media of a question asked",
        opens=f"{RECORD_OF_ANA} tess", hides="abel otto olga wes ada",
    ),
    page(
        "private-file", lambda w: ["waiver", w.ana.waiver.pk], case="waiver",
        opens=FOLLOWERS_OF_ANA, hides=f"otto {NO_FOLLOWERS}",
    ),
    page("private-file", lambda w: ["course-media", w.film.pk], case="course-media", opens=EVERYBODY),
    page("private-file", lambda w: ["course-captions-zh", w.film.pk], case="course-captions-zh", opens=EVERYBODY),
    page("private-file", lambda w: ["course-captions-en", w.film.pk], case="course-captions-en", opens=EVERYBODY),
    # Sign-in
    page("account_login", opens=EVERYBODY, stranger=OPENS),
    deed("account_login", data=lambda w: {"login": "ANA", "password": "no"}, opens=EVERYBODY, stranger=OPENS),
    page(
        "back-office-sign-in",
        opens="tess quinn", refuses="ana abel lena carl eva otto olga mona wes ada", stranger=SIGN_IN,
        query=lambda w: "?next=/admin/",
    ),
    page("account_logout", opens=EVERYBODY, stranger=OPENS),
    deed("account_logout", opens=EVERYBODY, stranger=OPENS),
    page("account_inactive", opens=EVERYBODY, stranger=OPENS),
    page("account_reauthenticate", opens=EVERYBODY),
    deed("account_reauthenticate", data=lambda w: {"password": "no"}, opens=EVERYBODY),
    page("account_change_password", opens=EVERYBODY),
    deed("account_change_password", data=lambda w: {"oldpassword": "no"}, opens=EVERYBODY),
    page("usersessions_list", opens=EVERYBODY),
    deed("usersessions_list", data=lambda w: {"others": ""}, opens=EVERYBODY),
    deed("language", data=lambda w: {"language": "en"}, opens=EVERYBODY, stranger=OPENS),
    deed("change-person", opens=EVERYBODY, stranger=OPENS),
    deed("lock", opens=EVERYBODY),
    page("locked", opens=EVERYBODY),
    deed("locked", data=lambda w: {"password": "no"}, opens=EVERYBODY),
    deed("still-here", opens=EVERYBODY),
    # People
    page("people:directory", opens=f"{BROWSERS} wes ada", refuses="ana abel olga tess"),
    page("people:detail", ANA, opens=f"ana {BROWSERS} wes ada", refuses="abel olga tess"),
    deed("people:issue-code", ANA, opens="lena carl ada", refuses="ana abel eva otto olga quinn mona tess wes"),
    page("people:import-list", opens="wes ada", refuses="ana abel lena carl eva otto olga quinn mona tess"),
    page(
        "people:import-upload", lambda w: ["people"], case="people",
        opens="ada", refuses="ana abel lena carl eva otto olga quinn mona tess wes",
    ),
    page(
        "people:import-upload", lambda w: ["roster"], case="roster",
        opens="wes ada", refuses="ana abel lena carl eva otto olga quinn mona tess",
    ),
    page("people:import-upload", lambda w: ["calls"], case="unknown kind", hides=EVERYBODY),
    deed(
        "people:import-upload", lambda w: ["people"], people_csv, case="people",
        opens="ada", refuses="ana abel lena carl eva otto olga quinn mona tess wes",
    ),
    deed(
        "people:import-upload", lambda w: ["roster"], roster_csv, case="roster",
        opens="wes ada", refuses="ana abel lena carl eva otto olga quinn mona tess",
    ),
    page(
        "people:import-preview", lambda w: [w.people_import.pk], case="people",
        opens="ada", hides="ana abel lena carl eva otto olga quinn mona tess wes",
    ),
    page(
        "people:import-preview", lambda w: [w.roster_import.pk], case="roster",
        opens="wes ada", hides="ana abel lena carl eva otto olga quinn mona tess",
    ),
    page(
        "people:import-preview", lambda w: [w.confirmed_import.pk], case="confirmed",
        opens="ada", hides="ana abel lena carl eva otto olga quinn mona tess wes",
    ),
    deed(
        "people:import-confirm", lambda w: [w.people_import.pk], case="people",
        opens="ada", hides="ana abel lena carl eva otto olga quinn mona tess wes",
    ),
    deed(
        "people:import-confirm", lambda w: [w.roster_import.pk], case="roster",
        opens="wes ada", hides="ana abel lena carl eva otto olga quinn mona tess",
    ),
    deed(
        "people:import-discard", lambda w: [w.people_import.pk], case="people",
        opens="ada", hides="ana abel lena carl eva otto olga quinn mona tess wes",
    ),
    deed(
        "people:import-discard", lambda w: [w.roster_import.pk], case="roster",
        opens="wes ada", hides="ana abel lena carl eva otto olga quinn mona tess",
    ),
    deed(
        "people:import-codes", lambda w: [w.confirmed_import.pk],
        opens="ada", hides="ana abel lena carl eva otto olga quinn mona tess wes",
    ),
    page("people:first-sign-in", opens=EVERYBODY, stranger=OPENS),
    deed(
        "people:first-sign-in", data=lambda w: {"employee_no": "ANA", "code": "no"}, opens=EVERYBODY, stranger=OPENS
    ),
    page("people:set-password", opens=EVERYBODY, stranger=OPENS),  # leads strangers without a code to the first one
    deed("people:set-password", opens=EVERYBODY, stranger=OPENS),
    page("people:notice", opens=EVERYBODY),
    deed("people:notice", data=lambda w: {"version": "1"}, opens=EVERYBODY),
    page("people:account", opens=EVERYBODY),
    deed("people:account", data=lambda w: {"language": "en", "email": ""}, opens=EVERYBODY),
    # News
    page("notifications:list", opens=EVERYBODY),
    deed(
        "notifications:open", lambda w: [w.ana.notification.pk],
        opens="ana", hides="abel lena carl eva otto olga quinn mona tess wes ada",
    ),
    deed("notifications:mark-all-read", opens=EVERYBODY),
    # Learning
    page("courses:course-list", opens=EVERYBODY),
    page("courses:course-detail", lambda w: [w.course.slug], opens=EVERYBODY),
    page("courses:lesson-detail", lambda w: [w.course.slug, w.lesson.slug], opens=EVERYBODY),
    page("courses:track-detail", lambda w: [w.track.slug], opens=EVERYBODY),
    deed("courses:lesson-complete", LESSON, opens=EVERYBODY),
    deed("courses:lesson-heartbeat", LESSON, lambda w: {"active_seconds": 15}, opens=EVERYBODY),
    deed("courses:check-answer", LESSON, lambda w: {"check": "none", "answer": "1"}, opens=EVERYBODY),
    page("courses:following", opens=FOLLOWERS, refuses=NO_FOLLOWERS),
    page("courses:following-xlsx", opens=FOLLOWERS, refuses=NO_FOLLOWERS),
    page("courses:following-study", opens=FOLLOWERS, refuses=NO_FOLLOWERS),
    deed(
        "courses:following-remind", data=lambda w: {"who": [w.cast.ana.pk]},
        opens=FOLLOWERS_OF_ANA, hides="otto", refuses=NO_FOLLOWERS,
    ),
    page("courses:following-enrol", opens=PLANNERS, refuses=NO_PLANNERS),
    deed(
        "courses:following-enrol",
        data=lambda w: {"track": str(w.track.translation_key), "whose": "team", "team": w.cast.team_a.pk, "reason_en": "x"},
        opens=PLANNERS, refuses=NO_PLANNERS,
    ),
    page("courses:following-person", ANA, opens=FOLLOWERS_OF_ANA, hides="otto", refuses=NO_FOLLOWERS),
    page("courses:following-person-xlsx", ANA, opens=FOLLOWERS_OF_ANA, hides="otto", refuses=NO_FOLLOWERS),
    page("courses:following-extend", ENROLMENT, opens="carl mona tess", refuses="lena", hides=NOT_FOLLOWING_ANA),
    deed(
        "courses:following-extend", ENROLMENT, lambda w: {"due_on": "2099-01-01", "reason": "Ill"},
        opens="carl mona tess", refuses="lena", hides=NOT_FOLLOWING_ANA,
    ),
    page("courses:following-waive", STEP, opens="carl mona tess", refuses="lena", hides=NOT_FOLLOWING_ANA),
    deed(
        "courses:following-waive", STEP, lambda w: {"reason": "Done elsewhere", "evidence": "No 1"},
        opens="carl mona tess", refuses="lena", hides=NOT_FOLLOWING_ANA,
    ),
    page("courses:following-withdraw", WAIVER, opens="carl mona tess", refuses="lena", hides=NOT_FOLLOWING_ANA),
    deed(
        "courses:following-withdraw", WAIVER, lambda w: {"reason": "A mistake"},
        opens="carl mona tess", refuses="lena", hides=NOT_FOLLOWING_ANA,
    ),
    page("courses:search", opens=EVERYBODY, query=lambda w: "?q=ADSL"),
    page("courses:find", opens=EVERYBODY, query=lambda w: "?q=ADSL"),
    page("courses:phrase-list", opens=EVERYBODY),
    page("courses:term-list", opens=EVERYBODY),
    page("courses:note-list", opens=EVERYBODY),
    page("courses:note-download", opens=EVERYBODY),
    page("courses:comment-list", opens=EVERYBODY),
    page("courses:comment-work", opens="quinn tess", refuses=NO_AUTHORS),
    deed(
        "courses:comment-answer", lambda w: [w.comment.pk], lambda w: {"verdict": "close"},
        opens="quinn tess", refuses="ana", hides="abel lena carl eva otto olga mona wes ada",
    ),
    page("courses:insight-list", opens="quinn tess", refuses=NO_AUTHORS),
    page("courses:insight-xlsx", opens="quinn tess", refuses=NO_AUTHORS),
    page("courses:rereading-list", opens="quinn tess", refuses=NO_AUTHORS),
    page("courses:insight-detail", lambda w: [w.lesson.translation_key], opens="quinn tess", refuses=NO_AUTHORS),
    deed("courses:note-save", LESSON, lambda w: {"text": "Mine"}, opens=EVERYBODY),
    deed("courses:bookmark-set", LESSON, lambda w: {"is_wanted": "1"}, opens=EVERYBODY),
    deed("courses:lesson-rate", LESSON, lambda w: {"is_helpful": "1"}, opens=EVERYBODY),
    deed("courses:comment-send", LESSON, lambda w: {"kind": "unclear"}, opens=EVERYBODY),
    page("courses:certificate-list", opens=EVERYBODY),
    page("courses:certificate-verify", lambda w: [w.ana.certificate.uuid], opens=EVERYBODY, stranger=OPENS),
    deed(
        "courses:certificate-revoke", CERTIFICATE, lambda w: {"reason": "A mistake"},
        opens="quinn mona", refuses="ana lena carl eva", hides=NOT_HERS,
    ),
    # Quizzes
    page("assessments:attempt-list", opens=EVERYBODY),
    page("assessments:quiz-start", TO_SIT, opens="ana", refuses=HER_LEADERS_AND_ANALYSTS, hides=NOT_HERS),
    deed(
        "assessments:quiz-start", TO_SIT, lambda w: {"seat_is_set": "on"},
        opens="ana", refuses=HER_LEADERS_AND_ANALYSTS, hides=NOT_HERS,
    ),
    page("assessments:question-preview", QUESTION_OF_ANA, opens="quinn tess", refuses=NO_AUTHORS),
    deed("assessments:quiz-try", lambda w: [w.quiz.pk], opens="quinn tess", refuses=NO_AUTHORS),
    page("assessments:attempt", OPEN_ATTEMPT, opens="ana", refuses=HER_LEADERS_AND_ANALYSTS, hides=NOT_HERS),
    deed("assessments:attempt-save", OPEN_ATTEMPT, answer,
         opens="ana", refuses=HER_LEADERS_AND_ANALYSTS, hides=NOT_HERS),
    deed("assessments:attempt-flag", OPEN_ATTEMPT, answer,
         opens="ana", refuses=HER_LEADERS_AND_ANALYSTS, hides=NOT_HERS),
    deed("assessments:attempt-check", OPEN_ATTEMPT, answer,
         opens="ana", refuses=HER_LEADERS_AND_ANALYSTS, hides=NOT_HERS),
    deed("assessments:attempt-record", OPEN_ATTEMPT, spoken,
         opens="ana", refuses=HER_LEADERS_AND_ANALYSTS, hides=NOT_HERS),
    page("assessments:attempt-clock", OPEN_ATTEMPT, opens="ana", refuses=HER_LEADERS_AND_ANALYSTS, hides=NOT_HERS),
    page("assessments:attempt-submit", OPEN_ATTEMPT, opens="ana", refuses=HER_LEADERS_AND_ANALYSTS, hides=NOT_HERS),
    deed("assessments:attempt-submit", OPEN_ATTEMPT, opens="ana", refuses=HER_LEADERS_AND_ANALYSTS, hides=NOT_HERS),
    page("assessments:attempt-review", GRADED_ATTEMPT, opens=RECORD_OF_ANA, hides=NOT_HERS),
    page(
        "assessments:attempt-review", OPEN_ATTEMPT, case="not handed in yet",
        opens="ana", refuses=HER_LEADERS_AND_ANALYSTS, hides=NOT_HERS,
    ),
    # The exam room and exceptions
    page("assessments:override-list", opens=EXAMINERS, refuses=NO_EXAMINERS),
    page("assessments:override-give", opens=EXAMINERS, refuses=NO_EXAMINERS),
    page(
        "assessments:override-give", query=lambda w: f"?from={w.ana.exception.pk}", case="anew for Ana",
        opens="carl quinn mona tess", refuses=NO_EXAMINERS, hides="otto",
    ),
    deed("assessments:override-give", data=exception, opens=EXAMINERS, refuses=NO_EXAMINERS),
    page(
        "assessments:override-withdraw", lambda w: [w.ana.exception.pk],
        opens="carl quinn mona tess", refuses=NO_EXAMINERS, hides="otto",
    ),
    deed(
        "assessments:override-withdraw", lambda w: [w.ana.exception.pk],
        opens="carl quinn mona tess", refuses=NO_EXAMINERS, hides="otto",
    ),
    # Quizzes given by hand
    page("assessments:given-list", opens=EXAMINERS, refuses=NO_EXAMINERS),
    page("assessments:given-new", opens=EXAMINERS, refuses=NO_EXAMINERS),
    deed("assessments:given-new", data=quiz_to_give, opens=EXAMINERS, refuses=NO_EXAMINERS),
    page("assessments:given-detail", GIVEN, opens="carl quinn mona tess", refuses=NO_EXAMINERS, hides="otto"),
    page("assessments:given-xlsx", GIVEN, opens="carl quinn mona tess", refuses=NO_EXAMINERS, hides="otto"),
    page(
        "assessments:given-take-back", GIVEN, query=lambda w: "?who=not-begun",
        opens="carl quinn mona tess", refuses=NO_EXAMINERS, hides="otto",
    ),
    deed(
        "assessments:given-take-back", GIVEN, data=lambda w: {"who": "not-begun", "reason": "Postponed"},
        opens="carl quinn mona tess", refuses=NO_EXAMINERS, hides="otto",
    ),
    page("assessments:exam-room", opens=EXAMINERS, refuses=NO_EXAMINERS),
    page("assessments:extra-time-give", opens=EXAMINERS, refuses=NO_EXAMINERS),
    deed(
        "assessments:extra-time-give", data=lambda w: {"team": w.cast.team_a.pk, "minutes": 5, "reason": "An outage"},
        opens=EXAMINERS, refuses=NO_EXAMINERS,
    ),
    page("assessments:exam-late", opens=EXAMINERS, refuses=NO_EXAMINERS),
    # Mystery calls
    page("assessments:mystery-call-list", opens=EVERYBODY),
    page("assessments:mystery-call-plan", opens="eva quinn", refuses="ana abel lena carl otto olga mona tess wes ada"),
    deed(
        "assessments:mystery-call-plan",
        data=lambda w: {
            "agent": w.cast.ana.pk, "scenario": w.script.scenario_id, "planned_for": "2026-03-02T12:00", "reason": "",
            "why_anyway": "Re-test of the same matter",
        },
        opens="eva quinn", refuses="ana abel lena carl otto olga mona tess wes ada",
    ),
    page(
        "assessments:mystery-call-plan", query=lambda w: f"?agent={w.cast.ana.pk}", case="a scenario for Ana",
        opens="eva quinn", refuses="ana abel lena carl otto olga mona tess wes ada",
    ),
    page(
        "assessments:scenario-list",
        opens="eva quinn tess", refuses="ana abel lena carl otto olga mona wes ada",
    ),
    page(
        "assessments:scenario-sheet", lambda w: [w.script.pk],
        opens="eva quinn tess", refuses="ana abel lena carl otto olga mona wes ada",
    ),
    page(
        "assessments:scenario-sheet-pdf", lambda w: [w.script.pk],
        opens="eva quinn tess", refuses="ana abel lena carl otto olga mona wes ada",
    ),
    page(
        "assessments:mystery-call-plan", query=lambda w: f"?assignment={w.olga.to_be_called.pk}", case="with Olga",
        opens="quinn", refuses="ana abel lena carl otto olga mona tess wes ada", hides="eva",
    ),
    deed(
        "assessments:mystery-call-plan", data=lambda w: {"planned_for": "2026-03-02T12:00"},
        query=lambda w: f"?assignment={w.olga.to_be_called.pk}", case="with Olga",
        opens="quinn", refuses="ana abel lena carl otto olga mona tess wes ada", hides="eva",
    ),
    page("assessments:mystery-call-agent", of_call("announced"),
         opens="ana", refuses=HER_LEADERS_AND_ANALYSTS, hides=NOT_HERS),
    page("assessments:mystery-call-state", of_call("announced"),
         opens="ana eva", refuses="lena carl quinn mona", hides=NOT_HERS),
    deed("assessments:mystery-call-accept", of_call("announced"),
         opens="ana", refuses=HER_LEADERS_AND_ANALYSTS, hides=NOT_HERS),
    deed("assessments:mystery-call-give-up", of_call("in_progress"),
         opens="ana", refuses=HER_LEADERS_AND_ANALYSTS, hides=NOT_HERS),
    page("assessments:mystery-call-console", of_call("in_progress"),
         opens="eva", refuses="ana lena carl quinn mona", hides=NOT_HERS),
    deed("assessments:mystery-call-announce", of_call("planned"),
         opens="eva", refuses="ana lena carl quinn mona", hides=NOT_HERS),
    deed("assessments:mystery-call-accept-aloud", of_call("announced"),
         opens="eva", refuses="ana lena carl quinn mona", hides=NOT_HERS),
    deed("assessments:mystery-call-begin", of_call("accepted"),
         opens="eva", refuses="ana lena carl quinn mona", hides=NOT_HERS),
    deed("assessments:mystery-call-point", of_call("in_progress", lambda w: w.point), lambda w: {"outcome": "met"},
         opens="eva", refuses="ana lena carl quinn mona", hides=NOT_HERS),
    deed("assessments:mystery-call-item", of_call("in_progress", lambda w: w.item), lambda w: {"points": "4"},
         opens="eva", refuses="ana lena carl quinn mona", hides=NOT_HERS),
    deed("assessments:mystery-call-notes", of_call("in_progress"), lambda w: {"notes": "Calm"},
         opens="eva", refuses="ana lena carl quinn mona", hides=NOT_HERS),
    deed("assessments:mystery-call-help", of_call("in_progress"), lambda w: {"kind": "asked"},
         opens="eva", refuses="ana lena carl quinn mona", hides=NOT_HERS),
    deed("assessments:mystery-call-forfeit", of_call("in_progress"),
         opens="eva", refuses="ana lena carl quinn mona", hides=NOT_HERS),
    deed("assessments:mystery-call-end", of_call("in_progress"),
         opens="eva", refuses="ana lena carl quinn mona", hides=NOT_HERS),
    deed("assessments:mystery-call-cancel", of_call("planned"),
         opens="eva quinn", refuses="ana lena carl mona", hides=NOT_HERS),
    deed("assessments:mystery-call-cancel", of_call("announced"), case="announced",
         opens="eva", refuses="ana lena carl quinn mona", hides=NOT_HERS),
    deed("assessments:mystery-call-show-debrief", of_call("ended"),
         opens="eva", refuses="ana lena carl quinn mona", hides=NOT_HERS),
    page("assessments:mystery-call-debrief", of_call("debriefed"), opens=RECORD_OF_ANA, hides=NOT_HERS),
    page("assessments:mystery-call-debrief", of_call("ended"), case="not shown yet",
         opens="ana eva", hides=f"lena carl quinn mona {NOT_HERS}"),
    deed("assessments:mystery-call-acknowledge", of_call("debriefed"), lambda w: {"comment": "Thank you"},
         opens="ana", refuses=HER_LEADERS_AND_ANALYSTS, hides=NOT_HERS),
    # Calls and evaluations
    page("assessments:call-list", opens=BROWSERS, refuses=PLAIN),
    page("assessments:call-import", opens="quinn wes ada", refuses="ana abel lena carl eva otto olga mona tess"),
    deed("assessments:call-import", data=calls_csv,
         opens="quinn wes ada", refuses="ana abel lena carl eva otto olga mona tess"),
    deed("assessments:call-recording", CALL, recording,
         opens="eva quinn", refuses="lena carl mona", hides=f"ana {NOT_HERS}"),
    deed("assessments:evaluation-start", CALL, opens="eva quinn", refuses="lena carl mona", hides=f"ana {NOT_HERS}"),
    page("assessments:evaluation-list", opens=EVERYBODY),
    page("assessments:evaluation-detail", RELEASED, opens=RECORD_OF_ANA, hides=NOT_HERS),
    page("assessments:evaluation-detail", DRAFT, case="draft", opens="eva", hides=f"ana lena carl quinn mona {NOT_HERS}"),
    page("assessments:evaluation-mark", DRAFT, opens="eva", hides=f"ana lena carl quinn mona {NOT_HERS}"),
    page("assessments:evaluation-mark", RELEASED, case="released", opens=RECORD_OF_ANA, hides=NOT_HERS),
    deed("assessments:evaluation-mark-item", lambda w: [w.ana.draft.pk, w.item.pk], lambda w: {"points": "3"},
         opens="eva", hides=f"ana lena carl quinn mona {NOT_HERS}"),
    deed("assessments:evaluation-mark-item", lambda w: [w.ana.released.pk, w.item.pk], lambda w: {"points": "3"},
         case="released", opens="eva", refuses="ana lena carl quinn mona", hides=NOT_HERS),
    deed("assessments:evaluation-summary", DRAFT, lambda w: {"summary": "Well done"},
         opens="eva", hides=f"ana lena carl quinn mona {NOT_HERS}"),
    deed("assessments:evaluation-release", DRAFT, opens="eva", hides=f"ana lena carl quinn mona {NOT_HERS}"),
    deed("assessments:evaluation-discard", DRAFT, opens="eva", hides=f"ana lena carl quinn mona {NOT_HERS}"),
    deed("assessments:evaluation-discard", RELEASED, case="released",
         opens="eva", refuses="ana lena carl quinn mona", hides=NOT_HERS),
    deed("assessments:evaluation-acknowledge", RELEASED,
         opens="ana", refuses=HER_LEADERS_AND_ANALYSTS, hides=NOT_HERS),
    # Quiz figures
    page("assessments:item-analysis-list", opens=SEE_QUIZ_FIGURES, refuses=NO_QUIZ_FIGURES),
    page("assessments:item-analysis", QUIZ_VERSION, opens=SEE_QUIZ_FIGURES, refuses=NO_QUIZ_FIGURES),
    page(
        "assessments:item-analysis", lambda w: [0], case="no such version",
        refuses=NO_QUIZ_FIGURES, hides=SEE_QUIZ_FIGURES,
    ),
    page("assessments:item-analysis-xlsx", QUIZ_VERSION, opens=SEE_QUIZ_FIGURES, refuses=NO_QUIZ_FIGURES),
    page("assessments:item-analysis-json", QUIZ_VERSION, opens=SEE_QUIZ_FIGURES, refuses=NO_QUIZ_FIGURES),
    # Marking answers, void questions, regrades
    page("assessments:marking-list", opens=MARKERS_OF_ANA, refuses=NO_MARKERS),
    page("assessments:marking-question", QUESTION_OF_ANA, opens=MARKERS_OF_ANA, refuses=NO_MARKERS),
    page(
        "assessments:marking-question", lambda w: [w.olga.waiting_answer.question_version_id], case="of another team",
        opens="quinn tess", refuses=NO_MARKERS, hides="eva",
    ),
    deed("assessments:marking-answer", ANSWER_OF_ANA, marks, opens=MARKERS_OF_ANA, refuses=NO_MARKERS),
    deed(
        "assessments:marking-answer", case="of another team", data=lambda w: marks(w, w.olga),
        args=lambda w: [w.olga.waiting_answer.question_version_id, w.olga.waiting_answer.pk],
        opens="quinn tess", refuses=NO_MARKERS, hides="eva",
    ),
    page(
        "private-file", lambda w: ["answer-recording", w.ana.waiting_answer.recordings.get().pk],
        case="answer-recording", opens=f"{RECORD_OF_ANA} tess", hides="abel otto olga wes ada",
    ),
    page("assessments:regrade-list", opens="quinn tess", refuses=NO_AUTHORS),
    page("assessments:regrade-form", lambda w: [w.quiz.pk], opens="quinn tess", refuses=NO_AUTHORS),
    deed(
        "assessments:regrade-form", lambda w: [w.quiz.pk], lambda w: {"reason": "Faulty", "expected": "what was seen"},
        opens="quinn tess", refuses=NO_AUTHORS,
    ),
    page("assessments:regrade-history", lambda w: [w.quiz.pk], opens="quinn tess", refuses=NO_AUTHORS),
    page("assessments:regrade-history", lambda w: [0], case="no such quiz", refuses=NO_AUTHORS, hides="quinn tess"),
    page("assessments:regrade-detail", REGRADE, opens="quinn tess", refuses=NO_AUTHORS),
    page("assessments:regrade-detail", lambda w: [0], case="no such regrade", refuses=NO_AUTHORS, hides="quinn tess"),
    page("assessments:regrade-xlsx", REGRADE, opens="quinn tess", refuses=NO_AUTHORS),
    page("assessments:void-form", QUESTION_OF_ANA, opens="quinn tess", refuses=NO_AUTHORS),
    deed("assessments:void-form", QUESTION_OF_ANA, lambda w: {"mode": "full", "reason": "Faulty"},
         opens="quinn tess", refuses=NO_AUTHORS),
    deed("assessments:void-withdraw", QUESTION_OF_ANA, opens="quinn tess", refuses=NO_AUTHORS),
    # Coaching
    page("coaching:ticket-board", opens=EVERYBODY),
    page("coaching:ticket-detail", TICKET, opens=RECORD_OF_ANA, hides=NOT_HERS),
    deed("coaching:ticket-take", TICKET, opens=HER_COACHES, refuses="ana mona", hides=NOT_HERS),
    deed("coaching:ticket-assign", TICKET, remedy, opens=HER_COACHES, refuses="ana mona", hides=NOT_HERS),
    deed("coaching:ticket-retest", TICKET, opens=HER_COACHES, refuses="ana mona", hides=NOT_HERS),
    deed("coaching:ticket-note", TICKET, lambda w: {"note": "We talked"},
         opens=f"ana {HER_COACHES}", refuses="mona", hides=NOT_HERS),
    deed("coaching:ticket-dismiss", TICKET, lambda w: {"reason": "Cured"},
         opens=HER_COACHES, refuses="ana mona", hides=NOT_HERS),
    page("coaching:skill-matrix", opens=BROWSERS, refuses=PLAIN),
    page("coaching:skill-matrix-xlsx", opens=BROWSERS, refuses=PLAIN),
    page("coaching:profile", ANA, opens=RECORD_OF_ANA, hides=NOT_HERS),
    page("coaching:skill-cell", CELL, opens=RECORD_OF_ANA, hides=NOT_HERS),
    deed("coaching:cell-lesson", CELL, lambda w: {"lesson": str(w.lesson.translation_key), "due_on": "2026-03-20"},
         opens=HER_COACHES, refuses="ana mona", hides=NOT_HERS),
    deed("coaching:cell-ticket", CELL, lambda w: {"reason": "Heard it twice"},
         opens=HER_COACHES, refuses="ana mona", hides=NOT_HERS),
]  # fmt: skip


# --- the table is whole --------------------------------------------------------------------------------------


def door_names() -> list[str]:
    """The name of every door outside Wagtail's, from the URL resolver; "?route" for one without a name."""
    return list(_names(get_resolver(), ""))


def _names(resolver: URLResolver, namespace: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield namespace + (entry.name or f"?{route}")
        elif route not in OF_WAGTAIL:
            yield from _names(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)


def test_every_door_has_an_expectation_and_every_expectation_a_door():
    there_are = set(door_names())

    expected = {door.name for door in DOORS}

    assert sorted(there_are - expected) == []
    assert sorted(expected - there_are) == []


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_every_role_has_one_expectation(door):
    said = f"{door.opens} {door.refuses} {door.hides}".split()

    assert sorted(said) == sorted(EVERYBODY.split())


def test_no_expectation_is_written_twice():
    assert sorted({str(door) for door in DOORS}) == sorted(str(door) for door in DOORS)


def test_every_private_file_has_an_expectation():
    kinds = {door.case.split()[0] for door in DOORS if door.name == "private-file"}

    assert kinds - {"unknown"} == set(private_files._owners)


# --- everybody tries every door ------------------------------------------------------------------------------


def knock(town: Town, role: str, door: Door, *, method: str | None = None, **options: Any) -> HttpResponse:
    address = reverse(door.name, args=door.args(town.world)) + door.query(town.world)
    if (method or door.method) == "GET":
        return town.client(role, **options).get(address)
    return town.client(role, **options).post(address, door.data(town.world) if door.data else {})


#: Rows that tell where somebody is signed in; every request may write them.
OF_SESSIONS = ("django_session", "usersessions_usersession")


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_door(town, door):
    found = {}
    for role in door.expected:
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            response = knock(town, role, door)
            found[role] = outcome_of(response)
            if door.method == "GET" or found[role] != OPENS:
                found[role] += "".join(f", and writes: {sql}" for sql in writes(queries))
            found[role] += "".join(f", and tells: {secret}" for secret in told(response, role, door, town.world))
            if role != "stranger" and "no-store" not in response["Cache-Control"]:
                found[role] += ", and is kept by the browser"
            transaction.set_rollback(True)

    assert found == door.expected


def outcome_of(response: HttpResponse) -> str:
    """In the words of the table; the status where it has no word for it."""
    sign_in = reverse("account_login")
    leads_to = response.headers.get("Location", "")
    if leads_to.startswith(f"{sign_in}?next=") or response.headers.get("HX-Redirect") == sign_in:
        return SIGN_IN
    words = {403: REFUSES, 404: HIDES}
    return words.get(response.status_code, OPENS if response.status_code < 400 else str(response.status_code))


def writes(queries: CaptureQueriesContext) -> list[str]:
    sqls = [query["sql"] for query in queries.captured_queries]
    changing = [sql for sql in sqls if sql.startswith(("INSERT", "UPDATE", "DELETE"))]
    return [sql[:80] for sql in changing if not any(table in sql for table in OF_SESSIONS)]


#: The audit log shows administrators reasons in the words of whoever did it.
TOLD_TO_ADMINISTRATORS = "audit-log"
#: Doors behind which the script is read: by the caller, and by everybody once the debrief is shown.
OF_THE_SCRIPT = (
    "mystery-call-console", "mystery-call-state", "mystery-call-debrief", "mystery-call-acknowledge", "scenario-sheet",
)  # fmt: skip


def told(response: HttpResponse, role: str, door: Door, world: World) -> list[str]:
    """Words in the answer that are not for this reader."""
    if door.name == TOLD_TO_ADMINISTRATORS:
        return []
    secrets = [f"DRAFT-{mark_of(record.agent)}" for record in (world.ana, world.olga)]
    if role not in RECORD_OF_ANA.split():
        secrets.append(world.ana.mark)
    if role not in ("olga", "otto", "quinn", "mona"):
        secrets.append(world.olga.mark)
    if role == "eva":
        secrets.remove(f"DRAFT-{world.ana.mark}")
    if role == "quinn":
        secrets.remove(f"DRAFT-{world.olga.mark}")
    if not door.name.endswith(OF_THE_SCRIPT):
        secrets += SECRETS
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return [secret for secret in secrets if secret in body.decode(errors="replace")]


@pytest.mark.parametrize(
    ("role", "name", "args", "secret"),
    [
        ("ana", "assessments:evaluation-detail", RELEASED, "ONLY-ABOUT-ANA"),
        ("carl", "coaching:ticket-detail", TICKET, "ONLY-ABOUT-ANA"),
        ("eva", "assessments:evaluation-mark", DRAFT, "DRAFT-ONLY-ABOUT-ANA"),
        ("otto", "assessments:evaluation-detail", lambda w: [w.olga.released.pk], "ONLY-ABOUT-OLGA"),
        ("eva", "assessments:mystery-call-console", of_call("in_progress"), "SECRET-ANSWER"),
    ],
)
def test_what_must_not_show_up_elsewhere_is_really_there(town, role, name, args, secret):
    response = town.client(role).get(reverse(name, args=args(town.world)))

    assert secret in response.content.decode()


METHODS: dict[str, set[str]] = {}
for _door in DOORS:
    METHODS.setdefault(_door.name, set()).add(_door.method)


@pytest.mark.parametrize("door", [door for door in DOORS if len(METHODS[door.name]) == 1 and door.opens], ids=str)
def test_other_methods_are_not_allowed(town, door):
    other = "POST" if door.method == "GET" else "GET"

    with transaction.atomic():
        response = knock(town, door.opens.split()[0], door, method=other)
        transaction.set_rollback(True)

    assert response.status_code == 405
