"""One-time codes: issued, checked, used, revoked."""

from datetime import timedelta

import pytest

from lms.audit.models import AuditEntry
from lms.kernel.states import StaleState
from lms.people.models import OneTimeCode
from lms.people.services.codes import (
    PersonHasLeft,
    check_code,
    issue_code,
    issue_codes,
    redeem_code,
    revoke_codes,
    use_code,
)
from lms.people.states import PersonStatus
from tests.factories.people import UserFactory

DAY = timedelta(days=1)


def test_a_code_is_kept_as_a_hash_and_valid_for_a_fortnight(cast, at):
    code = issue_code(cast.ana, actor=cast.lena, at=at)

    row = OneTimeCode.objects.get()
    assert code.replace("-", "") not in row.code_hash
    assert len(code) == len("K7QF-M2XD-9R")
    assert (row.person, row.issued_by, row.expires_at) == (cast.ana, cast.lena, at + 14 * DAY)


def test_issuing_asks_for_a_password_but_leaves_the_old_one_working(cast, at):
    issue_code(cast.ana, actor=cast.ada, at=at)

    cast.ana.refresh_from_db()
    assert cast.ana.must_set_password
    assert cast.ana.check_password("correct-horse")


def test_somebody_without_any_password_gets_an_unusable_one(db, at):
    person = UserFactory()
    person.password = ""

    issue_code(person, actor=None, at=at)

    person.refresh_from_db()
    assert person.password.startswith("!")


def test_issuing_is_audited_without_the_code(cast, at):
    code = issue_code(cast.ana, actor=cast.lena, at=at)

    entry = AuditEntry.objects.get(action="code_issued")
    assert (entry.actor, entry.subject_id) == (cast.lena, str(cast.ana.pk))
    assert code not in str(entry.changes)


def test_a_new_code_ends_the_one_before(cast, at):
    first = issue_code(cast.ana, actor=cast.lena, at=at)
    second = issue_code(cast.ana, actor=cast.lena, at=at + DAY)

    assert check_code(cast.ana, first, at + DAY) is None
    assert check_code(cast.ana, second, at + DAY) is not None


def test_a_code_is_read_without_hyphens_and_in_any_case(cast, at):
    code = issue_code(cast.ana, actor=cast.lena, at=at)

    assert check_code(cast.ana, code.lower().replace("-", " "), at)


@pytest.mark.parametrize("after", [14 * DAY, 20 * DAY])
def test_a_code_ends_after_a_fortnight(cast, at, after):
    code = issue_code(cast.ana, actor=cast.lena, at=at)

    assert check_code(cast.ana, code, at + after) is None
    assert check_code(cast.ana, code, at + 14 * DAY - timedelta(seconds=1))


def test_a_code_is_its_owners_alone(cast, at):
    code = issue_code(cast.ana, actor=cast.lena, at=at)
    issue_code(cast.abel, actor=cast.lena, at=at)

    assert check_code(cast.abel, code, at) is None
    assert check_code(cast.olga, code, at) is None


def test_a_code_opens_once(cast, at):
    live = check_code(cast.ana, issue_code(cast.ana, actor=cast.lena, at=at), at)

    use_code(live, at)

    with pytest.raises(StaleState):
        use_code(live, at)
    assert AuditEntry.objects.filter(action="code_used").count() == 1


def test_a_revoked_code_is_dead(cast, at):
    code = issue_code(cast.ana, actor=cast.lena, at=at)
    live = check_code(cast.ana, code, at)

    assert revoke_codes(cast.ana, at=at) == 1

    assert check_code(cast.ana, code, at) is None
    with pytest.raises(StaleState):
        use_code(live, at)


def test_redeeming_lets_in_whom_it_belongs_to_once(cast, at):
    code = issue_code(cast.ana, actor=cast.lena, at=at)

    assert redeem_code("ana", "AAAA-AAAA-AA", at=at) is None
    assert redeem_code("nobody", code, at=at) is None
    assert redeem_code(" ana ", code, at=at) == cast.ana
    assert redeem_code("ANA", code, at=at) is None


def test_who_has_left_gets_no_code_and_loses_a_live_one(cast, at):
    code = issue_code(cast.ana, actor=cast.lena, at=at)
    cast.ana.status = PersonStatus.LEFT
    cast.ana.save()

    assert check_code(cast.ana, code, at) is None
    with pytest.raises(PersonHasLeft):
        issue_code(cast.ana, actor=cast.lena, at=at)


def test_many_codes_are_all_different(db, at):
    people = UserFactory.create_batch(6)

    issued = issue_codes(people, actor=None, at=at)

    assert [person for person, _code in issued] == people
    assert len({code for _person, code in issued}) == 6
    assert all(check_code(person, code, at) for person, code in issued)
