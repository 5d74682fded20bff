"""Gathers the tables of this app's rooms, so that Django finds them."""

from assessments.assignments.models import Assignment, WindowOverride
from assessments.attempts.models import (
    Answer,
    AnswerMark,
    AnswerRecording,
    Attempt,
    AttemptQuestion,
    ExtraTime,
    QuestionVoid,
    Regrade,
)
from assessments.bank.models import Option, Question, QuestionMedia, QuestionVersion
from assessments.calls.models import Call, CallImport
from assessments.evaluations.models import Evaluation, Mark
from assessments.evidence.models import Evidence
from assessments.quizzes.models import Quiz, QuizSection, QuizVersion, Slot
from assessments.roleplay.models import HelpEvent, MysteryCall, PointMark
from assessments.scenarios.models import Branch, Point, Scenario, ScenarioVersion
from assessments.scorecards.models import Item, Scorecard, ScorecardVersion, Section

__all__ = [
    "Answer", "AnswerMark", "AnswerRecording", "Assignment", "Attempt", "AttemptQuestion", "Branch", "Call", "CallImport",
    "Evaluation", "Evidence", "ExtraTime", "HelpEvent", "Item", "Mark", "MysteryCall", "Option", "Point", "PointMark",
    "Question", "QuestionMedia", "QuestionVersion", "QuestionVoid", "Quiz", "QuizSection", "QuizVersion", "Regrade",
    "Scenario", "ScenarioVersion", "Scorecard", "ScorecardVersion", "Section", "Slot", "WindowOverride",
]  # fmt: skip
