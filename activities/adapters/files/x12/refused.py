"""Refused transactions as an interchange that can be corrected and sent again; an NTE segment in each says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.files.x12.heading import Heading
from activities.adapters.files.x12.ordering.remarks import OURS
from activities.adapters.files.x12.writing import clean

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from activities.records.batches import BatchRow

_NOTE_MAX = 80
"""Characters in an NTE's text."""


async def refused_interchange(beginning: bytes, rows: AsyncIterator[BatchRow]) -> AsyncIterator[bytes]:
    """Write the transactions between the envelopes that the file began with."""
    heading = Heading.of(beginning)
    between, end = heading.element, f"{heading.end}\n"
    group = heading.rest(beginning).decode("ascii", "replace").strip().split(heading.end, 1)[0].split(between)
    numbers = (group[6] if group[0] == "GS" and len(group) > 6 else "1", heading.number)  # noqa: PLR2004 - GS06 as the standard places it
    yield f"{heading.text}\n{between.join(group)}{end}".encode()
    count = 0
    async for row in rows:
        if row.raw and row.raw.startswith(f"ST{between}"):
            count += 1
            yield _noted(row, heading).encode()
    yield f"GE{between}{count}{between}{numbers[0]}{end}IEA{between}1{between}{numbers[1]}{end}".encode()


def _noted(row: BatchRow, heading: Heading) -> str:
    """A transaction with the reason after its ST; its count is right again if it was right before."""
    segments = [part.strip() for part in (row.raw or "").split(heading.end) if part.strip()]
    name, *elements = segments[-1].split(heading.element)
    if name == "SE" and elements and elements[0] == str(len(segments)):
        segments[-1] = heading.element.join([name, str(len(segments) + 1), *elements[1:]])
    where = f"{row.field} " if row.field else ""
    why = clean(f"{OURS}{where}{row.reason}".replace(heading.element, " ").replace(heading.end, " "))
    segments.insert(1, f"NTE{heading.element}{heading.element}{why[:_NOTE_MAX]}")
    return "".join(f"{part}{heading.end}\n" for part in segments)
