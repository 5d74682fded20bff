"""The doors of certificates: mine, my people's, the public check, revocation."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from courses.certificates.forms import RevocationForm
from courses.certificates.models import Certificate
from courses.certificates.permissions import can_revoke
from courses.certificates.queries import missing_characters, with_renewals
from courses.certificates.rules import validity
from courses.certificates.services import revoke_certificate
from lms.kernel.permissions import require
from lms.kernel.rendering import render_part
from lms.kernel.states import StaleState
from lms.people.models import User
from lms.people.queries import has_role
from lms.people.states import Role


@login_required
@require_safe
def certificate_list(request: HttpRequest) -> HttpResponse:
    """The own certificates, and below them those of the people whose record the reader sees."""
    visible = with_renewals(Certificate.objects.visible_to(request.user).select_related("track_version", "person"))
    query = request.GET.get("q", "").strip()
    others = visible.exclude(person=request.user)
    if query:
        others = others.filter(person__in=_people_named(query))
    today = timezone.localdate()
    page = Paginator(others, 25).get_page(request.GET.get("page"))
    for certificate in page:
        _judge(certificate, today)
    own = [_judge(certificate, today) for certificate in visible.filter(person=request.user)]
    return render_part(
        request,
        "courses/certificate_list.html",
        "own",
        {
            "own": own,
            # Who only looks after others isn't told that a certificate of their own is missing.
            "shows_own": own or not (query or page.paginator.count) or has_role(request.user, Role.AGENT),
            "page": page,
            "query": query,
            "waits": any(not certificate.rendered_at and not certificate.undrawable for certificate in own),
            "may_revoke": has_role(request.user, Role.QC_LEAD, Role.OPERATIONS_MANAGER),
            "form": RevocationForm(),
        },
    )


def _people_named(query: str):
    return User.objects.filter(
        Q(full_name__icontains=query) | Q(employee_no__icontains=query) | Q(pinyin_initials__startswith=query.lower())
    )


def _judge(certificate: Certificate, day) -> Certificate:
    certificate.validity = validity(
        expires_on=certificate.expires_on,
        is_revoked=certificate.revoked_at is not None,
        is_renewed=hasattr(certificate, "successor"),
        day=day,
    )
    certificate.undrawable = "" if certificate.rendered_at else missing_characters(certificate.full_name)
    return certificate


@never_cache
@require_safe
def certificate_verify(request: HttpRequest, uuid) -> HttpResponse:
    """Public: is it genuine, does it still hold? Whoever has the address has the certificate."""
    certificate = get_object_or_404(
        Certificate.objects.select_related("track_version", "successor", "renews"), uuid=uuid
    )
    _judge(certificate, timezone.localdate())
    response = render(request, "courses/certificate_verify.html", {"certificate": certificate})
    response["X-Robots-Tag"] = "noindex"
    return response


@login_required
@require_POST
def certificate_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    certificate = get_object_or_404(Certificate.objects.visible_to(request.user), pk=pk)
    if certificate.revoked_at is not None:
        messages.info(request, _("This certificate was revoked before; nothing was changed."))
        return redirect("courses:certificate-list")
    require(can_revoke(request.user, certificate))
    form = RevocationForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A revocation gives its reason; nothing was changed."))
        return redirect("courses:certificate-list")
    try:
        revoke_certificate(certificate, actor=request.user, reason=form.cleaned_data["reason"], at=timezone.now())
    except StaleState:
        messages.info(request, _("This certificate was revoked before; nothing was changed."))
    else:
        messages.success(request, _("The certificate is revoked; its public page says so from now on."))
    return redirect("courses:certificate-list")
