"""What one person is asked to learn, for whoever follows it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from courses.enrolment.models import DueExtension, Enrolment, EnrolmentStep, LearningReminder, StepWaiver
from courses.enrolment.queries.following import Followed
from courses.enrolment.queries.progress import progress_of
from courses.enrolment.queries.steps import StepProgress, TrackProgress
from lms.people.models import User


@dataclass(frozen=True)
class StepRecord:
    """One step, with the waiver in force (None: there is none) and the longer times that were given for it."""

    step: StepProgress
    waiver: StepWaiver | None
    extensions: list[DueExtension]


@dataclass(frozen=True)
class EnrolmentRecord:
    """One enrolment with its steps. `extensions` were given for the whole of it; `withdrawn` are waivers that no longer
    hold, with the title of their step."""

    enrolment: Enrolment
    title: str
    progress: TrackProgress
    steps: list[StepRecord]
    extensions: list[DueExtension]
    withdrawn: list[tuple[str, StepWaiver]]

    @property
    def is_live(self) -> bool:
        return self.enrolment.completed_at is None and self.enrolment.ended_at is None


def learning_record(person: User, *, at: datetime) -> list[EnrolmentRecord]:
    """Everything that was asked of the person, what is asked now on top; queries don't grow with the number."""
    rows = list(
        Enrolment.objects.filter(person=person)
        .select_related("person__site", "track_version", "given_by")
        .order_by("-created_at", "-pk")
    )
    progress = progress_of(rows, at=at)
    in_force: dict[int, StepWaiver] = {}
    withdrawn: dict[int, list[StepWaiver]] = defaultdict(list)
    for waiver in StepWaiver.objects.filter(step__enrolment__in=rows).select_related("given_by", "withdrawn_by"):
        if waiver.withdrawn_at is None:
            in_force[waiver.step_id] = waiver
        else:
            withdrawn[waiver.step_id].append(waiver)
    longer: dict[tuple[int, int | None], list[DueExtension]] = defaultdict(list)
    for extension in DueExtension.objects.filter(enrolment__in=rows).select_related("given_by"):
        longer[extension.enrolment_id, extension.step_id].append(extension)
    records = [
        EnrolmentRecord(
            enrolment=row,
            title=row.track_version.title if row.track_version else progress[row.pk].steps[0].title,
            progress=progress[row.pk],
            steps=[
                StepRecord(
                    step,
                    in_force.get(step.pk) if step.pk else None,
                    longer[row.pk, step.pk] if step.pk else [],
                )
                for step in progress[row.pk].steps
            ],
            extensions=longer[row.pk, None],
            withdrawn=[
                (step.title, waiver) for step in progress[row.pk].steps if step.pk for waiver in withdrawn[step.pk]
            ],
        )
        for row in rows
    ]
    return sorted(records, key=lambda record: not record.is_live)


def step_in_words(enrolment: Enrolment, step: EnrolmentStep | None, *, at: datetime) -> tuple[str, date | None]:
    """(what it is about, its due day now): one step, or the whole enrolment."""
    progress = progress_of([enrolment], at=at)[enrolment.pk]
    if step is not None:
        own = next(each for each in progress.steps if each.pk == step.pk)
        words = _("%(step)s (%(track)s)") % {"step": own.title, "track": enrolment.track_version.title}
        return words, own.due_on
    return enrolment.track_version.title if enrolment.track_version else progress.steps[0].title, enrolment.due_on


def reminded_today(rows: Collection[Followed]) -> set[int]:
    """The ids of the people among these rows who were reminded on the present day at their site; one query."""
    days = {row.person.pk: row.person.today for row in rows}
    sent = LearningReminder.objects.filter(person__in=days, on__in=set(days.values()))
    return {person for person, on in sent.values_list("person", "on") if days[person] == on}
