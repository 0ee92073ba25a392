"""Elements of a segment, read by their types."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.files.x12.faults import BAD_CHARACTER, BAD_CODE, BAD_DATE, MISSING, element_fault
from activities.adapters.files.x12.units import UNECE
from models.money import Money

if TYPE_CHECKING:
    from activities.adapters.files.x12.segments import Segment

_NUMBER = re.compile(r"-?(\d{1,12}(\.\d{0,8})?|\.\d{1,8})", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}(\.0*)?", re.ASCII)
_HUNDREDTHS = re.compile(r"\d{1,15}", re.ASCII)
_UNIT = re.compile(r"[A-Z0-9]{2,3}", re.ASCII)
_DAY, _SHORT_DAY = "%Y%m%d", "%y%m%d"


def number(segment: Segment, position: int, element: int, called: str = "price") -> Decimal:
    """A price, or what else it is `called`; raises `Fault` for what is none."""
    text = _there(segment, position, element)
    if _NUMBER.fullmatch(text) is None or text.startswith("-"):
        raise element_fault(segment, position, element, BAD_CHARACTER, f"{text[:40]} is no {called}")
    return Decimal(text)


def amount(segment: Segment, position: int, element: int, currency: str) -> Money:
    """An amount with a point; raises `Fault` for what is none."""
    value = number(segment, position, element)
    try:
        return Money.of_major(value, currency)
    except ValueError as error:
        raise element_fault(segment, position, element, BAD_CODE, str(error)) from error


def hundredths(segment: Segment, position: int, element: int) -> Decimal:
    """An amount of type N2, without a point and in hundredths whatever the currency; raises `Fault` for what is none.

    With a point nobody can tell whether 15.00 is fifteen or fifteen hundredths.
    """
    text = _there(segment, position, element)
    if _HUNDREDTHS.fullmatch(text) is None:
        message = f"{text[:40]} is no amount in hundredths without a point, such as 1500 for 15.00"
        raise element_fault(segment, position, element, BAD_CHARACTER, message)
    return Decimal(text).scaleb(-2)


def whole(segment: Segment, position: int, element: int) -> int:
    """A quantity or count; raises `Fault` for what is none."""
    text = _there(segment, position, element)
    if _WHOLE.fullmatch(text) is None:
        raise element_fault(segment, position, element, BAD_CHARACTER, f"{text[:40]} is no whole number")
    return int(text.partition(".")[0])


def day(segment: Segment, position: int, element: int) -> datetime:
    """A day, as its beginning in UTC; raises `Fault` for what is none."""
    return day_of(_there(segment, position, element), segment, position, element)


def day_of(text: str, segment: Segment, position: int, element: int) -> datetime:
    """A day that is spelt so, with a year of two digits as before release 4010; raises `Fault` for what is none."""
    try:
        return datetime.strptime(text, _SHORT_DAY if len(text) == 6 else _DAY).replace(tzinfo=UTC)  # noqa: PLR2004 - YYMMDD
    except ValueError:
        message = f"{text[:40]} is no day such as 20261121"
        raise element_fault(segment, position, element, BAD_DATE, message) from None


def unit(segment: Segment, position: int, element: int) -> str:
    """A unit by its UNECE code; one piece where none is given. Raises `Fault` for what is none."""
    text = segment.at(element)
    if not text:
        return UNECE["EA"]
    if _UNIT.fullmatch(text) is None:
        raise element_fault(segment, position, element, BAD_CODE, f"{text[:40]} is no unit")
    return UNECE.get(text, text)


def _there(segment: Segment, position: int, element: int) -> str:
    text = segment.at(element)
    if not text:
        raise element_fault(segment, position, element, MISSING, "is missing")
    return text
