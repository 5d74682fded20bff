"""`manage.py import_calls FILE`: take over calls from the recording platform's export."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assessments.calls.formats.table import COLUMNS, MissingColumns, read_file
from assessments.calls.queries import refusal_words
from assessments.calls.services import ImportResult, import_calls
from lms.kernel.tables import UnreadableTable


class Command(BaseCommand):
    help = "Imports the metadata of customer calls (CSV or xlsx). Importing the same file again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", default="recorder", help="name of the recording platform (default: recorder)")
        parser.add_argument("--dry-run", action="store_true", help="say what would be imported and write nothing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        try:
            result = import_calls(
                read_file(content),
                source=options["source"],
                file_name=options["file"].name,
                actor=None,
                at=timezone.now(),
                is_dry_run=options["dry_run"],
            )
        except UnreadableTable as error:
            raise CommandError(f"{options['file']}: not a table that can be read ({error.reason})") from error
        except MissingColumns as error:
            names = ", ".join(COLUMNS[field][0] for field in error.fields)
            raise CommandError(f"{options['file']}: missing columns: {names}") from error
        self.stdout.write(_as_json(result, options) if options["json"] else _as_text(result, options))


def _as_json(result: ImportResult, options: dict[str, Any]) -> str:
    return json.dumps(
        {
            "dry_run": options["dry_run"],
            "added": result.added,
            "unchanged": result.unchanged,
            "refused": [{**asdict(refusal), "words": refusal_words(asdict(refusal))} for refusal in result.refused],
        },
        ensure_ascii=False,
        indent=2,
    )


def _as_text(result: ImportResult, options: dict[str, Any]) -> str:
    verb = "would be added" if options["dry_run"] else "added"
    lines = [f"{result.added} {verb}, {result.unchanged} unchanged, {len(result.refused)} refused"]
    lines += [f"  line {refusal.line}: {refusal_words(asdict(refusal))}" for refusal in result.refused]
    return "\n".join(lines)
