"""Wagtail's own doors: authors enter the back office, nobody else does; documents are for whoever is signed in."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from wagtail.admin.viewsets import viewsets

from courses.catalogue.models import CourseDocument
from lms.people.states import AUTHORING, Role
from tests.architecture.test_doors import EVERYBODY

pytestmark = pytest.mark.django_db

AUTHORS = "tess quinn"
NO_AUTHORS = [role for role in EVERYBODY.split() if role not in AUTHORS.split()]

#: Who sees the index of what our rooms add; Wagtail's own lists of people, groups, sites and settings are nobody's.
OURS = {
    "questions": "tess quinn",
    "question-media": "tess quinn",
    "quizzes": "tess quinn",
    "scenarios": "tess quinn",
    "scorecards": "quinn",
    "phrases": "tess quinn",
    "terms": "tess quinn",
}
NOBODYS = [
    "wagtailusers_users:index",
    "wagtailusers_groups:index",
    "wagtailsites:index",
    "wagtaillocales:index",
    "wagtailredirects:index",
    "wagtailadmin_workflows:index",
    "wagtailadmin_collections:index",
]


def status(town, role, address):
    """The status of the page itself, or of the one that refuses it, or the address of the page that it leads to."""
    with transaction.atomic():
        found = town.client(role).get(address, follow=True)
        transaction.set_rollback(True)
    is_there = found.status_code != 200 or found.request["PATH_INFO"] == address
    return found.status_code if is_there else found.request["PATH_INFO"]


def test_authors_are_who_the_roles_say():
    assert {Role.TRAINING_SPECIALIST, Role.QC_LEAD} == AUTHORING


def test_back_office_opens_for_authors_only(town):
    found = {role: status(town, role, "/admin/") for role in EVERYBODY.split()}

    assert found == dict.fromkeys(NO_AUTHORS, 403) | dict.fromkeys(AUTHORS.split(), 200)


@pytest.mark.parametrize("address", ["/admin/", "/admin/pages/", "/admin/questions/", "/admin/login/"])
def test_back_office_sends_strangers_to_sign_in(town, address):
    assert status(town, "stranger", address) == reverse("account_login")


def test_back_office_answers_scripts_of_others_with_403(town):
    response = town.client("ana").get("/admin/", headers={"X-Requested-With": "XMLHttpRequest"})

    assert response.status_code == 403


def test_every_list_of_ours_has_an_expectation():
    there_are = {
        viewset.name
        for viewset in viewsets.viewsets
        if viewset.__module__.startswith(("assessments.", "courses.reference."))
    }

    assert there_are == set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_list_of_ours_opens_for_its_authors_only(town, name):
    address = reverse(f"{name}:index")

    opens = {role for role in ["tess", "quinn", "ana", "carl", "eva", "ada"] if status(town, role, address) == 200}

    assert opens == set(OURS[name].split())


@pytest.mark.parametrize("name", ["questions-import", "questions-imports", "questions-export", "questions-template"])
def test_files_of_questions_are_for_authors_only(town, name):
    opens = {role for role in EVERYBODY.split() if status(town, role, reverse(name)) == 200}

    assert opens == set(AUTHORS.split())


def test_preview_of_a_file_of_questions_is_for_who_uploaded_it(town):
    from assessments.bank.views import Upload

    tess = town.world.cast.tess
    upload = Upload("0" * 32, "desk.gift", "gift", "zh", None, "draft", False)
    address = reverse("questions-import-preview", args=[upload.token(tess)])

    found = {role: status(town, role, address) for role in EVERYBODY.split()}

    gone = reverse("questions-import")  # the file was imported or discarded
    assert found == dict.fromkeys(NO_AUTHORS, 403) | {"tess": gone, "quinn": 404}


#: Reports, translations and the rule of publishing: the page itself, or back to the first page of the back office.
PAGES = {
    "translations-report": "tess quinn",
    "links-report": "tess quinn",
    "rights-report": "tess quinn",
    "uses-report": "tess quinn",
    "where-used": "tess quinn",
    "page-translation": "tess quinn",
    "publishing-rule": "quinn",
}
ARGUMENTS = {
    "where-used": lambda world: ["courses.lessonpage", world.lesson.pk],
    "page-translation": lambda world: [world.lesson.pk],
}


@pytest.mark.parametrize("name", PAGES)
def test_page_of_ours_opens_for_its_authors_only(town, name):
    arguments = ARGUMENTS.get(name, lambda world: [])
    address = reverse(name, args=arguments(town.world))

    opens = {role for role in EVERYBODY.split() if status(town, role, address) == 200}

    assert opens == set(PAGES[name].split())
    assert status(town, "stranger", address) == reverse("account_login")


@pytest.mark.parametrize("name", NOBODYS)
def test_what_wagtail_manages_by_itself_is_closed_to_authors(town, name):
    address = reverse(name)

    assert {role: status(town, role, address) for role in AUTHORS.split()} == dict.fromkeys(
        AUTHORS.split(), reverse("wagtailadmin_home")
    )


@pytest.fixture
def document(db):
    row = CourseDocument(title="Price list")
    row.file.save("prices.txt", ContentFile(b"ADSL 20"))
    # Wagtail reads it by its path, and the tests' storage in memory names one without a file.
    path = Path(row.file.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"ADSL 20")
    return row


def test_documents_are_not_for_strangers(town, document):
    response = town.client("stranger").get(document.url)

    assert response.status_code == 302
    assert response["Location"] == f"{reverse('account_login')}?next={document.url}"


def test_documents_are_for_whoever_is_signed_in(town, document):
    response = town.client("ana").get(document.url)

    assert b"".join(response.streaming_content) == b"ADSL 20"
    assert "no-store" in response["Cache-Control"]
