"""Single byte ranges of RFC 9110 §14: what a `Range` header asks of a file of known length."""

import re
from dataclasses import dataclass

_SINGLE = re.compile(r"^bytes=(\d*)-(\d*)$")


@dataclass(frozen=True)
class ByteRange:
    """First and last byte, both inclusive."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


class Unsatisfiable(Exception):
    """The range lies outside the file: answer 416."""


def parse_range(header: str, size: int) -> ByteRange | None:
    """The one range asked for, or None when the whole file is the right answer (no, several or malformed ranges).

    `size` in bytes. Raises Unsatisfiable when the range begins behind the end, or the suffix is empty.
    """
    match = _SINGLE.match(header.strip()) if header else None
    if match is None or match.group(0) == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        length = int(last)
        if length == 0 or size == 0:
            raise Unsatisfiable
        return ByteRange(max(0, size - length), size - 1)
    begin = int(first)
    if begin >= size:
        raise Unsatisfiable
    end = min(int(last), size - 1) if last else size - 1
    if end < begin:
        return None
    return ByteRange(begin, end)
