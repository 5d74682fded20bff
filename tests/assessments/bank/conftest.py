"""What tests of the question bank share."""

import pytest
from django.utils import translation


@pytest.fixture
def in_english():
    """Reasons are compared word by word."""
    with translation.override("en"):
        yield
