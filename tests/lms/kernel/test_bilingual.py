from dataclasses import dataclass

import pytest
from django.utils import translation

from lms.kernel.bilingual import Bilingual, in_language


@dataclass
class Row:
    title_zh: str
    title_en: str

    title = Bilingual()


@pytest.mark.parametrize(
    ("row", "language", "shown"),
    [
        (Row("静音", "Hold"), "zh-hans", "静音"),
        (Row("静音", "Hold"), "en", "Hold"),
        (Row("静音", ""), "en", "静音"),
        (Row("", "Hold"), "zh-hans", "Hold"),
        (Row("", ""), "en", ""),
    ],
)
def test_text_comes_in_the_readers_language_or_the_other(row, language, shown):
    with translation.override(language):
        assert row.title == shown


def test_asked_language_wins_over_the_active_one():
    with translation.override("en"):
        assert in_language(Row("静音", "Hold"), "title", "zh-hans") == "静音"


def test_no_active_language_is_chinese():
    with translation.override(None):
        assert Row("静音", "Hold").title == "静音"
