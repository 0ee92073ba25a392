"""Lots that are quarantined, recalled or released, wherever they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from activities.adapters.store.stock.events.shelf_rows import judge_lot, shelves_of_lot
from activities.adapters.store.stock.offers.offer_rows import reconsider
from activities.adapters.store.stock.tables import stock_movements
from models.stock.lots import LotStatus
from models.stock.quantities import MovementKind, StockState

if TYPE_CHECKING:
    from activities.adapters.store.stock.events.own_units import Line
    from activities.adapters.store.stock.events.posting import Posting
    from models.stock.events import LotJudged
    from models.stock.taking import Shelf

_m = stock_movements.c
_FOR_AGE = (
    select(func.coalesce(func.sum(_m.quantity), 0))
    .where(_m.sku == bindparam("of_sku"), _m.node == bindparam("at_node"), _m.lot == bindparam("of_lot"))
    .where(_m.kind == MovementKind.EXPIRE.value, _m.state == StockState.QUARANTINED.value)
)


async def judged(posting: Posting, event: LotJudged, _lines: tuple[Line, ...]) -> None:
    """Put all of a lot into quarantine, or all that is in quarantine back.

    What a picker has in his hands is quarantined too: it must not leave, and the order it was picked for hears of it.
    What comes of the lot later goes the same way. A judgement older than the last one changes nothing. Of a lot that
    was for sale all the time only what was put there for its age comes back, for it may have a new date: single pieces
    that were quarantined stay so.
    """
    before = await judge_lot(posting.connection, event)
    if before is None:
        return
    await reconsider(posting.connection, [event.sku], posting.now)
    posting.shelves |= await shelves_of_lot(posting.connection, event.sku, event.lot)
    for shelf in posting.shelves.values():
        if event.status is LotStatus.RELEASED:
            aged = min(shelf.levels[StockState.QUARANTINED], await _quarantined_for_age(posting, shelf))
            posting.shift(MovementKind.EXPIRE, shelf, StockState.QUARANTINED, -aged)
            if before is not LotStatus.RELEASED:
                rest = shelf.levels[StockState.QUARANTINED]
                posting.shift(MovementKind.ADJUSTMENT, shelf, StockState.QUARANTINED, -rest)
        else:
            await posting.take_away(MovementKind.ADJUSTMENT, [shelf], shelf.for_sale, into=StockState.QUARANTINED)


async def _quarantined_for_age(posting: Posting, shelf: Shelf) -> int:
    """How many of a shelf were put into quarantine because the lot had expired, and were not given back since."""
    of = {"of_sku": shelf.sku, "at_node": shelf.node, "of_lot": shelf.lot}
    return int((await posting.connection.execute(_FOR_AGE, of)).scalar_one())
