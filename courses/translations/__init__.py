"""Pages in two languages: which source a translation is in step with, and what has to be done about it."""
