"""The table of a lesson: columns with their heads, rows of cells; Wagtail keeps it its own way."""

from collections.abc import Sequence
from typing import Any

from content.format.nodes import Node
from content.format.reading import Reading
from content.format.types import WRONG, Field, OneOf, Row, Schema, Site, Type, Words

_COLUMN = Row(
    Field("head", Words(is_line=True), required=True), Field("kind", OneOf(["text", "figure"]), default="text")
)


class Column(Type):
    """A head, or `{head: …, kind: figure}` for a column of numbers."""

    def read(self, node: Node, to: Reading) -> Any:
        if node.is_mapping:
            return _COLUMN.read(node, to)
        head = Words(is_line=True).read(node, to)
        return WRONG if head is WRONG else {"head": head, "kind": "text"}

    def write(self, value: Any, languages: Sequence[str]) -> Any:
        return value["head"] if value["kind"] == "text" else _COLUMN.write(value, languages)

    def schema(self) -> Schema:
        return {"anyOf": [Words().schema(), _COLUMN.schema()]}


def is_even(value: dict[str, Any], node: Node, to: Reading) -> None:
    """Every row has as many cells as there are columns."""
    rows = node.get("rows")
    for place, row in enumerate(value["rows"]):
        if len(row) != len(value["columns"]):
            at = rows.value[place] if rows else node
            to.wrong(at, f"rows: {len(row)} cells, but there are {len(value['columns'])} columns")


def to_site(value: dict[str, Any], site: Site) -> Any:
    return {
        "table": {
            "caption": value["caption"],
            "columns": [{"type": column["kind"], "heading": column["head"]} for column in value["columns"]],
            "rows": [{"values": row} for row in value["rows"]],
        },
        "row_heads": value["row_heads"],
        "source": value["source"],
    }


def from_site(raw: Any, site: Site) -> dict[str, Any]:
    table = raw.get("table") or {}
    return {
        "caption": table.get("caption") or "",
        "columns": [{"head": column["heading"], "kind": column["type"]} for column in table.get("columns", ())],
        "row_heads": raw.get("row_heads") is not False,
        "rows": [[str(cell if cell is not None else "") for cell in row["values"]] for row in table.get("rows", ())],
        "source": raw.get("source") or "",
    }
