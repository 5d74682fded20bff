"""The environment, read by type."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
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


def folder_for_tests(environment: Mapping[str, str]) -> str:
    """Where the tests keep files: made for this run unless CALLWRIGHT_VAR names it. A parallel worker, which inherits the
    folder of the process that started it, has its own below."""
    folder = Path(environment.get("CALLWRIGHT_VAR") or tempfile.mkdtemp(prefix="callwright-test-"))
    worker = environment.get("PYTEST_XDIST_WORKER", "")
    if worker and folder.name != worker:
        folder /= worker
        folder.mkdir(exist_ok=True)
    return str(folder)
