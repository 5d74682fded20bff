"""One's own news: read, open, mark as read."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from lms.notifications.models import Notification
from lms.notifications.queries import news_rows
from lms.notifications.services import mark_read

PER_PAGE = 25


@login_required
@require_safe
def notification_list(request: HttpRequest) -> HttpResponse:
    mine = Notification.objects.visible_to(request.user)
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/list.html", {"page": page, "rows": news_rows(page.object_list)})


@login_required
@require_POST
def open_notification(request: HttpRequest, pk: int) -> HttpResponse:
    """Read now; on to what it is about, or back to the list where it leads nowhere."""
    notification = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    mark_read(Notification.objects.filter(pk=notification.pk), at=timezone.now())
    leads_on = notification.url and url_has_allowed_host_and_scheme(notification.url, allowed_hosts=None)
    return redirect(notification.url if leads_on else "notifications:list")


@login_required
@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponse:
    mark_read(Notification.objects.visible_to(request.user), at=timezone.now())
    return redirect("notifications:list")
