"""For whom a track is: who is asked, when, and what is let go of."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.enrolment.models import Enrolment, TrackAudience
from courses.enrolment.services.audience import apply_audience, apply_audiences
from courses.progress.services import complete_lesson
from lms.audit.models import AuditEntry
from lms.events import membership_changed, people_imported, person_joined
from lms.kernel.kept import Kept
from lms.people.models import User
from lms.people.states import PersonStatus
from tests.factories.catalogue import make_course, make_track
from tests.factories.enrolment import enrol, lessons_of, require_track
from tests.factories.people import SiteFactory, UserFactory, join
from tests.factories.quizzes import make_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_course("crm", lessons=1)


def taking(track) -> set[str]:
    live = Enrolment.objects.live().filter(track_version__track_key=track.translation_key)
    return set(live.values_list("person__latin_name", flat=True))


def move(person, team, at) -> None:
    person.memberships.filter(to_on__isnull=True).update(to_on=at.date())
    join(person, team, from_on=at.date())
    membership_changed.send(sender=User, person=person, at=at)


def test_publishing_enrols_whom_the_track_is_for(cast, course, at, django_capture_on_commit_callbacks):
    cast.olga.status = PersonStatus.LEFT
    cast.olga.save()

    with django_capture_on_commit_callbacks(execute=True):
        track = make_track("onboarding", [course], audience=[{"job_role": cast.ana.job_role}, {"person": cast.wes}])

    assert taking(track) == {"Ana", "Abel", "Wes"}
    assert Enrolment.objects.get(person=cast.ana).reason_en == "Required for your job: Agent"
    assert Enrolment.objects.get(person=cast.wes).reason_en == "Chosen for you"
    assert AuditEntry.objects.filter(action="track_audience_changed").count() == 1


def test_a_draft_asks_nobody_and_publishing_again_changes_nothing(cast, course, at, django_capture_on_commit_callbacks):
    draft = make_track("draft", [course], audience=[{"person": cast.ana}], live=False)
    assert not TrackAudience.objects.exists()

    draft.save_revision().publish()
    with django_capture_on_commit_callbacks() as asked:
        draft.save_revision().publish()

    assert TrackAudience.objects.get().person == cast.ana
    assert not [call for call in asked if not isinstance(getattr(call, "__self__", None), Kept)]


def test_another_rule_asks_others_and_lets_go_of_what_was_not_begun(cast, course, at):
    track = make_track("onboarding", [course, make_quiz("q")], audience=[{"team": cast.team_a}])
    apply_audience(track.translation_key, at=at)
    assert taking(track) == {"Ana", "Abel", "Lena", "Carl", "Eva"}
    by_hand = enrol(cast.mona, track, actor=cast.tess)
    complete_lesson(cast.ana, lessons_of(course)[0], at=at)

    row = track.audience.get()
    row.team = cast.team_b
    track.audience = [row]
    track.save_revision().publish()
    later = at + timedelta(days=1)
    apply_audience(track.translation_key, at=later)
    apply_audience(track.translation_key, at=later)

    assert taking(track) == {"Ana", "Mona", "Olga", "Otto"}
    assert by_hand.ended_at is None
    gone = Enrolment.objects.get(person=cast.abel)
    assert gone.ended_at == later
    assert gone.steps.get(assignment__isnull=False).assignment.closed_at == later
    assert AuditEntry.objects.filter(action="enrolment_ended").count() == 4


def test_who_moves_takes_what_the_new_team_asks_and_loses_what_was_not_begun(cast, course, at):
    for_a = make_track("for-a", [course], audience=[{"team": cast.team_a}])
    for_b = make_track("for-b", [course], audience=[{"team": cast.team_b, "job_role": cast.ana.job_role}])
    for track in (for_a, for_b):
        apply_audience(track.translation_key, at=at)
    assert taking(for_b) == {"Olga"}

    move(cast.ana, cast.team_b, at + timedelta(days=1))

    assert taking(for_a) == {"Abel", "Lena", "Carl", "Eva"}
    assert taking(for_b) == {"Olga", "Ana"}


def test_what_the_curriculum_requires_of_a_job_is_not_asked_of_who_only_moves(cast, course, at):
    track = make_track("onboarding", [course])
    require_track(cast.ana.job_role, track)

    move(cast.ana, cast.team_b, at)
    people_imported.send(sender=User, joined=[cast.abel], moved=[cast.ana, cast.abel], given_jobs=[], at=at)

    assert taking(track) == {"Abel"}


def test_conditions_of_a_row_hold_together_and_rows_one_by_one(cast, course, at):
    far = SiteFactory(code="cd")
    fresh = UserFactory(latin_name="Fresh", site=far, hired_on=date(2026, 3, 2))
    UserFactory(latin_name="Old", site=far, hired_on=date(2025, 3, 2))
    UserFactory(latin_name="Elsewhere", hired_on=date(2026, 3, 2))
    rows = [{"site": far, "hired_from": date(2026, 3, 1), "hired_until": date(2026, 3, 31)}, {"person": cast.ana}]
    track = make_track("onboarding", [course], audience=rows)

    apply_audience(track.translation_key, at=at)

    assert taking(track) == {"Fresh", "Ana"}
    assert Enrolment.objects.get(person=fresh).reason_zh == "职场要求：Site cd"


def test_who_joins_is_asked_at_once_and_a_place_that_begins_later_by_the_sweep(cast, course, at):
    track = make_track("onboarding", [course], audience=[{"team": cast.team_b}])
    new = UserFactory(latin_name="New")
    join(new, cast.team_b, from_on=date(2026, 3, 9))

    person_joined.send(sender=User, person=new, at=at)
    apply_audiences(at=at + timedelta(days=1))
    assert "New" not in taking(track)
    apply_audiences(at=at + timedelta(days=7))

    assert "New" in taking(track)


def test_the_sweep_leaves_tracks_alone_about_which_nothing_is_laid_down(cast, course, at):
    make_track("for-b", [course], audience=[{"team": cast.team_b}])
    other = make_track("other", [course])
    enrol(cast.ana, other)  # by no person: an earlier rule, a renewal

    apply_audiences(at=at)

    assert taking(other) == {"Ana"}


def test_asking_and_letting_go_cost_the_same_for_few_and_many(cast, course, at):
    team_c = cast.site_node.add_child(name="三组", kind="team", site=cast.site_node.site)
    track = make_track("for-c", [course, make_quiz("q")], audience=[{"team": team_c}])

    def cost(count: int) -> tuple[int, int]:
        people = [UserFactory() for _number in range(count)]
        places = [join(person, team_c) for person in people]
        with CaptureQueriesContext(connection) as asking:
            people_imported.send(sender=User, joined=people, moved=[], given_jobs=[], at=at)
        assert Enrolment.objects.live().filter(person__in=people).count() == count
        for place in places:
            place.delete()
        with CaptureQueriesContext(connection) as letting_go:
            people_imported.send(sender=User, joined=[], moved=people, given_jobs=[], at=at)
        assert not Enrolment.objects.live().filter(person__in=people).exists()
        return len(asking), len(letting_go)

    assert taking(track) == set()
    cost(1)
    assert cost(2) == cost(20)
