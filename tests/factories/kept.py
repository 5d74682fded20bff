"""What processes keep in memory, read beforehand: counted queries are then those of a page that is often opened."""

from assessments.quizzes.queries import published_quizzes
from courses.catalogue.queries import shelf
from courses.enrolment.queries.versions import track_rules


def warm() -> None:
    for kept in (published_quizzes, shelf, track_rules):
        kept()
