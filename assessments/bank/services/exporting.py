"""Writing questions of the bank into files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from assessments.bank.formats import Format
from assessments.bank.formats.records import MOST_FILE_BYTES, FiledQuestion, Filing, MediaFile, WrittenFile
from assessments.bank.models import Question, QuestionMedia, QuestionVersion
from assessments.bank.queries import newest_versions, wording_of
from assessments.bank.rules import media_in
from assessments.bank.rules.tidying import tidied
from lms.audit import services as audit
from lms.people.models import User


class TooMuchToExport(ValueError):
    """The file would be larger than one that can be imported again."""


def written_questions(questions: QuerySet[Question], *, into: Format) -> WrittenFile:
    """A file with the newest wording of each question, and what it doesn't say. Raises TooMuchToExport."""
    assert into.write is not None, f"{into.name} is only read"
    versions = newest_versions(questions).select_related("question__skill", "audio_zh", "audio_en")
    rows = versions.prefetch_related("options", "media").order_by("question__skill__order", "question__key")
    if (
        sum(media.bytes for media in QuestionMedia.objects.filter(versions__in=versions).distinct())
        > MOST_FILE_BYTES // 2
    ):
        raise TooMuchToExport
    file = into.write(filed_questions(list(rows)))
    if len(file.content) > MOST_FILE_BYTES:
        raise TooMuchToExport
    return file


def export_questions(questions: QuerySet[Question], *, into: Format, actor: User, at: datetime) -> WrittenFile:
    """As `written_questions`, and recorded: what leaves the house are the keys of exams."""
    file = written_questions(questions, into=into)
    changes: dict[str, tuple[Any, Any]] = {"format": (None, into.name), "questions": (None, questions.count())}
    if file.omissions:
        changes["omissions"] = (None, len(file.omissions))
    bank = ContentType.objects.get_for_model(Question)
    audit.record(actor=actor, action="questions_exported", subject=bank, at=at, changes=changes)
    return file


def filed_questions(versions: Sequence[QuestionVersion]) -> list[FiledQuestion]:
    """The wordings as formats write them, each file of media read once."""
    kept: dict[int, MediaFile | None] = {}
    return [_filed(version, kept) for version in versions]


def _filed(version: QuestionVersion, kept: dict[int, MediaFile | None]) -> FiledQuestion:
    question, wording = version.question, tidied(wording_of(version))
    media = {
        row.key: medium
        for row in version.media.all()
        if row.key in media_in(wording) and (medium := _content(row, kept)) is not None
    }
    filing = Filing(
        key=question.key,
        skill=question.skill.key,
        use=question.use,
        status=question.status,
        difficulty=question.difficulty,
        tags=tuple(dict.fromkeys(" ".join(tag.split()) for tag in question.tags)),
    )
    return FiledQuestion(wording, filing, skill_name=question.skill.name, media=media)


def _content(row: QuestionMedia, kept: dict[int, MediaFile | None]) -> MediaFile | None:
    """None where the file is gone from the storage."""
    if row.pk not in kept:
        try:
            with row.file.open("rb") as source:
                kept[row.pk] = MediaFile(row.name, source.read())
        except OSError:
            kept[row.pk] = None
    return kept[row.pk]
