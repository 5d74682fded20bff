"""RFC 9110 §14.1.2 and §14.2."""

import pytest

from lms.kernel.ranges import ByteRange, Unsatisfiable, parse_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-499", ByteRange(0, 499)),
        ("bytes=500-", ByteRange(500, 999)),
        ("bytes=-200", ByteRange(800, 999)),
        ("bytes=0-0", ByteRange(0, 0)),
        ("bytes=-1", ByteRange(999, 999)),
        ("bytes=999-5000", ByteRange(999, 999)),  # a last byte behind the end means the end
        ("bytes=-5000", ByteRange(0, 999)),  # a suffix longer than the file is the whole file
        (" bytes=1-2 ", ByteRange(1, 2)),
    ],
)
def test_range_inside_the_file(header, expected):
    assert parse_range(header, 1000) == expected


@pytest.mark.parametrize(
    "header", ["", "bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", "items=0-1", "bytes=0-1,5-6", "bytes 0-1", "bytes=1"]
)
def test_no_several_or_malformed_ranges_mean_the_whole_file(header):
    assert parse_range(header, 1000) is None


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=1000-", 1000), ("bytes=-0", 1000), ("bytes=0-", 0), ("bytes=-5", 0)]
)
def test_range_outside_the_file_cannot_be_satisfied(header, size):
    with pytest.raises(Unsatisfiable):
        parse_range(header, size)


def test_length_counts_both_ends():
    assert ByteRange(500, 999).length == 500
