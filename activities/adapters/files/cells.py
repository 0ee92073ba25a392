"""What stands in a cell, read without guessing: what a spreadsheet may have spoilt is refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,8})?", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,9}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?", re.ASCII)
_SPOILT = re.compile(r"\d(\.\d+)?[Ee][+-]?\d+", re.ASCII)
_FORMULA = ("=", "+", "@")


class BadCell(Exception):
    """A cell cannot be read; says why."""


def a_number(text: str) -> Decimal:
    """Read an amount or a price.

    Raises:
        BadCell: it is written otherwise than 1234.56.
    """
    if _NUMBER.fullmatch(text) is None:
        raise BadCell("must be a number such as 1234.56: a point before the decimals, and no other sign")
    return Decimal(text)


def a_whole_number(text: str) -> int:
    """Read a quantity.

    Raises:
        BadCell: it is no whole number.
    """
    if _WHOLE.fullmatch(text) is None:
        raise BadCell("must be a whole number such as 12")
    return int(text)


def a_moment(text: str) -> datetime:
    """Read a point in time, or a day, which stands for its beginning in UTC.

    Raises:
        BadCell: it is written otherwise than RFC 3339 has it, or is no such day.
    """
    if _MOMENT.fullmatch(text) is None:
        raise BadCell("must be a day such as 2026-11-21, or a time with its offset such as 2026-11-21T08:30:00Z")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadCell("is no day of the calendar, or no time of the day") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def an_article(text: str) -> str:
    """Read an article's number.

    Raises:
        BadCell: it looks like what a spreadsheet made of one.
    """
    if _SPOILT.fullmatch(text):
        raise BadCell(f"{text} is what a spreadsheet makes of a long number: keep the column as text")
    if text.startswith(_FORMULA):
        raise BadCell("begins like a formula")
    return text


def a_switch(text: str) -> bool:
    """Read yes or no.

    Raises:
        BadCell: it is neither.
    """
    if text.lower() not in {"yes", "no", "true", "false"}:
        raise BadCell("must be yes or no")
    return text.lower() in {"yes", "true"}
