"""What teaching announces, inside the transaction that made it true."""

from django.dispatch import Signal

#: completion: LessonCompletion, lesson: LessonPage (as it was read), at: datetime – for this app only: sent before `lesson_completed`, so that enrolments
#: are up to date when the news travels up.
lesson_read = Signal()
#: completion: LessonCompletion, at: datetime
lesson_completed = Signal()
#: enrolment: Enrolment, at: datetime – every step of its track is done; certificates are issued on it.
enrolment_completed = Signal()
#: certificate: Certificate, at: datetime
certificate_issued = Signal()
