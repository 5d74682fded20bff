"""Files of questions between their preview and their import."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.files.base import ContentFile

from lms.kernel.storage import private_storage

FOLDER = "question-imports"
#: How long a file waits for somebody to confirm it.
KEPT = timedelta(days=1)
_NAME = re.compile(r"[0-9a-f]{32}")


class UploadIsGone(LookupError):
    """The file was imported, discarded, or forgotten after a day."""


def keep_upload(content: bytes, *, at: datetime) -> str:
    """Keep the file for a day; returns its name. Forgets those that nobody came back for."""
    storage = private_storage()
    _forget_old(before=at - KEPT)
    name = uuid4().hex
    storage.save(f"{FOLDER}/{name}", ContentFile(content))
    return name


def kept_upload(name: str) -> bytes:
    """Raises UploadIsGone."""
    if not _NAME.fullmatch(name):
        raise UploadIsGone(name)
    try:
        with private_storage().open(f"{FOLDER}/{name}") as source:
            return source.read()
    except OSError as error:
        raise UploadIsGone(name) from error


def drop_upload(name: str) -> None:
    if _NAME.fullmatch(name):
        private_storage().delete(f"{FOLDER}/{name}")


def _forget_old(*, before: datetime) -> None:
    storage = private_storage()
    try:
        names = storage.listdir(FOLDER)[1]
    except OSError:  # nobody has uploaded anything yet
        return
    for name in names:
        try:
            if storage.get_modified_time(f"{FOLDER}/{name}") < before:
                storage.delete(f"{FOLDER}/{name}")
        except OSError:  # somebody else was faster
            continue
