"""Reads that span assignments, sittings and what was drawn and answered."""

from assessments.attempts.queries.correcting import (
    QuestionAsked,
    QuizToCorrect,
    Reach,
    known_people,
    questions_asked_in,
    quizzes_with_results,
    reach_of,
)
from assessments.attempts.queries.marking import (
    AnswerToMark,
    Criterion,
    EarlierMark,
    WaitingQuestion,
    answer_to_mark,
    answers_waiting,
    markable_answers,
    marking_queue,
    rubric_of,
    waiting_in_blind_order,
)
from assessments.attempts.queries.past import (
    PastRegrade,
    RecordedChange,
    VoidThen,
    attempts_judged,
    next_regrade,
    past_regrades,
    voids_behind,
    with_attempts,
    with_people,
)
from assessments.attempts.queries.regrading import Change, RegradePreview, live_voids, regrade_preview
from assessments.attempts.queries.results import (
    Intro,
    QuizResult,
    ToSit,
    intro_of,
    opening_later,
    own_results,
    results_of,
    times_seen,
    to_sit,
)
from assessments.attempts.queries.review import (
    ResultRow,
    Review,
    ShownLater,
    everything,
    graded_answers,
    review_of,
    section_shares,
    shown_later,
    shown_to_learner,
    with_scores_shown,
)
from assessments.attempts.queries.shown import (
    DrawnKey,
    ShownGap,
    ShownOption,
    ShownQuestion,
    StemPart,
    VoidReason,
    counting_answers,
    drawn_keys,
    media_visible_to,
    shown_questions,
    void_reasons,
    with_comments,
    with_lessons,
)

__all__ = [
    "AnswerToMark", "Change", "Criterion", "DrawnKey", "EarlierMark", "Intro", "PastRegrade", "QuestionAsked",
    "QuizResult", "QuizToCorrect", "Reach", "RecordedChange", "RegradePreview", "ResultRow", "Review", "ShownGap",
    "ShownLater", "ShownOption", "ShownQuestion", "StemPart", "ToSit", "VoidReason", "VoidThen", "WaitingQuestion",
    "answer_to_mark", "answers_waiting", "attempts_judged", "counting_answers", "drawn_keys", "everything",
    "graded_answers", "intro_of", "known_people", "live_voids", "markable_answers", "marking_queue", "media_visible_to",
    "next_regrade", "opening_later", "own_results", "past_regrades", "questions_asked_in", "quizzes_with_results",
    "reach_of", "regrade_preview", "results_of", "review_of", "rubric_of", "section_shares", "shown_later",
    "shown_questions", "shown_to_learner", "times_seen", "to_sit", "void_reasons", "voids_behind",
    "waiting_in_blind_order", "with_attempts", "with_comments", "with_lessons", "with_people", "with_scores_shown",
]  # fmt: skip
