"""Inside your view but not allowed: 403. (Outside your view is 404, by `visible_to`.)"""

from django.core.exceptions import PermissionDenied


def require(allowed: bool) -> None:
    """Raise PermissionDenied unless the predicate held."""
    if not allowed:
        raise PermissionDenied
