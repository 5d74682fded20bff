"""Notes, bookmarks, ratings and comments: written from the player, read on pages of their own."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses.catalogue.models import LessonPage
from courses.catalogue.queries import readable_lessons
from courses.reference.forms import BookmarkForm, CommentForm, NoteForm, RatingForm
from courses.reference.models import Bookmark, LessonComment
from courses.reference.queries.kept import desk_of, notes_as_markdown, notes_with, with_lessons
from courses.reference.queries.search import passage_url
from courses.reference.services.comments import rate_lesson, send_comment
from courses.reference.services.kept import keep_note, set_bookmark
from lms.kernel.rendering import render_part

PER_PAGE = 30


@login_required
@require_POST
def note_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a note as it is typed: the page's script gets the edition, a plain form leads back to the lesson."""
    page = _lesson_or_404(pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    note = keep_note(request.user, page, **form.cleaned_data, at=timezone.now())
    if _wants_json(request):
        time = date_format(timezone.localtime(), "H:i")
        found = {"edition": note.edition, "text": note.text} if note else {"edition": 0, "text": ""}
        return JsonResponse({**found, "time": time})
    return redirect(_back_to(page, form.cleaned_data["block"]))


@login_required
@require_POST
def bookmark_set(request: HttpRequest, pk: int) -> HttpResponse:
    """Set or take away the bookmark of a lesson or of one block."""
    page = _lesson_or_404(pk)
    form = BookmarkForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    set_bookmark(request.user, page, **form.cleaned_data, at=timezone.now())
    if _wants_json(request):
        return JsonResponse({"is_bookmarked": form.cleaned_data["is_wanted"]})
    if request.htmx:
        context = {"page": page, "is_bookmarked": form.cleaned_data["is_wanted"]}
        return render(request, "courses/_lesson_tools.html#bookmark", context)
    return redirect(_back_to(page, form.cleaned_data["block"]))


@login_required
@require_POST
def lesson_rate(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether the lesson helped; may be said anew."""
    page = _lesson_or_404(pk)
    form = RatingForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    rating = rate_lesson(request.user, page, **form.cleaned_data, at=timezone.now())
    if request.htmx:
        context = {"page": page, "is_helpful": rating.is_helpful, "is_new": True}
        return render(request, "courses/_lesson_after.html#rating", context)
    return redirect(f"{_back_to(page)}#rating")


@login_required
@require_POST
def comment_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the authors something about the lesson or a block of it. What is not complete comes back as it was typed."""
    page = _lesson_or_404(pk)
    form = CommentForm(request.POST)
    if not form.is_valid():
        context = {"page": page, "form": form, "desk": desk_of(request.user, page)}
        return render(request, _comment_template(request), context, status=422)
    send_comment(request.user, page, **form.cleaned_data, at=timezone.now())
    if request.htmx:
        context = {"page": page, "comments": desk_of(request.user, page).comments}
        response = render(request, "courses/_lesson_after.html#comments", context)
        response["HX-Retarget"], response["HX-Reswap"] = "#own-comments", "outerHTML"
        response["HX-Trigger"] = "commentsent"
        return response
    messages.success(request, _("Sent. You will be told when the author answers."))
    return redirect(f"{_back_to(page)}#own-comments")


@login_required
@require_safe
def note_list(request: HttpRequest) -> HttpResponse:
    """My notes and bookmarks."""
    words, language = request.GET.get("q", ""), get_language()
    page = Paginator(notes_with(request.user, words), PER_PAGE).get_page(request.GET.get("page"))
    bookmarks = [] if words.strip() or page.number > 1 else list(Bookmark.objects.visible_to(request.user)[:200])
    kept = with_lessons([*bookmarks, *page.object_list], language)
    context = {
        "page": page,
        "notes": kept[len(bookmarks) :],
        "bookmarks": kept[: len(bookmarks)],
        "q": words,
        "language": language,
    }
    return render_part(request, "courses/note_list.html", "results", context)


@login_required
@require_safe
def note_download(request: HttpRequest) -> HttpResponse:
    """All my notes as one Markdown file, which is plain text, too."""
    notes = sorted(notes_with(request.user, ""), key=lambda note: (note.created_at, note.pk))
    text = notes_as_markdown(
        with_lessons(notes, get_language()),
        heading=_("My notes"),
        gone=_("A lesson that is no longer published"),
        written=_("As of"),
        at=timezone.localtime(),
    )
    response = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="notes-{timezone.localdate():%Y-%m-%d}.md"'
    return response


@login_required
@require_safe
def comment_list(request: HttpRequest) -> HttpResponse:
    """What I asked and said, with the answers."""
    mine = LessonComment.objects.filter(person=request.user).select_related("answered_by")
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "comments": with_lessons(list(page.object_list), get_language()),
        "language": get_language(),
    }
    return render(request, "courses/comment_list.html", context)


def _lesson_or_404(pk: int) -> LessonPage:
    return get_object_or_404(readable_lessons().select_related("locale"), pk=pk)


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _back_to(page: LessonPage, block: str = "") -> str:
    language = page.locale.language_code
    other = "" if language == get_language() else language
    return passage_url(page.get_parent().slug, page.slug, block=block, other_language=other)


def _comment_template(request: HttpRequest) -> str:
    return "courses/_lesson_comment.html" if request.htmx else "courses/comment_form.html"
