"""Search and sort keys of Latin names that are kept already lose their marks, as those of new ones."""

import unicodedata

from django.db import migrations

WHOLE_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ł": "l", "þ": "th", "ı": "i"}
)


def without_marks(text):
    letters = ((char, unicodedata.normalize("NFD", char)[0]) for char in unicodedata.normalize("NFC", text))
    return "".join(bare if bare.isascii() else char for char, bare in letters).translate(WHOLE_LETTERS)


def fold(apps, schema_editor):
    User = apps.get_model("lms", "User")
    changed = []
    for user in User.objects.only("pk", "pinyin", "pinyin_initials").iterator():
        if user.pinyin.isascii():
            continue
        words = without_marks(user.pinyin)
        if words != user.pinyin:
            user.pinyin, user.pinyin_initials = words, "".join(word[0] for word in words.split())
            changed.append(user)
    User.objects.bulk_update(changed, ["pinyin", "pinyin_initials"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("lms", "0003_leaves")]

    operations = [migrations.RunPython(fold, migrations.RunPython.noop)]
