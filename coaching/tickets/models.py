"""One weakness of one agent, to be cured."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.assignments.models import Assignment
from assessments.evidence.models import SourceKind
from coaching.effects.rules import Figure
from coaching.tickets.states import LIVE, Deed, Ground, Outcome, TicketState
from courses.enrolment.models import Enrolment
from lms.kernel.bilingual import Bilingual
from lms.people.models import User
from lms.people.queries import today_of
from lms.skills.models import Skill


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, viewer: Any) -> Self:
        return self.filter(agent__in=User.objects.visible_to(viewer))

    def live(self) -> Self:
        return self.filter(state__in=LIVE)

    def late_first(self) -> Self:
        """By due day, the earliest first; those without one after them, the oldest first."""
        return self.order_by(F("due_on").asc(nulls_last=True), "opened_at", "pk")


class TicketManager(models.Manager.from_queryset(TicketQuerySet)):  # type: ignore[misc]
    """Whether a ticket is late depends on the agent's site: rows of one list fetch their sites together."""

    def get_queryset(self) -> TicketQuerySet:
        return super().get_queryset().fetch_mode(models.FETCH_PEERS)


class Ticket(models.Model):
    """One skill of one agent: what was seen, what is done about it, what the re-test showed. Final when closed."""

    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tickets")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="tickets")
    state = models.CharField(max_length=12, choices=TicketState, default=TicketState.OPEN)
    ground = models.CharField(max_length=10, choices=Ground)
    source_kind = models.CharField(max_length=16, choices=SourceKind, blank=True)
    source_id = models.PositiveBigIntegerField(null=True, blank=True)  # NULL: opened by hand
    #: The item's name as it was marked, in both languages.
    seen_zh = models.CharField(max_length=300, blank=True)
    seen_en = models.CharField(max_length=300, blank=True)
    coach = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets_coached"
    )  # NULL: nobody took it yet
    cause = models.TextField(_("agreed cause"), blank=True)
    goal = models.TextField(_("goal"), blank=True)
    due_on = models.DateField(null=True, blank=True)  # NULL: nothing assigned yet
    round = models.PositiveSmallIntegerField(default=1)
    retest = models.ForeignKey(
        Assignment, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets"
    )  # NULL: not yet due
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: by triage
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    # Before and after, each share with its n and 95 % interval (NULL where n is too small for one):
    before_share = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)
    before_low = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)
    before_high = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)
    before_n = models.PositiveIntegerField(default=0)
    after_share = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)
    after_low = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)
    after_high = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)
    after_n = models.PositiveIntegerField(default=0)

    seen = Bilingual()
    objects = TicketManager()

    class Meta:
        ordering = ["-opened_at"]
        verbose_name = _("coaching ticket")
        verbose_name_plural = _("coaching tickets")
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "skill"],
                condition=Q(state__in=["open", "teaching", "retest_due"]),
                name="one_live_ticket_per_agent_and_skill",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="a_closed_ticket_says_when_and_how",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="tickets_by_state_late_first")]

    def __str__(self) -> str:
        return f"{self.agent} · {self.skill}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_overdue(self) -> bool:
        """What is asked for now was due before today, by the calendar of the agent's site."""
        return self.is_live and self.due_on is not None and self.due_on < today_of(self.agent)

    @property
    def before(self) -> Figure:
        """What had been observed when the ticket was opened."""
        return Figure(self.before_share, self.before_low, self.before_high, self.before_n)

    @property
    def after(self) -> Figure:
        """What the re-test showed."""
        return Figure(self.after_share, self.after_low, self.after_high, self.after_n)


class Remedy(models.Model):
    """One lesson proposed or chosen against the weakness. Chosen ones get an enrolment with a due day."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="remedies")
    round = models.PositiveSmallIntegerField(default=1)
    lesson_key = models.UUIDField()
    is_chosen = models.BooleanField(default=False)
    enrolment = models.ForeignKey(
        Enrolment, null=True, blank=True, on_delete=models.PROTECT, related_name="remedies"
    )  # NULL: not assigned
    done_at = models.DateTimeField(null=True, blank=True)  # NULL: not yet done

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "round", "lesson_key"], name="each_lesson_once_per_round"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.lesson_key}"


class CoachingStep(models.Model):
    """What was done on a ticket, in words. Appended."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="coaching_steps")
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # NULL: the system
    kind = models.CharField(max_length=20, choices=Deed)
    note = models.TextField(blank=True)
    #: What the words of a line need that the system wrote: a lesson's key, the item that was seen, a result.
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind}"
