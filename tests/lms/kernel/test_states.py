"""One way to change a state."""

import pytest

from lms.kernel.states import IllegalMove, StaleState, move
from lms.people.models import ImportBatch
from lms.people.states import IMPORT_MOVES, ImportKind, ImportState
from tests.conftest import MON_9


@pytest.fixture
def batch(cast):
    return ImportBatch.objects.create(
        kind=ImportKind.PEOPLE, file="x.csv", file_name="x.csv", uploaded_by=cast.ada, uploaded_at=MON_9
    )


def test_move_writes_state_and_fields_together(batch):
    move(batch, IMPORT_MOVES, ImportState.CONFIRMED, confirmed_at=MON_9)

    assert (batch.state, batch.confirmed_at) == (ImportState.CONFIRMED, MON_9)
    batch.refresh_from_db()
    assert (batch.state, batch.confirmed_at) == (ImportState.CONFIRMED, MON_9)


def test_move_the_table_does_not_allow_writes_nothing(batch):
    move(batch, IMPORT_MOVES, ImportState.DISCARDED)

    with pytest.raises(IllegalMove):
        move(batch, IMPORT_MOVES, ImportState.CONFIRMED, confirmed_at=MON_9)

    batch.refresh_from_db()
    assert (batch.state, batch.confirmed_at) == (ImportState.DISCARDED, None)


def test_second_of_two_people_is_told_that_it_is_stale(batch):
    seen_by_the_other = ImportBatch.objects.get(pk=batch.pk)
    move(batch, IMPORT_MOVES, ImportState.DISCARDED)

    with pytest.raises(StaleState):
        move(seen_by_the_other, IMPORT_MOVES, ImportState.CONFIRMED, confirmed_at=MON_9)

    assert (seen_by_the_other.state, seen_by_the_other.confirmed_at) == (ImportState.PREVIEWED, None)
    batch.refresh_from_db()
    assert (batch.state, batch.confirmed_at) == (ImportState.DISCARDED, None)
