"""Batches and their rows as the API shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from activities.adapters.store import cursor as cursors
from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.order_rows import order_view
from activities.adapters.store.schema import storable
from activities.adapters.store.tables.batches import batch_answers, batch_chunks, batch_rows, batches
from activities.adapters.store.tables.orders import orders
from activities.records.batches import Acknowledged, Batch, BatchRow, Ordered
from models.batch.batch import BatchState, RowOutcome
from models.errors import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

    from activities.adapters.store.database import Database
    from activities.records.orders import Page

_b, _c, _r, _a, _o = batches.c, batch_chunks.c, batch_rows.c, batch_answers.c, orders.c
SHOWN = (
    _b.id,
    _b.source,
    _b.state,
    _b.digest,
    _b.size,
    _b.place,
    _b.counts,
    _b.reason,
    _b.received_at,
    _b.started_at,
    _b.updated_at,
)
_BEGINNING = 512
"""Bytes shown of an order's payload; an interchange's first segment is among them."""
_ORDERED = (
    _o.document,
    _o.received_at,
    _o.updated_at,
    _o.snapshot,
    func.substr(_o.payload, 1, _BEGINNING).label("beginning"),
)
_GOING_ON = [state.value for state in BatchState if not state.is_over]
_IN = [RowOutcome.ACCEPTED.value, RowOutcome.KNOWN.value]


def as_batch(row: Row[*tuple[Any, ...]]) -> Batch:
    """A batch as it is shown."""
    shown = {column.name: getattr(row, column.name) for column in SHOWN}
    return Batch(**{**shown, "state": BatchState(row.state)})


class SqlBatches:
    """`activities.records.batches.Batches` on our own database."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        """Show what is in this database, whose tables the migrations have made."""
        self._database = database
        self._now = now

    async def find(self, batch_id: str) -> Batch:
        """Read one.

        Raises:
            NotFound: there is none of this id.
        """
        if storable(batch_id):
            async with self._database.reading() as connection:
                row = (await connection.execute(select(*SHOWN).where(_b.id == batch_id))).one_or_none()
            if row is not None:
                return as_batch(row)
        raise NotFound(f"there is no batch {batch_id}")

    async def page(self, *, cursor: str | None, limit: int) -> Page[Batch]:
        """Read a page, newest first.

        Raises:
            InvalidInput: the cursor is not one of this list.
        """
        page = cursors.one_page(batches, select(*SHOWN), cursor=cursor, limit=limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(page)).all()
        return cursors.as_page(batches, rows, limit, as_batch)

    async def rows(self, batch_id: str, *, outcome: RowOutcome | None, after: int, limit: int) -> Sequence[BatchRow]:
        """Rows in the file's order, those after row number `after`."""
        wanted = select(batch_rows).where(_r.batch_id == batch_id, _r.number > after).order_by(_r.number).limit(limit)
        if outcome is not None:
            wanted = wanted.where(_r.outcome == outcome.value)
        async with self._database.reading() as connection:
            found = (await connection.execute(wanted)).all()
        return [
            BatchRow(row.number, RowOutcome(row.outcome), row.order_id, row.field, row.reason, row.raw) for row in found
        ]

    async def beginning(self, batch_id: str) -> bytes:
        """The first bytes of the file, as many as are handy."""
        upload = select(_b.upload_id).where(_b.id == batch_id).scalar_subquery()
        first = select(_c.bytes).where(_c.upload_id == upload, _c.number == 0)
        async with self._database.reading() as connection:
            return await connection.scalar(first) or b""

    async def acknowledgements(self, batch_id: str, *, after: int, limit: int) -> Sequence[Acknowledged]:
        """What was written to the sender while reading, those after number `after`."""
        wanted = select(_a.number, _a.text).where(_a.batch_id == batch_id, _a.number > after)
        async with self._database.reading() as connection:
            found = (await connection.execute(wanted.order_by(_a.number).limit(limit))).all()
        return [Acknowledged(row.number, row.text) for row in found]

    async def orders(self, batch_id: str, *, after: int, limit: int) -> Sequence[Ordered]:
        """The orders of accepted and known rows, those whose first row comes after row number `after`."""
        first = func.min(_r.number).label("first")
        taken = (
            select(_r.order_id, first)
            .where(_r.batch_id == batch_id, _r.outcome.in_(_IN), _r.order_id.is_not(None))
            .group_by(_r.order_id)
            .having(first > after)
            .order_by(first)
            .limit(limit)
            .subquery()
        )
        wanted = select(*_ORDERED, taken.c.first).join_from(taken, orders, _o.id == taken.c.order_id)
        async with self._database.reading() as connection:
            found = (await connection.execute(wanted.order_by(taken.c.first))).all()
        return [Ordered(row.first, order_view(row), bytes(row.beginning)) for row in found]

    async def ordered(self, order_id: str) -> Ordered:
        """One order, from wherever it came.

        Raises:
            NotFound: there is none of this id.
        """
        if storable(order_id):
            async with self._database.reading() as connection:
                row = (await connection.execute(select(*_ORDERED).where(_o.id == order_id))).one_or_none()
            if row is not None:
                return Ordered(0, order_view(row), bytes(row.beginning))
        raise NotFound(f"there is no order {order_id}")

    async def cancel(self, batch_id: str) -> Batch:
        """Stop reading; what was taken in stays.

        Raises:
            NotFound: there is none of this id.
            Conflict: it is over already.
        """
        stop = (
            update(batches)
            .where(_b.id == batch_id, _b.state.in_(_GOING_ON))
            .values(state=BatchState.CANCELLED.value, updated_at=self._now())
        )
        async with self._database.writing() as connection:
            stopped = (await connection.execute(stop)).rowcount == 1
        batch = await self.find(batch_id)
        if not stopped and batch.state is not BatchState.CANCELLED:
            raise Conflict("batch_is_over", f"the batch is {batch.state.value}: nothing more of it would be read")
        return batch

    async def waiting(self, *, limit: int) -> Sequence[Batch]:
        """Those nobody has begun to read, oldest first."""
        wanted = select(*SHOWN).where(_b.state == BatchState.WAITING.value).order_by(_b.received_at).limit(limit)
        async with self._database.reading() as connection:
            return [as_batch(row) for row in (await connection.execute(wanted)).all()]
