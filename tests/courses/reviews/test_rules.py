"""Who may approve: no database."""

import pytest

from courses.reviews.rules import may_approve

TESS, QUINN, ANA = 1, 2, 3


@pytest.mark.parametrize(
    ("person", "authors", "reviewers", "may"),
    [
        (QUINN, {TESS}, {TESS, QUINN}, True),
        (TESS, {TESS}, {TESS, QUINN}, False),
        # A site with a single author must be able to work.
        (TESS, {TESS}, {TESS}, True),
        # Both have their hands in it, and nobody else is there.
        (TESS, {TESS, QUINN}, {TESS, QUINN}, True),
        (ANA, {TESS}, {TESS, QUINN}, False),
        (ANA, {ANA}, {TESS}, False),
        (QUINN, set(), {TESS, QUINN}, True),
    ],
)
def test_the_own_page_is_approved_only_where_nobody_else_could(person, authors, reviewers, may):
    assert may_approve(person, authors=authors, reviewers=reviewers) is may
