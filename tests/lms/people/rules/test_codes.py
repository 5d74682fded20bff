"""The look of one-time codes."""

from lms.people.rules import CODE_ALPHABET, CODE_BITS, grouped_code, plain_code


def test_a_code_has_fifty_bits_and_no_two_signs_that_look_alike():
    assert CODE_BITS >= 50
    assert len(set(CODE_ALPHABET)) == len(CODE_ALPHABET)
    assert not set("01OI") & set(CODE_ALPHABET)


def test_a_code_is_grouped_by_four():
    assert grouped_code("K7QFM2XD9R") == "K7QF-M2XD-9R"


def test_what_was_typed_is_read_as_it_was_meant():
    assert plain_code(" k7qf m2xd－9r ") == "K7QFM2XD9R"
    assert plain_code("1I-l2") == "LLL2"
