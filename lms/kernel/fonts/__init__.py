"""The faces in which PDFs are drawn; full, not subset, because of names."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

#: Weight → file.
FACES: Mapping[int, Path] = MappingProxyType(
    {weight: Path(__file__).parent / f"NotoSansSC-{name}.ttf" for weight, name in ((400, "Regular"), (700, "Bold"))}
)
