"""What this app adds to the back office."""

from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSetGroup

from assessments.bank import views as bank
from assessments.bank.viewsets import QuestionMediaViewSet, QuestionViewSet
from assessments.quizzes.viewsets import QuizViewSet
from assessments.scenarios.viewsets import ScenarioViewSet
from assessments.scorecards.viewsets import ScorecardViewSet


class QuizGroup(ViewSetGroup):
    menu_label = _("Quizzes")
    menu_icon = "list-ol"
    menu_order = 210
    items = (QuestionViewSet, QuestionMediaViewSet, QuizViewSet)

    def get_submenu_items(self) -> list[MenuItem]:
        files = [
            MenuItem(_("Import questions"), reverse_lazy("questions-import"), icon_name="upload", order=90),
            MenuItem(_("Export questions"), reverse_lazy("questions-export"), icon_name="download", order=91),
        ]
        return [*super().get_submenu_items(), *files]


@hooks.register("register_admin_viewset")
def quizzes() -> QuizGroup:
    return QuizGroup()


@hooks.register("register_admin_urls")
def files_of_questions() -> list[URLPattern]:
    return [
        path("questions/import/", bank.question_import, name="questions-import"),
        path("questions/import/<str:token>/", bank.question_import_preview, name="questions-import-preview"),
        path("questions/imports/", bank.question_imports, name="questions-imports"),
        path("questions/export/", bank.question_export, name="questions-export"),
        path("questions/template/", bank.question_template, name="questions-template"),
    ]


@hooks.register("register_admin_viewset")
def scorecards() -> ScorecardViewSet:
    return ScorecardViewSet()


@hooks.register("register_admin_viewset")
def scenarios() -> ScenarioViewSet:
    return ScenarioViewSet()
