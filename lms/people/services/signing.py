"""Signing in for the first time, locking, the notice, one's own settings and sessions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction

from lms.audit import services as audit
from lms.kernel.states import StaleState
from lms.people.models import Notice, NoticeConfirmation, OneTimeCode, User
from lms.people.queries import live_sessions_of
from lms.people.services.codes import revoke_codes, use_code

#: Keys of the session. Instants are kept as seconds since 1970, so that every serializer knows them.
LOCKED_AT = "locked_at"
SEEN_AT = "seen_at"


def lock_session(session: SessionBase, *, at: datetime) -> None:
    """Nothing of the person shows in this session before the password is given again. Saved at once, so that a
    request still on its way can't write the session back unlocked."""
    session[LOCKED_AT] = at.timestamp()
    session.save()


def unlock_session(session: SessionBase, *, at: datetime) -> None:
    session.pop(LOCKED_AT, None)
    session[SEEN_AT] = at.timestamp()


def is_locked(session: SessionBase) -> bool:
    return LOCKED_AT in session


@transaction.atomic
def set_own_password(
    person: User, password: str, *, at: datetime, code: OneTimeCode | None = None, keep: str | None = None
) -> User:
    """The password of one's own that a one-time code, or a leader's wish, asked for. Uses the code up, ends every
    session that was open with the old password but `keep` (a session key), and is audited. Raises StaleState when the
    code was used or revoked meanwhile, or is too old by now; then nothing is written."""
    if code is not None:
        if code.expires_at <= at:
            raise StaleState(f"OneTimeCode {code.pk} has expired")
        use_code(code, at)
    revoke_codes(person, at=at)
    person.set_password(password)
    person.must_set_password = False
    person.save(update_fields=["password", "must_set_password"])
    _end(live_sessions_of(person, at=at).exclude(session_key=keep))
    audit.record(actor=person, action="password_set", subject=person, at=at)
    return person


@transaction.atomic
def note_password_change(person: User, *, keep: str | None, at: datetime) -> None:
    """After a change of password: no code stays alive, every session but `keep` (a session key) ends, audited."""
    revoke_codes(person, at=at)
    _end(live_sessions_of(person, at=at).exclude(session_key=keep))
    audit.record(actor=person, action="password_changed", subject=person, at=at)


@transaction.atomic
def end_sessions(sessions: Iterable[UserSession], *, person: User, at: datetime) -> int:
    """Sign the person out wherever these sessions are open; returns how many. One audit entry for all of them."""
    ended = _end(sessions)
    if ended:
        audit.record(actor=person, action="sessions_ended", subject=person, at=at, changes={"sessions": (ended, 0)})
    return ended


def _end(sessions: Iterable[UserSession]) -> int:
    rows = list(sessions)
    for row in rows:
        row.end()
    return len(rows)


@transaction.atomic
def confirm_notice(person: User, notice: Notice, *, language: str, at: datetime) -> NoticeConfirmation:
    """Keep that the person has read this version, in this language. A second press changes nothing."""
    confirmation, is_new = NoticeConfirmation.objects.get_or_create(
        person=person, notice=notice, defaults={"confirmed_at": at, "language": language}
    )
    if is_new:
        audit.record(
            actor=person, action="notice_confirmed", subject=notice, at=at, changes={"language": (None, language)}
        )
    return confirmation


@transaction.atomic
def change_settings(person: User, *, language: str, email: str, shortcuts_enabled: bool, at: datetime) -> User:
    """The person's own choices. What changed is audited; where nothing did, nothing is written."""
    wanted = {"language": language, "email": email, "shortcuts_enabled": shortcuts_enabled}
    before = User.objects.values(*wanted).get(pk=person.pk)
    changes = {name: (before[name], value) for name, value in wanted.items() if before[name] != value}
    for name, value in wanted.items():
        setattr(person, name, value)
    if changes:
        person.save(update_fields=list(changes))
        audit.record(actor=person, action="settings_changed", subject=person, at=at, changes=changes)
    return person


def choose_language(person: User, language: str) -> None:
    """The switch in the top bar: from now on everything is shown and sent to the person in this language."""
    person.language = language
    person.save(update_fields=["language"])


def forget_dead_sessions() -> int:
    """Delete the rows that list sessions which no longer exist; returns how many. May run twice without harm."""
    alive = Session.objects.values("session_key")
    return UserSession.objects.exclude(session_key__in=alive).delete()[0]
