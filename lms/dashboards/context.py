"""What the frame around every page needs: places to go, unread news, the idle lock. Asked only when it is drawn."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from lms.dashboards.navigation import navigation
from lms.notifications.queries import unread_count
from lms.people.middleware import place_of

_KEPT = "callwright.frame"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Nothing for strangers; a fragment for htmx has no frame. The lazy values cost their query once per request,
    however many templates are rendered in it, and nothing on pages without our frame (the back office)."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {"navigation": [], "unread_count": None}
    if getattr(request, "htmx", False):
        return {"navigation": [], "unread_count": None, "shortcuts_off": not person.shortcuts_enabled}
    if _KEPT not in request.META:
        request.META[_KEPT] = {
            "navigation": SimpleLazyObject(lambda: navigation(request)),
            "unread_count": SimpleLazyObject(lambda: unread_count(person)),
            "idle_seconds": settings.IDLE_LOCK_SECONDS,
            "lock_url": reverse("lock"),
            "lock_page": f"{reverse('locked')}?{urlencode({'next': place_of(request)})}",
            "seen_url": reverse("still-here"),
            "shortcuts_off": not person.shortcuts_enabled,
        }
    return request.META[_KEPT]
