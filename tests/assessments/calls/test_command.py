import json

import pytest
from django.core.management import CommandError, call_command

from assessments.calls.models import Call, CallImport

HEAD = "通话编号,座席号,开始时间,通话时长\n"


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "通话.csv"
    path.write_text(HEAD + "C1,ANA,2026-02-27 09:00,60\nC2,8001,2026-02-27 09:00,60\n", encoding="gb18030")
    return path


def test_command_imports_and_says_what_it_did(cast, export, capsys):
    call_command("import_calls", export, source="acd-1", json=True)

    printed = json.loads(capsys.readouterr().out)
    assert (printed["added"], printed["unchanged"], printed["dry_run"]) == (1, 0, False)
    assert [(line["line"], line["reason"], line["value"]) for line in printed["refused"]] == [
        (3, "unknown_agent", "8001")
    ]
    assert Call.objects.get().source == "acd-1"
    assert CallImport.objects.get().imported_by is None


def test_command_tries_without_writing(cast, export, capsys):
    call_command("import_calls", export, dry_run=True)

    assert "1 would be added, 0 unchanged, 1 refused" in capsys.readouterr().out
    assert not Call.objects.exists()


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n"])
def test_command_refuses_a_file_without_calls(db, tmp_path, content):
    path = tmp_path / "x.csv"
    path.write_text(content)

    with pytest.raises(CommandError):
        call_command("import_calls", path)


def test_command_names_a_file_that_is_not_there(db, tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        call_command("import_calls", tmp_path / "nowhere.csv")
