"""Tracks that have to be completed before others."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.catalogue.queries import track_pages
from courses.enrolment.models import Enrolment
from courses.enrolment.queries.versions import newest_of
from courses.enrolment.rules.tracks import Completed, is_held
from lms.people.models import User


@dataclass(frozen=True)
class Awaited:
    """A track that somebody has to complete first. `url` is empty while its page isn't published."""

    title: str
    url: str
    detail: str


def awaited_by(
    rows: Sequence[Enrolment], *, today_of: Mapping[int, date], has_everything: bool = False
) -> dict[int, list[Awaited]]:
    """What each of the enrolments (by id) still waits for, nothing for the others; in one query where one of them has
    something before it, in none otherwise. Their track versions have their prerequisites at hand.

    `has_everything`: the rows are all that these people take or have taken, with their certificates: no query."""
    waiting = {
        row.pk: [before.track_key for before in row.track_version.prerequisites.all()]
        for row in rows
        if row.track_version_id and row.opened_at is None and row.completed_at is None
    }
    keys = {key for before in waiting.values() for key in before}
    if not keys:
        return {}
    taken = (
        _taken_among(rows) if has_everything else _taken({row.person_id for row in rows if waiting.get(row.pk)}, keys)
    )
    pages = track_pages(get_language() or "zh-hans", keys=keys)
    newest = newest_of(keys)

    def awaited(row: Enrolment, key: UUID) -> Awaited:
        page = pages.get(key)
        return Awaited(
            title=page["title"] if page else newest[key].title if key in newest else _("A track that isn't published"),
            url=reverse("courses:track-detail", args=[page["slug"]]) if page else "",
            detail=_detail(taken[row.person_id, key]),
        )

    found = {}
    for row in rows:
        open_ends = [
            key
            for key in waiting.get(row.pk, ())
            if not is_held(taken[row.person_id, key], today=today_of[row.person_id])
        ]
        if open_ends:
            found[row.pk] = [awaited(row, key) for key in open_ends]
    return found


def holders_of(people: Collection[User], track_key: UUID, *, today_of: Mapping[int, date]) -> set[int]:
    """The ids of those who have completed the track, with a certificate that holds where there is one; one query."""
    taken = _taken({person.pk for person in people}, {track_key})
    return {person.pk for person in people if is_held(taken[person.pk, track_key], today=today_of[person.pk])}


def _taken(people: set[int], keys: set[UUID]) -> defaultdict[tuple[int, UUID], list[Completed]]:
    """The enrolments of these people in these tracks that count."""
    taken: defaultdict[tuple[int, UUID], list[Completed]] = defaultdict(list)
    rows = Enrolment.objects.filter(person__in=people, track_version__track_key__in=keys, ended_at__isnull=True)
    for person, key, *values in rows.values_list(
        "person", "track_version__track_key", "completed_at", "certificate__revoked_at", "certificate__expires_on"
    ):
        taken[person, key].append(_completed(*values))
    return taken


def _taken_among(rows: Iterable[Enrolment]) -> defaultdict[tuple[int, UUID], list[Completed]]:
    taken: defaultdict[tuple[int, UUID], list[Completed]] = defaultdict(list)
    for row in rows:
        if row.track_version_id:
            certificate = getattr(row, "certificate", None)
            taken[row.person_id, row.track_version.track_key].append(
                _completed(
                    row.completed_at,
                    certificate.revoked_at if certificate else None,
                    certificate.expires_on if certificate else None,
                )
            )
    return taken


def _completed(completed_at: datetime | None, revoked_at: datetime | None, expires_on: date | None) -> Completed:
    return Completed(is_completed=completed_at is not None, is_revoked=revoked_at is not None, expires_on=expires_on)


def _detail(taken: Sequence[Completed]) -> str:
    if any(not row.is_completed for row in taken):
        return _("not completed yet")
    if taken:
        return _("completed, but the certificate is no longer valid")
    return _("you aren’t enrolled in it; your supervisor can do that")
