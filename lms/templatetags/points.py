"""How a difference of shares is shown: in points of 100, signed."""

from django import template

from lms.kernel.points import points

register = template.Library()
register.filter("points", points)
