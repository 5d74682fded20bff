"""Gathers the tables of this app's rooms, so that Django finds them."""

from assessments.assignments.models import Assignment
from assessments.attempts.models import Answer, Attempt, AttemptQuestion
from assessments.bank.models import Option, Question, QuestionVersion
from assessments.calls.models import Call, CallImport
from assessments.evaluations.models import Evaluation, Mark
from assessments.evidence.models import Evidence
from assessments.quizzes.models import Quiz, QuizVersion, Slot
from assessments.roleplay.models import HelpEvent, MysteryCall, PointMark
from assessments.scenarios.models import Point, Scenario, ScenarioVersion
from assessments.scorecards.models import Item, Scorecard, ScorecardVersion, Section

__all__ = [
    "Answer", "Assignment", "Attempt", "AttemptQuestion", "Call", "CallImport", "Evaluation", "Evidence", "HelpEvent",
    "Item", "Mark", "MysteryCall", "Option", "Point", "PointMark", "Question", "QuestionVersion", "Quiz",
    "QuizVersion", "Scenario", "ScenarioVersion", "Scorecard", "ScorecardVersion", "Section", "Slot",
]  # fmt: skip
