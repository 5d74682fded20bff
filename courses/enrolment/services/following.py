"""What supervisors and training specialists do for those who learn: enrol, remind, waive a step."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urljoin

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.enrolment.models import Enrolment, EnrolmentStep, LearningReminder, StepWaiver
from courses.enrolment.queries.enrolling import EnrolOrder, EnrolPlan, plan_of
from courses.enrolment.queries.progress import progress_of
from courses.enrolment.queries.steps import StepProgress, TrackProgress
from courses.enrolment.rules.evidence import EvidenceFile
from courses.enrolment.services.completing import bring_up_to_date
from courses.enrolment.services.enrolling import Wish, enrol_all, today_of
from lms.audit import services as audit
from lms.kernel.states import StaleState
from lms.notifications.services import News, notify, notify_all
from lms.people.models import User

#: So many lines stand in one reminder; more are counted.
MOST_LINES = 12


class PlanChanged(ValueError):
    """Others would be enrolled than was looked at: `plan` is what would happen now."""

    def __init__(self, plan: EnrolPlan) -> None:
        super().__init__(str(plan.order.version))
        self.plan = plan


@transaction.atomic
def enrol_chosen(order: EnrolOrder, *, actor: User, at: datetime, seen: str) -> list[Enrolment]:
    """Enrol everybody of the order who doesn't take the track yet, tell them why, and audit each. `seen` is the
    fingerprint of the plan that was looked at: raises PlanChanged when another one would be carried out. Pressing twice
    enrols once: where nobody is left the answer is empty."""
    plan = plan_of(order, actor=actor, at=at)
    if not plan.people:
        return []
    if plan.fingerprint != seen:
        raise PlanChanged(plan)
    wishes = [Wish(person, order.version, order.reason_zh, order.reason_en) for person in plan.people]
    return enrol_all(wishes, actor=actor, at=at)


# --- reminding -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reminded:
    """Who was told now, who had been told that day already, and for whom there is nothing to do."""

    told: list[User]
    before: list[User]
    spared: list[User]


@transaction.atomic
def remind(people: Collection[User], *, actor: User, at: datetime) -> Reminded:
    """Tell each of them once what is overdue and due soon – where nothing is, what comes next –, in one notification
    and one mail with links. At most once a day at the person's site, whoever presses. Audited."""
    # Whoever presses at the same moment waits here.
    rows = list(
        User.objects.working()
        .filter(pk__in=[person.pk for person in people])
        .select_related("site")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    today = {person.pk: today_of(person, at) for person in rows}
    sent = set(LearningReminder.objects.filter(person__in=rows, on__in=today.values()).values_list("person", "on"))
    before = [person for person in rows if (person.pk, today[person.pk]) in sent]
    wanted = [person for person in rows if (person.pk, today[person.pk]) not in sent]
    digests = _digests(wanted, at=at)
    told = [person for person in wanted if digests[person.pk]]
    reminders = LearningReminder.objects.bulk_create(
        LearningReminder(person=person, on=today[person.pk], sent_by=actor, sent_at=at) for person in told
    )
    audit.record_all((audit.Deed("learning_reminded", row.person) for row in reminders), actor=actor, at=at)
    notify_all(
        (News(person, "learning_reminder", reverse("courses:course-list"), digests[person.pk]) for person in told),
        at=at,
    )
    return Reminded(told, before, [person for person in wanted if not digests[person.pk]])


def _digests(people: Sequence[User], *, at: datetime) -> dict[int, dict[str, str]]:
    """The params of each person's reminder in both languages; empty where nothing can be done now."""
    live = list(
        Enrolment.objects.live()
        .filter(person__in=people)
        .select_related("person__site", "track_version")
        .order_by("created_at", "pk")
    )
    found: dict[int, dict[str, str]] = {person.pk: {} for person in people}
    for suffix, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            progress = progress_of(live, at=at)
            of_person: dict[int, list[tuple[Enrolment, TrackProgress]]] = defaultdict(list)
            for row in live:
                of_person[row.person_id].append((row, progress[row.pk]))
            for person in people:
                steps = _to_name(of_person[person.pk])
                if steps:
                    found[person.pk] |= _words_of(steps, suffix)
    return found


def _to_name(taken: Sequence[tuple[Enrolment, TrackProgress]]) -> list[tuple[str, StepProgress]]:
    """(track, step) of what is overdue or due soon, the earliest first; where nothing is, the next step of each."""
    doable = [
        (row.track_version.title if row.track_version else "", step)
        for row, progress in taken
        for step in progress.steps
        if not step.done and step.is_needed and step.is_open
    ]
    pressing = [pair for pair in doable if pair[1].overdue or pair[1].soon]
    if not pressing:
        pressing = [
            (row.track_version.title if row.track_version else "", step)
            for row, progress in taken
            if (step := progress.next_step) is not None
        ]
    return sorted(pressing, key=lambda pair: (pair[1].due_on is None, pair[1].due_on or date.max))


def _words_of(steps: Sequence[tuple[str, StepProgress]], suffix: str) -> dict[str, str]:
    lines, linked = [], []
    for track, step in steps[:MOST_LINES]:
        line = _line(track, step)
        lines.append(line)
        url = urljoin(settings.WAGTAILADMIN_BASE_URL, step.url or reverse("courses:course-list"))
        linked.append(f"– {line}\n  {url}")
    more = len(steps) - MOST_LINES
    if more > 0:
        words = _("and %(n)d more") % {"n": more}
        lines.append(words)
        linked.append(f"– {words}")
    return {f"lines_{suffix}": _("; ").join(lines), f"linked_{suffix}": "\n".join(linked)}


def _line(track: str, step: StepProgress) -> str:
    what = _("%(step)s (%(track)s)") % {"step": step.title, "track": track} if track else step.title
    if step.due_on is None:
        return what
    words = _("%(what)s: overdue since %(day)s") if step.overdue else _("%(what)s: due %(day)s")
    return words % {"what": what, "day": date_format(step.due_on, "DATE_FORMAT")}


# --- waiving ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def waive_step(
    step: EnrolmentStep, *, reason: str, evidence: str, file: EvidenceFile | None = None, actor: User, at: datetime
) -> StepWaiver:
    """Let the step count as done, because something else shows that the person can do it. An assignment that was given
    for it is closed, unless a sitting is going on; the track may be complete now. Keeps reason and evidence, audits
    them – a file by its name and SHA-256 –, and tells the person.

    Raises ValueError without a reason or evidence, and StaleState where the step is done, waived, or asked for no more.
    """
    if not reason.strip() or not evidence.strip():
        raise ValueError("a waiver gives its reason and evidence")
    enrolment, own, progress = _step_now(step, at=at)
    if progress.done or not progress.is_needed:
        raise StaleState("the step is done already")
    waiver = StepWaiver(step=own, reason=reason.strip(), evidence=evidence.strip(), given_by=actor, given_at=at)
    if file is not None:
        waiver.file_name = file.name
        waiver.file.save(f"{own.pk}.{file.ending}", ContentFile(file.content), save=False)
    try:
        with transaction.atomic():
            waiver.save()
    except IntegrityError as error:
        waiver.file.delete(save=False)
        raise StaleState("the step is waived already") from error
    audit.record(
        actor=actor,
        action="step_waived",
        subject=enrolment,
        at=at,
        changes={"step": (None, own.step.order), "evidence": (None, waiver.evidence), **_file_kept(file)},
        reason=waiver.reason,
    )
    _tell(enrolment, own, "step_waived", waiver.reason, at=at)
    bring_up_to_date([enrolment], at=at)
    return waiver


def _file_kept(file: EvidenceFile | None) -> dict[str, tuple[None, str]]:
    return {"file": (None, f"{file.name} (SHA-256 {file.digest})")} if file else {}


@transaction.atomic
def withdraw_waiver(waiver: StepWaiver, *, reason: str, actor: User, at: datetime) -> StepWaiver:
    """The step is to be done after all, while the track is still asked for; a quiz or mystery call of it is given anew.
    Audited, and the person is told. Raises ValueError without a reason, StaleState where it is too late."""
    if not reason.strip():
        raise ValueError("a withdrawal gives its reason")
    enrolment, own, _progress = _step_now(waiver.step, at=at)
    values = {"withdrawn_at": at, "withdrawn_by": actor, "withdrawal_reason": reason.strip()}
    if not StepWaiver.objects.in_force().filter(pk=waiver.pk).update(**values):
        raise StaleState("the waiver is withdrawn already")
    waiver.refresh_from_db()
    audit.record(
        actor=actor,
        action="waiver_withdrawn",
        subject=enrolment,
        at=at,
        changes={"step": (own.step.order, None)},
        reason=waiver.withdrawal_reason,
    )
    _tell(enrolment, own, "waiver_withdrawn", waiver.withdrawal_reason, at=at)
    bring_up_to_date([enrolment], at=at)
    return waiver


def _step_now(step: EnrolmentStep, *, at: datetime) -> tuple[Enrolment, EnrolmentStep, StepProgress]:
    """The step's live enrolment, held against others, and how far the step is."""
    enrolment = (
        Enrolment.objects.live()
        .filter(pk=step.enrolment_id)
        .select_related("person__site", "track_version")
        .select_for_update(of=("self",))
        .first()
    )
    if enrolment is None:
        raise StaleState("the track is asked for no more")
    own = EnrolmentStep.objects.select_related("step").get(pk=step.pk)
    steps = progress_of([enrolment], at=at)[enrolment.pk].steps
    return enrolment, own, next(each for each in steps if each.pk == step.pk)


def _tell(enrolment: Enrolment, own: EnrolmentStep, kind: str, reason: str, *, at: datetime) -> None:
    titles = {}
    for suffix, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            steps = progress_of([enrolment], at=at)[enrolment.pk].steps
            titles[f"step_{suffix}"] = next(each.title for each in steps if each.pk == own.pk)
    version = enrolment.track_version
    notify(
        enrolment.person,
        kind=kind,
        at=at,
        url=reverse("courses:track-detail", args=[version.slug]),
        params={**titles, "track_zh": version.title_zh, "track_en": version.title_en, "reason": reason},
    )
