"""What every page needs and what changes seldom, kept in the memory of each process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import uuid4

from asgiref.local import Local
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import connection, transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

#: Where the stamps of everything that is kept stand in the cache.
_keys: set[str] = set()
#: The stamps as the present request found them; outside of requests there are none.
_request = Local()


class Kept[T]:
    """Something that is read from the database once and kept until somebody says that it has changed.

    A stamp in the cache that all processes share tells which reading is the newest; a request asks for all stamps at
    once. Whoever changes the rows calls `forget`; until that transaction is over, its own thread reads them each time, so
    that nothing is kept that may be rolled back. Threads share the value: nobody changes it.
    """

    def __init__(self, name: str, read: Callable[[], T]) -> None:
        self._name, self._read = name, read
        self._kept: tuple[str, T] | None = None
        _keys.add(self._key)

    def __call__(self) -> T:
        """The value; no query unless it has changed since this process read it last."""
        if self._is_changing():
            return self._read()
        stamp = self._stamp()
        if self._kept is None or self._kept[0] != stamp:
            self._kept = (stamp, self._read())
        return self._kept[1]

    def forget(self) -> None:
        """The rows have changed: everybody reads them anew, at once and once more when this transaction is over."""
        self._renew()
        if in_transaction():
            _changing().add(self._name)
            transaction.on_commit(self._settle)

    def follow(self, *models: type[Model]) -> None:
        """Forget whenever a row of these models is saved or deleted. An update or bulk write has to say it itself."""
        for model in models:
            for signal in (post_save, post_delete):
                signal.connect(self._on_change, sender=model, dispatch_uid=self._key)

    def _on_change(self, **kwargs: Any) -> None:
        self.forget()

    def _is_changing(self) -> bool:
        """In this thread's open transaction."""
        if not in_transaction():  # over, or rolled back
            _changing().discard(self._name)
        return self._name in _changing()

    def _settle(self) -> None:
        _changing().discard(self._name)
        self._renew()

    def _stamp(self) -> str:
        known = getattr(_request, "stamps", None)
        if known is None:
            return self._asked()
        if not known:
            known.update(cache.get_many(_keys))
        if self._key not in known:
            known[self._key] = self._asked()
        return cast(str, known[self._key])

    def _asked(self) -> str:
        return cast(str, cache.get_or_set(self._key, lambda: uuid4().hex, None))

    def _renew(self) -> None:
        stamp = uuid4().hex
        cache.set(self._key, stamp, None)
        if known := getattr(_request, "stamps", None):
            known[self._key] = stamp

    @property
    def _key(self) -> str:
        return f"kept:{self._name}"


@receiver(request_started, dispatch_uid="ask_for_stamps")
def _begin(**kwargs: Any) -> None:
    _request.stamps = {}


@receiver(request_finished, dispatch_uid="forget_stamps")
def forget_stamps(**kwargs: Any) -> None:
    """Ask the cache for each stamp again, until the next request begins."""
    _request.stamps = None


def in_transaction() -> bool:
    """Whether this thread may still roll back what it wrote."""
    return connection.in_atomic_block


def _changing() -> set[str]:
    """The names of what this thread's transaction has changed."""
    if not hasattr(connection, "kept_changing"):
        connection.kept_changing = set()
    return cast(set[str], connection.kept_changing)
