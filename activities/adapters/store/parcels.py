"""Bookings with carriers, as we note them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.inserting import insert
from activities.adapters.store.schema import storable
from activities.adapters.store.tables.parcels import parcels

if TYPE_CHECKING:
    from activities.adapters.store.database import Database

_p = parcels.c


class SqlParcelBook:
    """`activities.ports.carriage.ParcelBook` on our own database."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        """Keep the notes in this database, whose tables the migrations have made."""
        self._database = database
        self._now = now
        note = insert(database, parcels)
        columns = {name: note.excluded[name] for name in ("order_id", "holder", "noted_at")}
        self._take = note.on_conflict_do_update(
            index_elements=[_p.key], set_=columns, where=_p.holder.is_(None)
        ).returning(_p.key)
        booked = columns | {
            "holder": func.coalesce(_p.holder, note.excluded.holder),
            "tracking_number": note.excluded.tracking_number,
        }
        self._booked = note.on_conflict_do_update(index_elements=[_p.key], set_=booked)

    async def holder(self, key: str) -> str | None:
        """Name the carrier that has, or may have, the parcel booked under a key; None: none has."""
        async with self._database.reading() as connection:
            found: str | None = await connection.scalar(select(_p.holder).where(_p.key == key))
            return found

    async def take(self, key: str, order_id: str, holder: str) -> bool:
        """Note that this carrier is about to be asked; False where another one, or this one, is noted already."""
        async with self._database.writing() as connection:
            taken = await connection.execute(self._take, self._row(key, order_id, holder, None))
            return taken.first() is not None

    async def release(self, key: str, holder: str) -> None:
        """Note that this carrier certainly has nothing under the key."""
        async with self._database.writing() as connection:
            mine = (_p.key == key) & (_p.holder == holder)
            await connection.execute(update(parcels).where(mine).values(holder=None, noted_at=self._now()))

    async def booked(self, key: str, order_id: str, holder: str, tracking_number: str) -> None:
        """Note the number under which it is known at the carrier; whoever was noted as holder stays it."""
        async with self._database.writing() as connection:
            await connection.execute(self._booked, self._row(key, order_id, holder, tracking_number))

    async def order_of(self, tracking_number: str) -> str | None:
        """Find the order that a parcel is of; the newest, should a carrier use a number again."""
        if not storable(tracking_number):
            return None
        found = select(_p.order_id).where(_p.tracking_number == tracking_number).order_by(_p.noted_at.desc()).limit(1)
        async with self._database.reading() as connection:
            order_id: str | None = await connection.scalar(found)
            return order_id

    async def close(self) -> None:
        """Close every connection."""
        await self._database.close()

    def _row(self, key: str, order_id: str, holder: str, tracking_number: str | None) -> dict[str, object]:
        return {
            "key": key,
            "order_id": order_id,
            "holder": holder,
            "tracking_number": tracking_number,
            "noted_at": self._now(),
        }
