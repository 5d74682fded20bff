"""The doors of people, sign-in and the own account."""

from django.urls import path

from lms.people.views import account, directory, imports, signing

app_name = "people"

urlpatterns = [
    path("", directory.directory, name="directory"),
    path("<int:pk>/", directory.detail, name="detail"),
    path("<int:pk>/code/", directory.issue_code_for, name="issue-code"),
    path("imports/", imports.import_list, name="import-list"),
    path("imports/upload/<slug:kind>/", imports.import_upload, name="import-upload"),
    path("imports/<int:pk>/", imports.import_preview, name="import-preview"),
    path("imports/<int:pk>/confirm/", imports.import_confirm, name="import-confirm"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import-discard"),
    path("imports/<int:pk>/codes/", imports.import_codes, name="import-codes"),
    path("first/", signing.first_sign_in, name="first-sign-in"),
    path("set-password/", signing.set_password, name="set-password"),
    path("notice/", signing.notice, name="notice"),
    path("me/", account.account, name="account"),
]
