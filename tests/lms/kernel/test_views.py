from django.db import OperationalError, connection


def test_healthz_is_well_without_signing_in(db, client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


def test_healthz_with_the_database_down_says_so(db, client, monkeypatch):
    def down():
        raise OperationalError("secret host name")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", down)
        response = client.get("/healthz")

    assert (response.status_code, response.json()) == (503, {"status": "database down"})


def test_healthz_takes_no_post(db, client):
    assert client.post("/healthz").status_code == 405
