"""One-time codes: made, checked, used, revoked. Only a code's hash is ever written down."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from lms.audit import services as audit
from lms.kernel.states import StaleState
from lms.people.models import OneTimeCode, User
from lms.people.rules import CODE_ALPHABET, CODE_LENGTH, grouped_code, plain_code
from lms.people.states import PersonStatus


class PersonHasLeft(Exception):
    """Who has left gets no code: the account stays shut."""


def new_code() -> str:
    """A fresh code without its hyphens: 50 bits from the system's random source."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


@transaction.atomic
def issue_code(person: User, *, actor: User | None, at: datetime) -> str:
    """Give the person a code that opens *set your password* once, and return it grouped, to be shown this one time.

    A code still alive is revoked. The person has to set a password before anything else opens; a password that works
    goes on working until then. Audited. Raises PersonHasLeft."""
    code = new_code()
    _keep(person, make_password(code), actor=actor, at=at)
    return grouped_code(code)


def issue_codes(people: Sequence[User], *, actor: User | None, at: datetime) -> list[tuple[User, str]]:
    """A code for each, in the given order. The caller's transaction, if any, should begin after `hashed_codes`."""
    return keep_codes(people, hashed_codes(len(people)), actor=actor, at=at)


def hashed_codes(count: int) -> list[tuple[str, str]]:
    """`count` fresh codes with their hashes. Writes nothing. The hasher is slow on purpose (0.05 s each) and releases
    the interpreter, so the work is spread over threads; do it before a transaction locks the database."""
    codes = [new_code() for _ in range(count)]
    if count < 4:
        return [(code, make_password(code)) for code in codes]
    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(zip(codes, pool.map(make_password, codes), strict=True))


@transaction.atomic
def keep_codes(
    people: Sequence[User], codes: Sequence[tuple[str, str]], *, actor: User | None, at: datetime
) -> list[tuple[User, str]]:
    """Lay codes made by `hashed_codes` at the given people, as `issue_code` does for one."""
    for person, (_code, code_hash) in zip(people, codes, strict=True):
        _keep(person, code_hash, actor=actor, at=at)
    return [(person, grouped_code(code)) for person, (code, _hash) in zip(people, codes, strict=True)]


def _keep(person: User, code_hash: str, *, actor: User | None, at: datetime) -> None:
    if person.status == PersonStatus.LEFT or not person.is_active:
        raise PersonHasLeft(person.employee_no)
    revoke_codes(person, at=at)
    expires_at = at + timedelta(days=settings.ONE_TIME_CODE_DAYS)
    OneTimeCode.objects.create(person=person, code_hash=code_hash, issued_by=actor, issued_at=at, expires_at=expires_at)
    person.must_set_password = True
    changed = ["must_set_password"]
    if not person.password:  # never had one: without this Django would try to read "" as a hash
        person.set_unusable_password()
        changed.append("password")
    person.save(update_fields=changed)
    audit.record(
        actor=actor, action="code_issued", subject=person, at=at, changes={"expires_at": (None, expires_at.isoformat())}
    )


def revoke_codes(person: User, *, at: datetime) -> int:
    """End the code that is alive, if there is one; returns how many were."""
    return OneTimeCode.objects.filter(person=person, used_at__isnull=True, revoked_at__isnull=True).update(
        revoked_at=at
    )


def check_code(person: User, code: str, at: datetime) -> OneTimeCode | None:
    """The person's live code if the given text is it, else None. Hyphens, spaces and case don't matter.

    Writes nothing, and spends the hasher's time whether or not there is a code, so that an answer's delay tells
    nobody which accounts wait for their first password."""
    typed = plain_code(code)
    live = OneTimeCode.objects.filter(
        person=person, used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at
    ).first()
    if live is None or person.status == PersonStatus.LEFT or not person.is_active:
        make_password(typed)
        return None
    return live if check_password(typed, live.code_hash) else None


def redeem_code(employee_no: str, code: str, *, at: datetime) -> User | None:
    """Whom the code lets in, and the code is used up by it; None when number or code are wrong, used or too old."""
    person = User.objects.filter(employee_no__iexact=employee_no.strip()).first()
    if person is None:
        make_password(plain_code(code))
        return None
    live = check_code(person, code, at)
    if live is None:
        return None
    try:
        use_code(live, at)
    except StaleState:
        return None
    return person


@transaction.atomic
def use_code(code: OneTimeCode, at: datetime) -> OneTimeCode:
    """Use the code up. Raises StaleState when it was used or revoked meanwhile; then nothing is written."""
    live = OneTimeCode.objects.filter(pk=code.pk, used_at__isnull=True, revoked_at__isnull=True)
    if not live.update(used_at=at):
        raise StaleState(f"OneTimeCode {code.pk} is no longer alive")
    code.used_at = at
    audit.record(actor=code.person, action="code_used", subject=code.person, at=at)
    return code
