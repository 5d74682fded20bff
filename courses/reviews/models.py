"""Who looks at a page before readers do."""

from collections.abc import Set
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, TaskState

from courses.reviews.rules import may_approve
from lms.people.models import User


class PublishingRule(models.Model):
    """Whether a page needs somebody else's approval before readers see it. One row at most; without it: no."""

    needs_review = models.BooleanField(_("publishing needs a review"), default=False)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("publishing rule")

    def __str__(self) -> str:
        return "needs review" if self.needs_review else "free"


class PeerReviewTask(AbstractGroupApprovalTask):
    """The one step of our workflow: another author than the page's own approves, or sends back with a comment.

    The *own* ones are who submitted the page and who wrote the revision that is looked at. They approve only where
    nobody else could: a site with a single author must be able to work.
    """

    class Meta:
        verbose_name = _("review by another author")
        verbose_name_plural = _("reviews by another author")

    def reviewers(self) -> models.QuerySet[User]:
        return User.objects.filter(is_active=True, groups__in=self.groups.all()).distinct()

    def who_may_approve(self, state: TaskState, reviewers: Set[int]) -> frozenset[int]:
        """Those of the reviewers, by id, who may act on this state of the task."""
        authors = {state.workflow_state.requested_by_id, state.revision.user_id} - {None}
        return frozenset(one for one in reviewers if may_approve(one, authors=authors, reviewers=reviewers))

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        actions = super().get_actions(obj, user)
        state = obj.current_workflow_task_state if actions else None
        if state is None or user.pk not in self.who_may_approve(state, self._reviewer_ids()):
            return []
        return actions

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> models.QuerySet[TaskState]:
        states = super().get_task_states_user_can_moderate(user, **kwargs)
        waiting = list(states.select_related("workflow_state", "revision"))
        reviewers = self._reviewer_ids() if waiting else frozenset()
        return states.filter(
            pk__in=[state.pk for state in waiting if user.pk in self.who_may_approve(state, reviewers)]
        )

    def _reviewer_ids(self) -> frozenset[int]:
        return frozenset(self.reviewers().values_list("pk", flat=True))
