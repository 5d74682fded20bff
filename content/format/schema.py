"""The JSON schema that editors check packs with. One file for all: what a file is, is told by the names in it."""

import json

from content.format.blocks import BLOCKS
from content.format.kinds import COURSE, FILES, PACK, Kind
from content.format.lessons import FRONT
from content.format.types import Row, Schema

#: The name that tells a file with one entry from all others.
_TOLD_BY = {"notice": "body", "scorecard": "sections", "scenario": "points", "track": "steps", "course": "lessons"}


def pack_schema() -> Schema:
    files = {"pack": PACK.schema(), "course": COURSE.schema()}
    told_by = {"pack": "languages", "course": _TOLD_BY["course"]}
    for kind in FILES:
        name = kind.name.replace(" ", "_")
        if kind.list_in:
            name, files[kind.list_name] = kind.list_name, _list(kind)
            told_by[name] = name
        elif kind.name != "course":
            files[name] = kind.row.schema()
            told_by[name] = _TOLD_BY[kind.name]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Callwright content pack",
        "description": "Made by `manage.py export_pack --schema`; don't edit it.",
        "definitions": {
            **files,
            "lesson_front_matter": FRONT.schema(),
            **{f"block_{block.name}": _block(block.row, block.raw) for block in BLOCKS},
        },
        "type": "object",
        "anyOf": [{"required": [name]} for name in sorted(set(told_by.values()))],
        "allOf": [
            {"if": {"required": [told_by[name]]}, "then": {"$ref": f"#/definitions/{name}"}} for name in sorted(told_by)
        ],
    }


def _list(kind: Kind) -> Schema:
    return {
        "type": "object",
        "properties": {kind.list_name: {"type": "array", "items": kind.row.schema()}},
        "required": [kind.list_name],
        "additionalProperties": False,
    }


def _block(row: Row, raw: str) -> Schema:
    return {"type": "string"} if raw else row.schema()


def schema_file() -> str:
    return json.dumps(pack_schema(), ensure_ascii=False, indent=2) + "\n"
