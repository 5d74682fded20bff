"""Quizzes in the back office: the newest version of each, saved as a draft or published. Saving calls the services."""

from assessments.quizzes.viewsets.views import QuizViewSet

__all__ = ["QuizViewSet"]
