"""How long the list of a team of 500 takes: `python -m pytest tests/benchmarks/bench_following.py -s`.

Not part of `make test`: a slow machine would fail it. Prints the best of some runs in seconds of the
processor (others may use the machine, too) and fails above LIMIT.
"""

import time
from unittest.mock import patch

from django.urls import reverse

from courses.enrolment.services.enrolling import Wish, enrol_all
from courses.progress.models import LessonCompletion, LessonVisit
from lms.people.models import Membership, User
from lms.people.states import Role
from tests.conftest import MON_9
from tests.factories.catalogue import make_course, make_track
from tests.factories.enrolment import lessons_of, version_of
from tests.factories.people import HIRED, UserFactory
from tests.factories.quizzes import make_quiz

PEOPLE, RUNS, LIMIT = 500, 7, 0.3


def test_the_list_of_a_team_of_500(cast, client):
    courses = [make_course(f"c{number}", lessons=6) for number in range(4)]
    version = version_of(make_track("onboarding", [*courses, make_quiz("q1"), make_quiz("q2")]))
    people = [UserFactory.build(employee_no=f"P{number}", site=cast.ana.site) for number in range(PEOPLE)]
    User.objects.bulk_create(people)
    Membership.objects.bulk_create(
        Membership(person=person, team=cast.team_a, role=Role.AGENT, from_on=HIRED) for person in people
    )
    enrol_all([Wish(person, version, "x", "x") for person in people], actor=None, at=MON_9)
    keys = [lesson.translation_key for course in courses for lesson in lessons_of(course)]
    read = [(person, key) for place, person in enumerate(people) for key in keys[: place % len(keys)]]
    LessonCompletion.objects.bulk_create(
        LessonCompletion(person=person, lesson_key=key, language="zh-hans", material_version=1, completed_at=MON_9)
        for person, key in read
    )
    LessonVisit.objects.bulk_create(
        LessonVisit(person=person, lesson_key=key, first_opened_at=MON_9, last_seen_at=MON_9) for person, key in read
    )
    client.force_login(cast.carl)
    took = []
    with patch("django.test.client.store_rendered_templates"):  # copies every context
        for _run in range(RUNS):
            began = time.process_time()
            page = client.get(reverse("courses:following"), {"team": cast.team_a.pk})
            took.append(time.process_time() - began)

    print(f"\n{PEOPLE} people: best {min(took):.3f} s, worst {max(took):.3f} s")
    assert page.status_code == 200
    assert min(took) < LIMIT
