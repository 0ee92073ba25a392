"""Taking a file in, part by part.

What a part's rows came to, its orders and how far the file is read are one transaction: whoever is killed at any moment
has either taken in a part, or has not.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from activities.adapters.store.batches.listing import SHOWN, SqlBatches, as_batch
from activities.adapters.store.batches.outcomes import Outcomes
from activities.adapters.store.batches.reading import KeptFile
from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.tables.batches import batches
from activities.adapters.store.tables.orders import orders
from activities.records.batches import PartTaken, Unreadable
from models.batch.batch import BatchState, Counts, Place, Progress
from models.errors import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from activities.records.batches import Batch, BatchReader, Found
    from models.batch.batch import BatchFormat
    from models.order.order import Order

_ROWS_AN_ORDER = 10
_BYTES_MAX = 1024 * 1024
"""Bytes of orders in one part: what is held in memory until it is written."""
_b = batches.c


class SqlImporting:
    """`activities.records.batches.Importing` on our own database."""

    def __init__(self, database: Database, readers: Mapping[BatchFormat, BatchReader], *, now: Clock = utc_now) -> None:
        """Read with these readers; write to this database, whose tables the migrations have made."""
        self._database = database
        self._readers = readers
        self._now = now
        self._batches = SqlBatches(database, now=now)
        self._outcomes = Outcomes(database)

    async def take_part(self, batch_id: str, *, orders: int, beat: Callable[[], None]) -> PartTaken:
        """Read on where the last part ended, up to so many orders, and keep what is found.

        Raises:
            NotFound: there is no such batch.
        """
        batch, upload_id = await self._find(batch_id)
        if batch.state.is_over:
            return PartTaken(_progress(batch))
        file = KeptFile(self._database, upload_id, batch.size)
        try:
            part, ended = await self._read(batch, file, orders, beat)
        except Unreadable as error:
            await self._move_on(batch, batch.place, batch.counts, BatchState.UNREADABLE, str(error))
            return PartTaken(_progress(await self._batches.find(batch_id)))
        new = await self._keep(batch, part, ended=ended)
        return PartTaken(_progress(await self._batches.find(batch_id)), tuple(new))

    async def note_started(self, order_ids: Iterable[str]) -> None:
        """Note that these orders' workflows run; the first time counts."""
        ids = sorted(order_ids)
        if not ids:
            return
        o = orders.c
        started = update(orders).where(o.id.in_(ids), o.started_at.is_(None)).values(started_at=self._now())
        async with self._database.writing() as connection:
            await connection.execute(started)

    async def cancel(self, batch_id: str) -> None:
        """Stop reading; one that is over stays as it is."""
        try:
            await self._batches.cancel(batch_id)
        except Conflict:
            return

    async def _find(self, batch_id: str) -> tuple[Batch, str]:
        async with self._database.reading() as connection:
            found = select(*SHOWN, _b.upload_id).where(_b.id == batch_id)
            row = (await connection.execute(found)).one_or_none()
        if row is None:
            raise NotFound(f"there is no batch {batch_id}")
        return as_batch(row), row.upload_id

    async def _read(
        self, batch: Batch, file: KeptFile, orders: int, beat: Callable[[], None]
    ) -> tuple[list[Found], bool]:
        """Read one part; answers what was found, and whether the file ends with it."""
        part: list[Found] = []
        size = rows = 0
        reading = self._readers[batch.source.format].read(file, batch.source, batch.place)
        try:
            async for found in reading:
                part.append(found)
                beat()
                # Reading takes the process's time: whoever else works in it has his turn after each order.
                await asyncio.sleep(0)
                size += len(found.payload) + sum(len(row.raw) for row in found.rows)
                rows += len(found.rows)
                if len(part) >= orders or rows >= orders * _ROWS_AN_ORDER or size >= _BYTES_MAX:
                    return part, False
        except Unreadable:
            # What could be read before counts; the next part then begins with what cannot.
            if not part:
                raise
            return part, False
        return part, True

    async def _keep(self, batch: Batch, part: list[Found], *, ended: bool) -> list[Order]:
        """Write a part down, unless another has done so in the meantime; answers the orders that are new."""
        place = part[-1].then if part else batch.place
        if ended:
            place = Place(offset=batch.size, row=place.row)
        state = BatchState.DONE if ended else BatchState.READING
        now = self._now()
        handed_in = await self._outcomes.prepared(batch, part, now)
        async with self._database.writing() as connection:
            if not await self._claim(connection, batch, place, state):
                return []
            counts, new = await self._outcomes.write(connection, batch, handed_in, now)
            told = update(batches).where(_b.id == batch.id).values(counts=batch.counts + counts)
            await connection.execute(told)
        return new

    async def _claim(self, connection: AsyncConnection, batch: Batch, place: Place, state: BatchState) -> bool:
        """Move the batch on from where this part began; false where somebody else has, or has stopped it."""
        now = self._now()
        move = (
            update(batches)
            .where(_b.id == batch.id, _b.bytes_read == batch.place.offset, _b.state == batch.state.value)
            .values(
                bytes_read=place.offset,
                place=place,
                state=state.value,
                started_at=batch.started_at or now,
                updated_at=now,
            )
        )
        return (await connection.execute(move)).rowcount == 1

    async def _move_on(self, batch: Batch, place: Place, counts: Counts, state: BatchState, reason: str) -> None:
        async with self._database.writing() as connection:
            if await self._claim(connection, batch, place, state):
                told = update(batches).where(_b.id == batch.id).values(counts=counts, reason=reason)
                await connection.execute(told)


def _progress(batch: Batch) -> Progress:
    return Progress(
        name=batch.source.name,
        state=batch.state,
        counts=batch.counts,
        offset=batch.place.offset,
        size=batch.size,
        reason=batch.reason,
    )
