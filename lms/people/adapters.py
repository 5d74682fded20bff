"""How allauth behaves here: nobody signs up; accounts come from imports; who has left stays outside."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.people.middleware import must_confirm_a_notice
from lms.people.models import User
from lms.people.queries import who_opens
from lms.people.services.signing import SEEN_AT
from lms.people.states import PersonStatus


class AuthenticationBackend(AllauthBackend):
    """Who has left stays outside, also with a session that is still open."""

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and user.status != PersonStatus.LEFT

    def get_user(self, user_id: int) -> User | None:
        person = who_opens(user_id)
        return person if person and self.user_can_authenticate(person) else None


class AccountAdapter(DefaultAccountAdapter):
    """Words of our own, no sign-up, and a limit of failed tries that counts per account only."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The employee number or the password is not right."),
        "too_many_login_attempts": _(
            "Too many failed tries with this account. Wait five minutes, or ask your supervisor for a one-time code."
        ),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "account_inactive": _("This account is closed."),
        "rate_limited": _("Too many tries. Wait a minute."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Who has left is shown that the account is closed, like a deactivated one."""
        if user.status == PersonStatus.LEFT:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: Any) -> None:
        """What the next page would note in the session is noted now: it is written once."""
        super().login(request, user)
        request.session[SEEN_AT] = timezone.now().timestamp()
        must_confirm_a_notice(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("people:account")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """allauth puts the Host header into the key; here several names of one server share one count."""
        return credentials.get("username", "").strip().lower()
