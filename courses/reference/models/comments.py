"""What readers tell the authors of a lesson."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.reference.states import CommentKind, CommentState
from lms.people.models import User
from lms.people.permissions import can_author


class LessonRating(models.Model):
    """Whether a lesson helped somebody at work. One per person, lesson and material version; the person may change it."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="lesson_ratings")
    lesson_key = models.UUIDField()
    material_version = models.PositiveIntegerField()
    language = models.CharField(max_length=10)
    is_helpful = models.BooleanField()
    rated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("rating")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "lesson_key", "material_version"],
                name="one_rating_per_person_lesson_and_material_version",
            ),
        ]
        indexes = [models.Index(fields=["lesson_key", "material_version"], name="ratings_of_a_lesson")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.lesson_key} {self.is_helpful}"


class LessonCommentQuerySet(models.QuerySet["LessonComment"]):
    def visible_to(self, viewer: Any) -> Self:
        """One's own; authors read all."""
        if not viewer.is_authenticated:
            return self.none()
        return self if can_author(viewer) else self.filter(person=viewer)

    def open(self) -> Self:
        return self.filter(state=CommentState.OPEN)


class LessonComment(models.Model):
    """One remark or question of a reader to the authors, about a lesson or one block of it, with their answer. What the
    reader wrote is never changed; the page's revision and the block's beginning say what was read."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="lesson_comments")
    lesson_key = models.UUIDField()
    language = models.CharField(max_length=10)
    revision = models.ForeignKey(
        "wagtailcore.Revision", null=True, on_delete=models.SET_NULL, related_name="+"
    )  # NULL: published without a revision, or the revision was cleared away
    material_version = models.PositiveIntegerField()
    #: Empty: about the lesson as a whole.
    block = models.CharField(max_length=36, blank=True)
    quote = models.CharField(max_length=160, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=CommentKind)
    text = models.TextField(_("what you want to say"), blank=True)
    state = models.CharField(max_length=8, choices=CommentState, default=CommentState.OPEN)
    created_at = models.DateTimeField()
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: not answered in words
    answered_at = models.DateTimeField(null=True)  # NULL: as above
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # NULL: not closed
    closed_at = models.DateTimeField(null=True)  # NULL: as above

    objects = LessonCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer=""),
                name="an_answer_has_words_and_an_author",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-created_at"], name="comments_of_a_person"),
            models.Index(fields=["state", "created_at"], name="comments_to_work_on"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.lesson_key}"
