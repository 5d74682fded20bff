"""The promises of lms.people.services.signing."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore

from lms.audit.models import AuditEntry
from lms.kernel.states import StaleState
from lms.people.models import OneTimeCode
from lms.people.queries import live_sessions_of
from lms.people.services.codes import check_code, issue_code, use_code
from lms.people.services.signing import (
    change_settings,
    confirm_notice,
    end_sessions,
    forget_dead_sessions,
    is_locked,
    lock_session,
    note_password_change,
    set_own_password,
    unlock_session,
)
from tests.conftest import MON_9
from tests.factories.notices import NoticeFactory


def open_session(person, *, ip="10.0.0.1"):
    store = SessionStore()
    store["_auth_user_id"] = str(person.pk)
    store.create()
    return UserSession.objects.create(user=person, session_key=store.session_key, ip=ip, user_agent="Chrome/109.0")


def actions():
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


@pytest.fixture
def code(cast, at):
    text = issue_code(cast.ana, actor=cast.lena, at=at)
    return check_code(cast.ana, text, at)


def test_set_own_password_uses_the_code_up_and_opens_the_account(cast, at, code):
    set_own_password(cast.ana, "a-new-long-one", code=code, at=at)

    cast.ana.refresh_from_db()
    assert cast.ana.check_password("a-new-long-one")
    assert not cast.ana.must_set_password
    assert OneTimeCode.objects.get(pk=code.pk).used_at == at
    assert actions() == ["code_issued", "code_used", "password_set"]


def test_set_own_password_ends_old_sessions_but_the_one_kept(cast, at, code):
    old, kept, of_another = open_session(cast.ana), open_session(cast.ana), open_session(cast.abel)

    set_own_password(cast.ana, "a-new-long-one", code=code, keep=kept.session_key, at=at)

    assert set(UserSession.objects.all()) == {kept, of_another}
    assert not SessionStore().exists(old.session_key)


def test_set_own_password_with_a_code_used_meanwhile_writes_nothing(cast, at, code):
    use_code(OneTimeCode.objects.get(pk=code.pk), at)

    with pytest.raises(StaleState):
        set_own_password(cast.ana, "a-new-long-one", code=code, at=at)

    cast.ana.refresh_from_db()
    assert not cast.ana.check_password("a-new-long-one")
    assert cast.ana.must_set_password


def test_set_own_password_with_a_code_too_old_writes_nothing(cast, at, code):
    with pytest.raises(StaleState):
        set_own_password(cast.ana, "a-new-long-one", code=code, at=at + timedelta(days=14))

    assert OneTimeCode.objects.get(pk=code.pk).used_at is None


def test_note_password_change_revokes_a_live_code(cast, at, code):
    kept, other = open_session(cast.ana), open_session(cast.ana)

    note_password_change(cast.ana, keep=kept.session_key, at=at)

    assert OneTimeCode.objects.get(pk=code.pk).revoked_at == at
    assert not UserSession.objects.filter(pk=other.pk).exists()
    assert UserSession.objects.filter(pk=kept.pk).exists()
    assert actions()[-1] == "password_changed"


def test_end_sessions_writes_one_audit_entry(cast, at):
    sessions = [open_session(cast.ana), open_session(cast.ana)]

    assert end_sessions(sessions, person=cast.ana, at=at) == 2
    assert end_sessions([], person=cast.ana, at=at) == 0

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.changes) == ("sessions_ended", {"sessions": [2, 0]})


def test_live_sessions_leave_out_those_whose_row_is_gone(cast):
    gone, alive = open_session(cast.ana), open_session(cast.ana)
    SessionStore(gone.session_key).delete()

    assert list(live_sessions_of(cast.ana, at=MON_9)) == [alive]
    assert forget_dead_sessions() == 1
    assert list(UserSession.objects.all()) == [alive]
    assert forget_dead_sessions() == 0


def test_confirm_notice_twice_is_kept_once(cast, at):
    notice = NoticeFactory()

    first = confirm_notice(cast.ana, notice, language="en", at=at)
    second = confirm_notice(cast.ana, notice, language="zh-hans", at=at + timedelta(hours=1))

    assert first == second
    assert (second.confirmed_at, second.language) == (at, "en")
    assert actions() == ["notice_confirmed"]


def test_change_settings_audits_what_changed_only(cast, at):
    change_settings(cast.ana, language="en", email="", shortcuts_enabled=True, at=at)
    change_settings(cast.ana, language="en", email="", shortcuts_enabled=True, at=at)

    entry = AuditEntry.objects.get()
    assert entry.changes == {"language": ["zh-hans", "en"]}
    cast.ana.refresh_from_db()
    assert cast.ana.language == "en"


def test_lock_is_saved_at_once(db, at):
    store = SessionStore()
    store.create()

    lock_session(store, at=at)

    assert is_locked(SessionStore(store.session_key))
    unlock_session(store, at=at)
    assert not is_locked(store)
