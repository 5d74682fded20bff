"""`manage.py load_pack PATH`: read a content pack and write what differs, all or nothing."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from content.importers.pack import load_pack
from content.readers.pack import PackError, read_pack


class Command(BaseCommand):
    help = "Load a content pack (see docs/content-packs.md). Loading it again changes only what differs."

    def add_arguments(self, parser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="read and check the pack, write nothing")

    def handle(self, *args, path: Path, dry_run: bool, **options) -> None:
        try:
            pack = read_pack(path)
        except PackError as error:
            raise CommandError("Nothing was written:\n" + "\n".join(error.problems)) from error
        if dry_run:
            self.stdout.write("The pack is in order; nothing was written.")
            return
        loaded = load_pack(pack, actor=None, at=timezone.now())
        if options["verbosity"]:
            self.stdout.write(", ".join(f"{count} {kind}" for kind, count in sorted(loaded.counts.items())))
