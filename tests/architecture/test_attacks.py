"""What somebody with a good account and bad intentions tries. Each of these must come to nothing."""

import json

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils.http import urlencode

from assessments.assignments.models import Assignment
from assessments.attempts.models import Answer
from assessments.attempts.queries.giving import GiveOrder, plan_of
from assessments.evaluations.models import Evaluation, Mark
from assessments.evaluations.services import release_evaluation, start_evaluation
from assessments.roleplay.models import MysteryCall
from coaching.tickets.models import Remedy, Ticket
from courses.certificates.models import Certificate
from courses.enrolment.models import Enrolment
from lms.people.models import User
from lms.people.queries import newest_notice
from lms.people.services.signing import LOCKED_AT, confirm_notice
from lms.people.states import PersonStatus, Role
from tests.architecture.test_doors import DOORS, knock, outcome_of
from tests.conftest import MON_9
from tests.factories.bank import QuestionFactory, right_ids
from tests.factories.calls import CallFactory
from tests.factories.catalogue import make_course, make_lesson
from tests.factories.certificates import CertificateFactory
from tests.factories.evaluations import mark_all
from tests.factories.people import join
from tests.factories.quizzes import make_quiz
from tests.factories.scorecards import ItemFactory, ScorecardVersionFactory, SectionFactory
from tests.factories.world import NOW

pytestmark = pytest.mark.django_db

DEEDS = [door for door in DOORS if door.method == "POST"]
#: Open while the screen is locked, or before there is a password of one's own.
ALWAYS_OPEN = {"change-person", "account_logout", "language", "lock", "locked", "healthz"}
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "///evil.example/",
    "http:///evil.example/",
    "\thttps://evil.example/",
    "javascript:alert(1)",
    "https:evil.example",
]


def address_of(town, door):
    return reverse(door.name, args=door.args(town.world)) + door.query(town.world)


# --- forged requests -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", DEEDS, ids=str)
def test_a_form_on_another_site_does_nothing(town, door):
    response = knock(town, door.opens.split()[0], door, enforce_csrf_checks=True)

    assert response.status_code == 403


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
@pytest.mark.parametrize("name", ["language", "locked", "people:notice"])
def test_next_never_leads_to_another_host(town, name, elsewhere):
    data = {"next": elsewhere, "language": "en", "version": "1"}

    response = town.client("ana").post(reverse(name), data)

    assert response["Location"] == "/"


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_next_of_a_recording_never_leads_to_another_host(town, elsewhere):
    address = reverse("assessments:call-recording", args=[town.world.ana.call.pk])

    response = town.client("eva").post(address, {"next": elsewhere})

    assert response["Location"] == reverse("assessments:call-list")


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_next_in_the_address_of_sign_in_never_leads_to_another_host(town, elsewhere):
    for address in (reverse("account_login"), reverse("locked")):
        response = town.client("ana").get(f"{address}?{urlencode({'next': elsewhere})}")

        assert response["Location"] == "/"


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_news_never_leads_to_another_host(town, elsewhere):
    news = town.world.ana.notification
    type(news).objects.filter(pk=news.pk).update(url=elsewhere)

    response = town.client("ana").post(reverse("notifications:open", args=[news.pk]))

    assert response["Location"] == reverse("notifications:list")


# --- sessions that should not get anywhere -------------------------------------------------------------------


def _closed_to_ana(town, gate, headers):
    """Doors that answer Ana although the gate stands before them."""
    found = {}
    for door in DOORS:
        if "ana" not in door.opens or door.name in ALWAYS_OPEN | {"still-here", gate}:
            continue
        with transaction.atomic():
            client = town.client("ana", headers=headers)
            response = (
                client.get(address_of(town, door))
                if door.method == "GET"
                else client.post(address_of(town, door), door.data(town.world))
            )
            transaction.set_rollback(True)
        goes_to = response.headers.get("Location") or response.headers.get("HX-Redirect") or ""
        if not goes_to.startswith(reverse(gate)) and "go_to" not in response.content.decode():
            found[str(door)] = response.status_code
    return found


@pytest.mark.parametrize(
    "headers", [{}, {"HX-Request": "true"}, {"Accept": "application/json"}, {"X-Background": "1"}], ids=str
)
def test_a_locked_screen_opens_no_door(town, headers):
    session = town.client("ana").session
    session[LOCKED_AT] = MON_9.timestamp()
    session.save()

    assert _closed_to_ana(town, "locked", headers) == {}


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}, {"Accept": "application/json"}], ids=str)
def test_who_must_set_a_password_opens_no_other_door(town, headers):
    User.objects.filter(pk=town.world.cast.ana.pk).update(must_set_password=True)

    assert _closed_to_ana(town, "people:set-password", headers) == {}


@pytest.mark.parametrize("gone", [{"status": PersonStatus.LEFT}, {"is_active": False}], ids=str)
def test_who_has_left_is_a_stranger_at_every_door(town, gone):
    User.objects.filter(pk=town.world.cast.eva.pk).update(**gone)

    found = {}
    for door in DOORS:
        with transaction.atomic():
            outcome = outcome_of(knock(town, "eva", door))
            transaction.set_rollback(True)
        if outcome != door.stranger:
            found[str(door)] = outcome

    assert found == {}


# --- more than one's role gives ------------------------------------------------------------------------------


def test_nobody_makes_an_administrator_of_oneself(town):
    ana = town.world.cast.ana
    wanted = {"is_administrator": "on", "is_staff": "on", "is_superuser": "on", "employee_no": "ADA2", "groups": "1"}

    town.client("ana").post(reverse("people:account"), {"language": "en", "email": "", **wanted})

    after = User.objects.get(pk=ana.pk)
    assert (after.is_administrator, after.is_staff, after.is_superuser) == (False, False, False)
    assert after.employee_no == "ANA"
    assert list(after.groups.values_list("name", flat=True)) == [Role.AGENT]


@pytest.mark.parametrize("role", [Role.QC_LEAD, Role.TRAINING_SPECIALIST, Role.FLOOR_SUPERVISOR, Role.WFM_ANALYST])
def test_a_leader_gets_no_code_for_somebody_who_may_more(town, role):
    """With the code one signs in as that person: an agent who is QC lead, too, is an administrator's affair."""
    join(town.world.cast.abel, town.world.cast.site_node, role)
    address = reverse("people:issue-code", args=[town.world.cast.abel.pk])

    assert town.client("lena").post(address).status_code == 403
    assert town.client("ada").post(address).status_code == 200


def test_an_analyst_does_not_evaluate_oneself(town):
    cast = town.world.cast
    join(cast.eva, cast.team_a)
    confirm_notice(cast.eva, newest_notice(), language="en", at=MON_9)
    call = CallFactory(agent=cast.eva)
    evaluated = CallFactory(agent=cast.eva)
    evaluation = start_evaluation(evaluated, actor=cast.quinn, at=MON_9)
    mark_all(evaluation)
    release_evaluation(evaluation, actor=cast.quinn, at=MON_9)

    for each in (call, evaluated):
        response = town.client("eva").post(reverse("assessments:evaluation-start", args=[each.pk]))
        assert response.status_code in (403, 404)
    assert not Evaluation.objects.filter(evaluator=cast.eva, agent=cast.eva).exists()


@pytest.mark.parametrize("whom", ["olga", "lena", "eva", "otto"])
def test_mystery_call_is_planned_with_agents_of_the_own_teams_only(town, whom):
    before = MysteryCall.objects.count()
    data = {"agent": getattr(town.world.cast, whom).pk, "scenario": town.world.script.scenario_id}

    response = town.client("eva").post(
        reverse("assessments:mystery-call-plan"), {**data, "planned_for": "2026-03-02T12:00"}
    )

    assert response.status_code == 200
    assert MysteryCall.objects.count() == before


@pytest.mark.parametrize(
    ("coach", "whom", "status"),
    [("lena", "olga", 404), ("lena", "carl", 404), ("lena", "lena", 403), ("eva", "olga", 404), ("otto", "ana", 404)],
)
def test_tickets_and_lessons_are_for_the_own_people_only(town, coach, whom, status):
    person = getattr(town.world.cast, whom)
    tickets, enrolments = Ticket.objects.count(), Enrolment.objects.count()
    args = [person.pk, "restates"]

    ticket = town.client(coach).post(reverse("coaching:cell-ticket", args=args), {"reason": "Because"})
    data = {"lesson": str(town.world.lesson.translation_key), "due_on": "2026-03-20"}
    lesson = town.client(coach).post(reverse("coaching:cell-lesson", args=[person.pk, "product"]), data)

    assert (ticket.status_code, lesson.status_code) == (status, status)
    assert (Ticket.objects.count(), Enrolment.objects.count()) == (tickets, enrolments)


@pytest.mark.parametrize("whom", ["another team", "the whole site", "an outsider's number", "the own number"])
def test_a_quiz_is_given_to_the_own_people_only(town, whom):
    cast = town.world.cast
    aims = {
        "another team": {"whose": "team", "team": cast.team_b.pk},
        "the whole site": {"whose": "team", "team": cast.site_node.pk},
        "an outsider's number": {"whose": "people", "numbers": "ANA, OLGA"},
        "the own number": {"whose": "people", "numbers": "CARL"},
    }
    before = Assignment.objects.count()
    order = GiveOrder(make_quiz("aimed"), "x", "x", team=cast.team_b)
    seen = plan_of(order, actor=cast.carl, at=NOW).fingerprint
    sent = {"quiz": order.quiz.pk, "reason_zh": "x", "reason_en": "x", "seen": seen, **aims[whom]}

    response = town.client("carl").post(reverse("assessments:given-new"), sent)

    assert response.status_code == 200  # the form again
    assert Assignment.objects.count() == before


def test_a_quiz_that_is_not_published_is_not_given(town):
    draft = make_quiz("unfinished", published=False)
    sent = {"quiz": draft.pk, "whose": "people", "numbers": "ANA", "reason_en": "x", "seen": "x"}

    town.client("carl").post(reverse("assessments:given-new"), sent)

    assert not Assignment.objects.filter(quiz=draft).exists()


@pytest.mark.parametrize("aim", ["another deed's", "a track's", "rubbish"])
def test_what_was_not_given_by_hand_here_is_not_taken_back_here(town, aim):
    """The number of an assignment that isn't on the page is worth nothing, however it is sent."""
    world = town.world
    olgas = Assignment.objects.get(person=world.cast.olga, quiz__key="given-olga")
    who = {"another deed's": olgas.pk, "a track's": world.ana.to_sit.pk, "rubbish": "1 OR 1=1"}[aim]
    before = Assignment.objects.filter(closed_at__isnull=True).count()

    response = town.client("carl").post(
        reverse("assessments:given-take-back", args=[world.ana.given.pk]), {"who": who, "reason": "x"}
    )

    assert response.status_code == 404
    assert Assignment.objects.filter(closed_at__isnull=True).count() == before


def test_a_ticket_takes_no_lesson_that_is_not_published(town):
    hidden = make_lesson(make_course("secret", lessons=0, live=False), "hidden", live=False)
    ticket = town.world.ana.ticket
    data = {"cause": "x", "goal": "y", "lessons": [str(hidden.translation_key)], "due_on": "2026-03-20"}

    response = town.client("eva").post(reverse("coaching:ticket-assign", args=[ticket.pk]), data)

    assert response.status_code == 422
    assert not Remedy.objects.filter(lesson_key=hidden.translation_key).exists()


def test_nobody_revokes_the_own_certificate(town):
    own = CertificateFactory(person=town.world.cast.quinn)

    response = town.client("quinn").post(reverse("courses:certificate-revoke", args=[own.pk]), {"reason": "x"})

    assert response.status_code == 403
    assert Certificate.objects.get(pk=own.pk).revoked_at is None


@pytest.mark.parametrize("points", ["99", "-1", "4.5", "NaN", "Infinity", "1e9"])
def test_marks_stay_within_the_card(town, points):
    draft = town.world.ana.draft
    address = reverse("assessments:evaluation-mark-item", args=[draft.pk, town.world.item.pk])
    before = list(Mark.objects.filter(evaluation=draft).order_by("pk").values())

    town.client("eva").post(address, {"points": points})

    assert list(Mark.objects.filter(evaluation=draft).order_by("pk").values()) == before


def test_marks_take_items_of_the_own_card_only(town):
    other = ItemFactory(section=SectionFactory(version=ScorecardVersionFactory()), key="other")
    draft, call = town.world.ana.draft, town.world.ana.mystery_calls["in_progress"]

    for name, pk in (("evaluation-mark-item", draft.pk), ("mystery-call-item", call.pk)):
        response = town.client("eva").post(reverse(f"assessments:{name}", args=[pk, other.pk]), {"points": "4"})
        assert response.status_code == 404
    assert not Mark.objects.filter(item=other).exists()


def test_an_evaluation_of_a_mystery_call_has_no_doors_of_its_own(town):
    """It would be released, shown or thrown away past the call it belongs to."""
    evaluation = town.world.ana.mystery_calls["in_progress"].evaluation

    for name in ("detail", "mark"):
        response = town.client("eva").get(reverse(f"assessments:evaluation-{name}", args=[evaluation.pk]))
        assert response.status_code == 404
    for name in ("release", "discard", "summary", "acknowledge"):
        response = town.client("eva").post(reverse(f"assessments:evaluation-{name}", args=[evaluation.pk]))
        assert response.status_code == 404


# --- secrets of an exam --------------------------------------------------------------------------------------


def test_the_player_does_not_know_the_right_answers(town):
    attempt = town.world.ana.open_attempt
    drawn = attempt.questions.first()
    saves = [{"q": drawn.order, "sequence": 7, "answer": right_ids(drawn.question_version)}]

    shown = town.client("ana").get(reverse("assessments:attempt", args=[attempt.pk])).content.decode()
    saved = town.client("ana").post(
        reverse("assessments:attempt-save", args=[attempt.pk]), {"saves": saves}, content_type="application/json"
    )
    summary = town.client("ana").get(reverse("assessments:attempt-submit", args=[attempt.pk])).content.decode()

    for secret in ("Because.", "Feedback", "is_right", "is-right", "data-right"):
        assert secret not in shown + saved.content.decode() + summary
    answer = json.loads(saved.content)
    assert set(answer) == {"results", "saved_at", "anchor", "deadline", "is_newest", "remaining", "total"}
    assert answer["results"] == [{"q": drawn.order, "sequence": 7, "status": "kept", "newest": 7}]


def test_the_player_looks_the_same_for_right_and_wrong_options(town):
    """Beyond ids, letters and texts, nothing tells one option's row from another's."""
    attempt = town.world.ana.open_attempt
    shown = town.client("ana").get(reverse("assessments:attempt", args=[attempt.pk])).content.decode()
    version = attempt.questions.first().question_version

    rows = set()
    for place, pk in enumerate(attempt.questions.first().option_order):
        text = version.options.get(pk=pk).text_en
        row = shown[shown.rindex("<label", 0, shown.index(f'name="a1" value="{pk}"')) : shown.index(text) + len(text)]
        letter = "ABCD"[place]
        rows.add(
            row.replace(f'value="{pk}"', "").replace(text, "").replace(" checked", "")
            .replace(f">{letter}<", "").replace(f'data-key="{place + 1}"', "").replace(f"Choose {letter}", "")
        )  # fmt: skip

    assert len(rows) == 1


@pytest.mark.parametrize("is_script", [False, True])
def test_an_answer_takes_options_of_its_own_question_only(town, is_script):
    attempt = town.world.ana.open_attempt
    first, second = attempt.questions.all()[:2]
    before = Answer.objects.count()
    address = reverse("assessments:attempt-save", args=[attempt.pk])

    for chosen in (second.option_order[:1], [*first.option_order[:2]], ["0"], ["x"], [True], [[]]):
        if is_script:
            saves = [{"q": first.order, "sequence": 8, "answer": chosen}]
            town.client("ana").post(address, {"saves": saves}, content_type="application/json")
        else:
            town.client("ana").post(address, {"q": first.order, f"a{first.order}": chosen})

    assert Answer.objects.count() == before


@pytest.mark.parametrize("name", ["attempt-save", "attempt-flag", "attempt-check", "attempt-record", "attempt-submit"])
def test_nobody_sits_for_somebody_else(town, name):
    attempt = town.world.olga.open_attempt

    response = town.client("ana").post(reverse(f"assessments:{name}", args=[attempt.pk]), {"q": 1, "flagged": "1"})

    assert response.status_code == 404


def test_a_self_check_does_not_answer_exam_questions(town):
    exam = QuestionFactory(key="exam-question", version__stem_en="EXAM-STEM")
    world = town.world
    block = [{"type": "check", "value": {"question": exam.key}, "id": "0a8a1f6e-6a4d-4a5e-9a55-2f6b4b1f0002"}]
    lesson = make_lesson(world.course, "with-check", body=block)
    address = reverse("courses:lesson-detail", args=[world.course.slug, lesson.slug])
    chosen = right_ids(exam.versions.get())[0]

    for headers in ({}, {"HX-Request": "true"}):
        response = town.client("ana", headers=headers).get(address, {"check": exam.key, "answer": "", "chosen": chosen})
        body = response.content.decode()
        assert [secret for secret in ("EXAM-STEM", "Feedback", "Because.") if secret in body] == []


# --- secrets of a mystery call -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["home", "courses:course-list", "courses:track-detail", "notifications:list"])
@pytest.mark.parametrize("role", ["ana", "abel", "olga"])
def test_the_name_of_a_scenario_gives_nothing_away_beforehand(town, role, name):
    args = [town.world.track.slug] if name == "courses:track-detail" else []

    response = town.client(role).get(reverse(name, args=args))

    assert response.status_code == 200
    assert "Moving house" not in response.content.decode()


@pytest.mark.parametrize("state", ["planned", "announced", "accepted", "in_progress", "ended"])
def test_the_agents_screen_shows_nothing_of_the_script(town, state):
    call = town.world.ana.mystery_calls[state]
    screen = town.client("ana").get(reverse("assessments:mystery-call-agent", args=[call.pk])).content.decode()
    part = town.client("ana").get(reverse("assessments:mystery-call-state", args=[call.pk])).content.decode()

    script = call.scenario_version
    words = {script.scenario.title_en, script.persona_en, script.opening_line_en, script.knows_en}
    for point in script.points.all():
        words |= {point.text_en, point.standard_answer_en, point.listen_for_en, point.advice_en}
    assert [word for word in words if word and word in screen + part] == []


# --- files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/files/recording/../../etc/passwd",
        "/files/recording/%2e%2e%2f%2e%2e%2fetc%2fpasswd/",
        "/files/recording/1/../../../manage.py",
        "/files/import/1/",
        "/files/people/1/",
        "/files/__class__/1/",
        "/files/recording/99999999999999999999999/",
        "/media/imports/2026/03/people.csv",
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
    ],
)
def test_no_path_leads_to_a_file_without_its_owner(town, path):
    assert town.client("ada").get(path).status_code == 404
