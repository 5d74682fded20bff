"""The one way to a private file: only what its owner lets one see, whole or one range."""

import pytest
from django.core.files.base import ContentFile

from lms.kernel import private_files
from lms.kernel.private_files import Owner, register_owner
from lms.kernel.storage import private_storage
from lms.people.models import ImportBatch
from lms.people.states import ImportKind
from tests.conftest import MON_9

BODY = bytes(range(256)) * 512  # 131 072 bytes: more than one chunk


@pytest.fixture
def batch(cast, monkeypatch):
    monkeypatch.setattr(private_files, "_owners", {})
    register_owner(
        "fake",
        Owner(
            visible_to=lambda user: ImportBatch.objects.filter(uploaded_by=user),
            field="file",
            download_name=lambda row: row.file_name,
        ),
    )
    row = ImportBatch(kind=ImportKind.PEOPLE, file_name="人员 2026.wav", uploaded_by=cast.ana, uploaded_at=MON_9)
    row.file.save("people.wav", ContentFile(BODY))
    yield row
    row.file.delete(save=False)


@pytest.fixture
def url(batch):
    return f"/files/fake/{batch.pk}/"


def read(response):
    return b"".join(response.streaming_content)


def test_whole_file_with_safe_headers(cast, client, url):
    client.force_login(cast.ana)

    response = client.get(url)

    assert response.status_code == 200
    assert read(response) == BODY
    assert response["Content-Length"] == str(len(BODY))
    assert response["Content-Type"] == "audio/x-wav"
    assert response["Accept-Ranges"] == "bytes"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Disposition"] == "inline; filename*=UTF-8''%E4%BA%BA%E5%91%98%202026.wav"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-9", 0, 9), ("bytes=65530-65550", 65530, 65550), ("bytes=-10", len(BODY) - 10, len(BODY) - 1)],
)
def test_one_range_is_206(cast, client, url, asked, first, last):
    client.force_login(cast.ana)

    response = client.get(url, headers={"Range": asked})

    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(BODY)}"
    assert response["Content-Length"] == str(last - first + 1)
    assert read(response) == BODY[first : last + 1]


def test_range_behind_the_end_is_416(cast, client, url):
    client.force_login(cast.ana)

    response = client.get(url, headers={"Range": f"bytes={len(BODY)}-"})

    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(BODY)}")


def test_malformed_range_is_the_whole_file(cast, client, url):
    client.force_login(cast.ana)

    assert client.get(url, headers={"Range": "bytes=5-2"}).status_code == 200


@pytest.mark.parametrize("name", ["abel", "carl", "otto", "ada"])
def test_file_outside_ones_view_is_not_found(cast, client, url, name):
    client.force_login(getattr(cast, name))

    assert client.get(url).status_code == 404


def test_stranger_is_sent_to_sign_in_and_post_is_refused(cast, client, url):
    assert client.get(url)["Location"].startswith("/accounts/login/")
    client.force_login(cast.ana)
    assert client.post(url).status_code == 405


def test_unknown_kind_missing_row_and_lost_file_are_not_found(cast, client, url, batch):
    client.force_login(cast.ana)

    assert client.get("/files/other/1/").status_code == 404
    assert client.get("/files/fake/999999/").status_code == 404
    batch.file.storage.delete(batch.file.name)
    assert client.get(url).status_code == 404


def test_row_without_a_file_is_not_found(cast, client, batch):
    ImportBatch.objects.filter(pk=batch.pk).update(file="")
    client.force_login(cast.ana)

    assert client.get(f"/files/fake/{batch.pk}/").status_code == 404


def test_private_storage_has_no_public_address(batch):
    with pytest.raises(ValueError, match="no public address"):
        private_storage().url(batch.file.name)


def test_kind_is_registered_once(monkeypatch):
    monkeypatch.setattr(private_files, "_owners", {})
    owner = Owner(visible_to=lambda user: None, field="file")
    register_owner("x", owner)
    register_owner("x", owner)

    with pytest.raises(ValueError, match="registered already"):
        register_owner("x", Owner(visible_to=lambda user: None, field="other"))
