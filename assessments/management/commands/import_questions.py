"""`manage.py import_questions FILE --format gift|moodlexml|aiken|qti|xlsx`: take over questions from other systems."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.bank.formats import FORMATS
from assessments.bank.formats.records import MOST_FILE_BYTES, UnreadableFile
from assessments.bank.services import ImportReport, import_questions, lacks_skill, unreadable
from assessments.bank.states import QuestionStatus
from lms.skills.models import Skill
from lms.skills.services import define_skill

#: Where questions go that name no skill, when nobody says where.
UNSORTED = "unsorted"
UNSORTED_WORDS = {"kind": Skill.Kind.KNOWLEDGE, "order": 999, "name_zh": "待归类", "name_en": "To be sorted"}


class Command(BaseCommand):
    help = (
        "Imports questions. One whose key is in the bank already is revised; the same file again changes nothing. "
        "Exits 0 if nothing was refused, 1 otherwise."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", required=True, choices=list(FORMATS))
        parser.add_argument("--dry-run", action="store_true", help="say what would be imported and write nothing")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")
        parser.add_argument(
            "--language", choices=["zh", "en"], default="zh", help="of texts that don't say theirs (default: zh)"
        )
        parser.add_argument(
            "--skill",
            default="",
            help=f"key of the skill for questions that name none (default: {UNSORTED}, added when it is needed)",
        )
        parser.add_argument(
            "--status",
            choices=QuestionStatus.values,
            default=QuestionStatus.DRAFT.value,
            help="of new questions that don't say theirs (default: draft)",
        )
        parser.add_argument(
            "--all-or-nothing", action="store_true", help="import nothing as soon as one question is refused"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = _report(options)
        self.stdout.write(_as_json(report) if options["json"] else _as_text(report, options))
        if report.refused:
            sys.exit(1)


def _report(options: dict[str, Any]) -> ImportReport:
    file: Path = options["file"]
    if options["skill"] and not Skill.objects.filter(key=options["skill"]).exists():
        return unreadable("--skill", _("There is no skill “%(skill)s”.") % {"skill": options["skill"]})
    try:
        if file.stat().st_size > MOST_FILE_BYTES:  # not worth reading
            most = MOST_FILE_BYTES // 1024 // 1024
            return unreadable(file.name, _("The file is larger than %(most)s MB. Split it.") % {"most": most})
        read = list(FORMATS[options["format"]].read(file.read_bytes(), language=options["language"]))
        return _imported(read, options)
    except OSError as error:
        return unreadable(str(file), error.strerror or error)
    except UnreadableFile as problem:
        return unreadable(file.name, problem.reason)


@transaction.atomic
def _imported(read: list[Any], options: dict[str, Any]) -> ImportReport:
    at = timezone.now()
    report = import_questions(
        read,
        default_skill=_default_skill(read, options, at),
        default_status=options["status"],
        is_all_or_nothing=options["all_or_nothing"],
        is_dry_run=options["dry_run"],
        file_name=options["file"].name,
        file_format=options["format"],
        actor=None,
        at=at,
    )
    if report.is_held:
        transaction.set_rollback(True)  # the skill that was added for it
    return report


def _default_skill(read: list[Any], options: dict[str, Any], at: Any) -> Skill | None:
    if options["skill"]:
        return Skill.objects.get(key=options["skill"])
    if not lacks_skill(read):
        return None
    known = Skill.objects.filter(key=UNSORTED).first()
    if known is not None:
        return known
    if options["dry_run"]:
        return Skill(key=UNSORTED, **UNSORTED_WORDS)
    return define_skill(UNSORTED, words=UNSORTED_WORDS, levels={}, actor=None, at=at)


def _as_json(report: ImportReport) -> str:
    return json.dumps(
        {
            "imported": len(report.taken),
            "refused": [{"where": line.where, "reason": line.reason} for line in report.refused],
            "kinds": report.kinds,
        },
        ensure_ascii=False,
        indent=2,
    )


def _as_text(report: ImportReport, options: dict[str, Any]) -> str:
    counts = report.counts
    verb = "would be " if options["dry_run"] else ""
    lines = [
        f"{verb}new {counts['new']}, {verb}revised {counts['changed']}, unchanged {counts['unchanged']}, "
        f"refused {counts['refused']}"
    ]
    if report.is_held:
        lines.append("Nothing was imported: all of the file or nothing, and a question was refused.")
    for line in report.lines:
        said = "; ".join([line.reason, *line.notes] if line.reason else line.notes)
        lines.append(f"  {line.where}: {line.outcome}{f' – {said}' if said else ''}")
    return "\n".join(lines)
