#!/usr/bin/env python
"""Django's command line. Without a setting it runs the embedded edition, as `make run` does."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.embedded")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"callwright: {error}")


if __name__ == "__main__":
    main()
