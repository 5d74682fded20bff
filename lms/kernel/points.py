"""Differences of shares in words."""


def points(difference: float) -> str:
    """In points of 100, signed, to one place: `+4.2`, `−1.0`, `0.0`."""
    shown = f"{difference * 100:+.1f}"
    return "0.0" if shown in ("+0.0", "-0.0") else shown.replace("-", "−")
