"""Gathers the tables of this app's rooms, so that Django finds them."""

from coaching.tickets.models import CoachingStep, Remedy, Ticket

__all__ = ["CoachingStep", "Remedy", "Ticket"]
