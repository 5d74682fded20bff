"""An id for each request, and what a page may load."""

import gzip
import json
import logging
import re

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.utils.module_loading import import_string

from lms.kernel.logs import RequestIdFilter
from lms.kernel.middleware import PageCompression, RequestIdMiddleware


def directives(response):
    parts = (part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    return {name: value for name, *rest in parts for value in (rest or [""])}


@pytest.mark.parametrize("path", ["/accounts/login/", "/people/first/", "/nowhere/", "/healthz", "/administration/"])
def test_policy_outside_the_back_office_allows_nothing_inline(db, client, path):
    policy = directives(client.get(path))

    assert policy["default-src"] == "'none'"
    for name in ("script-src", "style-src"):
        assert "'unsafe-inline'" not in policy[name]
        assert "'unsafe-eval'" not in policy[name]
        assert "http" not in policy[name]
    assert policy["frame-ancestors"] == "'self'"
    assert policy["base-uri"] == "'self'"


def test_policy_of_the_back_office_is_wagtails(cast, client):
    cast.ada.is_superuser = True
    cast.ada.save()
    client.force_login(cast.ada)

    policy = directives(client.get("/admin/"))

    assert "'unsafe-inline'" in policy["script-src"]
    assert policy["default-src"] == "'none'"


def test_pages_of_ours_carry_no_inline_script_style_or_handler(cast, client):
    client.force_login(cast.ana)

    for path in ("/people/me/", "/notifications/", "/accounts/sessions/", "/accounts/password/change/"):
        text = client.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)
        assert "<style" not in text
        assert not re.search(r'\s(style|on[a-z]+|hx-on[^=]*)="', text)


def test_every_request_has_an_id_of_its_own_and_a_clients_is_not_believed(db, client):
    first = client.get("/healthz", headers={"X-Request-Id": "forged"})["X-Request-Id"]
    second = client.get("/healthz")["X-Request-Id"]

    assert re.fullmatch(r"[0-9a-f]{16}", first)
    assert first != second


def test_log_lines_of_a_request_carry_its_id():
    seen = []

    def view(request):
        record = logging.LogRecord("x", logging.INFO, "", 0, "hello", (), None)
        RequestIdFilter().filter(record)
        seen.append(record.request_id)
        return HttpResponse()

    response = RequestIdMiddleware(view)(RequestFactory().get("/"))

    assert seen == [response["X-Request-Id"]]
    after = logging.LogRecord("x", logging.INFO, "", 0, "later", (), None)
    RequestIdFilter().filter(after)
    assert after.request_id == "-"


def test_line_of_a_failed_request_carries_its_id_although_it_is_written_late(db, client, caplog):
    caplog.handler.addFilter(RequestIdFilter())

    response = client.get("/nowhere/")

    line = next(record for record in caplog.records if record.name == "django.request")
    assert line.request_id == response["X-Request-Id"]


def test_log_lines_are_json(settings):
    shape = settings.LOGGING["formatters"]["json"]
    formatter = import_string(shape["()"])(shape["fmt"], rename_fields=shape["rename_fields"])
    record = logging.LogRecord("lms", logging.WARNING, "", 0, "a %s", ("line",), None)
    record.request_id = "abc"

    line = json.loads(formatter.format(record))

    assert (line["message"], line["level"], line["request_id"]) == ("a line", "WARNING", "abc")


@pytest.mark.django_db
def test_pages_are_compressed_for_those_who_take_it(cast, client):
    client.force_login(cast.ana)

    page = client.get("/", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/")

    assert page["Content-Encoding"] == "gzip"
    assert b"<!doctype html>" in gzip.decompress(page.content)
    assert "Content-Encoding" not in plain


def test_streams_and_downloads_go_out_as_they_are():
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})

    def answers(response):
        return PageCompression(lambda _request: response)(request)

    stream = answers(StreamingHttpResponse([b"x" * 1000], content_type="text/csv"))
    sheet = answers(HttpResponse(b"x" * 1000, content_type="application/vnd.ms-excel"))

    assert "Content-Encoding" not in stream
    assert "Content-Encoding" not in sheet
