"""Refused transactions as an interchange that can be corrected and sent again; an NTE segment in each says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.files.x12.ordering.remarks import OURS
from activities.adapters.files.x12.segments import ISA_LENGTH, Separators
from activities.adapters.files.x12.writing import clean

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from activities.records.batches import BatchRow

_NOTE_MAX = 80
"""Characters in an NTE's text."""


async def refused_interchange(beginning: bytes, rows: AsyncIterator[BatchRow]) -> AsyncIterator[bytes]:
    """Write the transactions between the envelopes that the file began with."""
    found = Separators.of(beginning)
    between, end = found.element, f"{found.segment}\n"
    group = beginning[ISA_LENGTH:].decode("ascii", "replace").strip().split(found.segment, 1)[0].split(between)
    numbers = (group[6] if group[0] == "GS" and len(group) > 6 else "1", beginning[90:99].decode("ascii", "replace"))  # noqa: PLR2004 - GS06 and ISA13 as the standard places them
    yield f"{beginning[: ISA_LENGTH - 1].decode('ascii', 'replace')}{end}{between.join(group)}{end}".encode()
    count = 0
    async for row in rows:
        if row.raw and row.raw.startswith(f"ST{between}"):
            count += 1
            yield _noted(row, found).encode()
    yield f"GE{between}{count}{between}{numbers[0]}{end}IEA{between}1{between}{numbers[1]}{end}".encode()


def _noted(row: BatchRow, found: Separators) -> str:
    """A transaction with the reason after its ST; its count is right again if it was right before."""
    segments = [part.strip() for part in (row.raw or "").split(found.segment) if part.strip()]
    name, *elements = segments[-1].split(found.element)
    if name == "SE" and elements and elements[0] == str(len(segments)):
        segments[-1] = found.element.join([name, str(len(segments) + 1), *elements[1:]])
    where = f"{row.field} " if row.field else ""
    why = clean(f"{OURS}{where}{row.reason}".replace(found.element, " ").replace(found.segment, " "))
    segments.insert(1, f"NTE{found.element}{found.element}{why[:_NOTE_MAX]}")
    return "".join(f"{part}{found.segment}\n" for part in segments)
