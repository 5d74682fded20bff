"""My settings, my password, my sessions."""

from __future__ import annotations

from allauth.account.views import PasswordChangeView as AllauthPasswordChangeView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from lms.people.forms.signing import PasswordChangeForm, SettingsForm
from lms.people.queries import has_confirmed, live_sessions_of, newest_notice
from lms.people.rules.devices import device_of
from lms.people.services.signing import change_settings, end_sessions, note_password_change


@login_required
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        person = change_settings(request.user, at=timezone.now(), **form.cleaned_data)
        translation.activate(person.language)
        messages.success(request, _("Your settings are saved."))
        return redirect("people:account")
    notice = newest_notice()
    return render(
        request,
        "people/account.html",
        {
            "form": form,
            "notice": notice,
            "is_confirmed": notice is not None and has_confirmed(request.user, version=notice.version),
        },
    )


class PasswordChangeView(AllauthPasswordChangeView):
    """allauth's, with our words; signs the person out everywhere else, and is audited."""

    form_class = PasswordChangeForm

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            note_password_change(self.request.user, keep=self.request.session.session_key, at=timezone.now())
        return response


change_password = PasswordChangeView.as_view()


@login_required
@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where I am signed in; each place can be signed out, or all others at once."""
    now = timezone.now()
    mine = live_sessions_of(request.user, at=now)
    others = mine.exclude(session_key=request.session.session_key)
    if request.method == "POST":
        wanted = others
        if "others" not in request.POST:
            pk = request.POST.get("session", "")
            wanted = others.filter(pk=get_object_or_404(others, pk=int(pk) if pk.isdecimal() else 0).pk)
        ended = end_sessions(wanted, person=request.user, at=now)
        if ended:
            messages.success(
                request,
                ngettext("Signed out in %(n)s other place.", "Signed out in %(n)s other places.", ended) % {"n": ended},
            )
        return redirect("usersessions_list")
    here = request.session.session_key
    rows = [{"row": row, "device": device_of(row.user_agent), "is_this": row.session_key == here} for row in mine]
    return render(
        request,
        "usersessions/usersession_list.html",
        {"sessions": rows, "has_others": any(not row["is_this"] for row in rows)},
    )
