"""The rules of tracks, kept in memory: frozen when they were published, and asked on every learner's page."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch

from courses.enrolment.models import Enrolment, EnrolmentStep, TrackStep, TrackVersion
from lms.kernel.kept import Kept


@dataclass(frozen=True)
class _Rules:
    """Every version with groups, prerequisites and steps, every step with its quiz or scenario, by id."""

    versions: dict[int, TrackVersion]
    steps: dict[int, TrackStep]


def _read() -> _Rules:
    """Four queries."""
    steps = TrackStep.objects.select_related("quiz", "scenario").order_by("order")
    versions = TrackVersion.objects.order_by("number").prefetch_related(
        "groups", "prerequisites", Prefetch("steps", steps)
    )
    by_id = {version.pk: version for version in versions}
    return _Rules(by_id, {step.pk: step for version in by_id.values() for step in version.steps.all()})


#: Forgotten when a version is published, and when what its steps name is called something else.
track_rules = Kept("track-rules", _read)


def give_rules(enrolments: Iterable[Enrolment], steps: Iterable[EnrolmentStep] = ()) -> None:
    """Put the track versions of the enrolments and the steps of the enrolment steps at hand."""
    rules = track_rules()
    for enrolment in enrolments:
        if enrolment.track_version_id:
            enrolment.track_version = rules.versions[enrolment.track_version_id]
    for step in steps:
        step.step = rules.steps[step.step_id]


def newest_of(keys: Iterable[UUID]) -> dict[UUID, TrackVersion]:
    """The newest version of each of these tracks by translation key."""
    wanted = set(keys)
    versions = track_rules().versions.values() if wanted else ()
    return {version.track_key: version for version in versions if version.track_key in wanted}
