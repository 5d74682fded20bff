"""What becomes of one thing of a pack: new, changed, left alone, or a conflict with an edit made on the site. No database."""

from enum import StrEnum


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    #: Edited (or deleted) on the site, and the pack says what it said before: the site's words stand.
    KEPT = "kept"
    #: Changed in the pack and on the site: nothing is written, people decide.
    CONFLICT = "conflict"
    #: The pack has news that only people may decide about.
    LEFT = "left to people"
    #: Loaded once, not in the pack any more: stays on the site.
    DROPPED = "dropped"


class Choice(StrEnum):
    """What the operator said about a conflict."""

    OVERWRITE = "overwrite"
    KEEP = "keep"


#: What is written to the site.
WRITTEN = frozenset({Outcome.NEW, Outcome.CHANGED})
#: What the pack is remembered to have said.
REMEMBERED = frozenset({Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED})


def judge(
    *, site: str | None, pack: str, loaded: str | None, is_open: bool = False, choice: Choice | None = None
) -> Outcome:
    """The three digests: of the site now (None: it isn't there), of the pack now, of the pack when it was last loaded
    (None: never). `is_open`: somebody has begun a change on the site that a newer version would run over."""
    if site == pack:
        return Outcome.UNCHANGED
    is_untouched = site == loaded and not is_open
    if choice is Choice.KEEP and not is_untouched:
        return Outcome.KEPT
    if is_untouched or choice is Choice.OVERWRITE:
        return Outcome.NEW if site is None else Outcome.CHANGED
    return Outcome.KEPT if pack == loaded else Outcome.CONFLICT


def why(outcome: Outcome, *, site: str | None, loaded: str | None, is_open: bool) -> str:
    """The reason of a conflict or of what was kept, for whoever loads the pack."""
    if outcome not in (Outcome.CONFLICT, Outcome.KEPT):
        return ""
    if site is None:
        return "deleted or unpublished on this site since it was loaded"
    if loaded is None:
        return "it is on this site already and says something else; no pack is known to have written it"
    if is_open and site == loaded:
        return "somebody has begun a change on this site that isn't published yet"
    return "edited on this site since it was loaded"
