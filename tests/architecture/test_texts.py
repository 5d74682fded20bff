"""The Chinese catalogues are whole: nothing untranslated, nothing fuzzy, every place filled, the trade's words."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

#: Our own, and what Wagtail says in the back office.
CATALOGUES = [po for folder in settings.LOCALE_PATHS for po in sorted(Path(folder).glob("zh_Hans/LC_MESSAGES/*.po"))]
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def texts():
    for catalogue in CATALOGUES:
        for message in read_po(catalogue.open("rb"), locale="zh_Hans"):
            if message.id:
                singular = message.id[0] if isinstance(message.id, tuple | list) else message.id
                translated = message.string[0] if isinstance(message.string, tuple | list) else message.string
                yield message, singular, translated


def test_the_catalogues_are_ours_and_those_for_wagtail():
    assert [(po.parents[2].name, po.name) for po in CATALOGUES] == [
        ("locale", "django.po"), ("locale_wagtail", "django.po"), ("locale_wagtail", "djangojs.po"),
    ]  # fmt: skip


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
