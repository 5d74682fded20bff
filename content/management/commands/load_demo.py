"""`manage.py load_demo --as-of DATE --seed N`: the demonstration company, only into a database without people."""

from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from content.demo.company import load_company
from courses.enrolment.models import TrackVersion
from lms.people.models import User


class Command(BaseCommand):
    help = "Load the demonstration company. The same day and seed give the same company."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, default=None, help="the day it is (default: today)")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args, as_of: date | None, seed: int, **options) -> None:
        if settings.EDITION not in ("embedded", "test"):
            raise CommandError("The demonstration company is for the embedded edition only; nothing was written.")
        if User.objects.exists():
            raise CommandError("There are people in this database already; nothing was written.")
        if not TrackVersion.objects.exists():
            raise CommandError(
                "Load a content pack first (manage.py load_pack content/packs/starter); nothing was written."
            )
        people = load_company(as_of=as_of or timezone.localdate(), seed=seed)
        if options["verbosity"]:
            self.stdout.write(f"{people} people")
