"""The doors of this app."""

from django.urls import path

from courses.certificates import views as certificates
from courses.enrolment import views as enrolment
from courses.progress import views as progress

app_name = "courses"

# Slugs may be Chinese, so they are plain strings here.
urlpatterns: list = [
    path("learn/", enrolment.course_list, name="course-list"),
    path("learn/courses/<str:slug>/", enrolment.course_detail, name="course-detail"),
    path("learn/courses/<str:course>/<str:slug>/", enrolment.lesson_detail, name="lesson-detail"),
    path("learn/lessons/<int:pk>/complete/", progress.lesson_complete, name="lesson-complete"),
    path("learn/lessons/<int:pk>/heartbeat/", progress.lesson_heartbeat, name="lesson-heartbeat"),
    path("learn/tracks/<str:slug>/", enrolment.track_detail, name="track-detail"),
    path("certificates/", certificates.certificate_list, name="certificate-list"),
    path("certificates/verify/<uuid:uuid>/", certificates.certificate_verify, name="certificate-verify"),
    path("certificates/<int:pk>/revoke/", certificates.certificate_revoke, name="certificate-revoke"),
]
