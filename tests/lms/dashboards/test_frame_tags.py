"""Icons, and the parts of a page that are drawn once for everybody."""

from django.template import Context, Template
from django.utils import translation


def drawn(source: str, **variables) -> str:
    return Template(source).render(Context(variables))


def test_icon_is_decorative_unless_it_says_something():
    assert 'aria-hidden="true"' in drawn('{% icon "bell" %}')
    said = drawn('{% icon "bell" label=words size="sm" %}', words='<b>"new"')
    assert 'role="img" aria-label="&lt;b&gt;&quot;new&quot;"' in said
    assert 'class="icon icon-sm"' in said
    assert "#bell" in said


def test_a_kept_part_is_drawn_once_in_each_language():
    template = Template("{% load i18n %}{% keep %}{% translate 'Sign out' %}{% endkeep %}")
    with translation.override("en"):
        assert template.render(Context()) == "Sign out"
    with translation.override("zh-hans"):
        chinese = template.render(Context())
        assert chinese not in ("", "Sign out")
        assert template.render(Context()) == chinese


def test_a_kept_part_knows_nothing_of_the_reader():
    template = Template("{{ name }}{% keep %}[{{ name }}]{% endkeep %}{{ name }}")
    assert template.render(Context({"name": "Wang"})) == "Wang[]Wang"
    assert template.render(Context({"name": "Li"})) == "Li[]Li"
