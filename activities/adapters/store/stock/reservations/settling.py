"""Settling: what was reserved is held longer, made firm, given back or shipped.

Each takes the reservation's row first and the balances last, as reserving does: nobody waits in a circle.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, bindparam, cast, delete, func, select, update

from activities.adapters.store.stock.digest import digest
from activities.adapters.store.stock.movements import Document
from activities.adapters.store.stock.offers.offer_rows import reconsider_wanted
from activities.adapters.store.stock.queue.waiting import needs_of
from activities.adapters.store.stock.reservations import claims, late_parcels
from activities.adapters.store.stock.tables import reservation_needs, reservations, stock_documents, stock_movements
from activities.adapters.store.stock.transaction import insert_once
from models.errors import Conflict, InvalidInput, NotFound
from models.stock import life
from models.stock.events import GoodsShipped, StockLine
from models.stock.quantities import MovementKind, StockState
from models.stock.reservation import ReservationState
from models.stock.spreading import freed_places, shipped_places

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.stock.reservations.claims import KeptClaim
    from models.stock.life import Step
    from models.stock.reservation import (
        Consumption,
        Freed,
        ReservationCommit,
        ReservationExtension,
        ReservationRelease,
        Shipped,
    )

_DOCUMENT = select(stock_documents.c.digest).where(stock_documents.c.key == bindparam("of_key"))
_m = stock_movements.c
_WRITTEN = (
    select(_m.line_id, _m.sku, _m.node, cast(-func.sum(_m.quantity), BigInteger).label("gone"))
    .where(_m.document_key == bindparam("of_key"), _m.state == StockState.ON_HAND, _m.kind == MovementKind.SHIPMENT)
    .group_by(_m.line_id, _m.sku, _m.node)
)
_n = reservation_needs.c
_of_need = (
    (_n.reservation_key == bindparam("of_key"))
    & (_n.line_id == bindparam("for_line"))
    & (_n.sku == bindparam("of_sku"))
)
_less = bindparam("less", type_=_n.quantity.type)
_DROP_NEED = delete(reservation_needs).where(_of_need, _n.quantity <= _less)
_LOWER_NEED = update(reservation_needs).where(_of_need, _n.quantity > _less).values(quantity=_n.quantity - _less)
_ANY_NEED = select(_n.sku).where(_n.reservation_key == bindparam("of_key")).limit(1)


async def extend(connection: AsyncConnection, wanted: ReservationExtension, now: datetime) -> KeptClaim:
    """Hold a reservation longer; one whose time has run out is let go instead.

    Raises:
        Conflict: it belongs to another order.
        NotFound: there is no such reservation.
    """
    kept = await _expired_if_due(connection, await _load(connection, wanted.reservation_key, wanted.order_id), now)
    document = Document(kept.key, MovementKind.RESERVATION, kept.order_id)
    return await claims.write(connection, kept, life.extend(kept.claim, wanted.until), document, at=now)


async def commit(connection: AsyncConnection, wanted: ReservationCommit, now: datetime) -> KeptClaim:
    """Make a held reservation firm; one whose time has run out is let go instead.

    Raises:
        Conflict: it belongs to another order.
        NotFound: there is no such reservation.
    """
    kept = await _expired_if_due(connection, await _load(connection, wanted.reservation_key, wanted.order_id), now)
    document = Document(kept.key, MovementKind.ALLOCATION, kept.order_id)
    return await claims.write(connection, kept, life.commit(kept.claim), document, at=now)


async def release(connection: AsyncConnection, wanted: ReservationRelease, now: datetime) -> set[str]:
    """Give back what is still open under a key, or a part of it; nothing where it is closed already.

    A key that was never granted is closed from then on, so that a reservation still on its way cannot leak.

    Returns:
        The articles of which something was given back, or is wanted by the queue no longer.

    Raises:
        Conflict: the key belongs to another order, or the part's key was used for something else.
        InvalidInput: a part without a key of its own.
        NotFound: a part of a reservation that is not there.
    """
    if wanted.items:
        return await _release_part(connection, wanted, now)
    # Claiming the key first is what makes it race-free: whichever transaction had it first, we see what it wrote.
    if await insert_once(connection, reservations, _closed_unopened(wanted, now)):
        return set()
    kept = await _load(connection, wanted.reservation_key, wanted.order_id)
    document = Document(kept.key, MovementKind.RELEASE, kept.order_id, wanted.reason)
    return await _give_back(connection, kept, life.release(kept.claim), document, now)


async def consume(
    connection: AsyncConnection, shipment: Consumption, now: datetime, *, believe_lots: bool = True
) -> set[str]:
    """Take what was shipped out of the reservation and off the shelf, once a key.

    Args:
        connection: a transaction that writes.
        shipment: what has left.
        now: when we were told.
        believe_lots: whether a lot that went instead of the reserved one is taken off its own balance. Where that has
            not enough to spare, the reserved lots go after all: the sum is right, and a count mends the lots.

    Returns:
        The articles of which a reserved lot was given back.

    Raises:
        BalanceRefused: a lot that went has not enough to spare.
        Conflict: more than is reserved there for the line, the reservation was released, it belongs to another order,
            or the key was used for something else.
        NotFound: there is no such reservation.
    """
    said = digest(f"{shipment.order_id}\n{shipment.reservation_key}", shipment.items)
    if not await write_once(connection, shipment.key, said, now):
        return set()
    kept = await _load(connection, shipment.reservation_key, shipment.order_id)
    swapped, shipped = shipped_places(kept.claim, shipment.items, believe_lots=believe_lots)
    gone = life.consume(swapped.claim, shipped)
    step = replace(gone, shifts=(*swapped.shifts, *gone.shifts))
    left_at = min(shipment.shipped_at or now, now)
    document = Document(shipment.key, MovementKind.SHIPMENT, kept.order_id, occurred_at=left_at)
    await late_parcels.credit(connection, step, left_at, document)
    await claims.write(connection, kept, step, document, at=now)
    return {shift.place.sku for shift in swapped.shifts}


async def parted(
    connection: AsyncConnection, shipment: Consumption, now: datetime
) -> tuple[Consumption | None, tuple[GoodsShipped, ...]]:
    """Part what was shipped into what the reservation has of it, if anything, and what has left beyond it, by node.

    Of a shipment whose reserved part is written already, only the other part is left.
    """
    # A key of its own: the shipment's own key stands for all of it, and is asked for again after a crash.
    key = f"{shipment.key}~reserved"
    written = (await connection.execute(_WRITTEN, {"of_key": key})).all()
    left: Counter[tuple[str | None, str, str]] = Counter(
        {(row.line_id, row.sku, row.node): row.gone for row in written}
    )
    if not written:
        left = await _still_reserved(connection, shipment.reservation_key)
    within: list[Shipped] = []
    beyond: defaultdict[str, list[StockLine]] = defaultdict(list)
    for item in shipment.items:
        name = (item.line_id, item.sku, item.node)
        part = min(left[name], item.quantity)
        left[name] -= part
        if part:
            within.append(item.model_copy(update={"quantity": part}))
        if item.quantity > part:
            beyond[item.node].append(StockLine(sku=item.sku, quantity=item.quantity - part, lot=item.lot or ""))
    reserved = shipment.model_copy(update={"key": key, "items": tuple(within)}) if within and not written else None
    return reserved, tuple(_beyond(shipment, node, lines, now) for node, lines in sorted(beyond.items()))


async def _still_reserved(connection: AsyncConnection, key: str) -> Counter[tuple[str | None, str, str]]:
    kept = await claims.load(connection, key, lock=False)
    left: Counter[tuple[str | None, str, str]] = Counter()
    if kept is not None and kept.claim.state in {ReservationState.HELD, ReservationState.COMMITTED}:
        for line in kept.claim.lines:
            left[line.place.line_id, line.place.sku, line.place.node] += line.open
    return left


def _beyond(shipment: Consumption, node: str, lines: Iterable[StockLine], now: datetime) -> GoodsShipped:
    name = hashlib.sha256(f"{shipment.key}\n{node}".encode()).hexdigest()[:40]
    return GoodsShipped(
        event_id=f"beyond-{name}",
        occurred_at=shipment.shipped_at or now,
        node=node,
        lines=tuple(lines),
        order_id=shipment.order_id,
        reason="shipped beyond what was reserved",
    )


async def write_once(connection: AsyncConnection, key: str, said: str, now: datetime) -> bool:
    """Claim a document's key; False where the same document was written before.

    Raises:
        Conflict: another document has the key.
    """
    if await insert_once(connection, stock_documents, {"key": key, "digest": said, "at": now}):
        return True
    before = (await connection.execute(_DOCUMENT, {"of_key": key})).scalar_one()
    if before != said:
        raise Conflict("key_reused", f"the key {key} was used for something else")
    return False


async def _load(connection: AsyncConnection, key: str, order_id: str) -> KeptClaim:
    kept = await claims.load(connection, key)
    if kept is None:
        raise NotFound(f"there is no reservation {key}")
    kept.belongs_to(order_id)
    return kept


async def _expired_if_due(connection: AsyncConnection, kept: KeptClaim, now: datetime) -> KeptClaim:
    document = Document(kept.key, MovementKind.EXPIRE, kept.order_id, "it was not committed in time")
    return await claims.write(connection, kept, life.expire(kept.claim, now), document, at=now)


async def _give_back(
    connection: AsyncConnection, kept: KeptClaim, step: Step, document: Document, now: datetime
) -> set[str]:
    await claims.write(connection, kept, step, document, at=now)
    if kept.claim.state is ReservationState.PENDING:
        return {need.sku for need in await needs_of(connection, kept.key)}
    return {shift.place.sku for shift in step.shifts}


async def _release_part(connection: AsyncConnection, wanted: ReservationRelease, now: datetime) -> set[str]:
    if wanted.key is None:
        raise InvalidInput.at("/key", "missing", "a part is given back under a key of its own")
    said = digest(f"{wanted.order_id}\n{wanted.reservation_key}", wanted.items)
    if not await write_once(connection, wanted.key, said, now):
        return set()
    kept = await _load(connection, wanted.reservation_key, wanted.order_id)
    document = Document(wanted.key, MovementKind.RELEASE, kept.order_id, wanted.reason)
    if kept.claim.state is not ReservationState.PENDING:
        step = life.release_part(kept.claim, freed_places(kept.claim, wanted.items))
        return await _give_back(connection, kept, step, document, now)
    await reconsider_wanted(connection, kept.key, now)
    await _want_less(connection, kept, wanted.items)
    if (await connection.execute(_ANY_NEED, {"of_key": kept.key})).first() is None:
        await claims.write(connection, kept, life.release(kept.claim), document, at=now)
    return {item.sku for item in wanted.items}


async def _want_less(connection: AsyncConnection, kept: KeptClaim, items: Iterable[Freed]) -> None:
    less = [{"of_key": kept.key, "for_line": item.line_id, "of_sku": item.sku, "less": item.quantity} for item in items]
    for need in less:
        if not (await connection.execute(_LOWER_NEED, need)).rowcount:
            await connection.execute(_DROP_NEED, need)


def _closed_unopened(wanted: ReservationRelease, now: datetime) -> dict[str, object]:
    return {
        "key": wanted.reservation_key,
        "order_id": wanted.order_id,
        "state": ReservationState.RELEASED,
        "reason": wanted.reason,
        "opened_at": now,
        "closed_at": now,
    }
