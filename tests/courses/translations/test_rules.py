"""How a translation stands, and which parts stand beside each other: no database."""

from datetime import UTC, datetime

import pytest

from courses.catalogue.rules.changes import Block
from courses.translations.rules import SourceFacts, TranslationFacts, aligned, standing_of

MON = datetime(2026, 3, 2, tzinfo=UTC)
TUE = datetime(2026, 3, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("source", "translation", "standing"),
    [
        (SourceFacts(True, 7, MON), None, "missing"),
        (SourceFacts(True, 7, MON), TranslationFacts(False, None, False, None), "draft"),
        (SourceFacts(True, 7, MON), TranslationFacts(True, TUE, True, 7), "in_step"),
        (SourceFacts(True, 8, TUE), TranslationFacts(True, TUE, True, 7), "behind"),
        (SourceFacts(True, None, TUE), TranslationFacts(True, MON, True, None), "in_step"),
        # On record since later than the page: the dates decide.
        (SourceFacts(True, 8, TUE), TranslationFacts(True, MON, False, None), "behind"),
        (SourceFacts(True, 8, MON), TranslationFacts(True, TUE, False, None), "in_step"),
        (SourceFacts(True, 8, None), TranslationFacts(True, None, False, None), "in_step"),
        # Readers of the source have nothing now, so there is nothing to be behind.
        (SourceFacts(False, 8, TUE), TranslationFacts(True, MON, True, 7), "in_step"),
    ],
)
def test_a_translation_stands_by_the_revision_it_is_in_step_with(source, translation, standing):
    assert standing_of(source, translation) == standing


def b(name, kind="text"):
    return Block(name, kind, name)


@pytest.mark.parametrize(
    ("left", "right", "rows"),
    [
        ("", "", []),
        ("ab", "ab", ["aa", "bb"]),
        ("ab", "ba", ["aa", "bb"]),
        ("ab", "a", ["aa", "b-"]),
        # Other ids of the same kind meet in their order.
        ("ab", "xy", ["ax", "by"]),
        ("ab", "abz", ["aa", "bb", "-z"]),
        ("ab", "zab", ["-z", "aa", "bb"]),
        ("ab", "ayzb", ["aa", "-y", "-z", "bb"]),
    ],
)
def test_parts_stand_beside_their_partners(left, right, rows):
    found = aligned([b(name) for name in left], [b(name) for name in right])

    assert [(one.id if one else "-") + (two.id if two else "-") for one, two in found] == rows


def test_parts_of_different_kinds_are_no_partners():
    found = aligned([b("a", "text")], [b("a", "steps")])

    assert [(one and one.kind, two and two.kind) for one, two in found] == [(None, "steps"), ("text", None)]
