"""A store to hand files in to, and what comes of them; no Temporal."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from activities.adapters.files.formats import readers
from activities.adapters.files.refused import RefusedRows
from activities.adapters.store.batches.importing import SqlImporting
from activities.adapters.store.batches.listing import SqlBatches
from activities.adapters.store.batches.uploads import SqlUploads
from activities.adapters.store.database import Database
from activities.adapters.store.orders import SqlOrders
from activities.records.batches import Batch, BatchRow
from activities.records.orders import OrderFilter
from models.batch.batch import BatchFormat, BatchSource, RowOutcome

SAMPLES = Path(__file__).parents[3] / "ops" / "samples" / "batches"
HEAD = b"order_id,placed_at,sku,quantity,unit_price\n"
GOOD = b"G-1,2026-11-20,MUG,2,9.90\n"


async def pieces(body: bytes, size: int = 10_000) -> AsyncIterator[bytes]:
    for at in range(0, len(body), size):
        yield body[at : at + size]


@dataclass
class Table:
    """Hands files in and reads them to their end."""

    database: Database
    orders_a_part: int = 50

    def __post_init__(self) -> None:
        self.uploads = SqlUploads(self.database)
        self.batches = SqlBatches(self.database)
        self.importing = SqlImporting(self.database, readers())
        self.orders = SqlOrders(self.database)

    async def hand_in(self, body: bytes, format_: BatchFormat = BatchFormat.CSV, **said: object) -> Batch:
        source = BatchSource.model_validate({"format": format_, "name": "orders", "currency": "EUR", **said})
        return await self.uploads.take(source, pieces(body), expected=len(body))

    async def take_all(self, batch_id: str) -> Batch:
        while True:
            part = await self.importing.take_part(batch_id, orders=self.orders_a_part, beat=lambda: None)
            if part.progress.state.is_over:
                return await self.batches.find(batch_id)

    async def imported(self, body: bytes, format_: BatchFormat = BatchFormat.CSV, **said: object) -> Batch:
        return await self.take_all((await self.hand_in(body, format_, **said)).id)

    async def rows(self, batch: Batch, outcome: RowOutcome | None = None) -> list[BatchRow]:
        found: list[BatchRow] = []
        while page := await self.batches.rows(
            batch.id, outcome=outcome, after=found[-1].number if found else 0, limit=500
        ):
            found += page
        return found

    async def refusals(self, batch: Batch) -> dict[int, tuple[str | None, str | None]]:
        rows = await self.rows(batch, RowOutcome.REFUSED)
        return {row.number: (row.field, row.reason) for row in rows}

    async def order_ids(self) -> set[str]:
        page = await self.orders.page(OrderFilter(), cursor=None, limit=200)
        return {view.order.external_id for view in page.items}

    async def refused_file(self, batch: Batch) -> bytes:
        async def rows() -> AsyncIterator[BatchRow]:
            for row in await self.rows(batch, RowOutcome.REFUSED):
                yield row

        beginning = await self.batches.beginning(batch.id)
        return b"".join([piece async for piece in RefusedRows().write(batch, beginning, rows())])


def adds_up(batch: Batch, rows: list[BatchRow]) -> bool:
    """Whether every row has one outcome, and the counts say so."""
    by_outcome = Counter(row.outcome for row in rows)
    counts = batch.counts
    told = (counts.rows_accepted, counts.rows_known, counts.rows_recorded, counts.rows_refused)
    numbered = [row.number for row in rows] == list(range(1, counts.rows + 1))
    return numbered and told == tuple(by_outcome[outcome] for outcome in RowOutcome) and sum(told) == counts.rows
