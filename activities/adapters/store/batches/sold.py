"""What customers bought, and which of it a cancellation takes back: the same customer and article, the latest sale."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select, update

from activities.adapters.store.inserting import insert_missing
from activities.adapters.store.tables.batches import sold_lines, taken_back
from models.batch.batch import RowOutcome

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from activities.records.batches import TakenBack
    from models.order.order import Order

_s = sold_lines.c
_SALES_MAX = 50
"""Sales that one cancellation is looked for in."""


class SoldLines:
    """Writes sales down and finds them again, inside a transaction of whoever reads a file."""

    def __init__(self, database: Database) -> None:
        """Write to this database."""
        self._note = insert_missing(database, sold_lines)
        self._take = insert_missing(database, taken_back).returning(taken_back.c.reference)

    async def note(self, connection: AsyncConnection, order: Order) -> None:
        """Remember what an order sold; a guest's could not be found again."""
        if order.customer.id is None:
            return
        sold: Counter[str] = Counter()
        for line in order.lines:
            sold[line.sku] += line.quantity
        rows = [
            {
                "order_id": order.id,
                "sku": sku,
                "channel": order.channel,
                "customer_id": order.customer.id,
                "invoice": order.external_id,
                "sold_at": order.placed_at,
                "quantity": quantity,
                "taken_back": 0,
            }
            for sku, quantity in sorted(sold.items())
        ]
        await connection.execute(self._note, rows)

    async def take_back(self, connection: AsyncConnection, channel: str, back: TakenBack) -> dict[str, object]:
        """Match a cancellation with its sales; answers what is to be said of its row."""
        key = {"channel": channel, "reference": back.reference}
        if (await connection.execute(self._take, {**key, "note": ""})).first() is None:
            t = taken_back.c
            before = await connection.scalar(select(t.note).where(t.channel == channel, t.reference == back.reference))
            return {"outcome": RowOutcome.KNOWN.value, "reason": before}
        note = await self._matched(connection, channel, back)
        told = update(taken_back).values(note=note)
        t = taken_back.c
        await connection.execute(told.where(t.channel == channel, t.reference == back.reference))
        return {"reason": note}

    async def _matched(self, connection: AsyncConnection, channel: str, back: TakenBack) -> str:
        if back.customer_id is None:
            return f"cancels {back.quantity} of {back.sku}; no sale found, for it names no customer"
        left, parts = back.quantity, []
        for sale in await self._sales(connection, channel, back):
            taken = min(left, sale.quantity - sale.taken_back)
            same = (_s.order_id == sale.order_id, _s.sku == back.sku, _s.quantity - _s.taken_back >= taken)
            take = update(sold_lines).where(*same).values(taken_back=_s.taken_back + taken)
            if (await connection.execute(take)).rowcount == 1:
                parts.append(f"{taken} of {back.sku} of invoice {sale.invoice}")
                left -= taken
            if not left:
                break
        if left:
            rest = f"no sale found for {left} of {back.sku}"
            return f"cancels {', '.join(parts)}; {rest}" if parts else f"cancels {left} of {back.sku}; no sale found"
        return f"cancels {', '.join(parts)}"

    async def _sales(self, connection: AsyncConnection, channel: str, back: TakenBack) -> list[_Sale]:
        """Sales of before with something left to take back, the latest first."""
        wanted = (
            select(_s.order_id, _s.invoice, _s.quantity, _s.taken_back)
            .where(_s.channel == channel, _s.customer_id == back.customer_id, _s.sku == back.sku)
            .where(_s.taken_back < _s.quantity, _s.sold_at <= back.at)
            .order_by(_s.sold_at.desc(), _s.order_id.desc())
            .limit(_SALES_MAX)
        )
        return [_Sale(*row) for row in (await connection.execute(wanted)).all()]


class _Sale(NamedTuple):
    order_id: str
    invoice: str
    quantity: int
    taken_back: int
