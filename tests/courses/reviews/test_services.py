"""Publishing on time, and by review."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Workflow, WorkflowPage, WorkflowState

from courses.catalogue.models import CataloguePage, LessonPage, TrackPage
from courses.enrolment.models import TrackVersion
from courses.receivers import prepare_back_office
from courses.reviews.models import PeerReviewTask, PublishingRule
from courses.reviews.queries import needs_review
from courses.reviews.services import prepare_reviews, publish_what_is_due, set_publishing_rule
from courses.tasks import publish_what_is_due as publish_task
from lms.audit.models import AuditEntry
from lms.notifications.models import Notification
from lms.people.services.groups import sync_groups
from tests.factories.catalogue import make_course, make_lesson, make_track

pytestmark = pytest.mark.django_db


# --- on time ---------------------------------------------------------------------------------------------------


def schedule(page, actor, **fields):
    """As the editor does: the page's dates travel with the revision."""
    draft = page.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(draft, name, value)
    revision = draft.save_revision(user=actor)
    revision.publish(user=actor, skip_permission_checks=True)
    return revision


@pytest.fixture
def clock(at):
    """Wagtail asks Django for the time."""
    with patch.object(timezone, "now", lambda: at):
        yield


def test_a_change_goes_live_when_its_time_has_come_and_not_before(cast, at, clock):
    lesson = make_lesson(make_course("crm", lessons=0), "hold")
    schedule(lesson, cast.tess, title="新标题", material_version=2, go_live_at=at + timedelta(hours=2))

    assert publish_what_is_due(at=at + timedelta(hours=1)) == 0
    lesson.refresh_from_db()
    assert (lesson.title, lesson.material_version) == ("课时 hold", 1)

    later = at + timedelta(hours=3)
    with patch.object(timezone, "now", lambda: later):
        assert publish_what_is_due(at=later) == 1
        assert publish_what_is_due(at=later) == 0
    lesson.refresh_from_db()
    assert (lesson.title, lesson.material_version, lesson.last_published_at) == ("新标题", 2, later)


def test_a_scheduled_track_freezes_its_rules_in_the_name_of_who_scheduled_it(cast, at, clock):
    course = make_course("crm")
    track = make_track("onboarding", [course], languages=["zh-hans"], live=False)
    schedule(track, cast.tess, go_live_at=at + timedelta(hours=2))
    assert not TrackVersion.objects.exists()

    later = at + timedelta(hours=3)
    with patch.object(timezone, "now", lambda: later):
        publish_task()

    version = TrackVersion.objects.get()
    assert version.published_at == later
    entry = AuditEntry.objects.get(action="track_version_published")
    assert (entry.actor, entry.at) == (cast.tess, later)


def test_a_page_expires(cast, at, clock):
    lesson = make_lesson(make_course("crm", lessons=0), "hold")
    schedule(lesson, cast.tess, expire_at=at + timedelta(hours=2))

    assert publish_what_is_due(at=at + timedelta(hours=1)) == 0
    assert publish_what_is_due(at=at + timedelta(hours=3)) == 1

    lesson.refresh_from_db()
    assert (lesson.live, lesson.expired) == (False, True)


def test_a_page_that_fails_does_not_hold_up_the_others(cast, at, clock):
    course = make_course("crm", lessons=0)
    bad, good = make_lesson(course, "bad"), make_lesson(course, "good")
    for lesson in (bad, good):
        schedule(lesson, cast.tess, title="neu", go_live_at=at + timedelta(hours=2))
    real = LessonPage.save

    def save(self, *args, **kwargs):
        if self.pk == bad.pk:
            raise ValueError("full disk")
        return real(self, *args, **kwargs)

    later = at + timedelta(hours=3)
    with patch.object(timezone, "now", lambda: later), patch.object(LessonPage, "save", save):
        assert publish_what_is_due(at=later) == 1

    titles = set(LessonPage.objects.filter(title="neu").values_list("slug", flat=True))
    assert titles == {"good"}


def test_the_editor_offers_a_schedule(client, cast, at):
    lesson = make_lesson(make_course("crm", lessons=0), "hold")
    prepare_back_office("default")
    sync_groups(cast.tess, at=at)
    client.force_login(cast.tess)

    shown = client.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).content.decode()

    assert 'name="go_live_at"' in shown
    assert 'name="expire_at"' in shown


# --- by review -------------------------------------------------------------------------------------------------


@pytest.fixture
def lesson(cast, at):
    page = make_lesson(make_course("crm", lessons=0), "hold")
    prepare_back_office("default")
    for person in cast.people.values():
        sync_groups(person, at=at)
    return page


def submit(page, person):
    draft = page.get_latest_revision_as_object()
    draft.title = "改过的标题"
    draft.save_revision(user=person)
    page = LessonPage.objects.get(pk=page.pk)
    page.get_workflow().start(page, person)
    return LessonPage.objects.get(pk=page.pk)


def act(client, page, person, action, comment=""):
    client.force_login(person)
    state = page.current_workflow_task_state
    return client.post(
        reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, state.pk]), {"comment": comment}
    )


def kinds_of(person):
    return list(Notification.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


def test_there_is_one_workflow_for_the_catalogues_of_all_languages(lesson):
    prepare_reviews()
    prepare_back_office("default")

    assert (Workflow.objects.count(), PeerReviewTask.objects.count()) == (1, 1)
    roots = set(CataloguePage.objects.values_list("pk", flat=True))
    assert set(WorkflowPage.objects.values_list("page_id", flat=True)) == roots
    assert set(PeerReviewTask.objects.get().groups.values_list("name", flat=True)) == {"training_specialist", "qc_lead"}


def test_a_catalogue_with_a_workflow_of_its_own_keeps_it(lesson):
    own = Workflow.objects.create(name="own")
    WorkflowPage.objects.filter(page=CataloguePage.objects.first().page_ptr).update(workflow=own)

    prepare_reviews()

    assert WorkflowPage.objects.filter(workflow=own).count() == 1


def test_another_author_approves_and_both_sides_are_told(client, cast, lesson, django_capture_on_commit_callbacks):
    cast.quinn.email = "quinn@example.com"
    cast.quinn.save()
    page = submit(lesson, cast.tess)
    assert kinds_of(cast.quinn) == ["page_to_review"]
    assert kinds_of(cast.tess) == []

    act(client, page, cast.quinn, "approve", "很好")

    page = LessonPage.objects.get(pk=page.pk)
    assert page.title == "改过的标题"
    assert kinds_of(cast.tess) == ["page_approved"]
    assert Notification.objects.get(recipient=cast.tess).params["comment"] == "很好"
    assert mail.outbox == []  # ours wait for the commit; Wagtail's would have gone at once


def test_a_page_is_sent_back_with_a_comment(client, cast, lesson):
    page = submit(lesson, cast.tess)

    act(client, page, cast.quinn, "reject", "缺少例子")

    news = Notification.objects.get(recipient=cast.tess)
    assert (news.kind, news.params["comment"]) == ("page_sent_back", "缺少例子")
    assert news.url == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_NEEDS_CHANGES
    assert LessonPage.objects.get(pk=page.pk).title == "课时 hold"


def test_nobody_approves_the_own_page_while_somebody_else_could(client, cast, lesson):
    page = submit(lesson, cast.tess)

    act(client, page, cast.tess, "approve")

    assert LessonPage.objects.get(pk=page.pk).title == "课时 hold"
    task = PeerReviewTask.objects.get()
    assert not task.get_task_states_user_can_moderate(cast.tess).exists()
    assert task.get_task_states_user_can_moderate(cast.quinn).count() == 1
    assert not task.get_task_states_user_can_moderate(cast.ana).exists()


def test_a_single_author_approves_alone(client, cast, lesson, at):
    cast.quinn.groups.clear()
    page = submit(lesson, cast.tess)

    act(client, page, cast.tess, "approve")

    assert LessonPage.objects.get(pk=page.pk).title == "改过的标题"


def may_publish(page, person):
    return page.permissions_for_user(type(person).objects.get(pk=person.pk)).can_publish()


def test_without_a_rule_authors_publish_by_themselves(cast, lesson):
    assert not needs_review()
    assert may_publish(lesson, cast.tess)
    assert may_publish(lesson, cast.quinn)


def test_with_the_rule_specialists_submit_and_leads_publish(client, cast, lesson, at):
    set_publishing_rule(is_review_needed=True, actor=cast.quinn, at=at)
    prepare_back_office("default")  # the next migrate gives nothing back

    assert not may_publish(lesson, cast.tess)
    assert may_publish(lesson, cast.quinn)
    client.force_login(cast.tess)
    shown = client.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).content.decode()
    assert 'name="action-publish"' not in shown
    assert 'name="action-submit"' in shown
    assert AuditEntry.objects.get(action="publishing_rule_changed").changes == {"needs_review": [False, True]}

    act(client, submit(lesson, cast.tess), cast.quinn, "approve")
    assert LessonPage.objects.get(pk=lesson.pk).title == "改过的标题"

    set_publishing_rule(is_review_needed=False, actor=cast.quinn, at=at)
    assert may_publish(lesson, cast.tess)
    assert PublishingRule.objects.count() == 1


def test_the_rule_is_set_by_qc_leads_only(client, cast, lesson):
    address = reverse("publishing-rule")
    client.force_login(cast.tess)
    assert client.post(address, {"needs_review": "on"})["Location"] == reverse("wagtailadmin_home")
    assert not needs_review()

    client.force_login(cast.quinn)
    assert client.get(address).status_code == 200
    assert client.post(address, {"needs_review": "on"}).status_code == 302
    assert needs_review()
    client.post(address, {})
    assert not needs_review()


def test_tracks_are_under_review_too(cast, lesson):
    track = make_track("onboarding", [make_course("more")])

    assert TrackPage.objects.get(pk=track.pk).get_workflow() == Workflow.objects.get()


def test_with_the_rule_another_specialist_approves_without_publishing_alone(client, cast, lesson, at):
    set_publishing_rule(is_review_needed=True, actor=cast.quinn, at=at)
    cast.abel.groups.set(cast.tess.groups.all())

    act(client, submit(lesson, cast.tess), cast.abel, "approve")

    page = LessonPage.objects.get(pk=lesson.pk)
    assert page.title == "改过的标题"
    assert not may_publish(page, cast.abel)
