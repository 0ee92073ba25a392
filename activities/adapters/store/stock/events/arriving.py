"""Goods that come to a shelf: from suppliers and customers, found, or fit for sale again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.store.stock.events.late import debit, is_counted
from activities.adapters.store.stock.events.leaving import take_off
from activities.adapters.store.stock.events.own_units import Line
from activities.adapters.store.stock.events.supply_book import SupplyBook
from activities.adapters.store.stock.events.unexplained import explain_cleared, explain_gone
from models.stock.lots import LotStatus
from models.stock.quantities import MovementKind, StockState
from models.stock.supply import SupplyKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from activities.adapters.store.stock.events.posting import Posting
    from models.stock.events import GoodsAdjusted, GoodsCleared, GoodsReceived, GoodsReturned
    from models.stock.taking import Shelf


async def received(posting: Posting, event: GoodsReceived, lines: tuple[Line, ...]) -> None:
    """They have come in; what was expected of their supply is expected no longer."""
    supply = None
    if event.supply_id is not None:
        supply = await SupplyBook.open(posting, event.supply_id, SupplyKind.PURCHASE)
    await posting.look(lines, [event.node], bring_to=event.node)
    await put(posting, MovementKind.RECEIPT, lines, event.node, event.state)
    if supply is not None:
        supply.come(lines, event.node)
        await supply.close()


async def returned(posting: Posting, event: GoodsReturned, lines: tuple[Line, ...]) -> None:
    """They have come back from a customer."""
    await posting.look(lines, [event.node], bring_to=event.node)
    await put(posting, MovementKind.RETURN, lines, event.node, event.state)


async def cleared(posting: Posting, event: GoodsCleared, lines: tuple[Line, ...]) -> None:
    """They were set aside, and are for sale again, unless their lot may not be sold."""
    await posting.look(lines, [event.node])
    for line in lines:
        left = line.quantity
        for shelf in posting.candidates(line, event.node):
            part = min(left, shelf.levels[event.state])
            left -= part
            posting.shift(MovementKind.ADJUSTMENT, shelf, event.state, -part)
            keep_back(posting, MovementKind.ADJUSTMENT, shelf, part)
        posting.unexplained((line.sku, event.node, line.lot), event.state, left, more=False)


async def adjusted(posting: Posting, event: GoodsAdjusted, lines: tuple[Line, ...]) -> None:
    """A person corrects the books, upwards or downwards."""
    found = [line for line in lines if line.quantity > 0]
    await posting.look(found, [event.node], bring_to=event.node)
    await posting.look(lines, [event.node])
    await put(posting, MovementKind.ADJUSTMENT, found, event.node, None)
    missing = [Line(line.sku, -line.quantity, line.lot) for line in lines if line.quantity < 0]
    await take_off(posting, MovementKind.ADJUSTMENT, missing, event.node, unfit=True)


async def put(posting: Posting, kind: MovementKind, lines: Iterable[Line], node: str, state: StockState | None) -> None:
    """Put goods on their shelves, for sale or set aside in a state.

    What was told to be gone or unfit before they came is now known to have been among them.
    """
    for line in lines:
        shelf = posting.shelves[line.sku, node, line.lot]
        posting.shift(kind, shelf, StockState.ON_HAND, line.quantity)
        if state is not None:
            posting.shift(kind, shelf, state, line.quantity)
        else:
            keep_back(posting, kind, shelf, line.quantity)
        if is_counted(posting, shelf):
            await debit(posting, shelf, line.quantity)
        else:
            await _explain(posting, shelf, line.quantity, state)


async def _explain(posting: Posting, shelf: Shelf, quantity: int, state: StockState | None) -> None:
    at = posting.occurred_at
    if state is not None:
        part = await explain_cleared(posting.connection, shelf.spot, state, quantity, at)
        posting.shift(MovementKind.ADJUSTMENT, shelf, state, -part)
        keep_back(posting, MovementKind.ADJUSTMENT, shelf, part)
    elif shelf.status is LotStatus.RELEASED:
        for what, part in (await explain_gone(posting.connection, shelf.spot, quantity, at)).items():
            sign = -1 if what is StockState.ON_HAND else 1
            posting.shift(MovementKind.ADJUSTMENT, shelf, what, sign * part)


def keep_back(posting: Posting, kind: MovementKind, shelf: Shelf, quantity: int) -> None:
    """Goods of a lot that may not be sold are put into quarantine, wherever they come from."""
    if shelf.status is not LotStatus.RELEASED:
        posting.shift(kind, shelf, StockState.QUARANTINED, quantity)
