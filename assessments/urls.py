"""The doors of this app."""

from django.urls import path

from assessments.assignments import views as assignments
from assessments.attempts import views as attempts
from assessments.attempts.views import authors, giving, regrades, staff
from assessments.attempts.views import room as exam_room
from assessments.calls import views as calls
from assessments.evaluations import views as evaluations
from assessments.itemanalysis import views as itemanalysis
from assessments.roleplay import views as roleplay

app_name = "assessments"

urlpatterns: list = [
    path("quizzes/", attempts.attempt_list, name="attempt-list"),
    path("quizzes/<int:pk>/", attempts.quiz_start, name="quiz-start"),
    path("quizzes/<int:pk>/try/", attempts.quiz_try, name="quiz-try"),
    path("quizzes/questions/<int:pk>/preview/", authors.question_preview, name="question-preview"),
    path("quizzes/attempts/<int:pk>/", attempts.attempt, name="attempt"),
    path("quizzes/attempts/<int:pk>/save/", attempts.attempt_save, name="attempt-save"),
    path("quizzes/attempts/<int:pk>/flag/", attempts.attempt_flag, name="attempt-flag"),
    path("quizzes/attempts/<int:pk>/check/", attempts.attempt_check, name="attempt-check"),
    path("quizzes/attempts/<int:pk>/record/", attempts.attempt_record, name="attempt-record"),
    path("quizzes/attempts/<int:pk>/clock/", attempts.attempt_clock, name="attempt-clock"),
    path("quizzes/attempts/<int:pk>/submit/", attempts.attempt_submit, name="attempt-submit"),
    path("quizzes/attempts/<int:pk>/review/", attempts.attempt_review, name="attempt-review"),
    path("quizzes/exceptions/", assignments.override_list, name="override-list"),
    path("quizzes/exceptions/give/", assignments.override_give, name="override-give"),
    path("quizzes/exceptions/<int:pk>/withdraw/", assignments.override_withdraw, name="override-withdraw"),
    path("quizzes/given/", giving.given_list, name="given-list"),
    path("quizzes/given/new/", giving.given_new, name="given-new"),
    path("quizzes/given/<int:pk>/", giving.given_detail, name="given-detail"),
    path("quizzes/given/<int:pk>.xlsx", giving.given_xlsx, name="given-xlsx"),
    path("quizzes/given/<int:pk>/take-back/", giving.given_take_back, name="given-take-back"),
    path("quizzes/exam-room/", exam_room.exam_room, name="exam-room"),
    path("quizzes/exam-room/extra-time/", exam_room.extra_time_give, name="extra-time-give"),
    path("quizzes/exam-room/late/", exam_room.exam_late, name="exam-late"),
    path("calls/", roleplay.mystery_call_list, name="mystery-call-list"),
    path("calls/plan/", roleplay.mystery_call_plan, name="mystery-call-plan"),
    path("calls/scenarios/", roleplay.scenario_list, name="scenario-list"),
    path("calls/scenarios/<int:pk>/", roleplay.scenario_sheet, name="scenario-sheet"),
    path("calls/scenarios/<int:pk>.pdf", roleplay.scenario_sheet_pdf, name="scenario-sheet-pdf"),
    path("calls/<int:pk>/", roleplay.mystery_call_agent, name="mystery-call-agent"),
    path("calls/<int:pk>/state/", roleplay.mystery_call_state, name="mystery-call-state"),
    path("calls/<int:pk>/accept/", roleplay.mystery_call_accept, name="mystery-call-accept"),
    path("calls/<int:pk>/give-up/", roleplay.mystery_call_give_up, name="mystery-call-give-up"),
    path("calls/<int:pk>/console/", roleplay.mystery_call_console, name="mystery-call-console"),
    path("calls/<int:pk>/announce/", roleplay.mystery_call_announce, name="mystery-call-announce"),
    path("calls/<int:pk>/accept-aloud/", roleplay.mystery_call_accept_aloud, name="mystery-call-accept-aloud"),
    path("calls/<int:pk>/begin/", roleplay.mystery_call_begin, name="mystery-call-begin"),
    path("calls/<int:pk>/points/<int:point_pk>/", roleplay.mystery_call_mark_point, name="mystery-call-point"),
    path("calls/<int:pk>/items/<int:item_pk>/", roleplay.mystery_call_mark_item, name="mystery-call-item"),
    path("calls/<int:pk>/notes/", roleplay.mystery_call_notes, name="mystery-call-notes"),
    path("calls/<int:pk>/help/", roleplay.mystery_call_help, name="mystery-call-help"),
    path("calls/<int:pk>/forfeit/", roleplay.mystery_call_forfeit, name="mystery-call-forfeit"),
    path("calls/<int:pk>/end/", roleplay.mystery_call_end, name="mystery-call-end"),
    path("calls/<int:pk>/cancel/", roleplay.mystery_call_cancel, name="mystery-call-cancel"),
    path("calls/<int:pk>/debrief/", roleplay.mystery_call_debrief, name="mystery-call-debrief"),
    path("calls/<int:pk>/show-debrief/", roleplay.mystery_call_show_debrief, name="mystery-call-show-debrief"),
    path("calls/<int:pk>/acknowledge/", roleplay.mystery_call_acknowledge, name="mystery-call-acknowledge"),
    path("quality/calls/", evaluations.call_list, name="call-list"),
    path("quality/calls/import/", calls.call_import, name="call-import"),
    path("quality/calls/<int:pk>/evaluate/", evaluations.evaluation_start, name="evaluation-start"),
    path("quality/calls/<int:pk>/recording/", calls.call_recording, name="call-recording"),
    path("quality/answers/", staff.marking_list, name="marking-list"),
    path("quality/answers/<int:pk>/", staff.marking_question, name="marking-question"),
    path("quality/answers/<int:pk>/<int:answer_pk>/mark/", staff.marking_answer, name="marking-answer"),
    path("reports/corrections/", staff.regrade_list, name="regrade-list"),
    path("reports/corrections/<int:pk>/", staff.regrade_form, name="regrade-form"),
    path("reports/corrections/<int:pk>/regrades/", regrades.regrade_history, name="regrade-history"),
    path("reports/corrections/regrades/<int:pk>/", regrades.regrade_detail, name="regrade-detail"),
    path("reports/corrections/regrades/<int:pk>.xlsx", regrades.regrade_xlsx, name="regrade-xlsx"),
    path("reports/corrections/questions/<int:pk>/", staff.void_form, name="void-form"),
    path("reports/corrections/questions/<int:pk>/withdraw/", staff.void_withdraw, name="void-withdraw"),
    path("quality/evaluations/", evaluations.evaluation_list, name="evaluation-list"),
    path("quality/evaluations/<int:pk>/", evaluations.evaluation_detail, name="evaluation-detail"),
    path("quality/evaluations/<int:pk>/mark/", evaluations.evaluation_mark, name="evaluation-mark"),
    path(
        "quality/evaluations/<int:pk>/mark/<int:item_pk>/",
        evaluations.evaluation_mark_item,
        name="evaluation-mark-item",
    ),
    path("quality/evaluations/<int:pk>/summary/", evaluations.evaluation_summary, name="evaluation-summary"),
    path("quality/evaluations/<int:pk>/release/", evaluations.evaluation_release, name="evaluation-release"),
    path("quality/evaluations/<int:pk>/discard/", evaluations.evaluation_discard, name="evaluation-discard"),
    path(
        "quality/evaluations/<int:pk>/acknowledge/",
        evaluations.evaluation_acknowledge,
        name="evaluation-acknowledge",
    ),
    path("reports/quizzes/", itemanalysis.item_analysis_list, name="item-analysis-list"),
    path("reports/quizzes/<int:pk>/", itemanalysis.item_analysis, name="item-analysis"),
    path("reports/quizzes/<int:pk>.xlsx", itemanalysis.item_analysis_xlsx, name="item-analysis-xlsx"),
    path("reports/quizzes/<int:pk>.json", itemanalysis.item_analysis_json, name="item-analysis-json"),
]
