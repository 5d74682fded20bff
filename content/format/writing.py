"""The one way in which packs are written: the same content is the same bytes."""

from datetime import datetime
from typing import Any

import yaml


class _Writer(yaml.SafeDumper):
    """Block style, lists indented below their name, several lines as `|-`, no aliases, quotes only where needed."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(writer: _Writer, words: str) -> yaml.Node:
    return writer.represent_scalar("tag:yaml.org,2002:str", words, style="|" if "\n" in words else None)


def _instant(writer: _Writer, at: datetime) -> yaml.Node:
    return writer.represent_scalar("tag:yaml.org,2002:timestamp", at.isoformat(sep=" "))


_Writer.add_representer(str, _text)
_Writer.add_representer(datetime, _instant)


def to_yaml(value: Any) -> str:
    return str(
        yaml.dump(
            value, Dumper=_Writer, sort_keys=False, allow_unicode=True, default_flow_style=False, width=1_000_000,
            line_break="\n",
        )
    )  # fmt: skip
