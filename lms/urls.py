"""All doors."""

from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from lms.kernel.views import healthz, private_file

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("files/<slug:kind>/<int:pk>/", private_file, name="private-file"),
    path("people/", include("lms.people.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("courses.urls")),
    path("", include("assessments.urls")),
    path("", include("coaching.urls")),
]
