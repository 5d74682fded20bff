"""Who may do what with people. Roles meet teams here; other rooms ask these predicates."""

from typing import TYPE_CHECKING

from lms.people.queries import has_role, present_team_of, roles_of, teams_under
from lms.people.states import (
    ANSWER_MARKING,
    AUTHORING,
    EXAMINING,
    FOLLOWING,
    LEADING,
    LEARNING,
    MARKING,
    ImportKind,
    Role,
)

if TYPE_CHECKING:
    from lms.people.models import User


def is_administrator(viewer) -> bool:
    return bool(viewer.is_authenticated and viewer.is_active and viewer.is_administrator)


def can_manage_people(viewer) -> bool:
    """Import people and issue printed lists of codes."""
    return is_administrator(viewer)


def can_import_people(viewer) -> bool:
    return is_administrator(viewer)


def can_import_roster(viewer) -> bool:
    return is_administrator(viewer) or has_role(viewer, Role.WFM_ANALYST)


def can_import(viewer, kind: str) -> bool:
    """Upload, confirm and discard imports of this kind."""
    return can_import_people(viewer) if kind == ImportKind.PEOPLE else can_import_roster(viewer)


def can_import_calls(viewer) -> bool:
    return is_administrator(viewer) or has_role(viewer, Role.WFM_ANALYST, Role.QC_LEAD)


def can_browse_people(viewer) -> bool:
    """The directory of names and numbers (no scores)."""
    return is_administrator(viewer) or has_role(viewer, *LEADING, *MARKING, Role.WFM_ANALYST)


def can_author(viewer) -> bool:
    """Write courses, questions, scenarios and scorecards in the back office."""
    return has_role(viewer, *AUTHORING)


def can_run_exams(viewer) -> bool:
    """Give exceptions and extra time to somebody; `examines` says to whom."""
    return has_role(viewer, *EXAMINING)


def examines(viewer, person: "User") -> bool:
    """The viewer runs exams for the person's present team, and isn't the person."""
    return viewer.pk != person.pk and _has_on_team_of(viewer, person, EXAMINING)


def plans_learning(viewer, person: "User") -> bool:
    """The viewer gives the person's present team its time to learn, and isn't the person."""
    return viewer.pk != person.pk and _has_on_team_of(viewer, person, LEARNING)


def can_plan_learning(viewer) -> bool:
    """Enrol others in tracks; `plans_learning` says whom."""
    return has_role(viewer, *LEARNING)


def can_follow_learning(viewer) -> bool:
    """See how far others are in what they learn, and remind them; `follows_learning` says whose."""
    return has_role(viewer, *FOLLOWING)


def follows_learning(viewer, person: "User") -> bool:
    """The viewer leads or trains the person's present team, and isn't the person."""
    return viewer.pk != person.pk and _has_on_team_of(viewer, person, FOLLOWING)


def can_mark_answers(viewer) -> bool:
    """Mark written and spoken answers; whose, the queue knows."""
    return has_role(viewer, *ANSWER_MARKING)


def can_read_audit(viewer) -> bool:
    return is_administrator(viewer)


def leads(viewer, person: "User") -> bool:
    """The viewer is team leader or floor supervisor (or manages the site) of the person's present team."""
    return _has_on_team_of(viewer, person, LEADING)


def marks(viewer, person: "User") -> bool:
    """The viewer is QC analyst or lead of the person's present team, and isn't the person."""
    return viewer.pk != person.pk and _has_on_team_of(viewer, person, MARKING)


def can_read_file_of(viewer, person: "User") -> bool:
    """Memberships, seat numbers, roster and standing of a person, beyond the directory's name and number."""
    return (
        viewer.pk == person.pk
        or is_administrator(viewer)
        or has_role(viewer, Role.WFM_ANALYST)
        or type(person).objects.visible_to(viewer).filter(pk=person.pk).exists()
    )


def can_issue_code(viewer, person: "User") -> bool:
    """Give somebody a one-time code: an administrator, or whoever leads the person's team. Who reads the code could sign
    in with it, so a leader gives none to an agent who may more than agents may."""
    return viewer.pk != person.pk and (
        is_administrator(viewer)
        or (
            _has_on_team_of(viewer, person, frozenset({Role.TEAM_LEADER, Role.FLOOR_SUPERVISOR}))
            and not person.is_administrator
            and roles_of(person) <= {Role.AGENT}
        )
    )


def _has_on_team_of(viewer, person: "User", roles: frozenset[str]) -> bool:
    team = present_team_of(person)
    return team is not None and teams_under(viewer, roles).filter(pk=team.pk).exists()
