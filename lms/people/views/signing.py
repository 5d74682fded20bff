"""Sign-in, the first password, the locked screen, changing the person at a shared PC, language, the notice."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.utils import perform_login
from allauth.account.views import AccountInactiveView, LoginView, LogoutView, ReauthenticateView
from allauth.core import ratelimit
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.hashers import make_password
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.kernel.markdown import to_html
from lms.kernel.permissions import require
from lms.kernel.states import StaleState
from lms.people.forms.signing import (
    FirstSignInForm,
    LanguageForm,
    OwnPasswordForm,
    PasswordAgainForm,
    SignInForm,
    UnlockForm,
)
from lms.people.middleware import NOTICE_CONFIRMED, place_of
from lms.people.models import OneTimeCode, User
from lms.people.queries import confirmation_of, must_confirm_notices, newest_notice, person_by_number
from lms.people.services.codes import check_code
from lms.people.services.signing import (
    choose_language,
    confirm_notice,
    is_locked,
    lock_session,
    set_own_password,
    unlock_session,
)

#: In the session of somebody who showed a good code: which one, and until when the password may be set with it.
CODE_SHOWN = "code_shown"
CODE_SHOWN_SECONDS = 15 * 60


def _next_of(request: HttpRequest) -> str:
    """The path to go to afterwards; another host, or nothing, becomes the start page."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else "/"


class SignInView(LoginView):
    """allauth's, asking for the employee number."""

    form_class = SignInForm


sign_in = SignInView.as_view()
sign_out = LogoutView.as_view()
account_closed = AccountInactiveView.as_view()


@require_safe
def back_office_sign_in(request: HttpRequest) -> HttpResponse:
    """In place of Wagtail's own sign-in page, which knows neither our words nor our limits. Wagtail sends here also
    whoever is signed in and may not enter: sent on to sign in, they would come straight back, for ever."""
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?{request.GET.urlencode(safe='/')}")
    require(request.user.has_perm("wagtailadmin.access_admin"))
    return redirect(_next_of(request))


class PasswordAgainView(ReauthenticateView):
    """Asked for before steps that need a fresh proof of who sits here."""

    form_class = PasswordAgainForm


password_again = PasswordAgainView.as_view()


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def first_sign_in(request: HttpRequest) -> HttpResponse:
    """Employee number and one-time code lead to one place only: setting a password. The code isn't used up yet."""
    if request.user.is_authenticated:
        return redirect("/")
    form = FirstSignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["employee_no"].strip()
        if not ratelimit.consume(request, action="first_sign_in", key=number.lower()):
            form.add_error(None, _("Too many tries for this number. Wait five minutes, or ask for a new code."))
        elif code := _good_code(number, form.cleaned_data["code"]):
            request.session.cycle_key()
            request.session[CODE_SHOWN] = {"id": code.pk, "until": timezone.now().timestamp() + CODE_SHOWN_SECONDS}
            return redirect("people:set-password")
        else:
            form.add_error(None, _("The number and the code do not belong together, or the code is used or too old."))
    return render(request, "people/first_sign_in.html", {"form": form})


def _good_code(number: str, text: str) -> OneTimeCode | None:
    person = person_by_number(number)
    if person is None:
        make_password(text)  # an unknown number must not answer faster than a wrong code
        return None
    return check_code(person, text, timezone.now())


@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def set_password(request: HttpRequest) -> HttpResponse:
    """For who has shown a good code, and for who is signed in but was given a code and so must set a new password."""
    code = _shown_code(request)
    if request.user.is_authenticated:
        person, code = request.user, None
        if person.has_usable_password() and not person.must_set_password:
            return redirect("account_change_password")
    elif code:
        person = code.person
    else:
        return redirect("people:first-sign-in")
    form = OwnPasswordForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            set_own_password(
                person,
                form.cleaned_data["password1"],
                code=code,
                keep=request.session.session_key,
                at=timezone.now(),
            )
        except StaleState:
            messages.error(request, _("This code was used or replaced meanwhile. Ask for a new one."))
            return redirect("people:first-sign-in")
        return _signed_in_with_new_password(request, person)
    return render(request, "people/set_password.html", {"form": form, "person": person})


def _shown_code(request: HttpRequest) -> OneTimeCode | None:
    shown = request.session.get(CODE_SHOWN)
    now = timezone.now()
    if not shown or shown["until"] < now.timestamp():
        return None
    live = OneTimeCode.objects.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now)
    return live.select_related("person").filter(pk=shown["id"]).first()


def _signed_in_with_new_password(request: HttpRequest, person: User) -> HttpResponse:
    if request.user.is_authenticated:
        update_session_auth_hash(request, person)
        UserSession.objects.create_from_request(request)
        return redirect("/")
    request.session.pop(CODE_SHOWN, None)
    return perform_login(request, person, email_verification="none", redirect_url="/")


@require_POST
def change_person(request: HttpRequest) -> HttpResponse:
    """One click at a shared PC: signed out, the session destroyed, nothing kept, the sign-in page for the next."""
    logout(request)
    response = redirect("account_login")
    response["Clear-Site-Data"] = '"cache"'  # not "storage": unsent quiz answers lie there, keyed by account
    return response


@require_POST
@login_required
def lock(request: HttpRequest) -> HttpResponse:
    lock_session(request.session, at=timezone.now())
    return redirect(f"{reverse('locked')}?{urlencode({'next': place_of(request)})}")


@never_cache
@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "POST"])
def locked(request: HttpRequest) -> HttpResponse:
    """The password of the same person leads back to where one was."""
    back = _next_of(request)
    if not is_locked(request.session):
        return redirect(back)
    form = UnlockForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        unlock_session(request.session, at=timezone.now())
        return redirect(back)
    # Messages wait for the person; on a locked screen they would tell something.
    return render(request, "people/locked.html", {"form": form, "next": back, "messages": []})


@require_POST
@login_required
def still_here(request: HttpRequest) -> HttpResponse:
    """Sent while somebody reads or types without asking the server anything; the middleware counts the activity."""
    return HttpResponse(status=204)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language: for the browser by a cookie, for a signed-in person for good."""
    form = LanguageForm(request.POST)
    response = redirect(_next_of(request))
    if form.is_valid():
        code = form.cleaned_data["language"]
        if request.user.is_authenticated:
            choose_language(request.user, code)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            path=settings.LANGUAGE_COOKIE_PATH,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE or "Lax",
        )
    return response


@login_required
@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest) -> HttpResponse:
    """What is recorded and scored, who sees it, how long it is kept. Agents confirm each version once."""
    newest = newest_notice()
    if newest is None:
        raise Http404
    back = _next_of(request)
    if request.method == "POST":
        if request.POST.get("version") != str(newest.version):
            messages.warning(request, _("The notice has changed meanwhile. Please read the new version."))
            return redirect(f"{reverse('people:notice')}?{urlencode({'next': back})}")
        confirm_notice(request.user, newest, language=get_language() or "", at=timezone.now())
        request.session[NOTICE_CONFIRMED] = newest.version
        return redirect(back)
    confirmation = confirmation_of(request.user, newest)
    return render(
        request,
        "people/notice.html",
        {
            "notice": newest,
            "body": to_html(newest.body),
            "published_on": timezone.localdate(newest.published_at),
            "next": back,
            "confirmation": confirmation,
            "must_confirm": confirmation is None and must_confirm_notices(request.user),
        },
    )
