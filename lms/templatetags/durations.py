"""How long something took, in words."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def duration(seconds: int) -> str:
    """`25 min`, `2 h 5 min`; whole minutes that have passed, and *under a minute* for less."""
    hours, minutes = divmod(seconds // 60, 60)
    if not hours and not minutes:
        return _("under a minute") if seconds else _("%(minutes)s min") % {"minutes": 0}
    shown = []
    if hours:
        shown.append(_("%(hours)s h") % {"hours": hours})
    if minutes:
        shown.append(_("%(minutes)s min") % {"minutes": minutes})
    return " ".join(shown)
