"""The phrase book, the glossary, the media and the blocks of the starter pack: is enough there, in both languages?"""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from courses.catalogue.states import PhraseKind

STARTER = Path(settings.BASE_DIR) / "content" / "packs" / "starter"
LANGUAGES = ("zh-hans", "en")
METRICS = {
    "adherence", "after-call-work", "abandon-time", "cost-per-call", "handling-time", "hold-time", "rings", "queue-time",
    "speed-of-answer", "talk-time", "calls-per-hour", "monitoring-score", "occupancy", "abandon-rate", "attendance", "blockage",
    "first-call-resolution", "queue-placement", "transfer-rate", "answer-rate", "service-level", "total-calls", "turnover",
}  # fmt: skip
BLOCKS = {
    "callout", "steps", "dialogue", "say-dont", "metric", "check", "staffing", "picture", "audio", "video", "screen-tour",
    "document", "table", "phrase", "term", "quiz", "calculator", "exercise", "shrinkage", "forecast",
}  # fmt: skip


def rows(name, key):
    return yaml.safe_load((STARTER / name).read_text(encoding="utf-8"))[key]


def blocks(language):
    """(lesson, block, what stands in it) of every fence."""
    fence = re.compile(r"^```([\w-]+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    for path in sorted((STARTER / "courses").glob(f"*/*.{language}.md")):
        for found in fence.finditer(path.read_text(encoding="utf-8")):
            yield path.name, found[1], yaml.safe_load(found[2])


def test_the_phrase_book_has_each_class_and_an_alternative_for_each_taboo():
    phrases = rows("phrases.yaml", "phrases")
    kinds = Counter(row["kind"] for row in phrases)

    assert len({row["key"] for row in phrases}) == len(phrases) >= 60
    assert set(kinds) == set(PhraseKind.values)
    assert kinds["taboo"] >= 15
    for row in phrases:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["key"])
        assert ("instead" in row) == (row["kind"] == "taboo"), row["key"]
        for field in ("text", "note", "instead"):
            if field in row:
                assert all(row[field][language].strip() for language in LANGUAGES), row["key"]


def test_no_phrase_of_the_book_is_one_of_its_taboos():
    phrases = rows("phrases.yaml", "phrases")

    for language in LANGUAGES:
        taboos = [row["text"][language].strip("。.！!") for row in phrases if row["kind"] == "taboo"]
        said = [
            row[field][language]
            for row in phrases
            for field in ("text", "instead")
            if field in row and not (field == "text" and row["kind"] == "taboo")
        ]
        assert [text for text in said if any(taboo in text for taboo in taboos)] == []


def test_the_glossary_explains_the_23_metrics_and_more():
    terms = rows("terms.yaml", "terms")
    keys = {row["key"] for row in terms}

    assert len(keys) == len(terms) >= 45
    assert keys >= METRICS
    assert all(
        row[field][language].strip() for row in terms for field in ("name", "definition") for language in LANGUAGES
    )


def test_every_file_is_described_and_small_and_every_description_has_its_file():
    media = rows("media.yaml", "media")
    captions = {name for row in media for name in row.get("captions", {}).values()}

    assert {path.name for path in (STARTER / "media").iterdir()} == {row["file"] for row in media} | captions
    assert sum(path.stat().st_size for path in (STARTER / "media").iterdir()) < 2_000_000
    for row in media:
        words = {"audio": "transcript", "video": "captions", "image": "alt", "document": "title"}[row["kind"]]
        assert all(row[words][language] for language in LANGUAGES), row["file"]
        assert row["rights"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_block_teaches_somewhere_and_names_what_is_there(language):
    found = list(blocks(language))
    phrases, terms = ({row["key"] for row in rows(f"{name}.yaml", name)} for name in ("phrases", "terms"))
    files = {row["file"] for row in rows("media.yaml", "media")}

    assert {name for _lesson, name, _value in found} == BLOCKS
    for lesson, name, value in found:
        if name == "phrase":
            assert value["phrase"] in phrases, lesson
        elif name == "term":
            assert value["term"] in terms, lesson
        for field in ("image", "recording", "film", "poster", "document"):
            if field in value:
                assert value[field] in files, lesson
