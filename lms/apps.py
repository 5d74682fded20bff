from django.apps import AppConfig


class LmsConfig(AppConfig):
    name = "lms"
    label = "lms"
    verbose_name = "Callwright"

    def ready(self) -> None:
        from lms import checks, receivers  # noqa: F401
