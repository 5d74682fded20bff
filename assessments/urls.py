"""The doors of this app."""

app_name = "assessments"

urlpatterns: list = []
