"""Which rows own private files. Each owner registers itself; one view serves them all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True)
class Owner:
    """`visible_to(user)` gives the rows whose file the person may read; `field` names the FileField on them."""

    visible_to: Callable[[Any], QuerySet]
    field: str
    as_attachment: bool = False
    download_name: Callable[[Any], str] | None = None


_owners: dict[str, Owner] = {}


def register_owner(kind: str, owner: Owner) -> None:
    """Called in AppConfig.ready(); `kind` is the word in the address. Raises ValueError when it is taken."""
    if kind in _owners and _owners[kind] != owner:
        raise ValueError(f"The private-file kind {kind!r} is registered already")
    _owners[kind] = owner


def owner_of(kind: str) -> Owner | None:
    return _owners.get(kind)
