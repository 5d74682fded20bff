"""The door for ASGI servers (uvicorn): every request runs in one of a few threads, start to end.

Nothing here is asynchronous yet, and Django's own ASGI handler crosses between the loop and a thread several times a
request (docs/decisions/0005). The number of threads bounds the open database connections: a rush waits its turn
instead of being refused one. An event stream, when there is one, gets an ASGI application of its own beside this one.
"""

import os

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.embedded")

#: No more than the connections of the pool in `lms.settings.databases`.
THREADS = 8

application = WSGIMiddleware(get_wsgi_application(), workers=THREADS)
