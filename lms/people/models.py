"""Who there is: people, the tree of sites and teams, who was in which team in which role from when to when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Lower, Substr
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from lms.kernel.bilingual import Bilingual
from lms.kernel.storage import private_storage
from lms.people.rules import pinyin_of
from lms.people.states import Activity, ImportKind, ImportSetback, ImportState, PersonStatus, Role


def validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(_("%(value)s is not an IANA time zone."), params={"value": value})


class Site(models.Model):
    """A place where people work, with its own time zone: due dates end at its midnight. Written by imports."""

    code = models.SlugField(max_length=40, unique=True, allow_unicode=True)
    name = models.CharField(max_length=80, unique=True)
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai", validators=[validate_time_zone])

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")

    def __str__(self) -> str:
        return self.name

    def local_day(self, at: datetime) -> date:
        """The calendar day it is at this site at the instant `at`."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()


class Team(MP_Node):
    """A node of a site's tree: the site's own root, a department, a team. Whoever has a role on a node has it below."""

    class Kind(models.TextChoices):
        SITE = "site", _("Site")
        DEPARTMENT = "department", _("Department")
        TEAM = "team", _("Team")

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="teams")
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=80)
    #: Cache, written by imports: the department's name where another team of the site is called the same, else empty.
    shown_department = models.CharField(max_length=80, blank=True, default="", editable=False)

    node_order_by = ["name"]

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            # Two imports that name one team must meet in one row. The path without its last step is the parent's; two
            # departments may each have a first team.
            models.UniqueConstraint(
                "site", "kind", "name", Substr("path", 1, Length("path") - MP_Node.steplen),
                name="one_node_per_parent_kind_and_name",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """The name, with the department where the name alone could mean two teams."""
        return f"{self.shown_department} / {self.name}" if self.shown_department else self.name


class JobRole(models.Model):
    """What somebody was hired as. It gives a platform role on the person's team, never an administrator's rights."""

    key = models.SlugField(max_length=60, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    role = models.CharField(max_length=24, choices=Role)

    name = Bilingual()

    class Meta:
        verbose_name = _("job role")
        verbose_name_plural = _("job roles")
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=[choice.value for choice in Role]), name="job_role_gives_a_known_role"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    def working(self) -> Self:
        """Everybody who hasn't left."""
        return self.exclude(status=PersonStatus.LEFT)

    def visible_to(self, viewer: Any, *, on: date | None = None) -> Self:
        """The people whose whole record the viewer may see: the own one, and that of whoever's *present* team
        the viewer leads or marks."""
        from lms.people.queries import people_visible_to

        return people_visible_to(viewer, among=self, on=on)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str) -> User:
        return self.get(employee_no__iexact=username)

    def create_user(self, employee_no: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(employee_no=employee_no, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, employee_no: str, password: str | None = None, **fields: Any) -> User:
        fields.setdefault("full_name", employee_no)
        return self.create_user(
            employee_no, password, is_superuser=True, is_staff=True, is_administrator=True, **fields
        )


class User(AbstractBaseUser, PermissionsMixin):
    """One person with an employee number. Written by imports and by the person's own settings; never deleted."""

    employee_no = models.CharField(_("employee number"), max_length=40, unique=True)
    full_name = models.CharField(_("full name"), max_length=120)
    latin_name = models.CharField(_("Latin name"), max_length=120, blank=True)
    #: Cache of `pinyin_of(full_name)`: for search and for sorting.
    pinyin = models.CharField(max_length=400, blank=True, editable=False)
    pinyin_initials = models.CharField(max_length=120, blank=True, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )  # NULL: not yet placed
    job_role = models.ForeignKey(JobRole, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    status = models.CharField(_("status"), max_length=12, choices=PersonStatus, default=PersonStatus.ACTIVE)
    hired_on = models.DateField(_("hire date"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    vendor = models.CharField(_("vendor"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    shortcuts_enabled = models.BooleanField(_("single-key shortcuts"), default=True)
    #: Signed in by a one-time code, or given one: nothing opens before a password of one's own is set.
    must_set_password = models.BooleanField(default=False)
    is_administrator = models.BooleanField(default=False)
    #: Django's and Wagtail's words for "may enter the back office" and "may sign in".
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    # Wagtail's user screens ask for these two; names live in `full_name` only.
    first_name = models.CharField(max_length=1, blank=True, default="")
    last_name = models.CharField(max_length=1, blank=True, default="")

    objects = UserManager()

    USERNAME_FIELD = "employee_no"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            # "e10086" and "E10086" are one person: otherwise two accounts share one set of results by accident.
            models.UniqueConstraint(Lower("employee_no"), name="one_person_per_employee_number"),
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="one_person_per_email"),
        ]
        indexes = [
            models.Index(fields=["pinyin"], name="people_by_pinyin"),  # the directory's order
        ]

    def __str__(self) -> str:
        return f"{self.full_name} ({self.employee_no})"

    def save(self, *, force_insert=False, force_update=False, using=None, update_fields=None) -> None:
        self.pinyin, self.pinyin_initials = pinyin_of(self.full_name)
        if update_fields is not None and "full_name" in update_fields:
            update_fields = {*update_fields, "pinyin", "pinyin_initials"}
        super().save(force_insert=force_insert, force_update=force_update, using=using, update_fields=update_fields)

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name

    @property
    def time_zone(self) -> str:
        return self.site.time_zone if self.site_id else settings.TIME_ZONE


class MembershipQuerySet(models.QuerySet["Membership"]):
    def on(self, day: date) -> Self:
        """Memberships that hold on the given day."""
        return self.filter(Q(to_on__isnull=True) | Q(to_on__gt=day), from_on__lte=day)

    def of_agents(self) -> Self:
        return self.filter(role=Role.AGENT)


class Membership(models.Model):
    """Somebody in a team in a role from a day to a day (exclusive). A change ends the row and begins another."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=24, choices=Role)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)  # NULL: until further notice
    #: Given by the supervisor column of other people's lines, not by the person's own line or by hand. Such a role ends
    #: when a file names other supervisors for the whole team.
    is_from_supervisor_column = models.BooleanField(default=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="membership_ends_after_it_begins",
            ),
            # An agent's figures count for one team at a time.
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(role="agent", to_on__isnull=True),
                name="one_present_team_per_agent",
            ),
            models.UniqueConstraint(
                fields=["person", "team", "role"],
                condition=Q(to_on__isnull=True),
                name="one_present_membership_per_person_team_and_role",
            ),
        ]
        indexes = [
            models.Index(fields=["team", "role", "from_on"], name="members_of_a_team"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.team} · {self.get_role_display()}"


class SeatNumber(models.Model):
    """Which person used an ACD seat number when. The HR number is not the seat number; calls arrive with the latter."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="seat_numbers")
    number = models.CharField(_("seat number"), max_length=40)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)  # NULL: until further notice

    class Meta:
        constraints = [
            # A call would be laid at two people's door.
            models.UniqueConstraint(
                fields=["number"], condition=Q(to_on__isnull=True), name="one_present_holder_per_seat_number"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="seat_number_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RosterShift(models.Model):
    """One planned stretch of one person's day. Written by roster imports; a later import of the day replaces it."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="roster")
    on = models.DateField()
    shift = models.CharField(max_length=40, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    activity = models.CharField(max_length=12, choices=Activity)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="roster_stretch_ends_after_it_begins"),
            models.UniqueConstraint(fields=["person", "starts_at"], name="one_roster_stretch_per_person_and_start"),
        ]
        indexes = [models.Index(fields=["on"], name="roster_of_a_day")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.on} {self.activity}"


class Leave(models.Model):
    """Somebody's standing was *on leave* from a day to a day (exclusive). Written beside the status, which knows no
    days; single days of leave are in the roster. Final when it has ended."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="leaves")
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)  # NULL: still on leave

    class Meta:
        verbose_name = _("leave")
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="leave_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(to_on__isnull=True), name="one_present_leave_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.from_on}"


class OneTimeCode(models.Model):
    """A code that opens *set your password* once. Only its hash is kept. Final when used, revoked or expired."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="one_time_codes")
    code_hash = models.CharField(max_length=256)
    issued_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # NULL: by the system
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(used_at__isnull=True, revoked_at__isnull=True),
                name="one_live_code_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.expires_at}"


#: Where the cache keeps the newest version: every page asks for it.
NOTICE_VERSION = "newest-notice-version"


class Notice(models.Model):
    """One version of the notice on what is recorded, who sees it and how long it is kept. Never edited."""

    version = models.PositiveIntegerField(unique=True)
    title_zh = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160)
    body_zh = models.TextField()
    body_en = models.TextField()
    published_at = models.DateTimeField()

    title = Bilingual()
    body = Bilingual()

    class Meta:
        ordering = ["-version"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    def __str__(self) -> str:
        return f"{self.version} {self.title}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        cache.delete(NOTICE_VERSION)


class NoticeConfirmation(models.Model):
    """Somebody confirmed having read one version of the notice. Written once."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notice_confirmations")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="confirmations")
    confirmed_at = models.DateTimeField()
    language = models.CharField(max_length=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "notice"], name="one_confirmation_per_person_and_notice"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.notice_id}"


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, viewer: Any) -> Self:
        """Imports of the kinds that the viewer may make."""
        from lms.people.permissions import can_import

        return self.filter(kind__in=[kind.value for kind in ImportKind if can_import(viewer, kind)])

    def asked_before(self, at: datetime) -> Self:
        """Confirmed before the instant and not written yet."""
        return self.filter(state=ImportState.CONFIRMING, asked_at__lt=at)


class ImportBatch(models.Model):
    """An uploaded file of people or roster lines: previewed first, written only when confirmed – at once, or by a
    worker where the file is long."""

    kind = models.CharField(max_length=12, choices=ImportKind)
    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.PREVIEWED)
    file = models.FileField(storage=private_storage, upload_to="imports/%Y/%m/")
    file_name = models.CharField(max_length=200)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    #: Who confirmed a long file and when, and the digest of the plan that was shown: what the worker goes by.
    asked_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: nobody
    asked_at = models.DateTimeField(null=True, blank=True)  # NULL: nobody
    seen = models.CharField(max_length=64, blank=True)
    #: Why the worker wrote nothing and gave the file back; empty again when it is confirmed anew.
    setback = models.CharField(max_length=16, choices=ImportSetback, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    #: What confirming did: {"counts": {"added": 3, …}, "refused": [the refused lines with their problems]}.
    summary = models.JSONField(default=dict)
    added_people = models.ManyToManyField(User, blank=True, related_name="+")
    #: How many printable lists of one-time codes were made. Each can be made once: whoever presses twice gets one.
    code_lists = models.PositiveSmallIntegerField(default=0)
    #: When the last of them was made.
    codes_issued_at = models.DateTimeField(null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"
