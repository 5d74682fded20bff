"""The question bank in the back office. Saving calls the services, so that a used wording is never changed."""

from assessments.bank.viewsets.authoring import NOT_SAVED, AuthoringViewSet, RefusingView, WordedView
from assessments.bank.viewsets.media import QuestionMediaViewSet
from assessments.bank.viewsets.questions import QuestionViewSet
from assessments.bank.viewsets.rows import RowForm, RowsForm, RowsPanel, ShownPanel, rows_of

__all__ = [
    "NOT_SAVED",
    "AuthoringViewSet",
    "QuestionMediaViewSet",
    "QuestionViewSet",
    "RefusingView",
    "RowForm",
    "RowsForm",
    "RowsPanel",
    "ShownPanel",
    "WordedView",
    "rows_of",
]
