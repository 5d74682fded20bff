"""Reads that span calls and people."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.calls.models import Call
from lms.people.models import SeatNumber, User


def calls_visible_to(viewer: Any, *, among: QuerySet[Call]) -> QuerySet[Call]:
    """See `CallQuerySet.visible_to`."""
    if not viewer.is_authenticated:
        return among.none()
    theirs = Q(agent__in=User.objects.visible_to(viewer)) & ~Q(agent=viewer)
    own = Q(agent=viewer) & Q(evaluated())
    return among.filter(theirs | own)


def evaluated() -> Exists:
    """An evaluation of the call was released. (Only released ones say when; this room doesn't know their states.)"""
    return Exists(Call.objects.filter(pk=OuterRef("pk"), evaluations__released_at__isnull=False))


#: Why a line of an import was left out; %(value)s is what stood there.
REASONS = {
    "too_many_cells": _("The line has more cells than the header, from “%(value)s” on."),
    "no_id": _("The call id is missing."),
    "bad_id": _("The call id is longer than 80 characters: %(value)s"),
    "no_agent": _("The agent number is missing."),
    "unknown_agent": _("Nobody had the number %(value)s on that day."),
    "ambiguous_agent": _("The number %(value)s leads to two people."),
    "bad_start": _("The start isn't a date with a time: %(value)s"),
    "future_start": _("The start lies in the future: %(value)s"),
    "bad_duration": _("The duration can't be read: %(value)s"),
    "bad_hold": _("The hold time can't be read: %(value)s"),
    "bad_wrap_up": _("The wrap-up time can't be read: %(value)s"),
    "bad_direction": _("The direction is neither inbound nor outbound: %(value)s"),
    "bad_hung_up_by": _("Who hung up can't be read: %(value)s"),
    "bad_rating": _("The customer rating can't be read: %(value)s"),
    "twice": _("The call id %(value)s stands in the file before."),
    "changed": _("The call %(value)s was imported before, with another agent, start or duration."),
}


def refusal_words(refused: dict[str, Any]) -> str:
    """One refused line's reason in the reader's language."""
    words = REASONS.get(refused["reason"])
    return str(words) % {"value": refused.get("value", "")} if words else refused["reason"]


@dataclass(frozen=True)
class NumberBook:
    """Who is behind which number on which day: seat numbers by date, employee numbers always."""

    seats: dict[str, list[tuple[date, date | None, int]]]
    employees: dict[str, int]
    time_zones: dict[int, str]

    def holders(self, seat_number: str, employee_no: str, on: date) -> set[int]:
        """The people the two numbers lead to: none, one, or – a contradiction – several. What stands in the column of
        seat numbers may also be an employee number."""
        found: set[int] = set()
        if seat_number:
            number = seat_number.casefold()
            found |= {
                person for begin, end, person in self.seats.get(number, []) if begin <= on and (end is None or on < end)
            }
            found |= {self.employees[number]} if number in self.employees else set()
        if employee_no:
            person = self.employees.get(employee_no.casefold())
            if person is None:
                return set()
            found.add(person)
        return found


def number_book() -> NumberBook:
    """All numbers in two queries."""
    seats: dict[str, list[tuple[date, date | None, int]]] = {}
    for number, begin, end, person in SeatNumber.objects.values_list("number", "from_on", "to_on", "person_id"):
        seats.setdefault(number.casefold(), []).append((begin, end, person))
    employees, time_zones = {}, {}
    for pk, number, time_zone in User.objects.values_list("pk", "employee_no", "site__time_zone"):
        employees[number.casefold()] = pk
        time_zones[pk] = time_zone or settings.TIME_ZONE
    return NumberBook(seats, employees, time_zones)
