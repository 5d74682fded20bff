"""What a lesson is made of."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.catalogue.blocks.calculator import CalculatorBlock
from courses.catalogue.blocks.checks import CheckBlock, QuizBlock
from courses.catalogue.blocks.exercise import ExerciseBlock
from courses.catalogue.blocks.forecast import ForecastBlock
from courses.catalogue.blocks.media import AudioBlock, DocumentBlock, PictureBlock, ScreenTourBlock, VideoBlock
from courses.catalogue.blocks.metrics import MetricBlock
from courses.catalogue.blocks.phrasing import DialogueBlock, PhraseBlock, SayDontBlock
from courses.catalogue.blocks.samples import WORDS
from courses.catalogue.blocks.shrinkage import ShrinkageBlock
from courses.catalogue.blocks.staffing import StaffingBlock
from courses.catalogue.blocks.text import (
    CalloutBlock,
    MarkdownBlock,
    StepsBlock,
    TableBlock,
    TermBlock,
    TextBlock,
)


class LessonBody(blocks.StreamBlock):
    """What a lesson is made of. The author's window shows the blocks in this order, by group."""

    text = TextBlock(
        features=["h2", "h3", "bold", "italic", "ol", "ul", "link", "hr"],
        template="courses/blocks/text.html",
        label=_("Text"),
        icon="pilcrow",
        group=WORDS,
        description=_("Headings, paragraphs, lists and links."),
    )
    markdown = MarkdownBlock()
    callout = CalloutBlock()
    steps = StepsBlock()
    table = TableBlock()
    term = TermBlock()

    dialogue = DialogueBlock()
    say_dont = SayDontBlock()
    phrase = PhraseBlock()

    picture = PictureBlock()
    screen_tour = ScreenTourBlock()
    audio = AudioBlock()
    video = VideoBlock()
    document = DocumentBlock()

    check = CheckBlock()
    quiz = QuizBlock()

    metric = MetricBlock()
    staffing = StaffingBlock()
    calculator = CalculatorBlock()
    exercise = ExerciseBlock()
    shrinkage = ShrinkageBlock()
    forecast = ForecastBlock()
