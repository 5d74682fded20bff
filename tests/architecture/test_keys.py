"""What import-linter can't see: foreign keys named by string, and rooms' furniture."""

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

#: Top to bottom; a key may point to its own layer or below.
LAYERS = ["content", "coaching", "courses", "assessments", "lms"]
GROUND = ["notifications", "skills", "people", "audit", "kernel"]
FURNITURE = {
    "__init__", "states", "rules", "models", "permissions", "queries", "services", "forms", "formats", "exports", "pdf",
    "viewsets", "views",
}  # fmt: skip
#: Rooms with furniture of their own, and why.
OWN_FURNITURE = {
    ("lms", "kernel"): None,  # no business: one module per tool
    ("lms", "settings"): None,
    ("lms", "management"): None,
    ("lms", "migrations"): None,
    ("lms", "people"): {"adapters", "hashers", "middleware", "urls"},  # what Django and allauth call by path
    ("lms", "notifications"): {"kinds", "urls"},  # the registry that upper apps fill
    ("lms", "dashboards"): {"context", "navigation"},  # what the base template asks for
    ("courses", "catalogue"): {"blocks"},  # Wagtail's StreamField
    ("courses", "simulators"): {
        "erlang",
        "exercises",
        "forecast",
        "formulas",
        "metrics",
        "shrinkage",
    },  # pure functions, one module per model of the trade
}


def _models():
    return [model for model in apps.get_models() if model._meta.app_label in LAYERS]


@pytest.mark.parametrize("model", _models(), ids=lambda model: model._meta.label)
def test_keys_point_down(model):
    layer = LAYERS.index(model._meta.app_label)
    for field in model._meta.get_fields():
        if not field.concrete or not field.is_relation or field.related_model is None:
            continue
        target = field.related_model._meta.app_label
        if target in LAYERS:
            assert LAYERS.index(target) >= layer, f"{model._meta.label}.{field.name} points up to {target}"


def _ground_room(model) -> str:
    return model.__module__.split(".")[1]


@pytest.mark.parametrize(
    "model", [model for model in _models() if model._meta.app_label == "lms"], ids=lambda model: model._meta.label
)
def test_keys_point_down_inside_the_ground_floor(model):
    room = _ground_room(model)
    for field in model._meta.get_fields():
        if not field.concrete or not field.is_relation or field.related_model is None:
            continue
        target = field.related_model
        if target._meta.app_label != "lms" or target._meta.label == settings.AUTH_USER_MODEL:
            continue
        assert GROUND.index(_ground_room(target)) >= GROUND.index(room), f"{model._meta.label}.{field.name} points up"


def _rooms():
    for app in LAYERS:
        for folder in sorted((Path(settings.BASE_DIR) / app).iterdir()):
            if (folder / "__init__.py").exists():
                yield app, folder


@pytest.mark.parametrize(("app", "folder"), list(_rooms()), ids=lambda value: getattr(value, "name", value))
def test_rooms_hold_known_furniture(app, folder):
    if app == "content" or folder.name in {"migrations", "management", "templatetags"}:
        return  # content holds formats only
    own = OWN_FURNITURE.get((app, folder.name), set())
    if own is None:
        return
    found = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}

    assert found - FURNITURE - own == set()


def test_no_room_without_a_name():
    for app in LAYERS:
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            assert path.stem not in {"utils", "helpers", "common", "misc"}, path
