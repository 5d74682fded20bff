from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoachingConfig(AppConfig):
    name = "coaching"

    def ready(self) -> None:
        from coaching import receivers  # noqa: F401

        self._register_news()

    def _register_news(self) -> None:
        """The words of each kind of news this app sends."""
        from lms.notifications.kinds import Kind, register_kind

        for kind in (
            Kind(
                "ticket_assigned",
                _("Coaching: %(skill)s"),
                _(
                    "%(coach)s chose lessons for you, to be read by %(due_on)s. The ticket says why, and what comes after."
                ),
            ),
            Kind(
                "ticket_noted",
                _("A note on your coaching ticket: %(skill)s"),
            ),
            Kind(
                "ticket_commented",
                _("%(agent)s wrote on the coaching ticket: %(skill)s"),
            ),
            Kind(
                "ticket_retest_missing",
                _("No re-test to give: %(skill)s"),
                _("%(agent)s has read all lessons, but no re-test quiz is published for this skill."),
            ),
            Kind(
                "ticket_next_round",
                _("Re-test not passed: %(agent)s, %(skill)s"),
                _("The ticket is in round %(round)s. Choose lessons with the agent again."),
            ),
            Kind(
                "ticket_passed",
                _("Re-test passed: %(skill)s"),
                _("Your coaching ticket is closed. It shows before and after side by side."),
            ),
            Kind(
                "ticket_passed_coach",
                _("Re-test passed: %(agent)s, %(skill)s"),
                _("The ticket is closed. It shows before and after side by side."),
            ),
            Kind(
                "ticket_dismissed",
                _("Coaching ticket closed: %(skill)s"),
                _("No coaching is needed. The ticket says why."),
            ),
        ):
            register_kind(kind)
