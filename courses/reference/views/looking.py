"""Search, the finder for work, the phrase book and the glossary."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.catalogue.models import Phrase
from courses.catalogue.states import PhraseKind
from courses.reference.queries.search import Found, Slice, search
from courses.reference.queries.words import by_letter, phrase_counts, phrases, terms
from courses.reference.rules import initial
from courses.reference.states import EntryKind
from lms.kernel.rendering import render_part

PER_PAGE = 20
PHRASES_PER_PAGE = 60
#: How many of each kind are drawn together: under the search box, in the finder, on the search page.
QUICK = {EntryKind.PHRASE: Slice(most=3), EntryKind.TERM: Slice(most=2), EntryKind.LESSON: Slice(most=4)}
AT_WORK = {EntryKind.PHRASE: Slice(most=8), EntryKind.TERM: Slice(most=5), EntryKind.LESSON: Slice(most=10)}
TOGETHER = {EntryKind.LESSON: Slice(most=10), EntryKind.PHRASE: Slice(most=5), EntryKind.TERM: Slice(most=5)}


@login_required
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Lessons, phrases and terms. `kind` shows all of one kind, page by page; `quick` is the list under the search box."""
    words, kind = request.GET.get("q", ""), request.GET.get("kind", "")
    if request.htmx and "quick" in request.GET:
        context = {"found": search(words, get_language(), slices=QUICK), "language": get_language()}
        return render(request, "courses/search.html#quick", context)
    number = _page_number(request) if kind in EntryKind.values else 1
    slices = {kind: Slice((number - 1) * PER_PAGE, PER_PAGE)} if kind in EntryKind.values else TOGETHER
    found = search(words, get_language(), slices=slices)
    context = {
        "found": found,
        "q": words,
        "kind": kind if kind in EntryKind.values else "",
        "tabs": _kind_tabs(request, found, kind),
        "page": Paginator(range(found.counts.get(kind, 0)), PER_PAGE).get_page(number),
        "language": get_language(),
    }
    return render_part(request, "courses/search.html", "results", context)


@login_required
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """The search as one needs it with a customer on the line: phrases first, then terms, then passages of lessons."""
    words = request.GET.get("q", "")
    found = search(words, get_language(), slices=AT_WORK)
    context = {"found": found, "q": words, "language": get_language()}
    return render_part(request, "courses/find.html", "results", context)


@login_required
@require_safe
def phrase_list(request: HttpRequest) -> HttpResponse:
    """The phrase book: by class, filtered as one types."""
    words, kind = request.GET.get("q", ""), request.GET.get("kind", "")
    shown = phrases(kind=kind if kind in PhraseKind.values else "", words=words)
    page = Paginator(shown, PHRASES_PER_PAGE).get_page(request.GET.get("page"))
    counts = phrase_counts()
    context = {
        "page": page,
        "classes": _classes(page.object_list),
        "kinds": [{"key": key, "label": PhraseKind(key).label, "count": n} for key, n in counts.items()],
        "total": sum(counts.values()),
        "kind": kind,
        "q": words,
        "show": request.GET.get("show") if request.GET.get("show") in ("zh", "en") else "both",
        "language": get_language(),
    }
    return render_part(request, "courses/phrase_list.html", "results", context)


@login_required
@require_safe
def term_list(request: HttpRequest) -> HttpResponse:
    """The glossary, by initials of the reader's language."""
    words = request.GET.get("q", "")
    found = list(terms(words=words))
    found.sort(key=lambda term: initial(term.name)[1])
    groups = by_letter(found, {term.pk: initial(term.name)[0] for term in found})
    context = {"groups": groups, "total": len(found), "q": words, "language": get_language()}
    return render_part(request, "courses/term_list.html", "results", context)


def _page_number(request: HttpRequest) -> int:
    given = request.GET.get("page", "")
    return max(1, int(given)) if given.isdecimal() and len(given) < 6 else 1


def _kind_tabs(request: HttpRequest, found: Found, kind: str) -> list[dict[str, Any]]:
    tabs = [("", _("Everything"), found.total)]
    tabs += [(each.value, each.label, found.counts.get(each, 0)) for each in TOGETHER]
    query = request.GET.copy()
    query.pop("page", None)
    items = []
    for key, label, count in tabs:
        query["kind"] = key
        items.append({"label": label, "count": count, "url": f"?{query.urlencode()}", "is_current": key == kind})
    return items


def _classes(shown: list[Phrase]) -> list[dict[str, Any]]:
    """The phrases of a page under the names of their classes."""
    groups: dict[str, list[Phrase]] = {}
    for phrase in shown:
        groups.setdefault(phrase.kind, []).append(phrase)
    return [{"key": kind, "label": PhraseKind(kind).label, "phrases": rows} for kind, rows in groups.items()]
