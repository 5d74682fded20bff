"""Pictures, documents, recordings and films for lessons."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.images.models import Image as WagtailImage

from courses.catalogue.states import MediaKind
from lms.kernel.bilingual import Bilingual
from lms.kernel.storage import private_storage


class CourseImage(AbstractImage):
    """A picture for lessons, with its rights and an alternative text per language."""

    alt_zh = models.CharField(_("alternative text (Chinese)"), max_length=250, blank=True)
    alt_en = models.CharField(_("alternative text (English)"), max_length=250, blank=True)
    rights = models.CharField(_("rights"), max_length=250, blank=True)
    #: File name in the content pack it comes from. NULL: uploaded on this site.
    key = models.CharField(max_length=120, unique=True, null=True, blank=True, editable=False)

    admin_form_fields = (*WagtailImage.admin_form_fields, "alt_zh", "alt_en", "rights")

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")


class Rendition(AbstractRendition):
    """One size of an image, made on demand."""

    image = models.ForeignKey(CourseImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_filter"
            ),
        ]


class CourseDocument(AbstractDocument):
    """A file to hand out with a lesson."""

    rights = models.CharField(_("rights"), max_length=250, blank=True)
    #: File name in the content pack it comes from. NULL: uploaded on this site.
    key = models.CharField(max_length=120, unique=True, null=True, blank=True, editable=False)

    admin_form_fields = ("title", "file", "collection", "tags", "rights")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")


class CourseMediaQuerySet(models.QuerySet["CourseMedia"]):
    def visible_to(self, viewer: Any) -> Self:
        """Lessons are for everybody who is signed in, and so is what is in them."""
        return self if viewer.is_authenticated else self.none()


class CourseMedia(models.Model):
    """A recording or a film for lessons and phrases, with what is said in it. Written by authors; lessons point to it.

    A recording without a transcript, or a film without captions, is not for everybody: forms ask for them.
    """

    kind = models.CharField(_("kind"), max_length=5, choices=MediaKind)
    title = models.CharField(_("title"), max_length=250)
    file = models.FileField(_("file"), storage=private_storage, upload_to="course-media/%Y/")
    #: Whole seconds, for lists and for the plan of a lesson. NULL: not known.
    seconds = models.PositiveIntegerField(_("length (seconds)"), null=True, blank=True)
    transcript_zh = models.TextField(_("transcript (Chinese)"), blank=True)
    transcript_en = models.TextField(_("transcript (English)"), blank=True)
    captions_zh = models.FileField(
        _("captions (Chinese, WebVTT)"), storage=private_storage, upload_to="course-media/%Y/", blank=True
    )
    captions_en = models.FileField(
        _("captions (English, WebVTT)"), storage=private_storage, upload_to="course-media/%Y/", blank=True
    )
    rights = models.CharField(_("rights"), max_length=250, blank=True)
    #: File name in the content pack it comes from. NULL: uploaded on this site.
    key = models.CharField(max_length=120, unique=True, null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    transcript = Bilingual()
    captions = Bilingual()

    objects = CourseMediaQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        verbose_name = pgettext_lazy("singular", "recording or film")
        verbose_name_plural = _("recordings and films")

    def __str__(self) -> str:
        return self.title
