"""Words: text, call-outs, steps, tables, terms."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock

from courses.catalogue.blocks.choosers import TermChooserBlock
from courses.catalogue.blocks.samples import WORDS, SampledBlock
from courses.catalogue.models.words import Term
from lms.kernel.bilingual import suffix
from lms.kernel.markdown import to_html

#: Wagtail's table editor has no Chinese for this help text; named here, our own catalogue translates it.
CAPTION_HELP = gettext_noop(
    "A heading that identifies the overall topic of the table, and is useful for screen reader users."
)


class TextBlock(blocks.RichTextBlock):
    """Formatted text."""

    def get_preview_value(self) -> Any:
        heading, text = gettext("Before you put somebody on hold"), gettext("Say why, say how long, and ask.")
        return self.normalize(f"<h2>{heading}</h2><p>{text}</p>")

    def deconstruct(self) -> tuple[str, Any, Any]:
        """For migrations it is any rich text."""
        _path, args, kwargs = super().deconstruct()
        return "wagtail.blocks.RichTextBlock", args, kwargs


class MarkdownBlock(SampledBlock):
    """Text as Markdown, for tables and for what comes from content packs."""

    text = blocks.TextBlock(label=_("Text"))

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Tables scroll by themselves on a phone; the box takes the focus so that the keyboard reaches its end."""
        context = super().get_context(value, parent_context=parent_context)
        html = to_html(value["text"])
        html = html.replace("<table>", '<div class="table-scroll" tabindex="0"><table>').replace(
            "</table>", "</table></div>"
        )
        context["html"] = mark_safe(html)
        return context

    def sample(self) -> dict[str, Any]:
        return {
            "text": f"## {gettext('Before you put somebody on hold')}\n\n{gettext('Say why, say how long, and ask.')}"
        }

    class Meta:
        template = "courses/blocks/markdown.html"
        icon = "code"
        label = _("Markdown")
        group = WORDS
        description = _("Text with Markdown marks, as content packs write it.")


class CalloutBlock(SampledBlock):
    """A remark set apart: a tip, a warning or a note."""

    tone = blocks.ChoiceBlock(
        choices=[("tip", _("Tip")), ("warning", _("Careful")), ("note", pgettext_lazy("call-out", "Note"))],
        default="tip",
        label=_("Tone"),
    )
    title = blocks.CharBlock(required=False, label=_("Title"))
    text = blocks.TextBlock(label=_("Text"))

    def sample(self) -> dict[str, Any]:
        return {
            "tone": "warning",
            "title": gettext("Hold is recorded too"),
            "text": gettext("The customer can't hear you, the recording can."),
        }

    class Meta:
        template = "courses/blocks/callout.html"
        icon = "info-circle"
        label = _("Call-out")
        group = WORDS
        description = _("One thing to remember or to beware of.")


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"))
    text = blocks.TextBlock(required=False, label=_("Text"))


class StepsBlock(SampledBlock):
    """What to do, one after the other."""

    title = blocks.CharBlock(required=False, label=_("Title"))
    steps = blocks.ListBlock(StepBlock(), min_num=1, label=_("Steps"))

    def sample(self) -> dict[str, Any]:
        return {
            "title": gettext("Putting somebody on hold"),
            "steps": [
                {"title": gettext("Say why and how long"), "text": gettext("“I'll look up the bill, about a minute.”")},
                {"title": gettext("Ask, and wait for the answer"), "text": ""},
                {"title": gettext("Thank for the wait"), "text": ""},
            ],
        }

    class Meta:
        template = "courses/blocks/steps.html"
        icon = "list-ol"
        label = _("Step list")
        group = WORDS
        description = _("What to do, one thing after the other.")


class GridBlock(TypedTableBlock):
    """Rows and columns; a column holds words, or figures that line up on the right."""

    text = blocks.TextBlock(required=False, rows=1, label=pgettext_lazy("kind of column", "Words"))
    figure = blocks.CharBlock(required=False, label=pgettext_lazy("kind of column", "Figures"))

    def to_python(self, value: Any) -> Any:
        """A row that came with too few cells is filled up: it must not keep the lesson from being read."""
        if value:
            width = len(value["columns"])
            rows = [{**row, "values": [*row["values"], *[""] * width][:width]} for row in value["rows"]]
            value = {**value, "rows": rows}
        return super().to_python(value)


class TableBlock(SampledBlock):
    """A table with a caption; on a phone it scrolls by itself."""

    table = GridBlock(label=_("Caption, columns and rows"))
    row_heads = blocks.BooleanBlock(
        required=False,
        default=True,
        label=_("The first column names the rows"),
        help_text=_("It stays in view while the others scroll, and is read out with each cell."),
    )
    source = blocks.CharBlock(required=False, label=_("Source"))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        table = cleaned["table"]
        if self.is_deferred_validation:
            return cleaned
        if not (table.columns and table.row_data):
            words = _("A table needs a column and a row at least.")
        elif not (table.caption or "").strip():
            words = _("Say in the caption what the table shows.")
        elif any(not (column["heading"] or "").strip() for column in table.columns):
            words = _("Give every column a heading.")
        else:
            return cleaned
        raise blocks.StructBlockValidationError(non_block_errors=[ValidationError(words)])

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        table = value["table"]
        kinds = [column["block"].name for column in table.columns]
        return {
            **context,
            "caption": table.caption,
            "columns": [{"heading": column["heading"], "is_figure": kind == "figure"}
                        for column, kind in zip(table.columns, kinds, strict=True)],
            "rows": [
                [
                    {"text": text, "is_figure": kind == "figure", "is_head": value["row_heads"] and place == 0}
                    for place, (text, kind) in enumerate(zip(row["values"], kinds, strict=False))
                ]
                for row in table.row_data
            ],
        }  # fmt: skip

    def sample(self) -> dict[str, Any]:
        return {
            "table": {
                "caption": gettext("Times of a call"),
                "columns": [
                    {"type": "text", "heading": gettext("Part")},
                    {"type": "text", "heading": gettext("What counts")},
                    {"type": "figure", "heading": gettext("Seconds")},
                ],
                "rows": [
                    {"values": [gettext("Talk"), gettext("From the greeting to the farewell"), "200"]},
                    {"values": [gettext("Hold"), gettext("While the customer waits"), "30"]},
                    {"values": [gettext("After-call work"), gettext("Until the next call can come"), "45"]},
                ],
            },
            "row_heads": True,
        }

    class Meta:
        template = "courses/blocks/table.html"
        icon = "table"
        label = _("Table")
        group = WORDS
        description = _("Rows and columns with a caption; it scrolls on a phone.")


class TermBlock(SampledBlock):
    """A word of the trade from the glossary."""

    term = TermChooserBlock(label=_("Term"))

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The words in the lesson's language first, the name in the other one beside it."""
        context = super().get_context(value, parent_context=parent_context)
        term = value["term"]
        if term is None:
            return {**context, "term": None}
        own = suffix(get_language())
        other = "zh" if own == "en" else "en"
        also = [line.strip() for line in term.also.splitlines() if line.strip()]
        return {
            **context,
            "term": term,
            "other_name": getattr(term, f"name_{other}"),
            "other_language": "en" if other == "en" else "zh-hans",
            "also": also,
        }

    def sample(self) -> dict[str, Any]:
        return {
            "term": Term(
                key="sample",
                name_zh="话后处理",
                name_en="After-call work",
                also_en="wrap-up\nACW",
                also_zh="事后处理\nACW",
                definition_zh="挂断之后、下一通来电接入之前完成的工作：填写工单、选择小结。",
                definition_en="What is done between hanging up and the next call: the ticket, the wrap-up code.",
            )
        }

    class Meta:
        template = "courses/blocks/term.html"
        icon = "tag"
        label = _("Glossary term")
        group = WORDS
        description = _("A word of the trade, as the glossary explains it.")
