"""What this app adds to the back office."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from assessments.bank.viewsets import QuestionViewSet
from assessments.quizzes.viewsets import QuizViewSet
from assessments.scenarios.viewsets import ScenarioViewSet
from assessments.scorecards.viewsets import ScorecardViewSet


class QuizGroup(ViewSetGroup):
    menu_label = _("Quizzes")
    menu_icon = "list-ol"
    menu_order = 210
    items = (QuestionViewSet, QuizViewSet)


@hooks.register("register_admin_viewset")
def quizzes() -> QuizGroup:
    return QuizGroup()


@hooks.register("register_admin_viewset")
def scorecards() -> ScorecardViewSet:
    return ScorecardViewSet()


@hooks.register("register_admin_viewset")
def scenarios() -> ScenarioViewSet:
    return ScenarioViewSet()
