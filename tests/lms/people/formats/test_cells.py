"""What a cell means."""

from datetime import date, time

import pytest

from lms.people.formats import cells
from lms.people.rules.imports import Problem


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("10086", "10086"),
        ("010086", "010086"),
        (" E-10.08_6 ", "E-10.08_6"),
        ("１００８６", "10086"),
        ('="00123"', "00123"),
        ("'00123", "00123"),
        ("外010", "外010"),
    ],
)
def test_employee_numbers_are_text(cell, number):
    assert cells.employee_number(cell) == number


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "number_missing"),
        ("  ", "number_missing"),
        ("1.2345E+17", "number_shortened"),
        ("1" * 41, "too_long"),
        ("10 086", "number_with_signs"),
        ("---", "number_with_signs"),
    ],
)
def test_what_is_no_employee_number_is_refused(cell, code):
    problem = cells.employee_number(cell)

    assert isinstance(problem, Problem)
    assert problem.code == code


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-02", "2026/3/2", "2026.3.2", "2026年3月2日", "2026年03月02日", "20260302", "46083",
        "2026-03-02 00:00:00", "2026-03-02 09:30:00.0", "２０２６－０３－０２",
    ],
)  # fmt: skip
def test_days_are_read_in_every_way_people_write_them(cell):
    assert cells.day("hired_on", cell) == date(2026, 3, 2)


@pytest.mark.parametrize("cell", ["2026-02-30", "3/2/2026", "gestern", "12", "2026-13-01", "20261301"])
def test_what_is_no_day_is_refused(cell):
    assert cells.day("hired_on", cell) == Problem.of("hired_on", "day_unreadable", value=cell)


@pytest.mark.parametrize("cell", ["", "-", "—", "无"])
def test_an_empty_day_says_nothing(cell):
    assert cells.day("hired_on", cell) is None


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("9:30", time(9, 30)),
        ("09:30:00", time(9, 30)),
        ("09：30", time(9, 30)),
        ("9点30分", time(9, 30)),
        ("9点", time(9)),
        ("0930", time(9, 30)),
        ("24:00", time(0)),
        ("次日06:00", time(6)),
        ("0.3958333333333333", time(9, 30)),
        ("2026-03-02 09:30:00", time(9, 30)),
    ],
)
def test_times_are_read_in_every_way_people_write_them(cell, meant):
    assert cells.clock("start", cell) == meant


@pytest.mark.parametrize("cell", ["25:00", "9:61", "noon", "12345"])
def test_what_is_no_time_is_refused(cell):
    assert cells.clock("start", cell) == Problem.of("start", "time_unreadable", value=cell)


def test_an_empty_cell_says_nothing_and_a_hyphen_empties():
    assert cells.words("vendor", " ", limit=10) is None
    assert cells.words("vendor", "-", limit=10) == ""
    assert cells.words("vendor", "无", limit=10) == ""
    assert cells.needed_words("site", "-", limit=10) is None
    assert cells.words("vendor", "x" * 11, limit=10).code == "too_long"


def test_addresses_are_checked():
    assert cells.address("email", "ana@example.org") == "ana@example.org"
    assert cells.address("email", "ana@").code == "email_unreadable"
