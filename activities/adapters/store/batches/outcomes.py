"""What the rows of one part come to: orders that are new, known or refused, and what was taken back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from activities.adapters.store.batches.sold import SoldLines
from activities.adapters.store.inserting import insert_missing
from activities.adapters.store.order_rows import order_row
from activities.adapters.store.tables.batches import batch_answers, batch_rows
from activities.adapters.store.tables.catalogue import items
from activities.adapters.store.tables.orders import orders
from models.batch.batch import ORDER_MAX, BatchFormat, Counts, RowOutcome
from models.order.order import Order, Provenance, digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from activities.records.batches import Batch, Found, Row

_o, _a = orders.c, batch_answers.c
_SURELY_FITS = 100 * 1024
"""A payload of so many bytes cannot grow beyond `ORDER_MAX` as an order."""


@dataclass(frozen=True)
class HandedIn:
    """An order as it was found, and as it would be kept."""

    found: Found
    order: Order | None
    row: dict[str, object]
    why: str = ""
    """Why it cannot be kept."""


class Outcomes:
    """Writes parts of files down, inside a transaction of whoever reads them."""

    def __init__(self, database: Database) -> None:
        """Write to this database."""
        self._submit = insert_missing(database, orders).returning(_o.id)
        self._learn = insert_missing(database, items)
        self._sold = SoldLines(database)

    async def prepared(self, batch: Batch, part: Sequence[Found], now: datetime) -> list[HandedIn]:
        """Work out what can be worked out before the transaction; orders at work have their turn in between."""
        handed_in = []
        for found in part:
            handed_in.append(_handed_in(batch, found, now))
            await asyncio.sleep(0)
        return handed_in

    async def write(
        self, connection: AsyncConnection, batch: Batch, handed_in: Sequence[HandedIn], now: datetime
    ) -> tuple[Counts, list[Order]]:
        """Write a part down; answers what it came to, and the orders that are new."""
        part = [handed.found for handed in handed_in]
        if batch.source.learn:
            await self._take_items(connection, part, now)
        fresh, known = await self._take_orders(connection, handed_in)
        counts, new, written = Counts(), list[Order](), list[dict[str, object]]()
        for handed in handed_in:
            outcome, why = _judged(handed, fresh, known)
            if outcome is RowOutcome.ACCEPTED and handed.order is not None:
                fresh.discard(handed.order.id)
                new.append(handed.order)
                if batch.source.format is BatchFormat.RETAIL_SALES:
                    await self._sold.note(connection, handed.order)
            rows = [_row(batch.id, row, handed.order, outcome, why) for row in handed.found.rows]
            rows_by_number = {row["number"]: row for row in rows}
            for back in handed.found.taken_back:
                rows_by_number[back.row] |= await self._sold.take_back(connection, batch.source.channel, back)
            written += rows
            counts = counts + _counted(handed, rows, outcome)
        await _insert(connection, batch_rows, written)
        await _acknowledge(connection, batch.id, [found.acknowledgement for found in part if found.acknowledgement])
        return counts, new

    async def _take_items(self, connection: AsyncConnection, part: Iterable[Found], now: datetime) -> None:
        """Take articles from the file's own descriptions; what the ERP has told of one stays."""
        described = {item.sku: item for found in part if found.document for item in found.items}
        # In one order, so that two who learn the same articles wait for each other and not in a circle.
        learned = [{"sku": sku, "item": described[sku], "learned_at": now} for sku in sorted(described)]
        if learned:
            await connection.execute(self._learn, learned)

    async def _take_orders(
        self, connection: AsyncConnection, handed_in: Iterable[HandedIn]
    ) -> tuple[set[str], dict[str, str]]:
        """Keep the orders that are new; answers their ids, and the digest of each that is kept."""
        first: dict[str, dict[str, object]] = {}
        for handed in handed_in:
            if handed.order is not None and not handed.why:
                first.setdefault(handed.order.id, handed.row)
        if not first:
            return set(), {}
        rows = [first[order_id] for order_id in sorted(first)]
        fresh = set((await connection.execute(self._submit, rows)).scalars())
        digests = {order_id: str(row["content_digest"]) for order_id, row in first.items()}
        before = sorted(first.keys() - fresh)
        if before:
            kept = await connection.execute(select(_o.id, _o.content_digest).where(_o.id.in_(before)))
            digests |= {row.id: row.content_digest for row in kept}
        return fresh, digests


def _handed_in(batch: Batch, found: Found, now: datetime) -> HandedIn:
    if found.document is None:
        return HandedIn(found, None, {})
    provenance = Provenance(format=f"batch/{batch.source.format.value}", payload_digest=digest(found.payload))
    order = Order.accepted(found.document, provenance)
    if len(found.payload) > _SURELY_FITS and len(order.model_dump_json()) > ORDER_MAX:
        return HandedIn(found, order, {}, f"is more than {ORDER_MAX} bytes as an order")
    return HandedIn(found, order, order_row(order, found.payload, now))


def _judged(handed: HandedIn, fresh: set[str], known: dict[str, str]) -> tuple[RowOutcome, str]:
    """What becomes of an order, and why it is refused."""
    if handed.order is None or handed.why:
        return RowOutcome.REFUSED, handed.why
    if handed.order.id in fresh:
        return RowOutcome.ACCEPTED, ""
    if known[handed.order.id] == handed.row["content_digest"]:
        return RowOutcome.KNOWN, ""
    return RowOutcome.REFUSED, f"{handed.order.id} is known with other content"


def _row(batch_id: str, row: Row, order: Order | None, outcome: RowOutcome, why: str) -> dict[str, object]:
    if row.recorded:
        outcome, why, order = RowOutcome.RECORDED, "", None
    elif row.refusal:
        outcome, why, order = RowOutcome.REFUSED, row.refusal, None
    refused = outcome is RowOutcome.REFUSED
    return {
        "batch_id": batch_id,
        "number": row.number,
        "outcome": outcome.value,
        "order_id": order.id if order is not None and not refused else None,
        "field": row.field or None,
        "reason": why or row.note or None,
        "raw": row.raw if refused else None,
    }


def _counted(handed: HandedIn, rows: Sequence[dict[str, object]], outcome: RowOutcome) -> Counts:
    by_outcome = {kind: sum(row["outcome"] == kind.value for row in rows) for kind in RowOutcome}
    is_there = handed.order is not None or by_outcome[RowOutcome.REFUSED] > 0
    refused = outcome is RowOutcome.REFUSED and is_there and handed.found.is_order
    return Counts(
        rows=len(rows),
        **{f"rows_{kind.value}": count for kind, count in by_outcome.items()},
        orders_accepted=int(outcome is RowOutcome.ACCEPTED),
        orders_known=int(outcome is RowOutcome.KNOWN),
        orders_refused=int(refused),
    )


async def _acknowledge(connection: AsyncConnection, batch_id: str, texts: Sequence[str]) -> None:
    """Keep what the sender hears, numbered on; nobody else writes of this batch while its part is written."""
    if texts:
        last = await connection.scalar(select(func.max(_a.number)).where(_a.batch_id == batch_id)) or 0
        rows = [
            {"batch_id": batch_id, "number": last + n, "kind": "997", "text": text} for n, text in enumerate(texts, 1)
        ]
        await _insert(connection, batch_answers, rows)


async def _insert(connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(table.insert(), rows)
