"""The door for ASGI servers (uvicorn): every request runs in one of a few threads, start to end.

Nothing here is asynchronous yet, and Django's own ASGI handler crosses between the loop and a thread several times a
request (docs/decisions/0005). The number of threads bounds the open database connections: a rush waits its turn
instead of being refused one. An event stream, when there is one, gets an ASGI application of its own beside this one.
"""

import gc
import os

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.embedded")

#: No more than the connections of the pool in `lms.settings.databases`.
THREADS = 8


def keep_imports_from_collector() -> None:
    """Load what the first page would, and let the garbage collector pass by all that stays to the end: going through it
    took a page a quarter of a second now and then."""
    get_resolver().url_patterns  # noqa: B018 (the views and what they import)
    gc.collect()
    gc.freeze()


application = WSGIMiddleware(get_wsgi_application(), workers=THREADS)
keep_imports_from_collector()
