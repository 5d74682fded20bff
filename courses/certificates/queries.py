"""Reads that span certificates and what they certify, and what their font can draw."""

from decimal import Decimal
from functools import cache
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from assessments.attempts.queries import results_of
from assessments.roleplay.queries import mystery_results_of
from courses.certificates.models import Certificate, Renewal
from courses.enrolment.models import Enrolment
from lms.kernel.fonts import FACES
from lms.people.models import User


def missing_characters(text: str) -> str:
    """The characters of `text` that the certificate's font can't draw, each once."""
    return "".join(dict.fromkeys(letter for letter in text if ord(letter) not in _glyphs() and not letter.isspace()))


@cache
def _glyphs() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    regular, bold = (TTFont(face, lazy=True).getBestCmap() for face in FACES.values())
    return frozenset(regular) & frozenset(bold)


def counted_scores(enrolment: Enrolment) -> list[Decimal]:
    """The scores that a certificate of this enrolment states the mean of: what counts of each quiz that was passed, and
    each mystery call that was passed."""
    steps = enrolment.steps.filter(assignment__isnull=False).select_related("assignment")
    assignments = [step.assignment for step in steps]
    quizzes = results_of([row for row in assignments if row.quiz_id])
    calls = mystery_results_of([row for row in assignments if row.scenario_id])
    scores = [result.score for result in quizzes.values() if result.passed and result.score is not None]
    return [*scores, *(result.score for result in calls.values() if result.passed and result.score is not None)]


def last_certificate(person: User, track_key: UUID) -> Certificate | None:
    """The one that a new certificate of the track renews: the newest, neither revoked nor renewed before."""
    own = Certificate.objects.filter(person=person, track_version__track_key=track_key)
    return own.filter(revoked_at__isnull=True, successor__isnull=True).order_by("-issued_at", "-pk").first()


def with_renewals(certificates: QuerySet[Certificate]) -> QuerySet[Certificate]:
    """Each certificate with its `successor` and, in `.renewals_going_on`, the renewal its holder was asked for; two
    queries whatever their number."""
    going_on = Renewal.objects.going_on().select_related("enrolment__track_version")
    return certificates.select_related("successor").prefetch_related(
        Prefetch("renewals", queryset=going_on, to_attr="renewals_going_on")
    )
