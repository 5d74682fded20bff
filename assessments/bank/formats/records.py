"""What a reader of a file hands over, whatever the format, and what no file may exceed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.bank.rules import Wording
from assessments.bank.rules.media import media_key

#: Files of text (GIFT, Aiken, CSV); the longest question banks in the wild have a tenth of it.
MOST_TEXT_BYTES = 10 * 1024 * 1024
#: Files that carry pictures and recordings (Moodle XML, QTI packages, spreadsheets).
MOST_FILE_BYTES = 64 * 1024 * 1024
#: Questions of one file.
MOST_QUESTIONS = 5_000
#: Lines under one question: options, pairs, accepted answers.
MOST_LINES = 200
#: Gaps of one text: their numbers have two digits.
MOST_GAPS = 99
#: Characters of one text.
MOST_CHARACTERS = 50_000
#: Tags of one question, and characters of one of them.
MOST_TAGS, MOST_TAG_CHARACTERS = 30, 80
#: Characters of a unit.
MOST_UNIT_CHARACTERS = 40


class UnreadableFile(Exception):
    """The file as a whole can't be read; `reason` says why, in words (a lazy translation)."""

    def __init__(self, reason: Any) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Unfit(Exception):
    """One question can't be taken over; `reason` says why, in words (a lazy translation)."""

    def __init__(self, reason: Any) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True)
class MediaFile:
    """A picture or a recording that a file carries."""

    name: str
    content: bytes

    @property
    def key(self) -> str:
        return media_key(self.content)


@dataclass(frozen=True)
class Filing:
    """Where a question stands in the bank, as far as the file says: empty and None mean that it says nothing.

    `name` is a title or an identifier that other systems gave; `category` is the path of their categories.
    """

    key: str = ""
    skill: str = ""
    use: str = ""
    status: str = ""
    difficulty: int | None = None
    tags: tuple[str, ...] | None = None
    name: str = ""
    category: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadQuestion:
    """One question of a file. `where` tells the author where it stands; `notes` what of it isn't taken over."""

    where: Any
    wording: Wording
    filing: Filing = Filing()
    files: tuple[MediaFile, ...] = ()
    notes: tuple[Any, ...] = ()


@dataclass(frozen=True)
class RefusedQuestion:
    """A part of a file that can't be taken over."""

    where: Any
    reason: Any


@dataclass(frozen=True)
class FileNote:
    """What of a file isn't read although no question is refused for it."""

    where: Any
    note: Any


Read = Iterator[ReadQuestion | RefusedQuestion | FileNote]


@dataclass(frozen=True)
class FiledQuestion:
    """One question of the bank on its way into a file; `media` holds the pictures and recordings that it shows."""

    wording: Wording
    filing: Filing
    skill_name: str = ""
    media: Mapping[str, MediaFile] | None = None


@dataclass(frozen=True)
class Omission:
    """What a written file doesn't say of a question; `is_whole` when the question isn't in it at all."""

    key: str
    what: Any
    is_whole: bool = False


@dataclass(frozen=True)
class WrittenFile:
    content: bytes
    omissions: tuple[Omission, ...] = ()


def too_large(content: bytes, most: int) -> None:
    """Raises UnreadableFile."""
    if len(content) > most:
        raise UnreadableFile(_("The file is larger than %(most)s MB. Split it.") % {"most": most // 1024 // 1024})


def counted(read: Read) -> Read:
    """The questions up to the most that a file may have; what comes after is one refusal."""
    for number, item in enumerate(read):
        if number >= MOST_QUESTIONS:
            reason = _("A file has at most %(most)s questions. Split it.") % {"most": MOST_QUESTIONS}
            yield RefusedQuestion(_("rest of the file"), reason)
            return
        yield item
