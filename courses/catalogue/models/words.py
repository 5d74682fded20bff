"""The house's own words: phrases to say and to avoid, terms of the trade. Both languages stand in one row."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.catalogue.models.media import CourseMedia
from courses.catalogue.states import PhraseKind
from lms.kernel.bilingual import Bilingual
from lms.skills.models import Skill


class Phrase(models.Model):
    """One wording of the phrase book, or one that is never said. Lessons show it as a card; authors write it."""

    key = models.SlugField(_("key"), max_length=120, unique=True)
    kind = models.CharField(_("class"), max_length=12, choices=PhraseKind)
    text_zh = models.TextField(_("wording (Chinese)"))
    text_en = models.TextField(_("wording (English)"))
    #: When it is said; for a taboo phrase, what it does to the customer.
    note_zh = models.TextField(_("when, and why (Chinese)"), blank=True)
    note_en = models.TextField(_("when, and why (English)"), blank=True)
    #: For a taboo phrase: what is said instead.
    instead_zh = models.TextField(_("say instead (Chinese)"), blank=True)
    instead_en = models.TextField(_("say instead (English)"), blank=True)
    audio_zh = models.ForeignKey(
        CourseMedia,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("recording (Chinese)"),
    )  # NULL: nobody has spoken it yet
    audio_en = models.ForeignKey(
        CourseMedia,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("recording (English)"),
    )  # NULL: nobody has spoken it yet
    skills = models.ManyToManyField(Skill, blank=True, related_name="phrases", verbose_name=_("skills"))
    order = models.PositiveIntegerField(_("place in its class"), default=0)

    text = Bilingual()
    note = Bilingual()
    instead = Bilingual()

    class Meta:
        ordering = ["kind", "order", "key"]
        verbose_name = _("phrase")
        verbose_name_plural = _("phrases")

    def __str__(self) -> str:
        return self.text


class Term(models.Model):
    """One word of the trade and what it means here."""

    key = models.SlugField(_("key"), max_length=120, unique=True)
    name_zh = models.CharField(_("term (Chinese)"), max_length=120)
    name_en = models.CharField(_("term (English)"), max_length=120)
    #: Other words for it and abbreviations, one a line, found by search.
    also_zh = models.TextField(_("also called (Chinese)"), blank=True, help_text=_("One a line."))
    also_en = models.TextField(_("also called (English)"), blank=True, help_text=_("One a line."))
    definition_zh = models.TextField(_("definition (Chinese)"))
    definition_en = models.TextField(_("definition (English)"))

    name = Bilingual()
    also = Bilingual()
    definition = Bilingual()

    class Meta:
        ordering = ["key"]
        verbose_name = _("term")
        verbose_name_plural = _("terms")

    def __str__(self) -> str:
        return self.name
