"""Text that people typed is made readable, however much of it there is."""

from __future__ import annotations

import unicodedata

import pytest

from activities.adapters.carriage import telling
from activities.adapters.storefront import text
from models.base import cleaned

MARKS = "\u0301\u0323" * 50_000
"""In their canonical order they stand the other way round: sorting them takes the square of their number."""


@pytest.fixture
def normalised(monkeypatch):
    """How many characters were brought into their canonical order at once."""
    sizes = []
    normalize = unicodedata.normalize
    monkeypatch.setattr(unicodedata, "normalize", lambda form, of: sizes.append(len(of)) or normalize(form, of))
    return sizes


@pytest.mark.parametrize("read", [text.line, text.note, text.phone, text.email, text.titled, telling.said])
def test_no_more_is_brought_into_order_than_could_be_kept(read, normalised):
    read("x" + MARKS)

    assert all(size <= 10_000 for size in normalised)


def test_what_is_cleaned_is_at_most_as_long_as_was_asked_for():
    assert cleaned("Zo\u0308e\u200b " + "x" * 100, 5) == "Zöe x"
    assert cleaned("\x00" * 4 + "abc", 5) == "abc"
    assert cleaned("ab   cd", 4) == "ab"


def test_white_space_that_is_not_kept_takes_no_place_from_what_is():
    assert text.line(" " * 600 + "name" + "\n" * 100 + "surname") == "name surname"
