"""What the load needs: one course with a lesson, one quiz of twenty questions, learners with their assignments.

    python -m tests.benchmarks.quiz.seed LEARNERS

Writes into the database of DATABASE_URL, which must be empty but for its migrations.
"""

import os
import sys
from datetime import timedelta
from decimal import Decimal

PASSWORD = "bench-of-the-exam-engine"
QUESTIONS, PER_PAGE, MINUTES = 20, 10, 20
#: What the load generator can tell apart: the right option's text begins with it.
RIGHT = "right:"


def seed(learners: int) -> None:
    from django.contrib.auth.hashers import make_password
    from django.core.management import call_command
    from django.utils import timezone

    from assessments.assignments.models import Assignment
    from assessments.assignments.services import assign_all
    from assessments.bank.rules import OptionWords, Wording
    from assessments.bank.services import write_question
    from assessments.quizzes.services import QuizRules, SlotPlan, publish_quiz, write_quiz
    from lms.people.models import JobRole, Membership, Notice, NoticeConfirmation, Site, Team, User
    from lms.people.states import Role
    from lms.skills.models import Skill

    at = timezone.now() - timedelta(hours=1)
    call_command("load_pack", "content/packs/starter", verbosity=0)
    site = Site.objects.create(code="bench", name="Bench", time_zone="Asia/Shanghai")
    root = Team.add_root(site=site, kind=Team.Kind.SITE, name="Bench")
    team = root.add_child(site=site, kind=Team.Kind.TEAM, name="Bench 1")
    job = JobRole.objects.create(key="bench-agent", name_zh="座席", name_en="Agent", role=Role.AGENT)
    skill = Skill.objects.get(key="crm")
    hashed = make_password(PASSWORD)  # one Argon2id hash for all: only checking it costs anything
    people = User.objects.bulk_create(
        User(
            employee_no=f"B{number:05}",
            full_name=f"学员{number}",
            password=hashed,
            site=site,
            job_role=job,
            language="en",
            must_set_password=False,
        )
        for number in range(learners)
    )
    Membership.objects.bulk_create(
        Membership(person=person, team=team, role=Role.AGENT, from_on=at.date()) for person in people
    )
    notice = Notice.objects.order_by("-version").first()
    if notice is not None:
        NoticeConfirmation.objects.bulk_create(
            NoticeConfirmation(person=person, notice=notice, confirmed_at=at, language="en") for person in people
        )
    for number in range(QUESTIONS * 3):  # three times what one sitting draws
        options = [
            (RIGHT, True),
            ("first distractor", False),
            ("second distractor", False),
            ("third distractor", False),
        ]
        write_question(
            key=f"bench-{number}",
            skill=skill,
            tags=["bench"],
            status="ready",
            wording=Wording(
                "single",
                f"第{number}题：客户第二次来电，工单显示“处理中”，您首先怎么做？请选择**最合适**的一项。",
                f"Question {number}: the customer calls again, the ticket says *in progress*. What do you do **first**?",
                tuple(OptionWords(f"{text} {number}", f"{text} {number}", is_right) for text, is_right in options),
                "先看工单记录。",
                "Read the notes of the ticket before you ask anything.",
            ),
            actor=None,
            at=at,
        )
    version = write_quiz(
        key="bench-quiz",
        title_zh="基准测验",
        title_en="Bench quiz",
        rules=QuizRules(Decimal("0.8"), MINUTES, attempts_allowed=3, per_page=PER_PAGE),
        slots=[SlotPlan(tag="bench", count=QUESTIONS)],
        actor=None,
        at=at,
    )
    publish_quiz(version, actor=None, at=at)
    assign_all(
        [
            Assignment(person=person, quiz=version.quiz, reason_zh="基准", reason_en="Benchmark", is_required=True)
            for person in people
        ],
        actor=None,
        at=at,
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.production")
    import django

    django.setup()
    seed(int(sys.argv[1]))
