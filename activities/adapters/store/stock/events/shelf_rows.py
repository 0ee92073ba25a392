"""Shelves as an event needs them: balances that stay as they are until it is written, and who was promised what."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, or_, select, update

from activities.adapters.store.stock.movements import open_balances
from activities.adapters.store.stock.nodes import ensure_nodes
from activities.adapters.store.stock.tables import lots, reservation_lines, reservations, ring_fences, stock_balances
from activities.adapters.store.stock.transaction import insert_once
from models.stock.life import Place
from models.stock.lots import LotStatus
from models.stock.quantities import StockState
from models.stock.reservation import ReservationState
from models.stock.taking import Share, Shelf

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import BindParameter, Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.stock.events.own_units import Line
    from activities.adapters.store.stock.movements import Spot
    from models.stock.events import LotJudged

_b, _l, _r, _f, _o = stock_balances.c, reservation_lines.c, reservations.c, ring_fences.c, lots.c
_skus: BindParameter[str] = bindparam("skus", expanding=True)
# In the order in which balances are moved; a database without row locks has locked everything already.
_SHELVES = (
    select(stock_balances, _o.expires_on, _o.status)
    .outerjoin(lots, (_o.sku == _b.sku) & (_o.lot == _b.lot))
    .where(_b.sku.in_(_skus))
    .order_by(_b.sku, _b.node, _b.lot)
    .with_for_update(of=stock_balances)
)
_AT_NODES = _SHELVES.where(_b.node.in_(bindparam("nodes", expanding=True)))
_OF_LOT = _SHELVES.where(_b.lot == bindparam("of_lot"))
_FENCES = select(ring_fences).where(_f.sku.in_(_skus), _f.quantity > 0)
_PROMISES = {
    ReservationState.HELD.value: StockState.SOFT_RESERVED,
    ReservationState.COMMITTED.value: StockState.ALLOCATED,
}
_open = _l.quantity - _l.consumed - _l.released
_SHARES = (
    select(_l.line_id, _l.picked, _open.label("open"), _r.key, _r.order_id, _r.state, _r.demand, _r.opened_at)
    .join(reservations, _r.key == _l.reservation_key)
    .where(_l.sku == bindparam("of_sku"), _l.node == bindparam("at_node"), _l.lot == bindparam("of_lot"))
    .where(_r.state.in_(list(_PROMISES)), _open > 0)
)
_is_lot = (_o.sku == bindparam("of_sku")) & (_o.lot == bindparam("of_lot"))
_DATE_LOT = update(lots).where(_is_lot, _o.expires_on.is_(None)).values(expires_on=bindparam("expires"))
# Shared with others who bring the same lot, but not with whoever judges it: he waits, and then sees what they brought.
_SHARE_LOT = select(_o.lot).where(_is_lot).with_for_update(read=True)
_TAKE_LOT = select(_o.status).where(_is_lot).with_for_update()
_judged = bindparam("judged", type_=_o.judged_at.type)
_JUDGE_LOT = (
    update(lots)
    .where(_is_lot, or_(_o.judged_at.is_(None), _o.judged_at <= _judged))
    .values(
        status=bindparam("new_status"),
        judged_at=_judged,
        expires_on=func.coalesce(bindparam("expires", type_=_o.expires_on.type), _o.expires_on),
    )
)


async def ensure_lots(connection: AsyncConnection, lines: Iterable[Line]) -> None:
    """Have the lots of these lines, which nobody judges until the transaction ends; a date that is known stays."""
    said = {(line.sku, line.lot): line.expires_on for line in lines if line.lot}
    for (sku, lot), expires_on in sorted(said.items(), key=lambda item: item[0]):
        row = {"sku": sku, "lot": lot, "expires_on": expires_on, "status": LotStatus.RELEASED}
        if await insert_once(connection, lots, row):
            continue
        if expires_on is not None:
            await connection.execute(_DATE_LOT, {"of_sku": sku, "of_lot": lot, "expires": expires_on})
        await connection.execute(_SHARE_LOT, {"of_sku": sku, "of_lot": lot})


async def judge_lot(connection: AsyncConnection, event: LotJudged) -> LotStatus | None:
    """Write a judgement down; answers what the lot was judged before, none where a later judgement stands."""
    await insert_once(connection, lots, {"sku": event.sku, "lot": event.lot, "status": LotStatus.RELEASED})
    before = (await connection.execute(_TAKE_LOT, {"of_sku": event.sku, "of_lot": event.lot})).scalar_one()
    judgement = {
        "of_sku": event.sku,
        "of_lot": event.lot,
        "judged": event.occurred_at,
        "new_status": event.status,
        "expires": event.expires_on,
    }
    return LotStatus(before) if (await connection.execute(_JUDGE_LOT, judgement)).rowcount else None


async def ensure_balances(connection: AsyncConnection, spots: Collection[Spot]) -> None:
    """Have each of these balances, and its node."""
    await ensure_nodes(connection, {node for _, node, _ in spots})
    await open_balances(connection, spots)


async def shelves_at(connection: AsyncConnection, skus: Iterable[str], nodes: Iterable[str]) -> dict[Spot, Shelf]:
    """Lock and read all balances of these articles at these nodes."""
    asked = {"skus": sorted(set(skus)), "nodes": sorted(set(nodes))}
    return await _with_fences(connection, (await connection.execute(_AT_NODES, asked)).all())


async def shelves_of_lot(connection: AsyncConnection, sku: str, lot: str) -> dict[Spot, Shelf]:
    """Lock and read all balances of a lot, wherever it lies."""
    return await _with_fences(connection, (await connection.execute(_OF_LOT, {"skus": [sku], "of_lot": lot})).all())


async def shares_of(connection: AsyncConnection, spot: Spot) -> list[Share]:
    """Who was promised what of a balance; as long as that is locked, nobody is promised more or less of it."""
    sku, node, lot = spot
    rows = await connection.execute(_SHARES, {"of_sku": sku, "at_node": node, "of_lot": lot})
    return [
        Share(
            reservation_key=row.key,
            order_id=row.order_id,
            place=Place(row.line_id, sku, node, lot),
            state=_PROMISES[row.state],
            priority=row.demand.priority if row.demand else 0,
            opened_at=row.opened_at,
            unpicked=row.open - row.picked,
            picked=row.picked,
        )
        for row in rows
    ]


async def _with_fences(connection: AsyncConnection, rows: Iterable[Row[Any]]) -> dict[Spot, Shelf]:
    found = {shelf.spot: shelf for shelf in map(_shelf, rows)}
    fenced = sorted({shelf.sku for shelf in found.values() if shelf.levels[StockState.CHANNEL_RESERVED]})
    fences: defaultdict[Spot, dict[str, int]] = defaultdict(dict)
    if fenced:
        for row in await connection.execute(_FENCES, {"skus": fenced}):
            fences[row.sku, row.node, row.lot][row.holder] = row.quantity
    for spot, shelf in found.items():
        shelf.fences = fences[spot]
    return found


def _shelf(row: Row[Any]) -> Shelf:
    return Shelf(
        sku=row.sku,
        node=row.node,
        lot=row.lot,
        levels={state: getattr(row, state.value) for state in StockState},
        expires_on=row.expires_on,
        status=LotStatus(row.status) if row.status else LotStatus.RELEASED,
        counted_at=row.counted_at,
    )
