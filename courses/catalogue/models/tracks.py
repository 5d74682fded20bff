"""What an author lays down for a track beside its steps: elective groups, tracks to be completed before, for whom."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, PageChooserPanel
from wagtail.models import Orderable

from courses.catalogue.forms import EmployeeNumberInput
from courses.catalogue.models.pages import TrackPage
from courses.catalogue.states import GroupKey
from lms.kernel.bilingual import Bilingual
from lms.people.models import JobRole, Site, Team, User


class TrackPageGroup(Orderable):
    """An elective group of a track: of the steps with its letter `choose` are to be done.

    The letter, not a key, ties steps to it: rows of a draft have no ids to point to.
    """

    page = ParentalKey(TrackPage, on_delete=models.CASCADE, related_name="groups")
    key = models.CharField(_("letter"), max_length=1, choices=GroupKey, default=GroupKey.A)
    title_zh = models.CharField(_("name (Chinese)"), max_length=120)
    title_en = models.CharField(_("name (English)"), max_length=120)
    choose = models.PositiveSmallIntegerField(
        _("how many are to be chosen"), default=1, validators=[MinValueValidator(1)]
    )

    title = Bilingual()
    panels: ClassVar = [
        FieldRowPanel([FieldPanel("key"), FieldPanel("choose")]),
        FieldRowPanel([FieldPanel("title_zh"), FieldPanel("title_en")]),
    ]

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(choose__gte=1), name="a_page_group_asks_for_something"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"


class TrackPagePrerequisite(Orderable):
    """Another track that is to be completed before anything of this one opens."""

    page = ParentalKey(TrackPage, on_delete=models.CASCADE, related_name="prerequisites")
    track = models.ForeignKey(TrackPage, on_delete=models.PROTECT, related_name="+", verbose_name=_("track"))

    panels: ClassVar = [PageChooserPanel("track")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.track_id}"


class WhoFits(models.Model):
    """People by what is known of them. All that is filled in must fit; an empty field fits everybody.

    Nothing it names is ever deleted under it: a rule that lost a condition would fit too many.
    """

    job_role = models.ForeignKey(
        JobRole, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("job role")
    )
    team = models.ForeignKey(
        Team,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("team"),
        help_text=_("Everybody with a place in it or below it, leaders and analysts too: add a job role to narrow it."),
    )
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("site")
    )
    person = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("one person (employee number)"),
    )
    hired_from = models.DateField(_("hired from"), null=True, blank=True)
    hired_until = models.DateField(_("hired until"), null=True, blank=True)

    class Meta:
        abstract = True

    @staticmethod
    def says_something() -> Q:
        """The condition that at least one field is filled."""
        return (
            Q(job_role__isnull=False)
            | Q(team__isnull=False)
            | Q(site__isnull=False)
            | Q(person__isnull=False)
            | Q(hired_from__isnull=False)
            | Q(hired_until__isnull=False)
        )


class TrackPageAudience(WhoFits, Orderable):
    """One rule for whom a track is, as its author edits it."""

    page = ParentalKey(TrackPage, on_delete=models.CASCADE, related_name="audience")

    panels: ClassVar = [
        FieldRowPanel([FieldPanel("job_role"), FieldPanel("site")]),
        FieldPanel("team"),
        FieldRowPanel([FieldPanel("hired_from"), FieldPanel("hired_until")]),
        FieldPanel("person", widget=EmployeeNumberInput),
    ]

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(condition=WhoFits.says_something(), name="a_page_audience_says_whom"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.pk}"

    def clean(self) -> None:
        super().clean()
        named: tuple[Any, ...] = (self.job_role_id, self.team_id, self.site_id, self.person_id)
        if not any(named) and self.hired_from is None and self.hired_until is None:
            raise ValidationError(_("Say whom: fill in at least one field."))
        if self.hired_from and self.hired_until and self.hired_from > self.hired_until:
            raise ValidationError({"hired_until": _("This is before the first day.")})
