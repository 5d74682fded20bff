"""Gathers the tables of this app's rooms, so that Django finds them."""

from lms.audit.models import AuditEntry
from lms.notifications.models import MailDelivery, Notification
from lms.people.models import (
    ImportBatch,
    JobRole,
    Leave,
    Membership,
    Notice,
    NoticeConfirmation,
    OneTimeCode,
    RosterShift,
    SeatNumber,
    Site,
    Team,
    User,
)
from lms.skills.models import Requirement, Skill, SkillLevel

__all__ = [
    "AuditEntry", "ImportBatch", "JobRole", "Leave", "MailDelivery", "Membership", "Notice", "NoticeConfirmation",
    "Notification", "OneTimeCode", "Requirement", "RosterShift", "SeatNumber", "Site", "Skill", "SkillLevel",
    "Team", "User",
]  # fmt: skip
