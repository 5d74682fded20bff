"""`manage.py export_pack PATH`: write what this site holds as a content pack."""

import json
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments.scorecards.queries import company_day
from content.exporters.pack import NoSuchPack, WrittenPack, as_folder, as_zip, write_pack
from content.exporters.pages import UnknownBlock
from content.format.schema import schema_file
from content.readers.pack import PackError, read_pack


class Command(BaseCommand):
    help = (
        "Write the courses, questions and all else that this site holds as a content pack into an empty folder, or a zip. The "
        "same content is always written as the same bytes."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--pack", default="", metavar="KEY", help="only what came with this pack, as it is now")
        parser.add_argument("--zip", action="store_true", help="one zip instead of a folder (so does a name in .zip)")
        parser.add_argument("--json", action="store_true", help="say what was written for programs")
        parser.add_argument("--schema", action="store_true", help="write the JSON schema of the format, nothing else")

    def handle(self, *args: Any, path: Path, pack: str, **options: Any) -> None:
        if options["schema"]:
            path.write_text(schema_file(), encoding="utf-8")
            return
        is_zip = options["zip"] or path.suffix == ".zip"
        if path.is_dir() and (is_zip or any(path.iterdir())):
            raise CommandError(f"{path} is a folder that isn't empty; nothing was written.")
        if path.is_file():
            raise CommandError(f"{path} is there already; nothing was written.")
        try:
            written = write_pack(today=company_day(timezone.now()), pack=pack)
        except (NoSuchPack, UnknownBlock) as error:
            raise CommandError(f"{error}; nothing was written.") from error
        if is_zip:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(as_zip(written.files))
        else:
            as_folder(written.files, path)
        mistakes = _mistakes(written)
        self._tell(written, mistakes, options)
        if mistakes:
            raise CommandError(
                "The pack was written, but it can't be loaded before this is put right:\n" + "\n".join(mistakes)
            )

    def _tell(self, written: WrittenPack, mistakes: list[str], options: dict[str, Any]) -> None:
        if options["json"]:
            told = {
                "pack": written.key, "files": list(written.files), "counts": written.counts, "notes": written.notes,
                "mistakes": mistakes,
            }  # fmt: skip
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
        elif options["verbosity"]:
            counts = ", ".join(f"{count} {kind}" for kind, count in sorted(written.counts.items()) if count)
            self.stdout.write(f"{len(written.files)} files: {counts}")
            for note in written.notes:
                self.stdout.write(f"note: {note}")


def _mistakes(written: WrittenPack) -> list[str]:
    """What people put together on the site may be what a pack can't say: better told now than on the other site."""
    with tempfile.TemporaryDirectory() as folder:
        as_folder(written.files, Path(folder))
        try:
            read_pack(Path(folder))
        except PackError as error:
            return [str(problem) for problem in error.problems]
    return []
