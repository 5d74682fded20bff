"""Pages on which readers look things up, and what they keep and say."""

from courses.reference.views.kept import (
    bookmark_set,
    comment_list,
    comment_send,
    lesson_rate,
    note_download,
    note_list,
    note_save,
)
from courses.reference.views.looking import find, phrase_list, search_page, term_list

__all__ = [
    "bookmark_set",
    "comment_list",
    "comment_send",
    "find",
    "lesson_rate",
    "note_download",
    "note_list",
    "note_save",
    "phrase_list",
    "search_page",
    "term_list",
]
