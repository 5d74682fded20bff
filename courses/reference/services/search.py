"""Keeping the search index. It is a cache: everything in it can be made anew."""

from collections.abc import Iterable

from django.db import connections, transaction

from courses.catalogue.models import LessonPage, Phrase, Term
from courses.catalogue.queries import readable_lessons
from courses.reference.models import SearchEntry
from courses.reference.models.search import WORDS_TABLE
from courses.reference.queries.passages import passages_of
from courses.reference.rules import Passage, folded, tokens
from courses.reference.states import EntryKind
from lms.kernel.bilingual import LANGUAGE_CODES, suffix

_TABLE = SearchEntry._meta.db_table
#: Triggers keep the full-text table, so that whatever writes or deletes rows can't forget it.
_SQLITE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {WORDS_TABLE} USING fts5(tokens, content='{_TABLE}', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 0')",
    f"CREATE TRIGGER IF NOT EXISTS {WORDS_TABLE}_added AFTER INSERT ON {_TABLE} BEGIN "
    f"INSERT INTO {WORDS_TABLE}(rowid, tokens) VALUES (new.id, new.tokens); END",
    f"CREATE TRIGGER IF NOT EXISTS {WORDS_TABLE}_removed AFTER DELETE ON {_TABLE} BEGIN "
    f"INSERT INTO {WORDS_TABLE}({WORDS_TABLE}, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
    f"CREATE TRIGGER IF NOT EXISTS {WORDS_TABLE}_changed AFTER UPDATE OF tokens ON {_TABLE} BEGIN "
    f"INSERT INTO {WORDS_TABLE}({WORDS_TABLE}, rowid, tokens) VALUES ('delete', old.id, old.tokens); "
    f"INSERT INTO {WORDS_TABLE}(rowid, tokens) VALUES (new.id, new.tokens); END",
    # Whatever stood in the table before the triggers did: a changed table loses them.
    f"INSERT INTO {WORDS_TABLE}({WORDS_TABLE}) VALUES ('rebuild')",
)
_POSTGRESQL = f"CREATE INDEX {WORDS_TABLE} ON {_TABLE} USING gin (array_to_tsvector(string_to_array(tokens, ' ')))"
BATCH = 200


def prepare_search(using: str) -> None:
    """After every migrate: the full-text index of the database in use, where it is missing. Neither database's kind can
    be said in a model, and a changed table loses what hangs on it."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for statement in _SQLITE:
                cursor.execute(statement)
            return
        cursor.execute("SELECT to_regclass(%s)", [WORDS_TABLE])
        if cursor.fetchone() == (None,):  # asked first: CREATE INDEX minds what the transaction has still to check
            cursor.execute(_POSTGRESQL)


def fill_search_if_empty() -> None:
    """A site that is older than search gets its index with the migration."""
    if not SearchEntry.objects.exists() and readable_lessons().exists():
        rebuild_search()


@transaction.atomic
def rebuild_search() -> int:
    """Make the whole index anew; returns the number of its rows."""
    SearchEntry.objects.all().delete()
    made = 0
    for rows in (
        (_lesson_entry(page) for page in readable_lessons().select_related("locale").iterator(BATCH)),
        (entry for phrase in Phrase.objects.all() for entry in _phrase_entries(phrase)),
        (entry for term in Term.objects.all() for entry in _term_entries(term)),
    ):
        made += len(SearchEntry.objects.bulk_create(rows, batch_size=BATCH))
    return made


def index_lesson(page: LessonPage) -> None:
    """Take over what was published."""
    _replace([_lesson_entry(page)], page=page)


def forget_lesson(page: LessonPage) -> None:
    SearchEntry.objects.filter(page=page).delete()


def index_phrase(phrase: Phrase) -> None:
    _replace(_phrase_entries(phrase), phrase=phrase)


def index_term(term: Term) -> None:
    _replace(_term_entries(term), term=term)


@transaction.atomic
def _replace(entries: list[SearchEntry], **thing: LessonPage | Phrase | Term) -> None:
    SearchEntry.objects.filter(**thing).delete()
    SearchEntry.objects.bulk_create(entries)


def _entry(
    kind: EntryKind,
    subject: object,
    language: str,
    title: str,
    summary: str,
    passages: Iterable[Passage],
    **thing: object,
) -> SearchEntry:
    passages = list(passages)
    found = tokens([title, summary, *(passage.text for passage in passages)])
    return SearchEntry(
        kind=kind,
        subject=str(subject),
        language=language,
        title=folded(title),
        summary=folded(summary),
        tokens=" ".join(sorted(found)),
        passages=[[passage.block, passage.text] for passage in passages],
        **thing,
    )


def _lesson_entry(page: LessonPage) -> SearchEntry:
    # Last: of two places that say the same, the one in the text can be led to.
    passages = [*passages_of(page), *([Passage("", page.summary)] if page.summary else [])]
    language = page.locale.language_code
    return _entry(
        EntryKind.LESSON,
        page.translation_key,
        language,
        page.title,
        page.summary,
        passages,
        page=page,
    )


def _phrase_entries(phrase: Phrase) -> list[SearchEntry]:
    return [
        _entry(
            EntryKind.PHRASE,
            phrase.pk,
            language,
            getattr(phrase, f"text_{suffix(language)}"),
            getattr(phrase, f"instead_{suffix(language)}"),
            [Passage("", getattr(phrase, f"note_{suffix(language)}"))],
            phrase=phrase,
        )
        for language in LANGUAGE_CODES
    ]


def _term_entries(term: Term) -> list[SearchEntry]:
    return [
        _entry(
            EntryKind.TERM,
            term.pk,
            language,
            f"{getattr(term, f'name_{suffix(language)}')}\n{getattr(term, f'also_{suffix(language)}')}",
            "",
            [Passage("", getattr(term, f"definition_{suffix(language)}"))],
            term=term,
        )
        for language in LANGUAGE_CODES
    ]
