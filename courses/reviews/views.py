"""The back-office page on which the publishing rule is set."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from courses.reviews.forms import PublishingRuleForm
from courses.reviews.permissions import can_set_publishing_rule
from courses.reviews.queries import needs_review
from courses.reviews.services import set_publishing_rule
from lms.kernel.permissions import require


@require_http_methods(["GET", "HEAD", "POST"])
def publishing_rule(request: HttpRequest) -> HttpResponse:
    """Whether authors publish by themselves or need a review."""
    require(can_set_publishing_rule(request.user))
    form = PublishingRuleForm(
        request.POST if request.method == "POST" else None, initial={"needs_review": needs_review()}
    )
    if request.method == "POST":
        form.is_valid()  # a box is ticked or not; there is nothing else to be wrong
        set_publishing_rule(is_review_needed=form.cleaned_data["needs_review"], actor=request.user, at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("publishing-rule")
    title = _("Publishing")
    context = {
        "form": form,
        "page_title": title,
        "header_title": title,
        "header_icon": "upload",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": title},
        ],
    }
    return render(request, "courses/back_office/publishing_rule.html", context)
