"""Lots that are quarantined, recalled or released, wherever they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.store.stock.events.shelf_rows import judge_lot, shelves_of_lot
from models.stock.lots import LotStatus
from models.stock.quantities import MovementKind, StockState

if TYPE_CHECKING:
    from activities.adapters.store.stock.events.own_units import Line
    from activities.adapters.store.stock.events.posting import Posting
    from models.stock.events import LotJudged


async def judged(posting: Posting, event: LotJudged, _lines: tuple[Line, ...]) -> None:
    """Put all of a lot that is not picked into quarantine, or all that is in quarantine back.

    What comes of the lot later goes the same way. A judgement older than the last one changes nothing.
    """
    if not await judge_lot(posting.connection, event):
        return
    posting.shelves |= await shelves_of_lot(posting.connection, event.sku, event.lot)
    for shelf in posting.shelves.values():
        if event.status is LotStatus.RELEASED:
            posting.shift(MovementKind.ADJUSTMENT, shelf, StockState.QUARANTINED, -shelf.levels[StockState.QUARANTINED])
        else:
            on_the_shelf = shelf.for_sale - shelf.levels[StockState.PICKED]
            await posting.take_away(MovementKind.ADJUSTMENT, [shelf], on_the_shelf, into=StockState.QUARANTINED)
