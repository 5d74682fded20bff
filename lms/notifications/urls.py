"""The doors of one's own news."""

from django.urls import path

from lms.notifications import views

app_name = "notifications"

urlpatterns = [
    path("", views.notification_list, name="list"),
    path("<int:pk>/", views.open_notification, name="open"),
    path("mark-all-read/", views.mark_all_read, name="mark-all-read"),
]
