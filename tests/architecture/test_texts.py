"""The Chinese catalogue is whole: nothing untranslated, nothing fuzzy, every place filled, the trade's words."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

CATALOGUE = Path(settings.BASE_DIR) / "lms" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def texts():
    with CATALOGUE.open("rb") as source:
        for message in read_po(source, locale="zh_Hans"):
            if message.id:
                singular = message.id[0] if isinstance(message.id, tuple | list) else message.id
                translated = message.string[0] if isinstance(message.string, tuple | list) else message.string
                yield message, singular, translated


def test_nothing_is_untranslated_or_fuzzy():
    assert [singular for message, singular, translated in texts() if not translated or message.fuzzy] == []


def test_every_place_of_a_text_is_filled_in_its_translation():
    wrong = []
    for message, singular, translated in texts():
        forms = message.id if isinstance(message.id, tuple | list) else (message.id,)
        allowed = [set(PLACE.findall(form)) for form in forms]
        if set(PLACE.findall(translated)) not in allowed:
            wrong.append((singular, translated))
    assert wrong == []


@pytest.mark.parametrize("word", ["坐席", "您您", "的的", "  "])
def test_words_that_must_not_occur(word):
    assert [translated for _message, _singular, translated in texts() if word in translated] == []
