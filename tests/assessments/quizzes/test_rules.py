import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from assessments.quizzes.rules import BankQuestion, Demand, fill_slots


def question(pk: int, skill: int = 1, *tags: str) -> BankQuestion:
    return BankQuestion(pk, skill, frozenset(tags))


def test_fill_slots_prefers_the_earlier_questions():
    bank = [question(3), question(1), question(2)]

    assert fill_slots([Demand(count=2)], bank) == [[3, 1]]


def test_fill_slots_by_skill_and_tag():
    bank = [question(1, 1, "a"), question(2, 2, "a"), question(3, 2, "b")]

    assert fill_slots([Demand(count=5, skill_id=2, tag="a")], bank) == [[2]]


def test_fill_slots_moves_a_question_on_when_its_place_is_needed():
    """The fixed question comes first in preference and would be taken by the draw."""
    bank = [question(1, 1, "a"), question(2, 1, "a")]

    assert fill_slots([Demand(count=1, tag="a"), Demand(count=1, question_id=1)], bank) == [[2], [1]]


def test_fill_slots_moves_along_a_chain():
    bank = [question(1, 1, "a", "b"), question(2, 1, "b", "c"), question(3, 1, "a")]
    demands = [Demand(count=1, tag="a"), Demand(count=1, tag="b"), Demand(count=1, tag="c")]

    assert fill_slots(demands, bank) == [[3], [1], [2]]


def test_fill_slots_that_can_not_be_filled_come_back_short():
    bank = [question(1), question(2)]

    filled = fill_slots([Demand(count=2), Demand(count=1)], bank)

    assert sum(len(given) for given in filled) == 2


TAGS = st.frozensets(st.sampled_from("abc"))
BANKS = st.lists(TAGS, max_size=8).map(lambda rows: [BankQuestion(pk, 1, tags) for pk, tags in enumerate(rows)])
DEMANDS = st.lists(st.builds(Demand, count=st.integers(1, 3), tag=st.sampled_from(["", "a", "b", "c"])), max_size=5)


@given(bank=BANKS, demands=DEMANDS)
def test_fill_slots_fills_as_much_as_any_order_could(bank, demands):
    filled = fill_slots(demands, bank)

    used = [pk for given in filled for pk in given]
    by_pk = {row.pk: row for row in bank}
    assert len(set(used)) == len(used)
    assert all(demand.fits(by_pk[pk]) for demand, given in zip(demands, filled, strict=True) for pk in given)
    places = [demand for demand in demands for _place in range(demand.count)]
    fits = np.array([[demand.fits(row) for row in bank] for demand in places], dtype=int).reshape(
        len(places), len(bank)
    )
    best = int((maximum_bipartite_matching(csr_matrix(fits)) >= 0).sum()) if fits.size else 0
    assert len(used) == best
