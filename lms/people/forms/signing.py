"""Sign-in, the first password, unlocking, and one's own settings."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import get_default_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from lms.people.models import User


def _rules() -> str:
    shortest = max(getattr(validator, "min_length", 0) for validator in get_default_password_validators())
    return _("At least %(n)s characters; not your name or number, and not a password that many people use.") % {
        "n": shortest
    }


#: What the validators ask, in one sentence instead of one each.
password_rules = lazy(_rules, str)


def _number_field() -> forms.CharField:
    return forms.CharField(
        label=_("Employee number"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )


def _without_placeholders(form: forms.BaseForm) -> None:
    """The labels stand above the fields; a grey copy inside them only looks like something already typed."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class SignInForm(LoginForm):
    """allauth's form, asking for the employee number. Upper or lower case doesn't matter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = _number_field()
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.order_fields(["login", "password"])
        _without_placeholders(self)
        if self.is_bound:  # the second try is nearly always about the password
            del self.fields["login"].widget.attrs["autofocus"]
            self.fields["password"].widget.attrs["autofocus"] = True


class FirstSignInForm(forms.Form):
    """The employee number and the code on the slip of paper. Whether they fit is asked by the view, once per try."""

    employee_no = _number_field()
    code = forms.CharField(
        label=_("One-time code"),
        max_length=40,
        help_text=_("From your slip of paper. Hyphens, spaces and capital letters do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class OwnPasswordForm(forms.Form):
    """A new password, typed twice."""

    password1 = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=password_rules(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )
    password2 = forms.CharField(
        label=_("New password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)

    def clean_password1(self) -> str:
        password = self.cleaned_data["password1"]
        validate_password(password, self.person)
        if self.person.has_usable_password() and self.person.check_password(password):
            raise ValidationError(_("Choose a password that is different from the old one."))
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", _("The two passwords are not the same."))
        return data


class PasswordChangeForm(ChangePasswordForm):
    """allauth's form in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in {
            "oldpassword": _("Current password"),
            "password1": _("New password"),
            "password2": _("New password again"),
        }.items():
            self.fields[name].label = label
        self.fields["password1"].help_text = password_rules()
        _without_placeholders(self)


class PasswordAgainForm(ReauthenticateForm):
    """allauth's form without a placeholder."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
        _without_placeholders(self)


class UnlockForm(forms.Form):
    """The password of the person whose session is locked. Counted like a sign-in of that account."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        person = self.request.user
        found = get_adapter().authenticate(self.request, username=person.get_username(), password=password)
        if found is None or found.pk != person.pk:
            raise get_adapter().validation_error("incorrect_password")
        return password


class SettingsForm(forms.ModelForm):
    """What a person decides about the own account."""

    class Meta:
        model = User
        fields = ["language", "email", "shortcuts_enabled"]
        labels = {
            "language": _("Language"),
            "email": _("E-mail"),
            "shortcuts_enabled": _("Single-key shortcuts"),
        }
        help_texts = {
            "language": _("Pages, messages and mail come in this language."),
            "email": _("Only for news from this platform. You can leave it empty."),
            "shortcuts_enabled": _("Letters such as j and k move about a page; press ? to see them all."),
        }
        widgets = {"language": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = forms.ChoiceField(
            label=self.fields["language"].label,
            help_text=self.fields["language"].help_text,
            choices=[("zh-hans", "中文"), ("en", "English")],
            widget=forms.RadioSelect,
        )
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if email and User.objects.exclude(pk=self.instance.pk).filter(email__iexact=email).exists():
            raise ValidationError(_("Another account uses this address."))
        return email


class LanguageForm(forms.Form):
    """The switch in the top bar."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)
