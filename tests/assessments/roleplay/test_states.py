import pytest

from assessments.roleplay.models import MysteryCall
from assessments.roleplay.states import LIVE, MYSTERY_CALL_MOVES, OPEN, SHOWN, MysteryCallState
from lms.kernel.states import IllegalMove, move
from tests.factories.roleplay import make_call

S = MysteryCallState
ALLOWED = {
    (S.PLANNED, S.ANNOUNCED),
    (S.PLANNED, S.CANCELLED),
    (S.ANNOUNCED, S.ACCEPTED),
    (S.ANNOUNCED, S.CANCELLED),
    (S.ANNOUNCED, S.FORFEITED),
    (S.ACCEPTED, S.IN_PROGRESS),
    (S.ACCEPTED, S.CANCELLED),
    (S.ACCEPTED, S.FORFEITED),
    (S.IN_PROGRESS, S.ENDED),
    (S.IN_PROGRESS, S.FORFEITED),
    (S.ENDED, S.DEBRIEFED),
    (S.FORFEITED, S.DEBRIEFED),
    (S.DEBRIEFED, S.ACKNOWLEDGED),
    (S.ACKNOWLEDGED, S.SETTLED),
}


@pytest.mark.parametrize("to", list(S))
@pytest.mark.parametrize("begin", list(S))
def test_every_move_is_in_the_table_or_refused(cast, begin, to):
    call = make_call(cast.ana, cast.eva)
    MysteryCall.objects.filter(pk=call.pk).update(state=begin, was_forfeited=begin == S.FORFEITED)
    call.refresh_from_db()

    if (begin, to) in ALLOWED:
        move(call, MYSTERY_CALL_MOVES, to, was_forfeited=to == S.FORFEITED)
        assert MysteryCall.objects.get().state == to
    else:
        with pytest.raises(IllegalMove):
            move(call, MYSTERY_CALL_MOVES, to)
        assert MysteryCall.objects.get().state == begin


def test_groups_of_states():
    assert {S.ANNOUNCED, S.ACCEPTED, S.IN_PROGRESS} == LIVE
    assert {S.PLANNED, S.ANNOUNCED, S.ACCEPTED, S.IN_PROGRESS, S.ENDED} == OPEN
    assert {S.DEBRIEFED, S.ACKNOWLEDGED, S.SETTLED} == SHOWN
