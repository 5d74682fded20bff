"""Middleware without any business: an id for each request, the content security policy, compression."""

import uuid

from django.conf import settings
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.middleware.gzip import GZipMiddleware

from lms.kernel.logs import request_id


class RequestIdMiddleware:
    """Give each request an id, in its log lines and in `X-Request-Id`. An id sent by a client is not believed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.request_id = uuid.uuid4().hex[:16]
        token = request_id.set(request.request_id)
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = request_id.get()
        finally:
            request_id.reset(token)
        return response


class ContentSecurityPolicy(ContentSecurityPolicyMiddleware):
    """The strict policy everywhere, Wagtail's own for its editor (it has no nonces yet)."""

    def process_response(self, request, response):
        if request.path.startswith("/admin/") and not hasattr(response, "_csp_config"):
            response._csp_config = settings.ADMIN_CSP
        return super().process_response(request, response)


class PageCompression(GZipMiddleware):
    """Gzip (with Django's random padding against BREACH) for pages and JSON. Recordings, downloads and their byte ranges
    go out as they are."""

    def process_response(self, request, response):
        kind = response.get("Content-Type", "")
        if response.streaming or not kind.startswith(("text/", "application/json")):
            return response
        return super().process_response(request, response)
