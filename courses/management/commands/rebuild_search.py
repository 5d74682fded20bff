"""Make the search index anew: after rows were written past the application, or when search misses something."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS

from courses.reference.services.search import prepare_search, rebuild_search


class Command(BaseCommand):
    help = "Make the index of lessons, phrases and terms anew."

    def handle(self, *args: Any, **options: Any) -> None:
        prepare_search(DEFAULT_DB_ALIAS)
        made = rebuild_search()
        if options["verbosity"]:
            self.stdout.write(f"{made} entries")
