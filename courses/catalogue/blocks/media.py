"""What is seen and heard."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from lms.kernel.bilingual import in_language


class PictureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Image"))
    caption = blocks.CharBlock(required=False, label=_("Caption"))

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The alternative text in the language the lesson is in."""
        context = super().get_context(value, parent_context=parent_context)
        page = context.get("page")
        language = page.locale.language_code if page else get_language()
        context["alt"] = in_language(value["image"], "alt", language) if value["image"] else ""
        return context

    class Meta:
        template = "courses/blocks/picture.html"
        icon = "image"
        label = _("Image")
