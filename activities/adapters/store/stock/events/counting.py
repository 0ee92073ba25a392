"""Counts: what lay on a shelf at a moment, whatever the books said, and what has moved since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select, update

from activities.adapters.store.stock.events.arriving import keep_back
from activities.adapters.store.stock.events.supply_book import by_lot
from activities.adapters.store.stock.events.unexplained import settle
from activities.adapters.store.stock.tables import stock_balances, stock_movements
from models.stock.quantities import MovementKind, StockState

if TYPE_CHECKING:
    from activities.adapters.store.stock.events.own_units import Line
    from activities.adapters.store.stock.events.posting import Posting
    from models.stock.events import GoodsCounted
    from models.stock.taking import Shelf

_m, _b = stock_movements.c, stock_balances.c
_SINCE = (
    select(func.coalesce(func.sum(_m.quantity), 0))
    .where(_m.sku == bindparam("of_sku"), _m.node == bindparam("at_node"), _m.lot == bindparam("of_lot"))
    .where(_m.state == StockState.ON_HAND.value, _m.occurred_at > bindparam("counted", type_=_m.occurred_at.type))
)
_COUNTED = (
    update(stock_balances)
    .where(_b.sku == bindparam("of_sku"), _b.node == bindparam("at_node"), _b.lot == bindparam("of_lot"))
    .values(counted_at=bindparam("counted"))
)


async def counted(posting: Posting, event: GoodsCounted, lines: tuple[Line, ...]) -> None:
    """Bring the books to what was counted; a shelf that was counted later already is left as it is."""
    await posting.look(lines, [event.node], bring_to=event.node)
    for sku, found in by_lot(lines).items():
        for lot, quantity in found.items():
            shelf = posting.shelves[sku, event.node, lot]
            if shelf.counted_at is None or shelf.counted_at <= event.occurred_at:
                await _correct(posting, shelf, quantity)


async def _correct(posting: Posting, shelf: Shelf, quantity: int) -> None:
    of = {"of_sku": shelf.sku, "at_node": shelf.node, "of_lot": shelf.lot, "counted": posting.occurred_at}
    moved = (await posting.connection.execute(_SINCE, of)).scalar_one()
    await posting.connection.execute(_COUNTED, of)
    # What was told to be gone without an explanation before the count, is gone; the count says all there is to say.
    await settle(posting.connection, shelf.spot, posting.occurred_at)
    change = max(quantity + int(moved), 0) - shelf.levels[StockState.ON_HAND]
    if change > 0:
        posting.shift(MovementKind.COUNT, shelf, StockState.ON_HAND, change)
        keep_back(posting, MovementKind.COUNT, shelf, change)
    elif change < 0:
        await posting.take_away(MovementKind.COUNT, [shelf], -change, unfit=True)
    posting.corrected += abs(change)
