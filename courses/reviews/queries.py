"""What holds, and who is concerned."""

from collections.abc import Iterable

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
