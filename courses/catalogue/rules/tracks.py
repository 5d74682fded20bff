"""Which tracks come before which, and for whom a track is."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date


def path_back[K](edges: Mapping[K, Collection[K]], start: K, goal: K) -> list[K]:
    """The shortest way along the edges from `start` to `goal`, both included; empty where there is none.

    With `edges` from each track to those that must be completed before it, the way back from a track's prerequisite to
    the track itself is a cycle: none of them could ever be begun.
    """
    ways = [[start]]
    seen = {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == goal:
            return way
        for following in edges.get(way[-1], ()):
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []


@dataclass(frozen=True)
class Candidate:
    """What is known of one person today. `team_paths`: the tree paths of all nodes in which the person has a place."""

    pk: int
    job_role_id: int | None = None
    site_id: int | None = None
    team_paths: frozenset[str] = frozenset()
    hired_on: date | None = None


@dataclass(frozen=True)
class Fit:
    """One rule for whom a track is. None fits everybody; all that is given must fit."""

    job_role_id: int | None = None
    site_id: int | None = None
    team_path: str | None = None
    person_id: int | None = None
    hired_from: date | None = None
    hired_until: date | None = None

    def fits(self, who: Candidate) -> bool:
        """A team means itself and everything below it; both hire dates belong to the span. Whose hire date isn't known
        fits no span."""
        if self.person_id not in (None, who.pk) or self.job_role_id not in (None, who.job_role_id):
            return False
        if self.site_id not in (None, who.site_id):
            return False
        if self.team_path is not None and not any(path.startswith(self.team_path) for path in who.team_paths):
            return False
        if self.hired_from is None and self.hired_until is None:
            return True
        if who.hired_on is None:
            return False
        return (self.hired_from or date.min) <= who.hired_on <= (self.hired_until or date.max)


def first_fit(rules: Iterable[Fit], who: Candidate) -> Fit | None:
    """The first rule that the person fits: why the track is asked for. A rule that says nothing fits nobody."""
    return next((rule for rule in rules if rule != Fit() and rule.fits(who)), None)
