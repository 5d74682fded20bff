"""`manage.py load_pack PATH`: read a content pack and take over what is new, all or nothing."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from content.format.nodes import Problem
from content.importers.judging import Outcome
from content.importers.pack import load_pack
from content.importers.report import Report
from content.readers.pack import PackError, read_pack

#: Exit codes: the pack has mistakes and nothing was written; it was loaded but for conflicts.
MISTAKES, CONFLICTS = 1, 3


class Command(BaseCommand):
    help = (
        "Load a content pack, a folder or a zip (see docs/content-packs.md). Loading it again changes only what differs; what "
        "was edited on this site is reported and left as it is. Exit code 1: the pack has mistakes, nothing was written. "
        "Exit code 3: loaded, but for conflicts."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument("--json", action="store_true", help="say it for programs")
        parser.add_argument(
            "--overwrite", nargs="+", default=[], metavar="KEY",
            help="conflicts in which the pack is right: a key, KIND:KEY, or all",
        )  # fmt: skip
        parser.add_argument(
            "--keep", nargs="+", default=[], metavar="KEY",
            help="conflicts in which this site is right; they are not reported again until the pack changes",
        )  # fmt: skip

    def handle(
        self, *args: Any, path: Path, dry_run: bool, overwrite: list[str], keep: list[str], **options: Any
    ) -> None:
        try:
            pack = read_pack(path)
            report = load_pack(pack, actor=None, at=timezone.now(), is_dry_run=dry_run, overwrite=overwrite, keep=keep)
        except PackError as error:
            if options["json"]:
                self._mistakes(error.problems)
            raise CommandError(f"Nothing was written:\n{error}", returncode=MISTAKES) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        elif options["verbosity"]:
            self._tell(report)
        if report.conflicts:
            raise CommandError(_conflicts(report), returncode=CONFLICTS)

    def _mistakes(self, problems: list[Problem]) -> None:
        told = {"mistakes": [vars(problem) for problem in problems]}
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))

    def _tell(self, report: Report) -> None:
        if report.is_dry_run:
            self.stdout.write("Nothing was written. This would happen:")
        for kind, counts in report.counts.items():
            self.stdout.write(f"{kind}: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
        shown = [Outcome.KEPT, Outcome.LEFT, Outcome.DROPPED]
        if report.is_dry_run:
            shown = [Outcome.NEW, Outcome.CHANGED, *shown]
        for outcome in shown:
            for line in report.of(outcome):
                self.stdout.write(f"{outcome.value}: {line.name}" + (f": {line.words}" if line.words else ""))
        for note in report.notes:
            self.stdout.write(f"note: {note}")


def _conflicts(report: Report) -> str:
    lines = [f"  {line.name}: {line.words}" for line in report.conflicts]
    told = "would be left as they are" if report.is_dry_run else "were left as they are"
    return "\n".join(
        [
            f"{len(lines)} conflict{'s' if len(lines) > 1 else ''} with this site {told}:",
            *lines,
            "Decide each: --overwrite KEY takes the pack's words, --keep KEY the site's.",
        ]
    )
