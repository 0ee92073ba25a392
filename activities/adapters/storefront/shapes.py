"""Shapes of fields that shops send in more than one way."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator


def _list(value: object) -> object:
    return [] if value is None else value


def _flag(value: object) -> object:
    return False if value is None else value


def _object(value: object) -> object:
    # PHP writes an empty object as an empty list.
    return None if value in ([], "") else value


def _only_list(value: object) -> object:
    return value if isinstance(value, list) else []


def _joined(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


Items = BeforeValidator(_list)
"""A list that may come as null."""

LooseItems = BeforeValidator(_only_list)
"""A list that matters little: anything else in its place is read as none."""

MaybeObject = BeforeValidator(_object)
"""An object that may come as null, blank or an empty list."""

Flag = Annotated[bool, BeforeValidator(_flag)]
"""Yes or no; null is no."""

Words = Annotated[str | None, BeforeValidator(_joined)]
"""One text, or a list of them."""
