"""What holds, and who is concerned."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from wagtail.models import Page, TaskState, WorkflowState

from courses.reviews.models import PeerReviewTask, PublishingRule
from lms.people.models import User


def needs_review() -> bool:
    return PublishingRule.objects.filter(needs_review=True).exists()


def page_of(state: WorkflowState) -> Page | None:
    """The page that the workflow is about, or None for something else."""
    thing = state.content_object
    return thing if isinstance(thing, Page) else None


def reviewers_of(state: TaskState) -> list[User]:
    """Who may act on the step now, in the order of their numbers."""
    task = state.task.specific
    if not isinstance(task, PeerReviewTask):
        return []
    people = {person.pk: person for person in task.reviewers().order_by("pk")}
    may = task.who_may_approve(state, people.keys())
    return [person for pk, person in people.items() if pk in may]


def authors_of(state: WorkflowState) -> Iterable[User]:
    """Whom the outcome concerns: who submitted the page."""
    return [state.requested_by] if state.requested_by else []


@dataclass(frozen=True)
class ToReview:
    """A page that waits for somebody's approval. `author` None: it was submitted by somebody unknown."""

    page_pk: int
    title: str
    author: User | None
    since: datetime


def pages_to_review(viewer: User) -> list[ToReview]:
    """The pages that the viewer may approve or send back, the longest waiting first; a constant number of queries."""
    states = TaskState.objects.reviewable_by(viewer).select_related("workflow_state__requested_by")
    waiting = [(int(state.workflow_state.object_id), state) for state in states.order_by("started_at", "pk")]
    pages = Page.objects.in_bulk([pk for pk, _state in waiting])
    return [
        ToReview(pk, pages[pk].draft_title, state.workflow_state.requested_by, state.started_at)
        for pk, state in waiting
        if pk in pages
    ]
