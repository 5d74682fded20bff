"""Builds the .mo files from the .po files with Babel, where they are older: no gettext is needed to run."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.reloader import translation_file_changed


class Command(BaseCommand):
    help = "Compile the translation catalogues that have changed."

    def handle(self, *args, **options) -> None:
        for folder in settings.LOCALE_PATHS:
            for po in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                mo = po.with_suffix(".mo")
                if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
                    continue
                with po.open("rb") as source:
                    catalogue = read_po(source)
                with mo.open("wb") as target:
                    write_mo(target, catalogue)
                translation_file_changed(sender=None, file_path=mo)  # this process may have looked before it was there
                if options["verbosity"]:
                    self.stdout.write(f"{mo.parent.parent.name}: {len(catalogue)} texts")
