"""Doors without business: is the service healthy, and the one way to a private file."""

import mimetypes
from collections.abc import Iterator
from pathlib import PurePath
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lms.kernel.private_files import owner_of
from lms.kernel.ranges import Unsatisfiable, parse_range

CHUNK = 64 * 1024
#: A player that asks for "the rest" of a recording gets so much and asks again: one that pauses holds no thread.
MOST_AT_ONCE = 1024 * 1024


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, 503 otherwise; says nothing else about the installation."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return JsonResponse({"status": "database down"}, status=503)
    return JsonResponse({"status": "ok"})


@login_required
@require_safe
def private_file(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The file of a row the reader may see, whole or one byte range of it."""
    owner = owner_of(kind)
    if owner is None:
        raise Http404
    row = get_object_or_404(owner.visible_to(request.user), pk=pk)
    stored = getattr(row, owner.field)
    if not stored:
        raise Http404
    try:
        size = stored.size
    except FileNotFoundError as error:
        raise Http404 from error
    try:
        part = parse_range(request.headers.get("Range", ""), size)
    except Unsatisfiable:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    first, length = (part.first, part.length) if part else (0, size)
    if part and request.headers["Range"].strip().endswith("-"):
        length = min(length, MOST_AT_ONCE)
    response = StreamingHttpResponse(_read(stored, first, length), status=206 if part else 200)
    if part:
        response["Content-Range"] = f"bytes {first}-{first + length - 1}/{size}"
    response["Content-Length"] = str(length)
    response["Content-Type"] = mimetypes.guess_type(stored.name)[0] or "application/octet-stream"
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    name = owner.download_name(row) if owner.download_name else PurePath(stored.name).name
    disposition = "attachment" if owner.as_attachment else "inline"
    response["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(name)}"
    return response


@login_required
@require_safe
def public_file(request: HttpRequest, path: str) -> HttpResponse:
    """Pictures and documents of lessons from the local public storage (an S3 storage serves its own). "Public" means
    everybody who is signed in."""
    try:
        stored = default_storage.open(path)
    except (OSError, SuspiciousFileOperation) as error:
        raise Http404 from error
    response = FileResponse(stored)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'"  # an SVG runs nothing
    )
    return response


def _read(stored, first: int, length: int) -> Iterator[bytes]:
    with stored.open("rb") as source:
        source.seek(first)
        while length > 0:
            chunk = source.read(min(CHUNK, length))
            if not chunk:
                return
            length -= len(chunk)
            yield chunk
