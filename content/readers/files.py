"""The files of a pack: of a folder or of a zip, which is never unpacked to the disk."""

import io
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Protocol

#: What one text file, one file of media, all files together and their number may come to.
MOST_TEXT = 4 * 1024 * 1024
MOST_MEDIA = 500 * 1024 * 1024
MOST_ALL = 2 * 1024 * 1024 * 1024
MOST_FILES = 20_000
#: A zip that grows more than this when it is read is a trap. Text seldom shrinks more than tenfold.
MOST_GROWTH = 200
_CHUNK = 1024 * 1024


class NoPack(Exception):
    """There is nothing here that a pack could be read from; the words say why."""


class PackFiles(Protocol):
    """Names as in the pack, with slashes, in order."""

    names: list[str]

    def size(self, name: str) -> int: ...

    def read(self, name: str) -> bytes: ...


class _Folder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        found = (path for path in folder.rglob("*") if path.is_file())
        inside = (path for path in found if path.resolve().is_relative_to(folder.resolve()))
        self.names = sorted(name for path in inside if _counts(name := path.relative_to(folder).as_posix()))

    def size(self, name: str) -> int:
        return (self.folder / name).stat().st_size

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        infos = [info for info in archive.infolist() if not info.is_dir()]
        if len(infos) > MOST_FILES:
            raise NoPack(f"{len(infos)} files are too many: at most {MOST_FILES}")
        if sum(info.file_size for info in infos) > MOST_ALL:
            raise NoPack("unpacked, its files are larger than 2 GB")
        for info in infos:
            _check(info)
        root = _root([info.filename for info in infos])
        self.infos: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            name = info.filename.removeprefix(root)
            if name in self.infos:
                raise NoPack(f"`{name}` is in it twice")
            if _counts(name):
                self.infos[name] = info
        self.names = sorted(self.infos)

    def size(self, name: str) -> int:
        return self.infos[name].file_size

    def read(self, name: str) -> bytes:
        """No more than the archive says: a header can lie."""
        info, found = self.infos[name], io.BytesIO()
        try:
            with self.archive.open(info) as source:
                while chunk := source.read(_CHUNK):
                    found.write(chunk)
                    if found.tell() > info.file_size:
                        raise NoPack(f"`{name}` is larger than the zip says")
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
            raise NoPack(f"`{name}` can't be unpacked: {error}") from error
        return found.getvalue()


def _check(info: zipfile.ZipInfo) -> None:
    path = PurePosixPath(info.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in info.filename or ":" in path.parts[0]:
        raise NoPack(f"`{info.filename}` leads out of the pack")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise NoPack(f"`{info.filename}` is a link")
    if info.flag_bits & 0x1:
        raise NoPack(f"`{info.filename}` is encrypted")
    if info.file_size > max(MOST_TEXT, MOST_GROWTH * info.compress_size):
        raise NoPack(f"`{info.filename}` would grow more than {MOST_GROWTH} times when unpacked")


def _root(names: list[str]) -> str:
    """A zip may hold the pack's folder or what is in it."""
    tops = {name.split("/")[0] for name in names if _counts(name)}
    (top,) = tops if len(tops) == 1 else ("",)
    return f"{top}/" if top and f"{top}/pack.yaml" in names else ""


def _counts(name: str) -> bool:
    """Not what editors and systems leave behind."""
    return not any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)


@contextmanager
def opened(path: Path) -> Iterator[PackFiles]:
    """The files of the folder or zip. Raises NoPack."""
    if path.is_dir():
        yield _Folder(path)
        return
    if not path.exists():
        raise NoPack("there is no such folder or zip")
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise NoPack("this is neither a folder nor a zip") from error
    with archive:
        yield _Zip(archive)
