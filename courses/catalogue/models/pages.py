"""Courses with their lessons, and tracks, as Wagtail pages.

A page's `translation_key` is what the rest of the product refers to: the same in every language.
"""

import uuid
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import (
    CommentPanel,
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    Panel,
    PublishingPanel,
)
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page, Site

from assessments.quizzes.models import Quiz
from assessments.scenarios.models import Scenario
from courses.catalogue.blocks import LessonBody
from courses.catalogue.forms import CatalogueForm, LessonForm, TrackForm
from courses.catalogue.states import GroupKey, StepKind, ValidityMode
from lms.skills.models import Skill

#: Namespace of the translation keys of pages that come from a content pack: uuid5(PACK_NAMESPACE, "<pack>/<kind>/<key>").
PACK_NAMESPACE = uuid.UUID("6a5b2f3e-2f2c-5f0e-9d53-0c6e0a4c9b11")


#: What a certificate of a track is worth, and how it is renewed.
VALIDITY_PANELS = (
    FieldPanel(
        "validity_months",
        help_text=_("The last day of validity is the same day of the month. Empty: the certificate doesn't expire."),
    ),
    FieldPanel(
        "validity_mode",
        help_text=_(
            "Whoever renews in time keeps the anniversary with “from the day the one before ends”. Whoever renews after"
            " the end always starts from the day of issue. A fixed day is the same for everybody."
        ),
    ),
    FieldRowPanel(
        [FieldPanel("calendar_month"), FieldPanel("calendar_day")],
        help_text=_("For a fixed day only: the last day of validity, for example 12 and 31."),
    ),
    FieldPanel(
        "renewal_days",
        help_text=_(
            "So many days before the end the holder is asked to renew, with new quizzes and mystery calls."
            " Empty: nobody is asked by itself."
        ),
    ),
    FieldPanel(
        "refresher",
        help_text=_("A shorter track that renews the certificate. Empty: the whole track is taken again."),
    ),
    FieldPanel(
        "counts_rostered_days",
        help_text=_("Where somebody's roster is known, days off don't count towards a due day. Leave never counts."),
    ),
)


def one_thing(**column_of: str) -> Q:
    """The condition that a row has the column of its kind filled, and of the other columns none."""
    condition = Q()
    for kind, column in column_of.items():
        condition |= Q(kind=kind, **{f"{each}__isnull": each != column for each in column_of.values()})
    return condition


class SourceInlinePanel(InlinePanel):
    """Rows that are edited on the source page only: nothing is drawn where the form has no such rows."""

    class BoundPanel(InlinePanel.BoundPanel):
        def __init__(self, **kwargs: Any) -> None:
            form = kwargs.get("form")
            self.is_left_out = form is not None and kwargs["panel"].relation_name not in form.formsets
            if self.is_left_out:
                Panel.BoundPanel.__init__(self, **kwargs)
            else:
                super().__init__(**kwargs)

        def is_shown(self) -> bool:
            return not self.is_left_out and super().is_shown()

        def js_opts(self) -> dict[str, Any]:
            return Panel.BoundPanel.js_opts(self) if self.is_left_out else super().js_opts()


class CataloguePage(Page):
    """The one root of all courses and tracks in a language."""

    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = ["courses.CoursePage", "courses.TrackPage"]
    settings_panels: ClassVar = []

    class Meta:
        verbose_name = _("catalogue")

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        return _door(self, reverse("courses:course-list"))

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """A root has nothing of its own to show."""
        return []


class TaughtPage(Page):
    """What courses, lessons and tracks share: one address in every language, previews in the page's own language.

    The *source* is the page that was written first; the others are its translations and take its slug.
    """

    base_form_class = CatalogueForm
    promote_panels: ClassVar = [FieldPanel("slug")]
    # A task publishes and takes back what is due: see `publish_what_is_due`.
    settings_panels: ClassVar = [PublishingPanel(), CommentPanel()]

    class Meta:
        abstract = True

    @property
    def source(self) -> Self:
        first = type(self).objects.filter(translation_key=self.translation_key).order_by("pk").first()
        return first or self

    @property
    def is_source(self) -> bool:
        """A page that isn't saved yet is the source unless it is a translation of one that is."""
        return self.source.pk == self.pk

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self._take_slug_of_source()
        super().full_clean(*args, **kwargs)

    def minimal_clean(self) -> None:
        self._take_slug_of_source()
        super().minimal_clean()

    def _take_slug_of_source(self) -> None:
        source = self.source
        if source.pk != self.pk:
            self.slug = source.slug

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        with translation.override(self.locale.language_code):
            return super().serve_preview(request, mode_name).render()


class CoursePage(TaughtPage):
    """A course: its lessons are its child pages, in their order."""

    summary = models.TextField(_("summary"), blank=True)
    skills = ParentalManyToManyField(Skill, blank=True, related_name="courses", verbose_name=_("skills"))

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("skills", widget=CheckboxSelectMultiple),
    ]
    parent_page_types: ClassVar = ["courses.CataloguePage"]
    subpage_types: ClassVar = ["courses.LessonPage"]
    template = "courses/course_detail.html"

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        return _door(self, reverse("courses:course-detail", args=[self.slug]))

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        from courses.catalogue.queries import course_preview

        return {**super().get_preview_context(request, mode_name), **course_preview(self)}


class LessonPage(TaughtPage):
    """A lesson. `material_version` rises when a change is big enough to be read again."""

    summary = models.TextField(_("summary"), blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes to read"), default=5)
    #: Of the source page; it holds for every language. 0: none.
    minimum_minutes = models.PositiveSmallIntegerField(
        _("minimum time (minutes)"),
        default=0,
        help_text=_("Who has read for less can't mark the lesson as done yet. 0 or empty: no minimum."),
    )
    material_version = models.PositiveIntegerField(default=1)
    skills = ParentalManyToManyField(Skill, blank=True, related_name="lessons", verbose_name=_("skills"))
    body = StreamField(LessonBody(), verbose_name=_("lesson"), blank=True)
    #: Chosen on the source page; each material change keeps the one that it was published with.
    recheck_quiz = models.ForeignKey(
        Quiz,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("re-check quiz"),
    )  # NULL: reading it again is enough

    base_form_class = LessonForm
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("minutes"),
        FieldPanel("minimum_minutes"),
        FieldPanel("skills", widget=CheckboxSelectMultiple),
        FieldPanel(
            "body",
            heading=_("What the lesson says"),
            help_text=_("Press + and choose a block: text, dialogue, picture, self-check … As many as you like."),
        ),
        MultiFieldPanel([FieldPanel("is_material"), FieldPanel("recheck_quiz")], heading=_("A change that matters")),
    ]
    parent_page_types: ClassVar = ["courses.CoursePage"]
    subpage_types: ClassVar = []
    template = "courses/lesson_detail.html"

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        return _door(self, reverse("courses:lesson-detail", args=[self.get_parent().slug, self.slug]))

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        from courses.catalogue.queries import lesson_preview

        return {**super().get_preview_context(request, mode_name), **lesson_preview(self)}


class TrackPage(TaughtPage):
    """A path through courses, lessons, quizzes and mystery calls. Its rules are edited on the page in the source language
    and published as an immutable TrackVersion."""

    summary = models.TextField(_("summary"), blank=True)
    validity_months = models.PositiveSmallIntegerField(
        _("certificate valid for (months)"), null=True, blank=True
    )  # NULL: the certificate doesn't expire
    validity_mode = models.CharField(
        _("a renewed certificate is valid"),
        max_length=16,
        choices=ValidityMode,
        default=ValidityMode.FROM_COMPLETION,
    )
    calendar_month = models.PositiveSmallIntegerField(
        _("fixed day: month"), null=True, blank=True
    )  # NULL: no fixed day
    calendar_day = models.PositiveSmallIntegerField(_("fixed day: day"), null=True, blank=True)
    renewal_days = models.PositiveSmallIntegerField(
        _("renewal opens (days before the end)"), null=True, blank=True
    )  # NULL: nobody is asked to renew
    refresher = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("refresher track")
    )  # NULL: the track itself is taken again
    counts_rostered_days = models.BooleanField(_("due days count rostered days only"), default=True)
    is_ordered = models.BooleanField(
        _("one step after the other"),
        default=False,
        help_text=_("A step opens when all before it are done. Otherwise people choose the order themselves."),
    )

    base_form_class = TrackForm
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        MultiFieldPanel([*VALIDITY_PANELS], heading=_("Validity")),
        SourceInlinePanel(
            "groups",
            heading=_("Elective groups"),
            label=_("Elective group"),
            help_text=_("Of the steps with a group’s letter, people choose as many as you say here."),
        ),
        FieldPanel("is_ordered"),
        SourceInlinePanel(
            "steps",
            heading=_("Steps"),
            label=_("Step"),
            help_text=_("Each step is one thing: a course, a single lesson, a quiz or a mystery call."),
        ),
        SourceInlinePanel(
            "prerequisites",
            heading=_("To be completed before"),
            label=_("Track"),
            help_text=_(
                "Nothing of this track opens before these tracks are completed (and their certificates valid)."
            ),
        ),
        SourceInlinePanel(
            "audience",
            heading=_("For whom"),
            label=_("Rule"),
            help_text=_(
                "Whoever fits one of the rules is enrolled, now and later. Within a rule all that is filled in must fit."
                " The preview says how many people fit now."
            ),
        ),
    ]
    parent_page_types: ClassVar = ["courses.CataloguePage"]
    subpage_types: ClassVar = []
    template = "courses/track_detail.html"

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        return _door(self, reverse("courses:track-detail", args=[self.slug]))

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        from courses.catalogue.queries import track_preview

        return {**super().get_preview_context(request, mode_name), **track_preview(self)}


class TrackPageStep(Orderable):
    """One step of a track as its author edits it: exactly one of course, lesson, quiz or mystery-call scenario."""

    page = ParentalKey(TrackPage, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(_("kind"), max_length=12, choices=StepKind)
    course = models.ForeignKey(
        CoursePage,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("course"),
    )
    lesson = models.ForeignKey(
        LessonPage,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("single lesson"),
    )
    quiz = models.ForeignKey(
        Quiz, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("quiz")
    )
    scenario = models.ForeignKey(
        Scenario,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("scenario"),
    )
    due_days = models.PositiveSmallIntegerField(_("due (days after joining)"), default=30)
    group_key = models.CharField(
        _("elective group"), max_length=1, choices=GroupKey, blank=True, help_text=_("Empty: everybody takes it.")
    )

    panels = [
        FieldRowPanel([FieldPanel("course"), FieldPanel("lesson")]),
        FieldRowPanel([FieldPanel("quiz"), FieldPanel("scenario")]),
        FieldRowPanel([FieldPanel("group_key"), FieldPanel("due_days")]),
    ]

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(
                condition=one_thing(course="course", lesson="lesson", quiz="quiz", mystery_call="scenario"),
                name="a_page_step_is_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.course or self.lesson or self.quiz or self.scenario}"

    def clean(self) -> None:
        """The author chooses one thing; its kind follows. Held for drafts too: their steps are rows already."""
        super().clean()
        chosen = [
            kind
            for kind, thing in (
                (StepKind.COURSE, self.course_id),
                (StepKind.LESSON, self.lesson_id),
                (StepKind.QUIZ, self.quiz_id),
                (StepKind.MYSTERY_CALL, self.scenario_id),
            )
            if thing
        ]
        if len(chosen) != 1:
            raise ValidationError(_("A step is one thing: choose a course, a lesson, a quiz or a scenario."))
        self.kind = chosen[0]


def _door(page: Page, path: str) -> tuple[int, str, str] | None:
    """Pages are read under /learn/…; Wagtail's own addresses aren't served, so that it knows the site only."""
    parts = Page.get_url_parts(page)
    if parts is None:
        return None
    roots = {root.site_id: root.root_url for root in Site.get_site_root_paths()}
    return parts[0], roots[parts[0]], path
