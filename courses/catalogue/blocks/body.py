"""What a lesson is made of."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.catalogue.blocks.calculator import CalculatorBlock
from courses.catalogue.blocks.checks import CheckBlock
from courses.catalogue.blocks.exercise import ExerciseBlock
from courses.catalogue.blocks.forecast import ForecastBlock
from courses.catalogue.blocks.media import PictureBlock
from courses.catalogue.blocks.metrics import MetricBlock
from courses.catalogue.blocks.phrasing import DialogueBlock, SayDontBlock
from courses.catalogue.blocks.shrinkage import ShrinkageBlock
from courses.catalogue.blocks.staffing import StaffingBlock
from courses.catalogue.blocks.text import CalloutBlock, MarkdownBlock, StepsBlock


class LessonBody(blocks.StreamBlock):
    """What a lesson is made of."""

    text = blocks.RichTextBlock(
        features=["h2", "h3", "bold", "italic", "ol", "ul", "link", "hr"],
        template="courses/blocks/text.html",
        label=_("Text"),
    )
    markdown = MarkdownBlock()
    callout = CalloutBlock()
    steps = StepsBlock()
    dialogue = DialogueBlock()
    say_dont = SayDontBlock()
    metric = MetricBlock()
    check = CheckBlock()
    picture = PictureBlock()
    staffing = StaffingBlock()
    calculator = CalculatorBlock()
    exercise = ExerciseBlock()
    shrinkage = ShrinkageBlock()
    forecast = ForecastBlock()
