"""Every deed that a room records has words in the log."""

import ast
from pathlib import Path

from django.conf import settings

from lms.audit.states import Action, label_of


def recorded_actions():
    """The literal `action=` of every call to `record` in the house."""
    for folder in ("lms", "assessments", "courses", "coaching", "content"):
        for path in (Path(settings.BASE_DIR) / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or ast.unparse(node.func).rpartition(".")[2] != "record":
                    continue
                for keyword in node.keywords:
                    if keyword.arg == "action" and isinstance(keyword.value, ast.Constant):
                        yield keyword.value.value


def test_every_recorded_action_has_words():
    found = set(recorded_actions())

    assert "evaluation_released" in found  # the search itself works
    assert found - set(Action.values) == set()


def test_label_of_an_action_without_words_is_its_key():
    assert label_of("code_issued") == str(Action.CODE_ISSUED.label)
    assert label_of("something_new") == "something_new"
