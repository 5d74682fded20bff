"""Writing the question bank, its pictures and recordings, and taking over questions from files."""

from assessments.bank.services.exporting import TooMuchToExport, export_questions, written_questions
from assessments.bank.services.importing import ImportLine, ImportReport, import_questions, lacks_skill, unreadable
from assessments.bank.services.media import UnfitMedia, checked_media, keep_media
from assessments.bank.services.uploads import UploadIsGone, drop_upload, keep_upload, kept_upload
from assessments.bank.services.writing import (
    UnfinishedWording,
    edit_question,
    file_question,
    revise_question,
    write_question,
)

__all__ = [
    "ImportLine", "ImportReport", "TooMuchToExport", "UnfinishedWording", "UnfitMedia", "UploadIsGone",
    "checked_media", "drop_upload", "edit_question", "export_questions", "file_question", "import_questions", "keep_media",
    "keep_upload", "kept_upload", "lacks_skill", "revise_question",
    "unreadable", "write_question", "written_questions",
]  # fmt: skip
