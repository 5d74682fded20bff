from pathlib import PurePath

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

#: What authors edit in the back office, by model name. Each room with a viewset adds its own here.
BACK_OFFICE_MODELS = ["questionversion", "questionmedia", "quizversion", "scenario", "scenarioversion"]


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self) -> None:
        from assessments import receivers  # noqa: F401

        self._register_news()
        self._register_private_files()
        post_migrate.connect(grant_back_office, sender=self)

    def _register_news(self) -> None:
        """The words of each kind of news this app sends."""
        from lms.notifications.kinds import Kind, register_kind

        register_kind(Kind("quiz_assigned", _("New quiz: %(quiz)s"), _("Why: %(reason)s")))
        register_kind(
            Kind(
                "quiz_taken_back",
                _("Taken back: %(quiz)s"),
                _("You don't need to sit it any more. Why: %(reason)s"),
            )
        )
        register_kind(
            Kind(
                "attempt_handed_in",
                _("Time was up: %(quiz)s was handed in"),
                _("What you had saved by the deadline was graded: %(percent)s. The review shows each question."),
            )
        )
        register_kind(
            Kind(
                "attempt_abandoned",
                _("Time was up: %(quiz)s was not handed in"),
                _("This attempt brings no score. If something kept you from it, talk to your supervisor."),
            )
        )
        register_kind(Kind("window_changed", _("Changed for you: %(quiz)s"), _("%(what)s")))
        register_kind(
            Kind(
                "extra_time_given",
                _("%(minutes)s more minutes: %(quiz)s"),
                _("You have until %(until)s now; the clock on the page follows. Why: %(reason)s"),
            )
        )
        register_kind(
            Kind(
                "attempt_marked",
                _("Your answers were marked: %(quiz)s"),
                _("Your score is %(percent)s. The review shows what the markers wrote."),
            )
        )
        register_kind(
            Kind(
                "attempt_regraded",
                _("Your result was corrected: %(quiz)s"),
                _("It was %(before)s and is %(after)s now. Why: %(reason)s"),
            )
        )
        register_kind(
            Kind(
                "mystery_call_planned",
                _("Mystery call booked for %(when)s"),
                _("%(caller)s from QC will call you. It tests your own skill; the three rules stand on its page."),
            )
        )
        register_kind(
            Kind(
                "mystery_call_cancelled",
                _("The mystery call planned for %(when)s was cancelled"),
                _("You need not prepare for it. A new one is announced like this one was."),
            )
        )
        register_kind(
            Kind(
                "mystery_call_debriefed",
                _("The debrief of your mystery call is ready"),
                _("Read it with %(caller)s right away, then mark it as read. That is not the same as agreeing."),
            )
        )
        register_kind(
            Kind(
                "evaluation_released",
                _("Your call of %(call)s has been evaluated"),
                _("Listen to the moments, read the comments, and mark it as read. That is not the same as agreeing."),
            )
        )
        register_kind(Kind("mystery_call_acknowledged", _("%(agent)s has read the debrief of the mystery call")))

    def _register_private_files(self) -> None:
        """Whose files these are: a recording is heard by whoever may see its call, a picture in a question is seen by
        whoever may write questions or was asked it."""
        from assessments.attempts.models import AnswerRecording
        from assessments.attempts.queries import media_visible_to
        from assessments.calls.models import Call
        from lms.kernel.private_files import Owner, register_owner

        register_owner("recording", Owner(Call.objects.visible_to, "recording"))
        register_owner("question-media", Owner(media_visible_to, "file"))
        register_owner(
            "answer-recording",
            # Named by nothing that tells a marker whose it is.
            Owner(
                AnswerRecording.objects.visible_to,
                "file",
                download_name=lambda recording: f"answer-{recording.pk}{PurePath(recording.file.name).suffix}",
            ),
        )


def grant_back_office(sender: AppConfig, **kwargs: object) -> None:
    """Let the authors' groups into the back office: look, add and change, never delete (what was used is kept)."""
    from lms.people.states import Role

    grant(sender, [Role.TRAINING_SPECIALIST, Role.QC_LEAD], BACK_OFFICE_MODELS)
    grant(sender, [Role.QC_LEAD], ["scorecard", "scorecardversion"])


def grant(app: AppConfig, roles: list[str], models: list[str]) -> None:
    """Give the groups of these roles the back office's rights on these models."""
    from django.apps import apps
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission

    # This runs before the permissions of this app, or of the back office, are made: make them now.
    for owner in (app, apps.get_app_config("wagtailadmin")):
        create_permissions(owner, verbosity=0)
    rights = [f"{verb}_{model}" for verb in ("view", "add", "change") for model in models]
    permissions = Permission.objects.filter(content_type__app_label=app.label, codename__in=rights)
    entry = Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
    for role in roles:
        group, _made = Group.objects.get_or_create(name=str(role))
        group.permissions.add(*permissions, *entry)
