"""Pictures of lessons: for everybody who is signed in, and harmless whatever they contain."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


@pytest.fixture
def picture():
    name = default_storage.save("images/plan.svg", ContentFile(b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
    yield name
    default_storage.delete(name)


def test_signed_in_people_see_it_and_it_can_run_nothing(client, cast, picture):
    client.force_login(cast.ana)

    response = client.get(f"/media/{picture}")

    assert b"".join(response.streaming_content).startswith(b"<svg")
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_strangers_are_asked_to_sign_in(client, db, picture):
    assert client.get(f"/media/{picture}").status_code == 302


@pytest.mark.parametrize("path", ["nothing.png", "../lms/settings/base.py", "%2e%2e/secret.key", "images"])
def test_nothing_else_is_handed_out(client, cast, picture, path):
    client.force_login(cast.ana)

    assert client.get(f"/media/{path}").status_code in (400, 404)
