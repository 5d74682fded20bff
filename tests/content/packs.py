"""Small packs to load and to break."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from content.format.writing import to_yaml
from content.readers.pack import PackError, read_pack

STARTER = Path(settings.BASE_DIR) / "content" / "packs" / "starter"
#: One of each kind, every block, every field: exactly as it is written back.
EVERYTHING = Path(__file__).parent / "everything"


def both(zh: str, en: str) -> dict[str, str]:
    return {"zh-hans": zh, "en": en}


def put(folder: Path, name: str, value: Any) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(value, bytes):
        path.write_bytes(value)
    elif isinstance(value, str):
        path.write_text(value, encoding="utf-8")
    else:
        path.write_text(to_yaml(value), encoding="utf-8")


def tiny(folder: Path) -> Path:
    """A pack with one skill."""
    put(folder, "pack.yaml", "key: tiny\nlanguages: [zh-hans, en]\n")
    put(folder, "skills.yaml", {"skills": [{"key": "crm", "kind": "knowledge", "name": "CRM"}]})
    return folder


def lesson(folder: Path, language: str, body: str, front: str = "title: A\nminutes: 3\nskills: [crm]") -> None:
    put(folder, "courses/one/course.yaml", "key: one\norder: 1\ntitle: One\nlessons: [first]\n")
    put(folder, f"courses/one/first.{language}.md", f"---\n{front}\n---\n{body}")


def lessons(folder: Path, body: str = "Text\n") -> None:
    for language in ("zh-hans", "en"):
        lesson(folder, language, body)


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(PackError) as refused:
        read_pack(folder)
    return [str(problem) for problem in refused.value.problems]


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
