from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from lms.kernel.rendering import render_part


def rendered(monkeypatch, **headers):
    asked = []
    monkeypatch.setattr(
        "lms.kernel.rendering.render", lambda request, name, context, status: asked.append((name, status))
    )
    request = RequestFactory().get("/", headers=headers)
    request.htmx = HtmxDetails(request)
    render_part(request, "page.html", "verdict", {}, status=422)
    return asked[0]


def test_htmx_gets_the_part(monkeypatch):
    assert rendered(monkeypatch, **{"HX-Request": "true"}) == ("page.html#verdict", 422)


def test_a_browser_gets_the_page(monkeypatch):
    assert rendered(monkeypatch) == ("page.html", 422)
