"""What a new adapter's contract test still lacks: whoever needs it is told what to write next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

import pytest


def unwritten(what: str, *asked: object) -> NoReturn:
    """Fail the test that comes here first, saying what to write."""
    del asked
    pytest.fail(f"next: {what}", pytrace=False)


class Unwritten:
    """Stands where a value is to be."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __getitem__(self, _key: object) -> NoReturn:
        unwritten(self._what)

    def __call__(self, *_asked: object) -> NoReturn:
        unwritten(self._what)

    def __iter__(self) -> Iterator[object]:
        unwritten(self._what)

    def __getattr__(self, name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        unwritten(self._what)
