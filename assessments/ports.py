"""Questions that measuring asks of the layers above. Each answers empty until an upper app fills it in ready()."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LessonLink:
    """Enough to show a lesson as a link in the reader's language."""

    key: str
    title: str
    url: str
    minutes: int


def _no_lessons(skill_ids: Sequence[int], language: str) -> dict[int, list[LessonLink]]:
    return {}


def _no_page(thing: Any) -> str:
    return ""


#: The back-office page that says where a question, a quiz or a scenario is used; empty: there is none.
where_used_url: Callable[[Any], str] = _no_page
lessons_by_skill: Callable[[Sequence[int], str], dict[int, list[LessonLink]]] = _no_lessons


def fill(name: str, function: Callable[..., Any]) -> None:
    """Put the upper app's answer in place. Raises KeyError for a port that isn't declared here."""
    if name not in ("lessons_by_skill", "where_used_url"):
        raise KeyError(name)
    globals()[name] = function
