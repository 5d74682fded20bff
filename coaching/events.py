"""What coaching announces, inside the transaction that made it true."""

from django.dispatch import Signal

#: ticket: Ticket, at: datetime
ticket_closed = Signal()
