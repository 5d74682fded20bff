"""The words for a person's standing and for roles. Roles meet teams in `lms.people`, nowhere else."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PersonStatus(TextChoices):
    PROBATION = "probation", _("Probation")
    ACTIVE = "active", pgettext_lazy("person", "Active")
    LEAVE = "leave", _("On leave")
    LEFT = "left", _("Left")


class Role(TextChoices):
    """What somebody does for a team (and every team below it in the tree)."""

    AGENT = "agent", _("Agent")
    TEAM_LEADER = "team_leader", _("Team leader")
    FLOOR_SUPERVISOR = "floor_supervisor", _("Floor supervisor")
    QC_ANALYST = "qc_analyst", _("QC analyst")
    QC_LEAD = "qc_lead", _("QC lead")
    TRAINING_SPECIALIST = "training_specialist", _("Training specialist")
    WFM_ANALYST = "wfm_analyst", _("Report/WFM analyst")
    OPERATIONS_MANAGER = "operations_manager", _("Operations manager")


#: Lead people: see their whole record.
LEADING = frozenset({Role.TEAM_LEADER, Role.FLOOR_SUPERVISOR, Role.OPERATIONS_MANAGER})
#: Mark their calls: see their whole record, too.
MARKING = frozenset({Role.QC_ANALYST, Role.QC_LEAD})
#: Write courses, questions, scenarios and scorecards in the back office.
AUTHORING = frozenset({Role.TRAINING_SPECIALIST, Role.QC_LEAD})
#: Run exams for their teams: exceptions, extra time, late answers. A team leader rules on nothing.
EXAMINING = frozenset({Role.FLOOR_SUPERVISOR, Role.OPERATIONS_MANAGER, Role.QC_LEAD, Role.TRAINING_SPECIALIST})
#: Mark written and spoken answers of their teams by a rubric.
ANSWER_MARKING = frozenset({Role.QC_ANALYST, Role.QC_LEAD, Role.TRAINING_SPECIALIST})
#: Give their teams time to learn: longer due days. A team leader rules on nothing.
LEARNING = frozenset({Role.FLOOR_SUPERVISOR, Role.OPERATIONS_MANAGER, Role.TRAINING_SPECIALIST})
#: Follow how their teams learn, and remind them.
FOLLOWING = LEADING | {Role.TRAINING_SPECIALIST}
#: The Django group of administrators. No job role leads into it.
ADMINISTRATORS = "administrator"


class Activity(TextChoices):
    """What a rostered stretch of time is for."""

    PHONE = "phone", _("Phone")
    TRAINING = "training", _("Training")
    MEAL = "meal", _("Meal break")
    LEAVE = "leave", _("Leave")


class ImportKind(TextChoices):
    PEOPLE = "people", _("People")
    ROSTER = "roster", _("Roster")


class ImportState(TextChoices):
    PREVIEWED = "previewed", _("Previewed")
    CONFIRMING = "confirming", _("Being written")
    CONFIRMED = "confirmed", _("Confirmed")
    DISCARDED = "discarded", _("Discarded")


class ImportSetback(TextChoices):
    """Why a worker gave a confirmed file back."""

    PLAN_CHANGED = "plan_changed", _("Somebody has changed people meanwhile. Nothing was written; please look again.")
    UNREADABLE = "unreadable", _("The file can’t be read any more. Nothing was written; please upload it again.")
    FAILED = (
        "failed",
        _(
            "Writing was broken off, and nothing was written. Confirm again; if it happens again, tell whoever runs this server."
        ),
    )


IMPORT_MOVES: dict[str, frozenset[str]] = {
    ImportState.PREVIEWED: frozenset({ImportState.CONFIRMING, ImportState.CONFIRMED, ImportState.DISCARDED}),
    ImportState.CONFIRMING: frozenset({ImportState.CONFIRMED, ImportState.PREVIEWED}),
    ImportState.CONFIRMED: frozenset(),
    ImportState.DISCARDED: frozenset(),
}
