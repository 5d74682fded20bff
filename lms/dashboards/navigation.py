"""Which places the rail shows to whom."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.itemanalysis.permissions import can_see_quiz_figures
from lms.people.permissions import (
    can_author,
    can_browse_people,
    can_follow_learning,
    can_import_calls,
    can_import_roster,
    can_mark_answers,
    can_read_audit,
    can_run_exams,
)
from lms.people.queries import has_role
from lms.people.states import LEADING, MARKING, Role

#: Pages that belong to a place and have addresses of their own.
BESIDE = {
    "courses:find": ("courses:search", "courses:term-list", "courses:note-list", "courses:comment-list"),
    "courses:insight-list": ("courses:comment-work",),
}


@dataclass(frozen=True)
class Place:
    """One entry of the rail."""

    label: Any
    url: str
    icon: str
    is_current: bool


def navigation(request: HttpRequest) -> list[Place]:
    """The reader's places, the present one marked. Empty for strangers."""
    user = request.user
    if not user.is_authenticated:
        return []
    is_agent = has_role(user, Role.AGENT)
    sees_others = has_role(user, *LEADING, *MARKING)
    marks = has_role(user, *MARKING)
    places = [(_("My day") if is_agent else _("Home"), "home", "house", True)]
    places += [
        (_("Learn"), "courses:course-list", "book", True),
        (_("Follow learning"), "courses:following", "graph-up", can_follow_learning(user)),
        (_("Look up"), "courses:find", "search", True),
        (_("Phrases"), "courses:phrase-list", "chat-quote", True),
        (_("Quizzes"), "assessments:attempt-list", "patch-check", is_agent),
        (_("Calls to mark"), "assessments:call-list", "headset", marks),
        (_("Answers to mark"), "assessments:marking-list", "chat-left-text", can_mark_answers(user)),
        (_("Exam room"), "assessments:exam-room", "stopwatch", can_run_exams(user)),
        (_("Exceptions"), "assessments:override-list", "sliders", can_run_exams(user)),
        (_("Evaluations"), "assessments:evaluation-list", "clipboard-check", is_agent or sees_others),
        (_("Mystery calls"), "assessments:mystery-call-list", "telephone", is_agent or sees_others),
        (_("Coaching"), "coaching:ticket-board", "list-task", is_agent or sees_others),
        (_("Skills"), "coaching:skill-matrix", "grid-3x3-gap", sees_others),
        (_("Quiz figures"), "assessments:item-analysis-list", "bar-chart-line", can_see_quiz_figures(user)),
        (_("Lesson insight"), "courses:insight-list", "clipboard-data", can_author(user)),
        (_("Certificates"), "courses:certificate-list", "award", is_agent or sees_others),
        (_("People"), "people:directory", "people", can_browse_people(user)),
        (_("Imports"), "people:import-list", "upload", can_import_roster(user)),
        (_("Call import"), "assessments:call-import", "telephone-inbound", can_import_calls(user)),
        (_("Corrections"), "assessments:regrade-list", "arrow-counterclockwise", can_author(user)),
        (_("Back office"), "wagtailadmin_home", "pencil", can_author(user)),
        (_("Audit log"), "audit-log", "journal-text", can_read_audit(user)),
    ]
    shown = [(label, reverse(name), icon) for label, name, icon, visible in places if visible]
    addresses = [
        (reverse(address), reverse(name))
        for _label, name, _icon, visible in places
        if visible
        for address in (name, *BESIDE.get(name, ()))
    ]
    inside = [
        (address, url)
        for address, url in addresses
        if request.path.startswith(address) and (address != "/" or request.path == "/")
    ]
    _address, here = max(inside, key=lambda pair: len(pair[0]), default=("", None))
    return [Place(label, url, icon, is_current=url == here) for label, url, icon in shown]
