"""Times that stand in an address."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator

from models.order.document import Moment

_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)")


def _written_out(given: object) -> object:
    if isinstance(given, str) and _TIME.fullmatch(given) is None:
        message = "must be a time with its offset, such as 2026-11-30T12:00:00Z; in an address a + is written %2B"
        raise ValueError(message)
    return given


WrittenOut = Annotated[Moment, BeforeValidator(_written_out)]
"""A time as RFC 3339 has it: no number of seconds, and no + that has become a space on its way."""
