"""What authors see of the player without sitting a quiz."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments.attempts.queries.preview import previewed_question
from assessments.bank.models import QuestionVersion
from assessments.bank.states import MARKED_KINDS
from lms.kernel.bilingual import LANGUAGE_CODES
from lms.kernel.permissions import require
from lms.people.permissions import can_author


@login_required
@never_cache
@require_safe
def question_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """One wording as learners see it, in both languages side by side, with its key under it. Nothing is kept."""
    require(can_author(request.user))
    version = get_object_or_404(QuestionVersion.objects.select_related("question"), pk=pk)
    shown = [
        (code, previewed_question(version, code), previewed_question(version, code, with_key=True))
        for code in LANGUAGE_CODES
    ]
    rubric = version.options.all() if version.kind in MARKED_KINDS else ()
    return render(request, "assessments/question_preview.html", {"version": version, "shown": shown, "rubric": rubric})
