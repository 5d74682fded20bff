"""Publishing on time, asking for reviews, and telling both sides."""

import logging
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.urls import reverse
from wagtail.models import (
    GroupPagePermission,
    Page,
    Revision,
    TaskState,
    Workflow,
    WorkflowPage,
    WorkflowState,
    WorkflowTask,
)

from courses.catalogue.models import CataloguePage
from courses.catalogue.services import ROOT_KEY, grant_author_rights
from courses.reviews.models import PeerReviewTask, PublishingRule
from courses.reviews.queries import authors_of, needs_review, page_of, reviewers_of
from lms.audit import services as audit
from lms.notifications.services import News, notify_all
from lms.people.models import User
from lms.people.states import AUTHORING, Role

logger = logging.getLogger(__name__)

#: Both are stored once and read by people of either language.
WORKFLOW_NAME = "同行审核 · Peer review"
TASK_NAME = "另一位作者审核 · Another author’s review"
#: While publishing needs a review these publish nothing by themselves. QC leads, who answer for the standard, still do:
#: somebody must be able to take a wrong lesson from the floor at once, and Wagtail's unpublishing is the same right.
REVIEWED_ROLES = AUTHORING - {Role.QC_LEAD}


# --- on time ---------------------------------------------------------------------------------------------------


def publish_what_is_due(*, at: datetime) -> int:
    """Take back the pages that expire and publish the revisions whose time has come; the number of both.

    Each by itself, as `manage.py publish_scheduled` does it: one page that can't be published doesn't hold up the
    others. Whoever scheduled a revision is its publisher.
    """
    done = 0
    for page in Page.objects.filter(live=True, expire_at__lt=at).order_by("expire_at").specific():
        done += _try(page, lambda page=page: page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled"))
    due = Revision.objects.filter(approved_go_live_at__lt=at).order_by("approved_go_live_at")
    for revision in due.select_related("user"):
        done += _try(
            revision,
            # Whether they may was judged when they scheduled it.
            lambda revision=revision: revision.publish(
                user=revision.user, log_action="wagtail.publish.scheduled", skip_permission_checks=True
            ),
        )
    return done


def _try(thing: Page | Revision, act: Any) -> int:
    try:
        with transaction.atomic():
            act()
    except Exception:  # whatever a page's receivers raise: the next minute tries again
        logger.exception("%s %s is due and could not be published or taken back", type(thing).__name__, thing.pk)
        return 0
    return 1


# --- by review -------------------------------------------------------------------------------------------------


@transaction.atomic
def prepare_reviews() -> Workflow:
    """The workflow that every catalogue has: one step, approved by another author. Idempotent; a catalogue that was
    given a workflow of its own keeps it. Takes back the rights that the publishing rule withholds."""
    task = PeerReviewTask.objects.order_by("pk").first() or PeerReviewTask.objects.create(name=TASK_NAME)
    task.groups.add(*(Group.objects.get_or_create(name=role)[0] for role in sorted(AUTHORING)))
    step = WorkflowTask.objects.filter(task=task).select_related("workflow").order_by("pk").first()
    if step is None:
        step = WorkflowTask.objects.create(workflow=Workflow.objects.create(name=WORKFLOW_NAME), task=task)
    for root in CataloguePage.objects.filter(translation_key=ROOT_KEY):
        WorkflowPage.objects.get_or_create(page_id=root.pk, defaults={"workflow": step.workflow})
    keep_publishing_rule()
    return step.workflow


@transaction.atomic
def set_publishing_rule(*, is_review_needed: bool, actor: User, at: datetime) -> None:
    """Decide whether authors publish by themselves or need a review. Holds from now on; audited."""
    before = needs_review()
    rule = PublishingRule.objects.order_by("pk").first() or PublishingRule()
    rule.needs_review, rule.changed_by, rule.changed_at = is_review_needed, actor, at
    rule.save()
    if before != is_review_needed:
        audit.record(
            actor=actor,
            action="publishing_rule_changed",
            subject=rule,
            at=at,
            changes={"needs_review": (before, is_review_needed)},
        )
    grant_author_rights()
    keep_publishing_rule()


def keep_publishing_rule() -> None:
    """Withhold the right to publish from those who need a review, as long as the rule says so."""
    if not needs_review():
        return
    publish = Permission.objects.filter(content_type__app_label="wagtailcore", codename="publish_page")
    GroupPagePermission.objects.filter(
        group__name__in=[*REVIEWED_ROLES],
        permission__in=publish,
        page__in=CataloguePage.objects.filter(translation_key=ROOT_KEY),
    ).delete()


def tell_reviewers(state: TaskState, *, actor: User | None, at: datetime) -> None:
    """A page waits for them: everybody who may approve it."""
    page = page_of(state.workflow_state)
    if page is None:
        return
    params = {"page": page.get_admin_display_title(), "person": str(actor or "")}
    notify_all(
        (News(person, "page_to_review", _edit_url(page), params) for person in reviewers_of(state) if person != actor),
        at=at,
    )


def tell_author(state: WorkflowState, kind: str, *, actor: User | None, at: datetime) -> None:
    """What became of the page: who submitted it hears it, with the reviewer's comment."""
    page = page_of(state)
    if page is None:
        return
    last = state.task_states.order_by("-finished_at", "-pk").exclude(finished_at=None).first()
    params = {
        "page": page.get_admin_display_title(),
        "person": str(actor or ""),
        "comment": (last.comment if last else "") or "–",
    }
    notify_all((News(person, kind, _edit_url(page), params) for person in authors_of(state) if person != actor), at=at)


def _edit_url(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])
