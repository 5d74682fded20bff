"""By when the steps of tracks are due, counted in the days of work that are known now."""

from collections.abc import Sequence
from datetime import date, datetime

from courses.enrolment.models import Enrolment, TrackStep
from courses.enrolment.rules.dates import due_day
from lms.people.queries import workdays_of
from lms.people.rules.workdays import NOTHING_KNOWN


def due_days_of(asked: Sequence[tuple[Enrolment, Sequence[TrackStep]]], *, at: datetime) -> list[dict[int, date]]:
    """For each enrolment the due day of each of its steps, by the step's id; two queries whatever their number."""
    if not asked:
        return []
    people = {enrolment.person_id: enrolment.person for enrolment, _steps in asked}
    since = min(enrolment.started_on for enrolment, _steps in asked)
    known = workdays_of([*people.values()], since=since, at=at)
    return [
        {
            step.pk: due_day(
                enrolment.started_on,
                step.due_days,
                known.get(enrolment.person_id, NOTHING_KNOWN),
                by_roster=enrolment.track_version.counts_rostered_days,
                limit_on=enrolment.due_limit_on,
            )
            for step in steps
        }
        for enrolment, steps in asked
    ]
