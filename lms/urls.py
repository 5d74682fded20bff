"""All doors."""

from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from lms.dashboards.views.audit import audit_log
from lms.dashboards.views.home import home
from lms.dashboards.views.styleguide import styleguide
from lms.kernel.views import healthz, private_file, public_file
from lms.people.views import account, signing

urlpatterns = [
    path("", home, name="home"),
    path("styleguide/", styleguide, name="styleguide"),
    path("healthz", healthz, name="healthz"),
    path("files/<slug:kind>/<int:pk>/", private_file, name="private-file"),
    path("media/<path:path>", public_file, name="public-file"),
    path("people/", include("lms.people.urls")),
    path("notifications/", include("lms.notifications.urls")),
    path("audit/", audit_log, name="audit-log"),
    path("language/", signing.language, name="language"),
    path("change-person/", signing.change_person, name="change-person"),
    path("lock/", signing.lock, name="lock"),
    path("locked/", signing.locked, name="locked"),
    path("still-here/", signing.still_here, name="still-here"),
    # allauth's doors that are used here, under the names by which it looks for them.
    path("accounts/login/", signing.sign_in, name="account_login"),
    path("accounts/logout/", signing.sign_out, name="account_logout"),
    path("accounts/inactive/", signing.account_closed, name="account_inactive"),
    path("accounts/reauthenticate/", signing.password_again, name="account_reauthenticate"),
    path("accounts/password/change/", account.change_password, name="account_change_password"),
    path("accounts/sessions/", account.sessions, name="usersessions_list"),
    path("admin/login/", signing.back_office_sign_in, name="back-office-sign-in"),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("courses.urls")),
    path("", include("assessments.urls")),
    path("", include("coaching.urls")),
]
