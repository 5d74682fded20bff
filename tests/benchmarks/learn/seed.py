"""What the load needs: a company of 10,000 with 50 tracks, 2,000 lessons in both languages and a million completions.

    python -m tests.benchmarks.learn.seed PEOPLE TRACKS LESSONS COMPLETIONS

Writes into the database of DATABASE_URL, which must be empty but for its migrations. Rows are made in bulk; pages, track
versions and enrolments look as the services leave them.
"""

import os
import random
import sys
import uuid
from datetime import timedelta
from typing import Any

LESSONS_PER_COURSE, COURSES_PER_TRACK, TRACKS_PER_PERSON = 7, 6, 3
#: One team as large as the issue asks for; the others have twenty.
BIG_TEAM, TEAM = 500, 20
BATCH = 2000
#: Usable, so that nobody is asked to set one, and no hash of anything.
NOBODY_KNOWS = "nobody-knows"
LANGUAGES = ("zh-hans", "en")


def seed(people: int, tracks: int, lessons: int, completions: int) -> None:
    from django.core.management import call_command

    call_command("load_pack", "content/packs/starter", verbosity=0)
    staff = _people(people)
    courses = _courses(lessons)
    versions = _tracks(tracks, courses)
    _enrol(staff, versions)
    _complete(completions)
    _leave_traces(staff)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")  # what is still to be written would compete with what is measured


def _people(count: int) -> list[Any]:
    from lms.people.models import JobRole, Membership, Notice, NoticeConfirmation, Site, Team, User
    from lms.people.states import Role

    site = Site.objects.create(code="bench", name="Bench", time_zone="Asia/Shanghai")
    root = Team.add_root(site=site, kind=Team.Kind.SITE, name="Bench")
    sizes = [BIG_TEAM, *[TEAM] * ((count - BIG_TEAM) // TEAM)]
    teams = [root.add_child(site=site, kind=Team.Kind.TEAM, name=f"Bench {place}") for place in range(len(sizes))]
    job = JobRole.objects.create(key="bench-agent", name_zh="座席", name_en="Agent", role=Role.AGENT)
    today = _at().date()
    staff = User.objects.bulk_create(
        [
            User(
                employee_no=f"B{number:05}",
                full_name=f"学员{number}",
                password=NOBODY_KNOWS,
                site=site,
                job_role=job,
                language=LANGUAGES[number % 2],
                hired_on=today - timedelta(days=number % 700),
            )
            for number in range(sum(sizes))
        ],
        batch_size=BATCH,
    )
    places = [team for team, size in zip(teams, sizes, strict=True) for _ in range(size)]
    leader = User.objects.create(employee_no="LEAD", full_name="班长", site=site, language="en", password=NOBODY_KNOWS)
    Membership.objects.bulk_create(
        [
            Membership(person=leader, team=teams[0], role=Role.TEAM_LEADER, from_on=today),
            *(
                Membership(person=person, team=team, role=Role.AGENT, from_on=person.hired_on)
                for person, team in zip(staff, places, strict=True)
            ),
        ],
        batch_size=BATCH,
    )
    if notice := Notice.objects.order_by("-version").first():
        NoticeConfirmation.objects.bulk_create(
            [
                NoticeConfirmation(person=person, notice=notice, confirmed_at=_at(), language=person.language)
                for person in (*staff, leader)
            ],
            batch_size=BATCH,
        )
    return staff


def _courses(lessons: int) -> list[uuid.UUID]:
    """The translation keys of the new courses; their lessons have the bodies of the starter pack's lessons."""
    from courses.catalogue.models import CoursePage, LessonPage
    from courses.catalogue.services import catalogue_root

    count = -(-lessons // LESSONS_PER_COURSE)
    keys = [uuid.uuid4() for _ in range(count)]
    lesson_keys = [[uuid.uuid4() for _ in range(LESSONS_PER_COURSE)] for _ in range(count)]
    for language in LANGUAGES:
        root = catalogue_root(language)
        bodies = [
            page.body.get_prep_value() for page in LessonPage.objects.live().filter(locale__language_code=language)
        ]
        courses = [CoursePage(title=f"Course {place}", slug=f"bench-{place}") for place in range(count)]
        _add(root, courses, keys)
        for place, course in enumerate(courses):
            pages = [
                LessonPage(
                    title=f"Lesson {place}-{number}",
                    slug=f"bench-{place}-{number}",
                    minutes=5,
                    body=bodies[(place + number) % len(bodies)],
                )
                for number in range(LESSONS_PER_COURSE)
            ]
            _add(course, pages, lesson_keys[place])
    return keys


def _add(parent: Any, pages: list[Any], keys: list[uuid.UUID]) -> None:
    """The pages as published children of `parent`: base rows and rows of their own in one statement each."""
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection
    from wagtail.models import Page

    model, now = type(pages[0]), _at()
    kind = ContentType.objects.get_for_model(model)
    parent.refresh_from_db()
    used = parent.numchild
    base = [
        Page(
            title=page.title,
            draft_title=page.title,
            slug=page.slug,
            locale=parent.locale,
            translation_key=key,
            content_type=kind,
            path=Page._get_path(parent.path, parent.depth + 1, used + number),
            depth=parent.depth + 1,
            numchild=0,
            url_path=f"{parent.url_path}{page.slug}/",
            live=True,
            first_published_at=now,
            last_published_at=now,
        )
        for number, (page, key) in enumerate(zip(pages, keys, strict=True), 1)
    ]
    Page.objects.bulk_create(base, batch_size=BATCH)
    Page.objects.filter(pk=parent.pk).update(numchild=used + len(pages))
    for page, row in zip(pages, base, strict=True):
        page.__dict__.update({name: value for name, value in row.__dict__.items() if name != "_state"})
        page.page_ptr_id = row.pk
    model._base_manager._insert(pages, fields=model._meta.local_concrete_fields, using=connection.alias)


def _tracks(count: int, courses: list[uuid.UUID]) -> list[Any]:
    from assessments.quizzes.models import Quiz
    from courses.catalogue.models import CoursePage, TrackPage, TrackPageStep
    from courses.catalogue.services import catalogue_root
    from courses.enrolment.services.tracks import publish_track_version

    chance = random.Random(7)
    quizzes = list(Quiz.objects.filter(versions__state="published").distinct().order_by("pk"))
    chosen = [chance.sample(courses, COURSES_PER_TRACK) for _ in range(count)]
    keys = [uuid.uuid4() for _ in range(count)]
    for language in LANGUAGES:
        pages = [TrackPage(title=f"Track {place}", slug=f"bench-track-{place}") for place in range(count)]
        _add(catalogue_root(language), pages, keys)
    versions = []
    sources = TrackPage.objects.filter(translation_key__in=keys, locale__language_code=LANGUAGES[0])
    by_key = {page.translation_key: page for page in sources}
    course_pages = {
        page.translation_key: page for page in CoursePage.objects.filter(locale__language_code=LANGUAGES[0])
    }
    for place, key in enumerate(keys):
        steps = [("course", course_pages[course]) for course in chosen[place]] + [
            ("quiz", quizzes[place % len(quizzes)])
        ]
        TrackPageStep.objects.bulk_create(
            TrackPageStep(page=by_key[key], kind=kind, due_days=7 * number, sort_order=number, **{kind: thing})
            for number, (kind, thing) in enumerate(steps, 1)
        )
        versions.append(publish_track_version(TrackPage.objects.get(pk=by_key[key].pk), actor=None, at=_at()))
    return versions


def _enrol(staff: list[Any], versions: list[Any]) -> None:
    """Three tracks each, begun at different times; one of them is done."""
    from assessments.assignments.models import Assignment
    from courses.enrolment.models import Enrolment, EnrolmentStep, TrackStep

    chance = random.Random(11)
    steps_of = {version.pk: list(TrackStep.objects.filter(version=version).order_by("order")) for version in versions}
    enrolments = []
    for person in staff:
        for place, version in enumerate(chance.sample(versions, TRACKS_PER_PERSON)):
            began = _at() - timedelta(days=chance.randrange(60))
            last = began.date() + timedelta(days=max(step.due_days for step in steps_of[version.pk]))
            enrolments.append(
                Enrolment(
                    person=person,
                    track_version=version,
                    reason_zh="岗位要求",
                    reason_en="Required for your job",
                    started_on=began.date(),
                    due_on=last,
                    created_at=began,
                    completed_at=None if place else began + timedelta(days=20),
                )
            )
    Enrolment.objects.bulk_create(enrolments, batch_size=BATCH)
    rows = [
        EnrolmentStep(
            enrolment=enrolment,
            step=step,
            due_on=enrolment.started_on + timedelta(days=step.due_days),
            assignment=Assignment(
                person=enrolment.person,
                quiz_id=step.quiz_id,
                reason_zh=enrolment.track_version.title_zh,
                reason_en=enrolment.track_version.title_en,
                due_on=enrolment.started_on + timedelta(days=step.due_days),
                created_at=enrolment.created_at,
            )
            if step.quiz_id
            else None,
        )
        for enrolment in enrolments
        for step in steps_of[enrolment.track_version_id]
    ]
    Assignment.objects.bulk_create([row.assignment for row in rows if row.assignment], batch_size=BATCH)
    for row in rows:
        row.assignment = row.assignment  # it has its id by now
    EnrolmentStep.objects.bulk_create(rows, batch_size=BATCH)


def _leave_traces(staff: list[Any]) -> None:
    """What makes pages dearer, with everybody: notes, a bookmark and a comment beside some lessons, news, study time, an
    evaluation's worth of roster, and an exception for a team."""
    from assessments.assignments.models import WindowOverride
    from assessments.quizzes.models import Quiz
    from courses.catalogue.models import LessonPage
    from courses.progress.models import LessonVisit, StudyDay
    from courses.reference.models import Bookmark, LessonComment, Note
    from lms.notifications.models import Notification
    from lms.people.models import RosterShift, Team, User
    from lms.people.states import Activity

    pages = list(LessonPage.objects.filter(slug__startswith="bench-", locale__language_code="en")[:200])
    notes, marks, comments, visits = [], [], [], []
    for number, person in enumerate(staff):
        page = pages[number % len(pages)]
        own = {"person": person, "lesson_key": page.translation_key, "language": "en", "created_at": _at()}
        notes.append(Note(**own, text="Ask for the address first.", updated_at=_at()))
        marks.append(Bookmark(**own, block=""))
        comments.append(LessonComment(**own, kind="unclear", text="Which form?", material_version=1))
        visits.append(
            LessonVisit(
                person=person, lesson_key=page.translation_key, seconds=90, first_opened_at=_at(), last_seen_at=_at()
            )
        )
    for model, rows in ((Note, notes), (Bookmark, marks), (LessonComment, comments), (LessonVisit, visits)):
        model.objects.bulk_create(rows, batch_size=BATCH)
    StudyDay.objects.bulk_create([StudyDay(person=person, on=_at().date(), in_slots=600) for person in staff], BATCH)
    RosterShift.objects.bulk_create(
        [
            RosterShift(
                person=person,
                on=_at().date() + timedelta(days=1),
                starts_at=_at() + timedelta(days=1),
                ends_at=_at() + timedelta(days=1, hours=1),
                activity=Activity.TRAINING,
            )
            for person in staff
        ],
        BATCH,
    )
    Notification.objects.bulk_create(
        [Notification(recipient=person, kind="enrolled_in_track", created_at=_at()) for person in staff], BATCH
    )
    given_by, team = User.objects.get(employee_no="LEAD"), Team.objects.get(name="Bench 1")
    WindowOverride.objects.bulk_create(
        WindowOverride(quiz=quiz, team=team, attempts_allowed=5, reason="x", given_by=given_by, given_at=_at())
        for quiz in Quiz.objects.all()
    )


def _complete(completions: int) -> None:
    """As many completions for each person: first the lessons of the own tracks, then others."""
    from django.db import connection

    from lms.people.models import User

    each = completions // User.objects.filter(employee_no__startswith="B").count()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH of_version AS MATERIALIZED (
                SELECT DISTINCT s.version_id, lesson.translation_key AS lesson_key
                FROM courses_trackstep s
                JOIN wagtailcore_page course ON course.translation_key = s.course_key
                JOIN wagtailcore_page lesson
                    ON left(lesson.path, -4) = course.path AND lesson.depth = course.depth + 1
            ), own AS (
                SELECT DISTINCT e.person_id, v.lesson_key
                FROM courses_enrolment e JOIN of_version v ON v.version_id = e.track_version_id
            ), every AS (
                SELECT translation_key AS lesson_key, row_number() OVER (ORDER BY translation_key) - 1 AS number
                FROM (
                    SELECT DISTINCT p.translation_key
                    FROM courses_lessonpage l JOIN wagtailcore_page p ON p.id = l.page_ptr_id
                ) AS lessons
            ), wanted AS (
                SELECT person_id, lesson_key, random() < 0.5 AS comes_late FROM own
                UNION ALL
                SELECT u.id, k.lesson_key, true
                FROM people_user u CROSS JOIN generate_series(1, %s) AS step
                JOIN every k ON k.number = (u.id * 37 + step) %% (SELECT count(*) FROM every)
                WHERE u.employee_no LIKE 'B%%'
            ), ranked AS (
                SELECT person_id, lesson_key, row_number() OVER (
                    PARTITION BY person_id ORDER BY bool_and(comes_late), lesson_key
                ) AS place
                FROM wanted GROUP BY person_id, lesson_key
            )
            INSERT INTO courses_lessoncompletion
                (person_id, lesson_key, language, revision_id, material_version, round, seconds, completed_at)
            SELECT person_id, lesson_key, u.language, NULL, 1, 1, 240, now() - place * interval '6 hours'
            FROM ranked JOIN people_user u ON u.id = person_id WHERE place <= %s
            """.replace("people_user", User._meta.db_table),
            [each, each],
        )


def _at() -> Any:
    from django.utils import timezone

    return timezone.now() - timedelta(hours=1)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.production")
    import django

    django.setup()
    seed(*(int(value) for value in sys.argv[1:5]))
