"""The environment, read by type."""

from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured


class TypedEnvironment(environ.Env):
    """Names the variable whose value can't be read, so that a wrong one is put right without a traceback."""

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get_value(var, *args, **kwargs)
        except ValueError as error:
            raise ImproperlyConfigured(f"{var}={self.ENVIRON.get(var)} can't be read: {error}") from error
