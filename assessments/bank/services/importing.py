"""Taking over questions from files: planned first, then written; nothing of a file goes unmentioned."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from assessments.bank.formats.records import FileNote, Filing, ReadQuestion, RefusedQuestion
from assessments.bank.models import Question, QuestionMedia, QuestionVersion
from assessments.bank.queries import newest_versions, wording_of
from assessments.bank.rules import faults, media_in
from assessments.bank.rules.media import media_kind
from assessments.bank.rules.tidying import fingerprint, tidied
from assessments.bank.services.media import UnfitMedia, checked_media, keep_media
from assessments.bank.services.writing import UnfinishedWording, edit_question, write_question
from assessments.bank.states import ImportOutcome, MediaKind, QuestionKind, QuestionStatus, QuestionUse
from lms.audit import services as audit
from lms.people.models import User
from lms.skills.models import Skill

_KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")
_SHOWN = re.compile(r"!\[([^\]]*)\]\(media:[^)]*\)")
#: Questions looked up in one query.
BATCH = 500


@dataclass(frozen=True)
class ImportLine:
    """What happens, or would happen, to one part of a file."""

    where: str
    outcome: str
    key: str = ""
    kind: str = ""
    text: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()

    @property
    def label(self) -> Any:
        return ImportOutcome(self.outcome).label

    @property
    def kind_label(self) -> Any:
        return QuestionKind(self.kind).label if self.kind in QuestionKind.values else ""

    @property
    def is_good(self) -> bool:
        return self.outcome in (ImportOutcome.NEW, ImportOutcome.CHANGED)


@dataclass(frozen=True)
class ImportReport:
    """The lines in the order of the file. `is_held`: nothing is written, because something was refused and the file
    was to be taken over as a whole or not at all."""

    lines: tuple[ImportLine, ...]
    is_held: bool = False

    @property
    def counts(self) -> Counter[str]:
        return Counter(str(line.outcome) for line in self.lines)

    @property
    def refused(self) -> list[ImportLine]:
        return [line for line in self.lines if line.outcome == ImportOutcome.REFUSED]

    @property
    def taken(self) -> list[ImportLine]:
        """What is in the bank, or would be, as the file says it: new, changed and unchanged."""
        kept = (ImportOutcome.NEW, ImportOutcome.CHANGED, ImportOutcome.UNCHANGED)
        return [] if self.is_held else [line for line in self.lines if line.outcome in kept]

    @property
    def kinds(self) -> dict[str, int]:
        return dict(sorted(Counter(line.kind for line in self.taken).items()))

    @property
    def digest(self) -> str:
        """Another one as soon as the file would do something else."""
        told = "\n".join(f"{line.where}\t{line.outcome}\t{line.key}" for line in self.lines)
        return sha256(told.encode()).hexdigest()


def unreadable(where: str, reason: Any) -> ImportReport:
    """The report on a file that can't be read at all."""
    return ImportReport((ImportLine(where, ImportOutcome.REFUSED, reason=str(reason)),))


@dataclass
class _Plan:
    """One question and what is to be done with it."""

    read: ReadQuestion
    line: ImportLine
    skill: Skill | None = None
    question: Question | None = None
    filing: dict[str, Any] = field(default_factory=dict)


def import_questions(
    read: Iterable[ReadQuestion | RefusedQuestion | FileNote],
    *,
    default_skill: Skill | None,
    actor: User | None,
    at: datetime,
    default_status: str = QuestionStatus.DRAFT,
    is_all_or_nothing: bool = False,
    is_dry_run: bool = False,
    file_name: str = "",
    file_format: str = "",
) -> ImportReport:
    """Put the questions of a file into the bank. One whose key is there already is revised; the same wording again
    changes nothing. What can't be taken over is refused with its reason, the others go on, unless the file is to be
    taken over as a whole. `default_skill` is for questions that name none. Passes on UnreadableFile."""
    planner = _Planner(list(read), default_skill, default_status)
    plans = planner.plans()
    report = ImportReport(tuple(plan.line if isinstance(plan, _Plan) else plan for plan in plans))
    if is_all_or_nothing and report.refused:
        return replace(report, is_held=True)
    if is_dry_run:
        return report
    with transaction.atomic():
        lines = tuple(_written(plan, actor=actor, at=at) if isinstance(plan, _Plan) else plan for plan in plans)
        report = ImportReport(lines)
        if is_all_or_nothing and report.refused:
            transaction.set_rollback(True)
            return replace(report, is_held=True)
        _record(report, file_name, file_format, actor=actor, at=at)
    return report


def _written(plan: _Plan, *, actor: User | None, at: datetime) -> ImportLine:
    if plan.line.outcome == ImportOutcome.UNCHANGED:
        return plan.line
    wording = tidied(plan.read.wording)
    try:
        with transaction.atomic():
            for medium in plan.read.files:
                keep_media(medium.content, name=medium.name, actor=actor, at=at)
            if plan.question is None:
                write_question(key=plan.line.key, wording=wording, **plan.filing, actor=actor, at=at)
            else:
                edit_question(plan.question, wording, **plan.filing, actor=actor, at=at)
    except (UnfinishedWording, UnfitMedia) as problem:  # somebody changed the bank since it was planned
        return replace(plan.line, outcome=ImportOutcome.REFUSED, reason=str(problem))
    return plan.line


def _record(report: ImportReport, file_name: str, file_format: str, *, actor: User | None, at: datetime) -> None:
    counts = {name: (None, number) for name, number in sorted(report.counts.items())}
    if report.counts[ImportOutcome.NEW] or report.counts[ImportOutcome.CHANGED]:
        bank = ContentType.objects.get_for_model(Question)
        told = {"file": file_name[-200:]} | ({"format": file_format} if file_format else {})
        changes = {name: (None, value) for name, value in told.items()} | counts
        audit.record(actor=actor, action="questions_imported", subject=bank, at=at, changes=changes)


class _Planner:
    """Judges each question against the bank as it is."""

    def __init__(
        self, read: Sequence[ReadQuestion | RefusedQuestion | FileNote], default_skill: Skill | None, status: str
    ) -> None:
        self._read = read
        self._default_skill, self._default_status = default_skill, status
        found = [item for item in read if isinstance(item, ReadQuestion)]
        self._keys = {id(item): key_of(item) for item in found}
        self._newest = _newest(set(self._keys.values()))
        skills = list(Skill.objects.all())
        self._skills = {name.casefold(): skill for skill in skills for name in (skill.name_en, skill.name_zh) if name}
        self._skills |= {skill.key.casefold(): skill for skill in skills}
        named = {key for item in found for key in media_in(item.wording)}
        self._media = _media_kinds(named)
        self._seen: dict[str, str] = {}

    def plans(self) -> list[_Plan | ImportLine]:
        return [self._plan(item) for item in self._read]

    def lacks_skill(self) -> bool:
        found = (item for item in self._read if isinstance(item, ReadQuestion))
        return any(
            not item.filing.skill and self._skill(item.filing) is None and self._keys[id(item)] not in self._newest
            for item in found
        )

    def _plan(self, item: ReadQuestion | RefusedQuestion | FileNote) -> _Plan | ImportLine:
        where = str(item.where)
        if isinstance(item, RefusedQuestion):
            return ImportLine(where, ImportOutcome.REFUSED, reason=str(item.reason))
        if isinstance(item, FileNote):
            return ImportLine(where, ImportOutcome.NOTED, notes=(str(item.note),))
        key = self._keys[id(item)]
        line = ImportLine(
            where,
            ImportOutcome.NEW,
            key=key,
            kind=str(item.wording.kind),
            text=_beginning(item.wording.stem_zh or item.wording.stem_en),
            notes=tuple(str(note) for note in item.notes),
        )
        reason = self._fault(item, key)
        if reason is not None:
            return replace(line, outcome=ImportOutcome.REFUSED, reason=str(reason))
        self._seen[key] = where
        return self._against_bank(item, line)

    def _against_bank(self, item: ReadQuestion, line: ImportLine) -> _Plan | ImportLine:
        newest = self._newest.get(line.key)
        question = newest.question if newest is not None else None
        filing = self._filing(item.filing, question)
        found = faults(tidied(item.wording))
        if found and (item.filing.status != QuestionStatus.DRAFT or filing["status"] != QuestionStatus.DRAFT):
            return replace(line, outcome=ImportOutcome.REFUSED, reason=" ".join(str(fault) for fault in found))
        if found:
            words = _("An unfinished draft: %(faults)s") % {"faults": " ".join(str(fault) for fault in found)}
            line = replace(line, notes=(*line.notes, str(words)))
        if question is not None and newest is not None:
            is_same = tidied(wording_of(newest)) == tidied(item.wording)
            is_filed = all(getattr(question, name) == value for name, value in filing.items())
            outcome = ImportOutcome.UNCHANGED if is_same and is_filed else ImportOutcome.CHANGED
            line = replace(line, outcome=outcome)
        return _Plan(item, line, question=question, filing=filing)

    def _fault(self, item: ReadQuestion, key: str) -> Any:
        """Why it can't be taken over whatever the bank says of it; None when it can."""
        if key in self._seen:
            return _("It stands in this file twice; the other one: %(where)s.") % {"where": self._seen[key]}
        filing = item.filing
        if filing.skill and filing.skill.casefold() not in self._skills:
            return _("There is no skill “%(skill)s”.") % {"skill": filing.skill[:80]}
        if self._skill(filing) is None and key not in self._newest:
            return _("It names no skill: choose one for questions without.")
        try:
            kinds = {medium.key: media_kind(checked_media(medium.content)[0]) for medium in item.files}
        except UnfitMedia as problem:
            return problem.words
        missing = sorted(media_in(item.wording) - set(kinds) - set(self._media))
        if missing:
            return _("The bank has no picture or recording “%(key)s”.") % {"key": missing[0][:64]}
        clips = {item.wording.audio_zh, item.wording.audio_en} - {""}
        if any((self._media | kinds)[clip] != MediaKind.AUDIO for clip in clips):
            return _("What is to be listened to isn't a recording.")
        return None

    def _skill(self, filing: Filing) -> Skill | None:
        if filing.skill:
            return self._skills.get(filing.skill.casefold())
        named = self._skills.get(filing.category[-1].casefold()) if filing.category else None
        return named or self._default_skill

    def _filing(self, filing: Filing, question: Question | None) -> dict[str, Any]:
        """Where it is to stand: as the file says, else as it stands, else as the importer says."""
        skill = self._skills.get(filing.skill.casefold()) if filing.skill else None
        tags = filing.tags
        category = filing.category[-1] if filing.category else ""
        of_category = self._skills.get(category.casefold()) if category else None
        if category and of_category is None and not filing.skill:
            tags = tuple(dict.fromkeys((*(tags or ()), category[:80])))
        if question is not None:
            return {
                "skill": skill or of_category or question.skill,
                "use": filing.use or question.use,
                "status": filing.status or question.status,
                "difficulty": filing.difficulty or question.difficulty,
                "tags": question.tags if tags is None else list(tags),
            }
        return {
            "skill": skill or of_category or self._default_skill,
            "use": filing.use or QuestionUse.EXAM,
            "status": filing.status or self._default_status,
            "difficulty": filing.difficulty or 2,
            "tags": list(tags or ()),
        }


def _beginning(stem: str) -> str:
    """Of the question's text, for a line of the report: without addresses of media and marks of line ends."""
    plain = _SHOWN.sub(r"[\1]", stem.replace("\\\n", "\n"))
    return " ".join(plain.split())[:120]


def key_of(item: ReadQuestion) -> str:
    """The key in the bank: the file's own, else one made of an identifier or a title. Without a key of its own, the
    same question gets the same one each time, and a question that was edited elsewhere becomes another one."""
    filing = item.filing
    if _KEY.fullmatch(filing.key):
        return filing.key
    named = slugify(filing.key or filing.name)[:60].strip("-_") or str(item.wording.kind).replace("_", "-")
    told = filing.key if filing.key else fingerprint(item.wording)
    return f"{named}-{sha256(told.encode()).hexdigest()[:10]}"


def _newest(keys: set[str]) -> Mapping[str, QuestionVersion]:
    found: dict[str, QuestionVersion] = {}
    ordered = sorted(keys)
    for begin in range(0, len(ordered), BATCH):
        questions = Question.objects.filter(key__in=ordered[begin : begin + BATCH])
        versions = newest_versions(questions).select_related("question__skill", "audio_zh", "audio_en")
        found |= {version.question.key: version for version in versions.prefetch_related("options")}
    return found


def _media_kinds(keys: set[str]) -> dict[str, str]:
    ordered = sorted(keys)
    found: dict[str, str] = {}
    for begin in range(0, len(ordered), BATCH):
        rows = QuestionMedia.objects.filter(key__in=ordered[begin : begin + BATCH])
        found |= dict(rows.values_list("key", "kind"))
    return found


def lacks_skill(read: Iterable[ReadQuestion | RefusedQuestion | FileNote]) -> bool:
    """Whether a question of the file names no skill of the framework, so that one has to be chosen for it."""
    planner = _Planner(list(read), None, QuestionStatus.DRAFT)
    return planner.lacks_skill()
