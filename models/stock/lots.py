"""Lots: goods made together, which expire together and may be recalled together."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator


def _day(value: object) -> object:
    return date.fromisoformat(value) if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_day)]
"""ISO 8601 calendar day."""


class LotStatus(StrEnum):
    """Whether a lot may be sold."""

    RELEASED = "released"
    QUARANTINED = "quarantined"
    RECALLED = "recalled"
