"""Whom and what browser tests need beside the running server, made in its database by a process of its own:

    python -m tests.browser.sitters '[["sitter", {"number": "Q1", …}], ["extra_time", {"minutes": 10}]]'

prints what each step made, as one JSON list.
"""

import json
import sys
from typing import Any

import django

TEAM = "Quiz team"


def sitter(*, number: str, password: str, language: str = "en", kinds: str = "", **rules: Any) -> dict[str, Any]:
    """Somebody of the team who may sit a quiz: of six single choices, of all kinds a key can grade (`kinds` "keyed") or
    of those that people mark ("marked")."""
    from django.utils import timezone

    from lms.skills.models import Skill
    from tests.factories.assignments import AssignmentFactory
    from tests.factories.kinds import MARKED, WORDINGS, make_quiz_of_kinds
    from tests.factories.quizzes import make_quiz
    from tests.factories.skills import SkillFactory

    now = timezone.now()
    person = _person(number, password=password, language=language, role="agent")
    # A skill of their own: the quizzes of the starter pack draw by skill, and would draw these questions, too.
    key, skill = f"quiz-{number.lower()}", Skill.objects.filter(key="sitting").first() or SkillFactory(key="sitting")
    if kinds:
        quiz = make_quiz_of_kinds(key, *(MARKED if kinds == "marked" else WORDINGS), skill=skill, **rules)
    else:
        quiz = make_quiz(key, questions=6, skill=skill, **rules)
    row = AssignmentFactory(person=person, quiz=quiz, created_at=now)
    return {"path": f"/quizzes/{row.pk}/", "person": person.pk}


def colleague(*, number: str, password: str, role: str, language: str = "zh-hans") -> dict[str, Any]:
    """Somebody with a role for the team."""
    return {"person": _person(number, password=password, language=language, role=role).pk}


def extra_time(*, minutes: int) -> dict[str, Any]:
    """The team's supervisor gives everybody who sits now more time."""
    from django.utils import timezone

    from assessments.attempts.services import give_extra_time
    from lms.people.models import User

    boss = User.objects.filter(is_superuser=True).first() or User.objects.first()
    given = give_extra_time(_team(), minutes=minutes, reason="Power cut", actor=boss, at=timezone.now())
    return {"attempts": given.attempts.count()}


def end_in(*, attempt: int, seconds: float) -> dict[str, Any]:
    """The sitting's time is up that soon."""
    from datetime import timedelta

    from django.utils import timezone

    from assessments.attempts.models import Attempt

    end = timezone.now() + timedelta(seconds=seconds)
    Attempt.objects.filter(pk=attempt).update(deadline_at=end)
    return {}


def _person(number: str, *, password: str, language: str, role: str) -> Any:
    from django.utils import timezone

    from lms.people.queries import newest_notice
    from lms.people.services.groups import sync_groups
    from lms.people.services.signing import confirm_notice
    from tests.factories.people import JobRoleFactory, UserFactory, join

    now = timezone.now()
    person = UserFactory(
        employee_no=number, full_name=f"Sitter {number}", language=language, password=password,
        job_role=JobRoleFactory(key="sitter", name_zh="考生", name_en="Sitter"), must_set_password=False,
    )  # fmt: skip
    join(person, _team(), role)
    sync_groups(person, at=now)
    notice = newest_notice()
    if notice is not None:
        confirm_notice(person, notice, language=language, at=now)
    return person


def _team() -> Any:
    from lms.people.models import Team
    from tests.factories.people import make_team

    return Team.objects.filter(name=TEAM).first() or make_team(TEAM)


STEPS = {"sitter": sitter, "colleague": colleague, "extra_time": extra_time, "end_in": end_in}

if __name__ == "__main__":
    django.setup()
    print(json.dumps([STEPS[name](**fields) for name, fields in json.loads(sys.argv[1])]))
