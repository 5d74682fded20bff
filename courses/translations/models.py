"""Which source a translation is in step with."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.people.models import User


class TranslationState(models.Model):
    """One translated page and the revision of its source that it says the same as. Written when the translation is
    published, and by an author who finds that a change of the source needs none in the translation."""

    page = models.OneToOneField("wagtailcore.Page", on_delete=models.CASCADE, related_name="translation_state")
    source_revision = models.ForeignKey(
        "wagtailcore.Revision", null=True, on_delete=models.SET_NULL, related_name="+"
    )  # NULL: the source was published without a revision, or not yet
    marked_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: published by the system
    marked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("standing of a translation")

    def __str__(self) -> str:
        return f"{self.page_id} {self.source_revision_id}"
