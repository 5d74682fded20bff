"""What blocks share: their place in the author's window of blocks, and a sample of themselves."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks

#: The groups of the author's window of blocks; their order is that of `LessonBody`.
WORDS = pgettext_lazy("group of blocks", "Words")
PHRASING = pgettext_lazy("group of blocks", "Phrasing")
MEDIA = _("Pictures, sound and files")
FIGURES = pgettext_lazy("group of blocks", "Figures")
PRACTICE = pgettext_lazy("group of blocks", "Practice")


class SampledBlock(blocks.StructBlock):
    """A block that can show itself before it is put into a lesson: `sample` is a value as its author would write it."""

    def sample(self) -> dict[str, Any]:
        raise NotImplementedError

    def sample_context(self) -> dict[str, Any]:
        """What a lesson's page would have read for the block."""
        return {}

    def get_preview_value(self) -> Any:
        return self.normalize(
            {**{name: block.get_default() for name, block in self.child_blocks.items()}, **self.sample()}
        )

    def get_preview_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_preview_context(value, parent_context=parent_context)
        return {**context, "is_preview": True, "is_sample": True, **self.sample_context()}
