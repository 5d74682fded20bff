"""What all types share."""

from collections.abc import Sequence
from typing import Any, Protocol

from content.format.nodes import Node
from content.format.reading import Reading

#: What `read` answers after it has reported a mistake.
WRONG: Any = object()

Schema = dict[str, Any]
SCALAR: Schema = {"type": ["string", "number", "boolean"]}


class Site(Protocol):
    """Translates between the keys of a pack and the rows of this site, for lesson blocks."""

    def pk(self, kind: str, key: str) -> int: ...

    def key(self, kind: str, pk: Any) -> str: ...

    def links_out(self, html: str) -> str: ...

    def links_in(self, html: str) -> str: ...


class Type:
    """The base: a value that is the same in the pack and on the site."""

    #: What a field holds that isn't given and has no default of its own.
    empty: Any = None

    def read(self, node: Node, to: Reading) -> Any:
        raise NotImplementedError

    def write(self, value: Any, languages: Sequence[str]) -> Any:
        return value

    def schema(self) -> Schema:
        raise NotImplementedError

    def to_site(self, value: Any, site: Site) -> Any:
        return value

    def from_site(self, raw: Any, site: Site) -> Any:
        return self.empty if raw is None else raw


def no_scalar(node: Node, to: Reading, expected: str) -> bool:
    if node.is_mapping or node.is_list:
        to.wrong(node, f"{expected} is expected here, not a {'mapping' if node.is_mapping else 'list'}")
        return True
    return False


def shown(node: Node) -> str:
    if node.is_mapping:
        return "a mapping"
    if node.is_list:
        return "a list"
    return repr(node.raw[:60])
