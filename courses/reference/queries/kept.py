"""A reader's own notes, bookmarks, rating and comments, with the lessons they are about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Q, StringAgg, Subquery, Value

from courses.catalogue.models import LessonPage
from courses.catalogue.queries import LessonRow, lessons
from courses.reference.models import Bookmark, LessonComment, LessonRating, Note
from courses.reference.queries.passages import passages_of
from courses.reference.queries.search import passage_url
from courses.reference.rules import pieces
from lms.people.models import User

#: So many of each stand on the page "Learning".
LATEST = 5


@dataclass(frozen=True)
class Part:
    """A block of the lesson as one chooses it from a list."""

    block: str
    label: str


@dataclass(frozen=True)
class Desk:
    """What a reader has beside a lesson. `bookmarked` are blocks, "" stands for the lesson; `is_helpful` None: not rated."""

    notes: list[Note]
    bookmarked: frozenset[str]
    is_helpful: bool | None
    comments: list[LessonComment]
    parts: list[Part]

    @property
    def is_bookmarked(self) -> bool:
        return "" in self.bookmarked


def desk_of(person: User, page: LessonPage) -> Desk:
    """One query, and one more for notes and for comments where there are any: most readers leave most lessons as they
    are. Notes of the other language's page are shown, too: they are the reader's."""
    own = {"person": person, "lesson_key": page.translation_key}
    rating = LessonRating.objects.filter(**own, material_version=page.material_version)
    notes, comments = Note.objects.filter(**own), LessonComment.objects.filter(**own)
    blocks = Bookmark.objects.filter(**own).order_by().values("person").annotate(all=StringAgg("block", Value(",")))
    is_helpful, has_notes, has_comments, bookmarked = (
        User.objects.filter(pk=person.pk)
        .values_list(
            Subquery(rating.values("is_helpful")[:1]), Exists(notes), Exists(comments), Subquery(blocks.values("all"))
        )
        .get()
    )
    return Desk(
        notes=list(notes.order_by("created_at", "pk")) if has_notes else [],
        bookmarked=frozenset() if bookmarked is None else frozenset(bookmarked.split(",")),
        is_helpful=is_helpful,
        comments=list(comments.select_related("answered_by")) if has_comments else [],
        parts=[Part(each.block, each.text[:40]) for each in passages_of(page) if each.block],
    )


@dataclass(frozen=True)
class Kept:
    """A note, bookmark or comment with its lesson; `lesson` None: no longer published, the words stay."""

    row: Note | Bookmark | LessonComment
    lesson: LessonRow | None
    url: str = ""


def with_lessons(rows: Sequence[Note | Bookmark | LessonComment], language: str) -> list[Kept]:
    """Two queries whatever the number of rows."""
    by_key = lessons(language, {row.lesson_key for row in rows})
    return [_kept(row, by_key.get(row.lesson_key)) for row in rows]


def _kept(row: Note | Bookmark | LessonComment, lesson: LessonRow | None) -> Kept:
    if lesson is None:
        return Kept(row, None)
    is_other = row.language != lesson.language and row.language in lesson.versions and bool(row.block)
    return Kept(
        row,
        lesson,
        passage_url(lesson.course_slug, lesson.slug, block=row.block, other_language=row.language if is_other else ""),
    )


@dataclass(frozen=True)
class Latest:
    """What stands on the page "Learning"."""

    bookmarks: list[Kept] = field(default_factory=list)
    notes: list[Kept] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.bookmarks or self.notes)


def latest_kept(person: User, language: str) -> Latest:
    """Four queries at most."""
    bookmarks = list(Bookmark.objects.filter(person=person)[:LATEST])
    notes = list(Note.objects.filter(person=person)[:LATEST])
    kept = with_lessons([*bookmarks, *notes], language)
    return Latest(kept[: len(bookmarks)], kept[len(bookmarks) :])


def notes_with(person: User, words: str) -> Iterable[Note]:
    """The person's notes in which all of these words stand, in the text or in what it is about."""
    found = Note.objects.filter(person=person)
    for piece in pieces(words):
        found = found.filter(Q(text__icontains=piece) | Q(quote__icontains=piece))
    return found


def notes_as_markdown(kept: Iterable[Kept], *, heading: str, gone: str, written: str, at: datetime) -> str:
    """All notes under their lessons, in the order in which the lessons were first written about."""
    by_lesson: dict[UUID, list[Kept]] = {}
    for each in kept:
        by_lesson.setdefault(each.row.lesson_key, []).append(each)
    lines = [f"# {heading}", "", f"{written} {at:%Y-%m-%d %H:%M}"]
    for group in by_lesson.values():
        lesson = group[0].lesson
        lines += ["", f"## {lesson.title if lesson else gone}"]
        for each in group:
            note = each.row
            assert isinstance(note, Note)
            if note.quote:
                lines += ["", *(f"> {line}" for line in note.quote.splitlines())]
            lines += ["", note.text]
    return "\n".join(lines) + "\n"
