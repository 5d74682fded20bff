"""Lines of a question that a page draws by the dozen."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from assessments.attempts.queries import ShownOption, ShownQuestion

register = template.Library()

_ROW = (
    '<label class="option-row"><input type="{}" name="a{}" value="{}"{}{}>'
    '<span class="option-row-key" aria-hidden="true">{}</span><span class="option-row-text">{}</span></label>'
)
_KEY = ' data-key="{}" data-key-label="{}"'


@register.simple_tag
def choice_row(question: ShownQuestion, option: ShownOption) -> SafeString:
    """One option to choose: the whole row is its label, a digit its key."""
    words = gettext("Choose %(letter)s") % {"letter": option.letter} if option.key else ""
    return format_html(
        _ROW,
        "checkbox" if question.takes_several else "radio",
        question.number,
        option.pk,
        " checked" if option.is_chosen else "",
        format_html(_KEY, option.key, words) if option.key else "",
        option.letter,
        option.text,
    )
