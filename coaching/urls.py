"""The doors of this app."""

app_name = "coaching"

urlpatterns: list = []
