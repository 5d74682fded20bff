"""What teaching announces, inside the transaction that made it true."""

from django.dispatch import Signal

#: completion: LessonCompletion, at: datetime
lesson_completed = Signal()
#: certificate: Certificate, at: datetime
certificate_issued = Signal()
