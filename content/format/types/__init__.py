"""What a field of a pack can hold. Each type reads a node (saying what is wrong with it), writes the value back as
plain YAML, describes itself for editors, and knows how a lesson block keeps the value on the site.

`read` returns WRONG after it has said why. Values are plain: str, int, bool, Decimal, date, datetime, Text, list, dict.
"""

from content.format.types.base import WRONG, Schema, Site, Type
from content.format.types.rows import Field, ListOf, MapOf, OneOrMore, Row
from content.format.types.scalars import (
    Day,
    File,
    Instant,
    Key,
    Number,
    OneOf,
    Ref,
    Whole,
    Words,
    Yes,
    clean,
    plain_number,
    share,
)  # fmt: skip
from content.format.types.texts import (
    NO_TEXT,
    Bilingual,
    Label,
    PerLanguage,
    Text,
    line,
    media_names,
    pair,
    text_in,
    text_of,
    with_media,
)  # fmt: skip

__all__ = [
    "NO_TEXT", "WRONG", "Bilingual", "Day", "Field", "File", "Instant", "Key", "Label", "ListOf", "MapOf", "Number",
    "OneOf", "OneOrMore", "PerLanguage", "Ref", "Row", "Schema", "Site", "Text", "Type", "Whole", "Words", "Yes", "clean",
    "line", "media_names", "pair", "plain_number", "share", "text_in", "text_of", "with_media",
]  # fmt: skip
