"""The doors that keep answers: save, flag, check, record."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from assessments.attempts.forms.sitting import (
    FlagForm,
    Unreadable,
    answers_in,
    instant_made,
    read_saves,
)
from assessments.attempts.models import Attempt, AttemptQuestion
from assessments.attempts.queries import (
    drawn_keys,
)
from assessments.attempts.services import (
    MOST_RECORDING_BYTES,
    MOST_RECORDINGS,
    HandedIn,
    NotKept,
    Save,
    Saved,
    TimeIsUp,
    TooManyRecordings,
    UnfitRecording,
    check_answer,
    keep_recording,
    save_answers,
    set_flag,
    submit_attempt,
)
from assessments.attempts.views.clock import clock_time, exchange, in_grace
from assessments.attempts.views.finding import drawn_question, own_sitting, page_of, wants_json
from assessments.bank.states import QuestionKind


@login_required
@require_POST
def attempt_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep answers. Scripts send and get JSON; a plain form is led on to the page it asked for."""
    sitting = own_sitting(request, pk)
    now = timezone.now()
    if request.content_type == "application/json":
        return _save_sent(request, sitting, now)
    try:
        _save_form(request, sitting, now)
    except NotKept as refusal:
        return _too_late(request, sitting, refusal, now)
    return redirect(_next_page(request, sitting))


@login_required
@require_POST
def attempt_flag(request: HttpRequest, pk: int) -> HttpResponse:
    """Flag a question for another look, or take the flag off. A plain form brings its answers along: they are kept, too."""
    sitting = own_sitting(request, pk)
    drawn = drawn_question(request, sitting, "flag")
    now = timezone.now()
    form = FlagForm(request.POST if "flagged" in request.POST else request.GET)  # a button names one thing only
    if not form.is_valid():
        return _refused(request, sitting, drawn, _("This question can't be flagged that way."))
    try:
        if not wants_json(request):
            _save_form(request, sitting, now)
        set_flag(drawn, is_flagged=form.cleaned_data["flagged"])
    except NotKept as refusal:
        return _too_late(request, sitting, refusal, now)
    if wants_json(request):
        return JsonResponse({"flagged": drawn.is_flagged})
    return redirect(page_of(sitting, drawn.order))


@login_required
@require_POST
def attempt_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show at once what the quiz shows while answering; the answers of the page are kept, that of this question for good."""
    sitting = own_sitting(request, pk)
    drawn = drawn_question(request, sitting, "check")
    now = timezone.now()
    try:
        _save_form(request, sitting, now)
        check_answer(drawn, at=now)
    except NotKept as refusal:
        return _too_late(request, sitting, refusal, now)
    except ValueError:
        return _refused(request, sitting, drawn, _("This quiz shows right answers only after it was handed in."))
    return redirect(page_of(sitting, drawn.order))


@login_required
@require_POST
def attempt_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a spoken answer and make it the answer of its question. A plain form uploads a file, and brings the other
    answers of its page along."""
    sitting = own_sitting(request, pk)
    drawn = drawn_question(request, sitting, "record")
    now = timezone.now()
    upload = request.FILES.get(f"recording-{drawn.order}") or request.FILES.get("recording")
    made = instant_made(sitting, request.POST.get("anchor"), request.POST.get("elapsed"), at=now)
    try:
        if not wants_json(request):
            _save_form(request, sitting, now)
        is_spoken = drawn.question_version.kind == QuestionKind.SPOKEN
        if not is_spoken or upload is None or upload.size is None or upload.size > MOST_RECORDING_BYTES:
            raise UnfitRecording("no file, too large a one, or a question that asks for none")
        recording = keep_recording(drawn, upload.read(), content_type=upload.content_type or "", at=now)
        (saved,) = save_answers(sitting, [Save(drawn.order, None, [recording.pk], made)], at=now)
    except TooManyRecordings:
        words = _("You have recorded this answer %(n)s times: no more can be kept. The last recording is your answer.")
        return _refused(request, sitting, drawn, words % {"n": MOST_RECORDINGS})
    except UnfitRecording:
        return _refused(request, sitting, drawn, _("This recording can't be kept: it is empty, too long, or no sound."))
    except NotKept as refusal:
        return _too_late(request, sitting, refusal, now)
    if saved.status == "late":
        return _too_late(request, sitting, TimeIsUp(sitting.deadline_at or now), now)
    if saved.status != "kept":
        return _refused(request, sitting, drawn, _("This answer can't be changed any more."))
    if wants_json(request):
        url = reverse("private-file", args=["answer-recording", recording.pk])
        kept = {"recording": recording.pk, "url": url, "sequence": saved.sequence, "saved_at": clock_time(now)}
        return JsonResponse(kept | exchange(request, sitting, now))
    return redirect(page_of(sitting, drawn.order))


def _orders_in(request: HttpRequest) -> list[int]:
    """The places of the questions that a plain form says it shows."""
    return [int(order) for order in request.POST.getlist("q") if order.isdecimal() and len(order) < 6]


def _save_form(request: HttpRequest, sitting: Attempt, now: datetime) -> list[Saved]:
    """Keep what a plain form holds. What didn't fit is said, the rest is kept. Raises NotKept."""
    answers = answers_in(request.POST, drawn_keys(sitting, _orders_in(request)))
    saves = [Save(order, None, answer, now) for order, answer in answers.items()]
    leaves = request.POST.get("leave", "")
    results = save_answers(sitting, saves, at=now, page=int(leaves) if leaves.isdecimal() and len(leaves) < 5 else None)
    if any(result.status == "late" for result in results):
        raise TimeIsUp(sitting.deadline_at or now)
    for result in results:
        if result.status == "malformed":
            messages.error(
                request, _("Question %(n)s: this answer doesn't fit. It was not kept.") % {"n": result.order}
            )
    return results


def _save_sent(request: HttpRequest, sitting: Attempt, now: datetime) -> HttpResponse:
    try:
        sent = read_saves(request, sitting, at=now)
        results = save_answers(sitting, sent.saves, at=now, page=sent.page)
    except Unreadable:
        return JsonResponse({"message": _("This answer doesn't fit the question. It was not kept.")}, status=400)
    except HandedIn:
        return _too_late_for(request, _refused_now(sitting, sent.saves, now))
    late = {row.order for row in results if row.status == "late"}
    if late:  # said on this page by its script, and on the next one, to which the script may go at once
        messages.error(request, _not_kept_words(late))
    return JsonResponse(
        {
            "saved_at": clock_time(now),
            "results": [
                {"q": row.order, "sequence": row.sequence, "status": row.status, "newest": row.newest}
                for row in results
            ],
        }
        | exchange(request, sitting, now)
    )


def _refused_now(sitting: Attempt, saves: Iterable[Save], now: datetime) -> set[int]:
    """Which of these a sitting that is over refuses; those it kept before are kept."""
    refused = set()
    for save in saves:
        try:
            save_answers(sitting, [save], at=now)
        except HandedIn:
            refused.add(save.order)
    return refused


def _too_late_for(request: HttpRequest, numbers: Iterable[int]) -> HttpResponse:
    listed = sorted(numbers)
    words = ngettext(
        "Not kept, because this quiz was handed in before: your last answer to question %(numbers)s.",
        "Not kept, because this quiz was handed in before: your last answers to questions %(numbers)s.",
        len(listed),
    ) % {"numbers": _listed(listed)}
    messages.error(request, words)  # the script goes to the next page at once, so it is said there
    return JsonResponse({"message": words, "not_kept": listed}, status=410)


def _not_kept_words(numbers: Iterable[int]) -> str:
    listed = sorted(numbers)
    return ngettext(
        "Not kept, because it came after the time was up: your last answer to question %(numbers)s.",
        "Not kept, because they came after the time was up: your last answers to questions %(numbers)s.",
        len(listed),
    ) % {"numbers": _listed(listed)}


def _listed(numbers: Iterable[int]) -> str:
    return _(", ").join(map(str, numbers))


def _next_page(request: HttpRequest, sitting: Attempt) -> str:
    """Where a plain form leads: another question, or the hand-in page."""
    go = request.POST.get("go", "")
    if go == "submit":
        return reverse("assessments:attempt-submit", args=[sitting.pk])
    here = next(iter(_orders_in(request)), 1)
    return page_of(sitting, int(go) if go.isdecimal() and len(go) < 6 else here)


def _too_late(request: HttpRequest, sitting: Attempt, refusal: NotKept, now: datetime) -> HttpResponse:
    """Say that the answer was not kept, and why. A sitting whose time is up is ended by this POST, unless it is in its
    grace period."""
    if isinstance(refusal, TimeIsUp):
        time = date_format(timezone.localtime(refusal.deadline_at), "H:i:s")
        words = _("Not kept: the time was up at %(time)s.") % {"time": time}
        if not in_grace(sitting, now):
            submit_attempt(sitting, actor=request.user, at=now)
    else:
        words = _("Not kept: this quiz was handed in already.")
    messages.error(request, words)  # scripts go to the next page at once, so it is said there
    if wants_json(request):
        return JsonResponse({"message": words}, status=410)
    return redirect("assessments:attempt", sitting.pk)


def _refused(request: HttpRequest, sitting: Attempt, drawn: AttemptQuestion, words: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"message": words}, status=400)
    messages.error(request, words)
    return redirect(page_of(sitting, drawn.order))
