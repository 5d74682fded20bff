"""The index that search asks."""

from typing import Self

from django.db import connections, models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from courses.catalogue.models import LessonPage, Phrase, Term
from courses.reference.rules import Needle, Query
from courses.reference.states import EntryKind

#: SQLite's full-text table beside ours; triggers keep it (see `services.search.prepare_search`).
WORDS_TABLE = "courses_searchentry_words"


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    def matching(self, query: Query) -> Self:
        """Rows that have every token of the query, by the full-text index of the database in use."""
        if not query:
            return self.none()
        if connections[self.db].vendor == "sqlite":
            wanted = " AND ".join(f'"{needle.token}"' + "*" * needle.is_beginning for needle in query.needles)
            found = RawSQL(f"SELECT rowid FROM {WORDS_TABLE} WHERE {WORDS_TABLE} MATCH %s", [wanted])
        else:
            wanted = " & ".join(_lexeme(needle) for needle in query.needles)
            found = RawSQL(
                "SELECT id FROM courses_searchentry WHERE array_to_tsvector(string_to_array(tokens, ' ')) @@ %s::tsquery",
                [wanted],
            )
        return self.filter(pk__in=found)


def _lexeme(needle: Needle) -> str:
    return f"'{needle.token}'" + ":*" * needle.is_beginning


class SearchEntry(models.Model):
    """What search knows of a published lesson, a phrase or a term in one language. A cache: written when the thing
    changes, made anew by `rebuild_search`. A lesson's row stands for its page of that language; whether it may be read is
    asked anew by each search."""

    kind = models.CharField(max_length=8, choices=EntryKind)
    language = models.CharField(max_length=10)
    page = models.ForeignKey(LessonPage, null=True, on_delete=models.CASCADE, related_name="+")  # NULL: not a lesson
    phrase = models.ForeignKey(Phrase, null=True, on_delete=models.CASCADE, related_name="+")  # NULL: not a phrase
    term = models.ForeignKey(Term, null=True, on_delete=models.CASCADE, related_name="+")  # NULL: not a term
    #: The same in every language: a lesson's translation key, a phrase's or term's id.
    subject = models.CharField(max_length=36)
    #: Folded, for the rank: a lesson's title and summary, a phrase's wording, a term's names.
    title = models.TextField()
    summary = models.TextField(blank=True)
    #: Every token once, between spaces: the full-text index is made of it.
    tokens = models.TextField(blank=True)
    #: [[block id, text], …] for excerpts, as written.
    passages = models.JSONField(default=list)

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("search entry")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "language"], name="one_search_entry_per_thing_and_language"
            ),
            models.CheckConstraint(
                condition=Q(kind="lesson", page__isnull=False, phrase__isnull=True, term__isnull=True)
                | Q(kind="phrase", page__isnull=True, phrase__isnull=False, term__isnull=True)
                | Q(kind="term", page__isnull=True, phrase__isnull=True, term__isnull=False),
                name="a_search_entry_is_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.language}"
