"""The words of scenarios, and how a version becomes final."""

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Direction(TextChoices):
    INBOUND = "inbound", _("Customer calls us")
    OUTBOUND = "outbound", _("We call the customer")


class LineOfBusiness(TextChoices):
    """What the customer's matter belongs to; scenarios are found and drawn by it."""

    GENERAL = "general", _("General")
    BROADBAND = "broadband", _("Broadband")
    MOBILE = "mobile", _("Mobile")
    TV = "tv", _("Television")
    BILLING = "billing", _("Billing")
    FAULTS = "faults", _("Faults")
    COMPLAINTS = "complaints", _("Complaints")
    RETENTION = "retention", _("Retention")
    SALES = "sales", _("Sales")
    OUTBOUND = "outbound", _("Outbound campaigns")


class ScenarioState(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


SCENARIO_MOVES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        ScenarioState.DRAFT: frozenset({ScenarioState.PUBLISHED}),
        ScenarioState.PUBLISHED: frozenset(),
    }
)
