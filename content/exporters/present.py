"""One thing of the site in the words of a pack."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from content.format.kinds import BY_NAME
from content.format.lessons import plain_value
from lms.kernel.bilingual import LANGUAGE_CODES


@dataclass(frozen=True)
class Present:
    """`value` as a pack would read it. `is_open`: somebody has begun a change that isn't published yet; without
    `is_published` nobody has seen any of it so far."""

    value: dict[str, Any]
    is_open: bool = False
    is_published: bool = True


def digest(kind: str, value: Mapping[str, Any], language: str = "") -> str:
    """The same for the same content, however it was written down. What the format doesn't know (a lesson's course)
    counts by its name."""
    if kind == "lesson":
        plain = plain_value(dict(value), language)
    else:
        row = BY_NAME[kind].row
        plain = row.write(value, LANGUAGE_CODES)
        plain |= {name: part for name, part in value.items() if name not in {field.name for field in row.fields}}
    told = json.dumps(plain, sort_keys=True, ensure_ascii=False, default=str)
    return sha256(told.encode()).hexdigest()
