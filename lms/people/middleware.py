"""What is true of every request of somebody who is signed in: language, time zone, nothing kept by the browser, and
the three gates – the locked screen, the first password, the notice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import cache
from urllib.parse import urlencode, urlsplit

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme

from lms.people.queries import has_confirmed, must_confirm_notices, newest_notice_version
from lms.people.services.signing import SEEN_AT, is_locked, lock_session

#: The version of the notice that this session knows to be confirmed; saves asking each time.
NOTICE_CONFIRMED = "notice_confirmed"
#: The instant of the last activity is written at most this often (seconds, and no more than a twentieth of the idle
#: time), so that reading causes few writes.
STAMP_EVERY = 15
#: At a shared PC the "back" button must not show what the person before had open.
UNKEPT = "no-store, private"


class PersonMiddleware:
    """Stands behind authentication, messages and htmx."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        if not person.is_authenticated:
            response = self.get_response(request)
            if request.user.is_authenticated:  # signed in by this very request
                response["Cache-Control"] = UNKEPT
            return response
        with translation.override(person.language), timezone.override(person.time_zone):
            request.LANGUAGE_CODE = translation.get_language()
            gate = _gate_before(request, at=timezone.now())
            response = _sent_to(request, *gate) if gate else self.get_response(request)
            response["Cache-Control"] = UNKEPT
            response.headers.setdefault("Content-Language", translation.get_language())
        return response


def place_of(request: HttpRequest) -> str:
    """The path to come back to: the page itself, or the page that a form or script was sent from. Never another host."""
    if getattr(request, "htmx", False):
        origin = request.htmx.current_url_abs_path or "/"
    elif request.method in ("GET", "HEAD") and wants_page(request):
        origin = request.get_full_path()
    else:
        referer = urlsplit(request.headers.get("Referer", ""))
        origin = f"{referer.path}?{referer.query}" if referer.query else referer.path
        if referer.netloc != request.get_host():
            origin = "/"
    return origin if url_has_allowed_host_and_scheme(origin, allowed_hosts=None) else "/"


def wants_page(request: HttpRequest) -> bool:
    """A browser that goes to a page says text/html; scripts, pictures and recordings don't."""
    accept = request.headers.get("Accept", "")
    return not accept or "text/html" in accept


def _gate_before(request: HttpRequest, *, at: datetime) -> tuple[str, int] | None:
    """(where to go first, status for scripts), or None when the way is free."""
    path = request.path
    if _is_locked_by_now(request, at=at):
        return None if path in _open_when("locked") else (_with_next(reverse("locked"), request), 423)
    person = request.user
    if person.must_set_password or not person.has_usable_password():
        return None if path in _open_when("password") else (reverse("people:set-password"), 403)
    if path not in _open_when("notice") and must_confirm_a_notice(request):
        return _with_next(reverse("people:notice"), request), 403
    return None


@cache
def _open_when(gate: str) -> frozenset[str]:
    always = {"change-person", "account_logout", "language", "lock", "locked", "healthz"}
    more = {
        "locked": set(),
        "password": {"people:set-password", "still-here"},
        "notice": {"people:notice", "still-here"},
    }
    return frozenset(reverse(name) for name in always | more[gate])


def _is_locked_by_now(request: HttpRequest, *, at: datetime) -> bool:
    """Locked by hand or by an earlier request, or locked now because nobody did anything for too long. Otherwise the
    request counts as activity, unless the page sent it by itself."""
    session = request.session
    if is_locked(session):
        return True
    now, seen, limit = at.timestamp(), session.get(SEEN_AT), settings.IDLE_LOCK_SECONDS
    if seen is not None and 0 < limit < now - seen:
        lock_session(session, at=at)
        return True
    if not _is_background(request) and (seen is None or now - seen >= min(STAMP_EVERY, limit / 20)):
        _keep_activity(request, at=at)
    return False


def _is_background(request: HttpRequest) -> bool:
    """Polling (htmx: `hx-headers='{"X-Background": "1"}'` on what polls), event streams and the back office's signs of
    life go on without anybody."""
    return (
        request.headers.get("X-Background") == "1"
        or "text/event-stream" in request.headers.get("Accept", "")
        or request.path.startswith(reverse("wagtailadmin_home") + "editing-sessions/")
    )


def _keep_activity(request: HttpRequest, *, at: datetime) -> None:
    """Saved at once: a slow request that saved the session at its end would undo a lock set meanwhile."""
    session = request.session
    was_modified = session.modified
    session[SEEN_AT] = at.timestamp()
    with suppress(UpdateError):  # signed out elsewhere a moment ago: the next request is a stranger's
        session.save()
    session.modified = was_modified
    UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=at)


def must_confirm_a_notice(request: HttpRequest) -> bool:
    """Whether the person has still to confirm the newest notice. What is confirmed is remembered in the session."""
    newest = newest_notice_version()
    if newest is None or request.session.get(NOTICE_CONFIRMED) == newest:
        return False
    if not must_confirm_notices(request.user):
        return False
    if has_confirmed(request.user, version=newest):
        request.session[NOTICE_CONFIRMED] = newest
        return False
    return True


def _with_next(door: str, request: HttpRequest) -> str:
    return f"{door}?{urlencode({'next': place_of(request)})}"


def _sent_to(request: HttpRequest, door: str, status: int) -> HttpResponse:
    """Pages are redirected; htmx moves the whole window; scripts get a status and the address in JSON."""
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": door})
    if wants_page(request):
        return HttpResponseRedirect(door)
    return JsonResponse({"go_to": door}, status=status)
