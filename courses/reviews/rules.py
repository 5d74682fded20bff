"""Judgements about approving. No database, no clock."""

from collections.abc import Set


def may_approve(person: int, *, authors: Set[int], reviewers: Set[int]) -> bool:
    """Whether somebody may approve what `authors` wrote and submitted: one's own page only where no other reviewer is."""
    return person in reviewers and (person not in authors or not reviewers - authors)
