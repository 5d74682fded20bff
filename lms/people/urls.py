"""The doors of people, sign-in and the own account."""

app_name = "people"

urlpatterns: list = []
