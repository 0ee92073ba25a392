"""Files of orders in memory: taken in, and never read."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass, field, replace

from activities.adapters.files.refused import RefusedRows
from activities.adapters.files.x12.answers import X12Answers
from activities.records.batches import Acknowledged, Batch, BatchRow, Ordered
from activities.records.orders import Page
from api.batches.desk import BatchDesk
from models.batch.batch import BatchSource, BatchStart, BatchState, Counts, Place, RowOutcome
from models.errors import InvalidInput, NotFound
from tests.promises.api.fakes import NOW, FakeOrders


@dataclass
class FakeBatches:
    """Batches by id, newest last; both the uploads and what is kept."""

    known: FakeOrders
    kept: dict[str, Batch] = field(default_factory=dict)
    begun: list[BatchStart] = field(default_factory=list)
    read: dict[str, list[BatchRow]] = field(default_factory=dict)
    told: dict[str, list[Acknowledged]] = field(default_factory=dict)
    made: dict[str, list[Ordered]] = field(default_factory=dict)

    def desk(self) -> BatchDesk:
        return BatchDesk(self, self, RefusedRows(), X12Answers(), self.start)

    async def start(self, start: BatchStart) -> None:
        self.begun.append(start)

    async def take(self, source: BatchSource, body: AsyncIterable[bytes], *, expected: int | None) -> Batch:
        whole = b"".join([piece async for piece in body])
        if not whole or expected not in {None, len(whole)}:
            raise InvalidInput.at("", "empty", "the file is empty")
        digest = hashlib.sha256(whole).hexdigest()
        batch = Batch(
            digest[:24], source, BatchState.WAITING, digest, len(whole), Place(), Counts(), "", NOW, None, NOW
        )
        return self.kept.setdefault(batch.id, batch)

    async def find(self, batch_id: str) -> Batch:
        try:
            return self.kept[batch_id]
        except KeyError:
            raise NotFound(f"there is no batch {batch_id}") from None

    async def page(self, *, cursor: str | None, limit: int) -> Page[Batch]:
        if cursor is not None:
            raise InvalidInput.at("", "cursor", "is not a cursor of this list")
        return Page(list(reversed(self.kept.values()))[:limit], None)

    async def rows(self, batch_id: str, *, outcome: RowOutcome | None, after: int, limit: int) -> Sequence[BatchRow]:
        rows = self.read.get(batch_id, [])
        return [row for row in rows if row.number > after and outcome in {None, row.outcome}][:limit]

    async def beginning(self, batch_id: str) -> bytes:
        return (await self.find(batch_id)).source.name.encode()

    async def acknowledgements(self, batch_id: str, *, after: int, limit: int) -> Sequence[Acknowledged]:
        return [one for one in self.told.get(batch_id, []) if one.number > after][:limit]

    async def orders(self, batch_id: str, *, after: int, limit: int) -> Sequence[Ordered]:
        return [one for one in self.made.get(batch_id, []) if one.row > after][:limit]

    async def ordered(self, order_id: str) -> Ordered:
        return Ordered(0, await self.known.find(order_id), b"")

    async def cancel(self, batch_id: str) -> Batch:
        self.kept[batch_id] = replace(await self.find(batch_id), state=BatchState.CANCELLED)
        return self.kept[batch_id]

    async def waiting(self, *, limit: int) -> Sequence[Batch]:
        return [batch for batch in self.kept.values() if batch.state is BatchState.WAITING][:limit]
