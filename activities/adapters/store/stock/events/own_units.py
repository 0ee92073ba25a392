"""What an event says, line by line, in each article's own unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from activities.adapters.store.tables.catalogue import items
from models.errors import FieldError, InvalidInput
from models.order.document import EACH

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.stock.events import AdjustedLine, CountedLine, StockLine

_MOST = 1_000_000
"""As many of an article as one line may be about, once it is converted."""
_ITEMS = select(items.c.sku, items.c.item).where(items.c.sku.in_(bindparam("skus", expanding=True)))


@dataclass(frozen=True)
class Line:
    """So many of an article, in its own unit."""

    sku: str
    quantity: int
    lot: str = ""
    expires_on: date | None = None


async def in_own_units(
    connection: AsyncConnection, lines: Sequence[StockLine | CountedLine | AdjustedLine]
) -> tuple[Line, ...]:
    """Convert every line; an article the catalogue does not know is counted in pieces.

    Raises:
        InvalidInput: nothing says how to convert a unit, it comes to more than a line may be about, or there is a date
            and no lot.
    """
    asked = {"skus": sorted({line.sku for line in lines if line.unit is not None})}
    known = {row.sku: row.item for row in await connection.execute(_ITEMS, asked)} if asked["skus"] else {}
    converted: list[Line] = []
    errors: list[FieldError] = []
    for at, line in enumerate(lines):
        item = known.get(line.sku)
        if line.expires_on is not None and not line.lot:
            why = "is a lot's: without the lot's number nobody would know what expires"
            errors.append(FieldError(pointer=f"/lines/{at}/expires_on", code="no_lot", message=why))
        if item is not None:
            quantity = item.in_own_unit(line.quantity, line.unit)
        else:
            quantity = line.quantity if line.unit in {None, EACH} else None
        if quantity is None:
            why = f"nothing says how many of {line.sku} are in one {line.unit}"
            errors.append(FieldError(pointer=f"/lines/{at}/unit", code="unknown_unit", message=why))
        elif abs(quantity) > _MOST:
            why = f"comes to {quantity} in the article's own unit, and a line may be about {_MOST} at most"
            errors.append(FieldError(pointer=f"/lines/{at}/quantity", code="too_many", message=why))
        else:
            converted.append(Line(line.sku, quantity, line.lot, line.expires_on))
    if errors:
        raise InvalidInput(errors)
    return tuple(converted)
