"""What a reader keeps for oneself. Nobody else sees it."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.people.models import User


class OwnQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: Any) -> Self:
        """One's own: a note is nobody else's business, whoever leads the team."""
        return self.filter(person=viewer) if viewer.is_authenticated else self.none()


class Note(models.Model):
    """What somebody wrote beside a lesson or one block of it. Overwritten as it is typed; emptied means deleted."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notes")
    lesson_key = models.UUIDField()
    #: Language of the page it was written on: blocks of another language have other ids.
    language = models.CharField(max_length=10)
    #: Empty: about the lesson as a whole.
    block = models.CharField(max_length=36, blank=True)
    #: How the block began when the note was written; still says what it is about when the block is gone.
    quote = models.CharField(max_length=160, blank=True)
    text = models.TextField(_("note"))
    #: Raised by each write, so that two windows notice each other.
    edition = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "lesson_key", "block"], name="one_note_per_person_and_block"),
        ]
        indexes = [models.Index(fields=["person", "-updated_at"], name="notes_of_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.lesson_key} {self.block}"


class Bookmark(models.Model):
    """Somebody wants to find a lesson, or one block of it, again. Written and deleted by one button."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bookmarks")
    lesson_key = models.UUIDField()
    language = models.CharField(max_length=10)
    #: Empty: the lesson as a whole.
    block = models.CharField(max_length=36, blank=True)
    quote = models.CharField(max_length=160, blank=True)
    created_at = models.DateTimeField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("bookmark")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "lesson_key", "block"], name="one_bookmark_per_person_and_block"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.lesson_key} {self.block}"
