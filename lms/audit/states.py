"""The words for deeds. An action that has none yet is shown by its key."""

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Action(TextChoices):
    """What can be found in the log. Rooms write the value; the label is what an administrator reads."""

    # people and sign-in
    CODE_ISSUED = "code_issued", _("One-time code issued")
    CODE_USED = "code_used", _("One-time code used")
    PASSWORD_SET = "password_set", _("First password set")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    SESSIONS_ENDED = "sessions_ended", _("Signed out elsewhere")
    SETTINGS_CHANGED = "settings_changed", _("Own settings changed")
    NOTICE_PUBLISHED = "notice_published", _("Notice published")
    NOTICE_CONFIRMED = "notice_confirmed", _("Notice confirmed")
    IMPORT_UPLOADED = "import_uploaded", _("Import uploaded")
    IMPORT_CONFIRMED = "import_confirmed", _("Import confirmed")
    IMPORT_DISCARDED = "import_discarded", _("Import discarded")
    IMPORT_CODES_PRINTED = "import_codes_printed", _("List of codes printed")
    PERSON_ADDED = "person_added", _("Person added")
    PERSON_CHANGED = "person_changed", _("Person changed")
    SUPERVISION_BEGAN = "supervision_began", _("Supervision of a team began")
    SUPERVISION_ENDED = "supervision_ended", _("Supervision of a team ended")
    ROSTER_CHANGED = "roster_changed", _("Roster changed")
    SITE_ADDED = "site_added", _("Site added")
    TEAM_ADDED = "team_added", _("Team added")
    TEAM_MOVED = "team_moved", _("Team moved")
    JOB_ROLE_DEFINED = "job_role_defined", _("Job role defined")
    PACK_LOADED = "pack_loaded", _("Content pack loaded")
    # skills
    SKILL_DEFINED = "skill_defined", _("Skill defined")
    REQUIREMENTS_CHANGED = "requirements_changed", _("Requirements changed")
    # questions and quizzes
    QUESTION_WRITTEN = "question_written", _("Question written")
    QUESTION_EDITED = "question_edited", _("Question edited")
    QUESTION_REVISED = "question_revised", _("New version of a question")
    QUESTION_FILED = "question_filed", _("Question filed")
    QUIZ_WRITTEN = "quiz_written", _("Quiz written")
    QUIZ_DESCRIBED = "quiz_described", _("Quiz described anew")
    QUIZ_REVISED = "quiz_revised", _("Quiz draft changed")
    QUIZ_DRAFT_STARTED = "quiz_draft_started", _("Quiz draft started")
    QUIZ_PUBLISHED = "quiz_published", _("Quiz published")
    QUIZ_ASSIGNED = "quiz_assigned", _("Quiz assigned")
    QUIZ_GIVEN = "quiz_given", _("Quiz given by hand")
    ASSIGNMENT_CLOSED = "assignment_closed", _("Assignment closed")
    ATTEMPT_STARTED = "attempt_started", _("Attempt started")
    ATTEMPT_GRADED = "attempt_graded", _("Attempt graded")
    ATTEMPT_SUBMITTED = "attempt_submitted", _("Attempt handed in")
    ATTEMPT_ABANDONED = "attempt_abandoned", _("Attempt abandoned")
    ATTEMPT_REGRADED = "attempt_regraded", _("Attempt regraded")
    QUIZ_REGRADED = "quiz_regraded", _("Quiz regraded")
    ANSWER_MARKED = "answer_marked", _("Answer marked")
    RECORDING_KEPT = "recording_kept", _("Spoken answer recorded")
    QUESTION_VOIDED = "question_voided", _("Question declared void")
    QUESTION_VOID_WITHDRAWN = "question_void_withdrawn", _("Void question counted again")
    COURSE_MEDIA_KEPT = "course_media_kept", _("Recording or film of a lesson added")
    COURSE_MEDIA_CHANGED = "course_media_changed", _("Recording or film of a lesson changed")
    QUESTION_MEDIA_KEPT = "question_media_kept", _("Picture or recording added to the bank")
    QUESTIONS_IMPORTED = "questions_imported", _("Questions imported")
    QUESTIONS_EXPORTED = "questions_exported", _("Questions exported")
    OVERRIDE_GIVEN = "override_given", _("Exception given")
    OVERRIDE_WITHDRAWN = "override_withdrawn", _("Exception withdrawn")
    EXTRA_TIME_GIVEN = "extra_time_given", _("Extra time given")
    # scenarios and mystery calls
    SCENARIO_WRITTEN = "scenario_written", _("Scenario written")
    SCENARIO_DESCRIBED = "scenario_described", _("Scenario described anew")
    SCENARIO_VERSION_DRAFTED = "scenario_version_drafted", _("Scenario draft started")
    SCENARIO_VERSION_EDITED = "scenario_version_edited", _("Scenario draft changed")
    SCENARIO_PUBLISHED = "scenario_published", _("Scenario published")
    MYSTERY_CALL_ASSIGNED = "mystery_call_assigned", _("Mystery call assigned")
    MYSTERY_CALL_PLANNED = "mystery_call_planned", _("Mystery call planned")
    SCENARIO_DRAWN = "scenario_drawn", _("Scenario of a mystery call drawn")
    SCENARIO_REPEATED = "scenario_repeated", _("Scenario used again before its rest was over")
    MYSTERY_CALL_ANNOUNCED = "mystery_call_announced", _("Mystery call announced")
    MYSTERY_CALL_ACCEPTED = "mystery_call_accepted", _("Rules of a mystery call confirmed")
    MYSTERY_CALL_IN_PROGRESS = "mystery_call_in_progress", _("Mystery call begun")
    MYSTERY_CALL_HELP_RECORDED = "mystery_call_help_recorded", _("Help recorded in a mystery call")
    MYSTERY_CALL_ENDED = "mystery_call_ended", _("Mystery call ended")
    MYSTERY_CALL_FORFEITED = "mystery_call_forfeited", _("Mystery call forfeited")
    MYSTERY_CALL_DEBRIEFED = "mystery_call_debriefed", _("Mystery call debriefed")
    MYSTERY_CALL_ACKNOWLEDGED = "mystery_call_acknowledged", _("Mystery call acknowledged")
    MYSTERY_CALL_SETTLED = "mystery_call_settled", _("Mystery call settled")
    MYSTERY_CALL_CANCELLED = "mystery_call_cancelled", _("Mystery call cancelled")
    # scorecards, calls, evaluations
    SCORECARD_DESCRIBED = "scorecard_described", _("Scorecard described anew")
    SCORECARD_VERSION_DRAFTED = "scorecard_version_drafted", _("Scorecard draft started")
    SCORECARD_VERSION_PUBLISHED = "scorecard_version_published", _("Scorecard published")
    CALLS_IMPORTED = "calls_imported", _("Calls imported")
    RECORDING_ADDED = "recording_added", _("Recording added")
    EVALUATION_STARTED = "evaluation_started", _("Evaluation started")
    EVALUATION_HELD = "evaluation_held", _("Evaluation held for its mystery call")
    EVALUATION_RELEASED = "evaluation_released", _("Evaluation released")
    EVALUATION_ACKNOWLEDGED = "evaluation_acknowledged", _("Evaluation acknowledged")
    EVALUATION_DISCARDED = "evaluation_discarded", _("Evaluation discarded")
    # courses
    TRACK_VERSION_PUBLISHED = "track_version_published", _("Track version published")
    TRACK_AUDIENCE_CHANGED = "track_audience_changed", _("Track is for others")
    ENROLLED_IN_TRACK = "enrolled_in_track", _("Enrolled in a track")
    LESSON_ASSIGNED = "lesson_assigned", _("Lesson assigned")
    ENROLMENT_ENDED = "enrolment_ended", _("Enrolment ended")
    ENROLMENT_COMPLETED = "enrolment_completed", _("Enrolment completed")
    PUBLISHING_RULE_CHANGED = "publishing_rule_changed", _("Publishing rule changed")
    TRANSLATION_IN_STEP = "translation_in_step", _("Translation marked as in step")
    TRANSLATION_MADE = "translation_made", _("Translation begun")
    CERTIFICATE_ISSUED = "certificate_issued", _("Certificate issued")
    DUE_DAYS_MOVED = "due_days_moved", _("Due days moved by roster or leave")
    DUE_DAY_EXTENDED = "due_day_extended", _("Due day extended")
    STEP_WAIVED = "step_waived", _("Step waived")
    WAIVER_WITHDRAWN = "waiver_withdrawn", _("Waiver withdrawn")
    LEARNING_REMINDED = "learning_reminded", _("Reminded of what is to learn")
    CERTIFICATE_RENEWED = "certificate_renewed", _("Certificate renewed")
    RENEWAL_OPENED = "renewal_opened", _("Renewal of a certificate opened")
    CERTIFICATE_QUESTIONED = "certificate_questioned", _("A quiz behind a certificate is no longer passed")
    CERTIFICATE_REVOKED = "certificate_revoked", _("Certificate revoked")
    # coaching
    TICKET_OPENED = "ticket_opened", _("Ticket opened")
    TICKET_SEEN_AGAIN = "ticket_seen_again", _("Weakness of a ticket seen again")
    TICKET_TAKEN = "ticket_taken", _("Ticket taken over")
    TICKET_COMMENTED = "ticket_commented", _("Ticket commented")
    TICKET_REMEDIES_ASSIGNED = "ticket_remedies_assigned", _("Remedies assigned")
    TICKET_RETEST_OFFERED = "ticket_retest_offered", _("Re-test offered")
    TICKET_ROUND_FAILED = "ticket_round_failed", _("Re-test not passed, next round")
    TICKET_CLOSED = "ticket_closed", _("Ticket closed")


def label_of(action: str) -> str:
    """The action in the active language, or its key."""
    return str(Action(action).label) if action in Action.values else action


#: What an entry says was different. A name that has no words yet is shown as it is.
FIELDS: Mapping[str, Promise] = MappingProxyType({
    # people and sign-in
    "department": _("Department"),
    "email": _("E-mail"),
    "expires_at": _("Valid until"),
    "expires_on": _("Valid until"),
    "full_name": _("Full name"),
    "hired_on": _("Hire date"),
    "job_role": _("Job role"),
    "language": _("Language"),
    "latin_name": _("Latin name"),
    "memberships": _("Teams and roles"),
    "people": _("People"),
    "seat_number": _("Seat number"),
    "sessions": _("Other sessions"),
    "shortcuts_enabled": _("Single-key shortcuts"),
    "site": _("Site"),
    "status": _("Status"),
    "stretch": _("Rostered"),
    "team": _("Team"),
    "vendor": _("Vendor"),
    # lines of a file
    "added": _("Added"),
    "changed": _("Changed"),
    "removed": _("Replaced"),
    "unchanged": _("Unchanged"),
    "refused": _("Refused"),
    # quizzes
    "attempts": _("Attempts"),
    "closed_at": _("Closed"),
    "closes_at": _("Closes"),
    "limit_minutes": _("Time limit"),
    "mark": _("Mark"),
    "minutes": _("Minutes"),
    "mode": _("How it counts"),
    "opens_at": _("Opens"),
    "passed": _("Passed"),
    "score": _("Score"),
    "scores": _("Scores"),
    "share": _("Share"),
    # mystery calls, scorecards, courses, tickets
    "coach": _("Coach"),
    "completed_at": _("Completed"),
    "audience": _("For whom"),
    "captions_en": _("Captions (English)"),
    "captions_zh": _("Captions (Chinese)"),
    "file": _("File"),
    "rights": _("Rights"),
    "seconds": _("Length (seconds)"),
    "title": _("Title"),
    "transcript_en": _("Transcript (English)"),
    "transcript_zh": _("Transcript (Chinese)"),
    "due_on": _("Due"),
    "effective_on": _("Takes effect"),
    "ended_at": _("Ended"),
    "evidence": _("Evidence"),
    "ground": _("Why it was opened"),
    "help": _("Help taken"),
    "lessons": _("Lessons"),
    "needs_review": _("Publishing needs a review"),
    "outcome": _("Outcome"),
    "planned_for": _("Planned for"),
    "published_on": _("Published on"),
    "round": _("Round"),
    "state": _("State"),
    "step": _("Step"),
    "version": _("Version"),
})  # fmt: skip


def field_label_of(name: str) -> str:
    """The field in the active language, or its name; `stretch 2` keeps its number."""
    word, _space, number = name.partition(" ")
    return f"{FIELDS[word]} {number}".rstrip() if word in FIELDS else name
