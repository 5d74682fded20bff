"""What readers look up and keep: search, phrase book, glossary, notes, bookmarks, ratings, words to the author."""
