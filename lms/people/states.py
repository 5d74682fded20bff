"""The words for a person's standing and for roles. Roles meet teams in `lms.people`, nowhere else."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PersonStatus(TextChoices):
    PROBATION = "probation", _("Probation")
    ACTIVE = "active", _("Active")
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
    CONFIRMED = "confirmed", _("Confirmed")
    DISCARDED = "discarded", _("Discarded")


IMPORT_MOVES: dict[str, frozenset[str]] = {
    ImportState.PREVIEWED: frozenset({ImportState.CONFIRMED, ImportState.DISCARDED}),
    ImportState.CONFIRMED: frozenset(),
    ImportState.DISCARDED: frozenset(),
}
