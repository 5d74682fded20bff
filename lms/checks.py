"""System checks: what a machine must have beside Python."""

import ctypes.util

from django.core.checks import Warning as CheckWarning
from django.core.checks import register


@register()
def pdf_libraries_are_present(app_configs, **kwargs):
    """WeasyPrint loads Pango when it is imported; say so before the first certificate fails."""
    missing = [name for name in ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset") if not ctypes.util.find_library(name)]
    if not missing:
        return []
    return [
        CheckWarning(
            f"PDF certificates need system libraries that are missing: {', '.join(missing)}.",
            hint="apt-get install --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
            id="lms.W001",
        )
    ]
