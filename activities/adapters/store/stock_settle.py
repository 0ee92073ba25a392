"""The end of a reservation: what was shipped is consumed, what was not is released.

Both take the reservation's row first and the balances last, as reserving does: nobody waits in a circle.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update

from activities.adapters.store.clock import utc_now
from activities.adapters.store.stock_digest import digest
from activities.adapters.store.stock_movements import Document, Movement, move
from activities.adapters.store.stock_tables import reservation_lines, reservations, stock_documents
from activities.adapters.store.stock_transaction import insert_once
from models.errors import Conflict, NotFound
from models.stock import RESERVATION, MovementKind, ReservationState, StockState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.stock import Consumption, ReservationRelease

_r = reservations.c
_line = reservation_lines.c
_RESERVATION = select(reservations).where(_r.key == bindparam("of_key")).with_for_update()
_CLOSE = (
    update(reservations)
    .where(_r.key == bindparam("of_key"))
    .values(state=bindparam("new_state"), reason=bindparam("new_reason"), closed_at=bindparam("now"))
)
_DOCUMENT = select(stock_documents.c.digest).where(stock_documents.c.key == bindparam("of_key"))
_open = _line.quantity - _line.consumed - _line.released
_of_key = _line.reservation_key == bindparam("of_key")
_OPEN_LINES = select(_line.line_id, _line.sku, _line.node, _open.label("open")).where(_of_key, _open > 0)
_OPEN_TOTAL = select(func.sum(_open)).where(_of_key)
_RELEASE_LINES = update(reservation_lines).where(_of_key).values(released=_line.quantity - _line.consumed)
_quantity = bindparam("shipped", type_=_line.quantity.type)
_CONSUME_LINE = (
    update(reservation_lines)
    .where(_of_key, _line.line_id == bindparam("for_line"), _line.sku == bindparam("of_sku"))
    .where(_line.node == bindparam("at_node"), _open >= _quantity)
    .values(consumed=_line.consumed + _quantity)
)


async def release(connection: AsyncConnection, wanted: ReservationRelease) -> None:
    """Give back what is still open under a key; nothing where it is closed already.

    A key that was never granted is closed from then on, so that a reservation still on its way cannot leak.

    Raises:
        Conflict: the key belongs to another order.
    """
    # Claiming the key first is what makes it race-free: whichever transaction had it first, we see what it wrote.
    if await insert_once(connection, reservations, _closed_unopened(wanted)):
        return
    reservation = await _lock(connection, wanted.reservation_key, wanted.order_id)
    if reservation.state != ReservationState.HELD:
        return
    of_key = {"of_key": wanted.reservation_key}
    lines = (await connection.execute(_OPEN_LINES, of_key)).all()
    await connection.execute(_RELEASE_LINES, of_key)
    await _close(connection, reservation, ReservationState.RELEASED, wanted.reason)
    document = Document(wanted.reservation_key, MovementKind.RELEASE, wanted.order_id, wanted.reason)
    await move(
        connection,
        document,
        [Movement(line.sku, line.node, StockState.RESERVED, -line.open, line.line_id) for line in lines],
    )


async def consume(connection: AsyncConnection, shipment: Consumption) -> None:
    """Take what was shipped out of the reservation and off the shelf, once a key.

    Raises:
        Conflict: more than is reserved there for the line, the reservation was released, it belongs to another order,
            or the key was used for something else.
        NotFound: there is no such reservation.
    """
    said = digest(f"{shipment.order_id}\n{shipment.reservation_key}", shipment.items)
    if not await write_once(connection, shipment.key, said):
        return
    reservation = await _lock(connection, shipment.reservation_key, shipment.order_id)
    if reservation.state == ReservationState.RELEASED:
        raise Conflict("reservation_released", f"the reservation {shipment.reservation_key} was released")
    items = _shipped(shipment)
    if (await connection.execute(_CONSUME_LINE, items)).rowcount != len(items):
        raise Conflict("not_reserved", f"{shipment.key} ships more than {shipment.reservation_key} holds for a line")
    if not (await connection.execute(_OPEN_TOTAL, {"of_key": shipment.reservation_key})).scalar_one():
        await _close(connection, reservation, ReservationState.CONSUMED, None)
    document = Document(shipment.key, MovementKind.SHIPMENT, shipment.order_id)
    await move(connection, document, _departures(items))


async def write_once(connection: AsyncConnection, key: str, said: str) -> bool:
    """Claim a document's key; False where the same document was written before.

    Raises:
        Conflict: another document has the key.
    """
    if await insert_once(connection, stock_documents, {"key": key, "digest": said, "at": utc_now()}):
        return True
    before = (await connection.execute(_DOCUMENT, {"of_key": key})).scalar_one()
    if before != said:
        raise Conflict("key_reused", f"the key {key} was used for something else")
    return False


async def _lock(connection: AsyncConnection, key: str, order_id: str) -> Row[Any]:
    reservation = (await connection.execute(_RESERVATION, {"of_key": key})).one_or_none()
    if reservation is None:
        raise NotFound(f"there is no reservation {key}")
    if reservation.order_id != order_id:
        raise Conflict("other_order", f"the reservation {key} belongs to another order than {order_id}")
    return reservation


async def _close(connection: AsyncConnection, before: Row[Any], state: ReservationState, reason: str | None) -> None:
    after = RESERVATION.move(ReservationState(before.state), state)
    values = {"of_key": before.key, "new_state": after, "new_reason": reason, "now": utc_now()}
    await connection.execute(_CLOSE, values)


def _closed_unopened(wanted: ReservationRelease) -> dict[str, object]:
    now = utc_now()
    return {
        "key": wanted.reservation_key,
        "order_id": wanted.order_id,
        "state": ReservationState.RELEASED,
        "reason": wanted.reason,
        "opened_at": now,
        "closed_at": now,
    }


def _shipped(shipment: Consumption) -> list[dict[str, Any]]:
    """Add up what a shipment says twice of the same line, in one order, so that rows are locked in it."""
    shipped: Counter[tuple[str, str, str]] = Counter()
    for item in shipment.items:
        shipped[item.line_id, item.sku, item.node] += item.quantity
    return [
        {"of_key": shipment.reservation_key, "for_line": line, "of_sku": sku, "at_node": node, "shipped": quantity}
        for (line, sku, node), quantity in sorted(shipped.items())
    ]


def _departures(items: Sequence[dict[str, Any]]) -> list[Movement]:
    return [
        Movement(item["of_sku"], item["at_node"], state, -item["shipped"], item["for_line"])
        for item in items
        for state in (StockState.RESERVED, StockState.ON_HAND)
    ]
