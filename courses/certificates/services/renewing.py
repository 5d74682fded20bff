"""Asking people to renew certificates that are about to end."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from assessments.assignments.services import close_all
from courses.catalogue.models import TrackPage
from courses.certificates.models import Certificate, Renewal
from courses.certificates.rules import is_asked, renewal_opens_on
from courses.enrolment.models import Enrolment, RequiredTrack, TrackVersion
from courses.enrolment.queries.tracks import newest_versions
from courses.enrolment.services.dates import day_in_words
from courses.enrolment.services.enrolling import RenewalWish, Wish, enrol_all
from lms.audit import services as audit
from lms.people.models import User
from lms.people.queries import local_day_of, workdays_of
from lms.people.states import PersonStatus

#: Certificates of one transaction.
BATCH = 200


@dataclass(frozen=True)
class _Policy:
    """How certificates of a track are renewed now: by which version of which track."""

    track: TrackVersion
    taken: TrackVersion


def open_renewals(*, at: datetime) -> list[Renewal]:
    """Ask everybody whose certificate may be renewed by now to renew it, once, and tell them. Idempotent.

    The newest version of the track says when that is and whether a shorter track renews it. Passed over are who has
    left, who is on leave (until they are back), whose job no longer asks for the track, and tracks that aren't
    published any more.
    """
    Renewal.objects.filter(closed_at__isnull=True, enrolment__ended_at__isnull=False).update(closed_at=at)
    policies = _policies()
    opened: list[Renewal] = []
    for ids in batched(_candidates(policies, at=at), BATCH):
        opened += _open(ids, policies, at=at)
    return opened


def _policies() -> dict[UUID, _Policy]:
    """By track, of the tracks whose certificates are renewed and whose pages are published."""
    certified = set(Certificate.objects.values_list("track_version__track_key", flat=True).distinct())
    tracks = {key: row for key, row in newest_versions(certified).items() if row.renewal_days is not None}
    refreshers = newest_versions({row.refresher_key for row in tracks.values() if row.refresher_key})
    live = set(
        TrackPage.objects.live()
        .filter(translation_key__in={*tracks, *refreshers})
        .values_list("translation_key", flat=True)
    )
    found = {}
    for key, track in tracks.items():
        taken = refreshers.get(track.refresher_key) if track.refresher_key else track
        # A refresher that isn't published (any more) leaves the whole track.
        if taken is None or taken.track_key not in live:
            taken = track
        if taken.track_key in live:
            found[key] = _Policy(track, taken)
    return found


def _candidates(policies: Mapping[UUID, _Policy], *, at: datetime) -> list[int]:
    """Ids of the certificates that may be due, as far as the table knows; a day too many, because of time zones."""
    due = Q(pk__in=())
    for key, policy in policies.items():
        last = at.date() + timedelta(days=1 + policy.track.renewal_days)
        due |= Q(track_version__track_key=key, expires_on__lte=last)
    going_on = Renewal.objects.filter(closed_at__isnull=True, certificate=OuterRef("pk"))
    rows = Certificate.objects.filter(
        due, ~Exists(going_on), revoked_at__isnull=True, successor__isnull=True, person__status__in=_ASKED
    )
    return list(rows.order_by("expires_on", "pk").values_list("pk", flat=True))


_ASKED = [status for status in PersonStatus.values if status not in {PersonStatus.LEFT, PersonStatus.LEAVE}]


@transaction.atomic
def _open(ids: Sequence[int], policies: Mapping[UUID, _Policy], *, at: datetime) -> list[Renewal]:
    """Under a lock on the certificates, so that two sweeps ask once."""
    list(Certificate.objects.filter(pk__in=ids).order_by("pk").select_for_update().values_list("pk", flat=True))
    certificates = list(
        Certificate.objects.filter(pk__in=ids, revoked_at__isnull=True, successor__isnull=True)
        .exclude(pk__in=Renewal.objects.filter(closed_at__isnull=True, certificate__in=ids).values("certificate"))
        .select_related("person__site", "track_version", "enrolment")
        .order_by("expires_on", "pk")
    )
    asked = _asked(certificates, policies, at=at)
    taken = _taken_already(asked, policies)
    busy = set(Renewal.objects.filter(enrolment__in=taken.values()).values_list("enrolment_id", flat=True))
    new = [(row, _wish_of(row, policies[row.track_version.track_key], at=at)) for row in asked if row.pk not in taken]
    # One person may hold two certificates that the same refresher renews: one after the other, the first to end first.
    first = {wish.key: (certificate, wish) for certificate, wish in reversed(new)}
    enrolments = enrol_all([wish for _certificate, wish in first.values()], actor=None, at=at)
    pairs = [(certificate, row) for (certificate, _wish), row in zip(first.values(), enrolments, strict=True)]
    joined = {taken[row.pk].pk: (row, taken[row.pk]) for row in reversed(asked) if row.pk in taken}
    for pk, (certificate, enrolment) in joined.items():
        if pk not in busy:
            key = certificate.track_version.track_key
            Enrolment.objects.filter(pk=pk).update(for_track_key=key)
            enrolment.for_track_key = key
            pairs.append((certificate, enrolment))
    return _keep(pairs, policies, at=at)


def _asked(certificates: Iterable[Certificate], policies: Mapping[UUID, _Policy], *, at: datetime) -> list[Certificate]:
    """Those that are due at the holder's site, whose holder works today and is still asked for the track."""
    rows = list(certificates)
    required = set(RequiredTrack.objects.values_list("job_role_id", "track_key"))
    today = {row.person_id: local_day_of(row.person, at=at) for row in rows}
    known = (
        workdays_of([*{row.person_id: row.person for row in rows}.values()], since=min(today.values()), at=at)
        if rows
        else {}
    )
    return [
        row
        for row in rows
        if is_asked(
            opens_on=renewal_opens_on(row.expires_on, policies[row.track_version.track_key].track.renewal_days),
            today=today[row.person_id],
            is_away=known[row.person_id].is_leave(today[row.person_id]),
            is_required=(row.person.job_role_id, row.track_version.track_key) in required,
            is_given_by_hand=row.enrolment.given_by_id is not None,
        )
    ]


def _taken_already(certificates: Sequence[Certificate], policies: Mapping[UUID, _Policy]) -> dict[int, Enrolment]:
    """The live enrolment that renews the certificate anyway, by the certificate's id: whoever takes the track, or what
    refreshes it, isn't asked a second time."""
    keys = {key for policy in policies.values() for key in (policy.track.track_key, policy.taken.track_key)}
    live: defaultdict[int, dict[UUID, Enrolment]] = defaultdict(dict)
    rows = Enrolment.objects.live().filter(
        person__in={row.person_id for row in certificates}, track_version__track_key__in=keys
    )
    for row in rows.select_related("track_version"):
        live[row.person_id][row.track_version.track_key] = row
    found = {}
    for row in certificates:
        policy = policies[row.track_version.track_key]
        own = live[row.person_id]
        enrolment = own.get(policy.taken.track_key) or own.get(policy.track.track_key)
        if enrolment is not None:
            found[row.pk] = enrolment
    return found


def _wish_of(certificate: Certificate, policy: _Policy, *, at: datetime) -> Wish:
    today = local_day_of(certificate.person, at=at)
    has_ended = certificate.is_expired(today)
    until = day_in_words(certificate.expires_on, "until")
    if has_ended:
        zh = f"复训换证：证书已于{until['until_zh']}到期"
        en = f"Renewal: your certificate ended on {until['until_en']}"
    else:
        zh = f"复训换证：证书有效期至{until['until_zh']}"
        en = f"Renewal: your certificate is valid until {until['until_en']}"
    return Wish(
        certificate.person,
        policy.taken,
        reason_zh=zh,
        reason_en=en,
        renewal=RenewalWish(
            for_track_key=policy.track.track_key,
            given_by_id=certificate.enrolment.given_by_id,
            due_limit_on=None if has_ended else certificate.expires_on,
            params={"certificate_zh": certificate.title_zh, "certificate_en": certificate.title_en},
        ),
    )


def _keep(
    pairs: Sequence[tuple[Certificate, Enrolment]], policies: Mapping[UUID, _Policy], *, at: datetime
) -> list[Renewal]:
    opened = Renewal.objects.bulk_create(
        Renewal(
            certificate=certificate,
            enrolment=enrolment,
            track_version=policies[certificate.track_version.track_key].track,
            opened_at=at,
            opened_on=local_day_of(certificate.person, at=at),
        )
        for certificate, enrolment in pairs
    )
    audit.record_all((audit.Deed("renewal_opened", row.certificate) for row in opened), actor=None, at=at)
    return opened


@transaction.atomic
def take_back_renewals(certificate: Certificate, *, actor: User | None, at: datetime) -> None:
    """A certificate that was revoked isn't renewed: what was asked for that is asked for no longer."""
    for renewal in Renewal.objects.going_on().filter(certificate=certificate).select_related("enrolment"):
        enrolment = renewal.enrolment
        if Enrolment.objects.live().filter(pk=enrolment.pk).update(ended_at=at):
            steps = enrolment.steps.filter(assignment__isnull=False).select_related("assignment")
            close_all([step.assignment for step in steps], actor=actor, at=at)
            audit.record(
                actor=actor, action="enrolment_ended", subject=enrolment, at=at, changes={"ended_at": (None, at)}
            )
        Renewal.objects.filter(pk=renewal.pk).update(closed_at=at)
