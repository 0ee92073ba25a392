"""Goods that leave a shelf, or turn out unfit: sold, sent away, thrown away, written off, set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.store.stock.events.late import credit
from models.stock.quantities import MovementKind, StockState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from activities.adapters.store.stock.events.own_units import Line
    from activities.adapters.store.stock.events.posting import Posting
    from models.stock.events import GoodsScrapped, GoodsSetAside, GoodsShipped, GoodsSold
    from models.stock.taking import Shelf


async def sold(posting: Posting, event: GoodsSold, lines: tuple[Line, ...]) -> None:
    """A store sold them over the counter."""
    await posting.look(lines, [event.node])
    await take_off(posting, MovementKind.SALE, lines, event.node)


async def shipped(posting: Posting, event: GoodsShipped, lines: tuple[Line, ...]) -> None:
    """They were sent away, and nobody had reserved them."""
    await posting.look(lines, [event.node])
    await take_off(posting, MovementKind.SHIPMENT, lines, event.node)


async def scrapped(posting: Posting, event: GoodsScrapped, lines: tuple[Line, ...]) -> None:
    """They were thrown away: out of what was set aside in a state, and what is more out of what is for sale."""
    await posting.look(lines, [event.node])
    for line in lines:
        await _scrap(posting, line, event)


async def set_aside(posting: Posting, event: GoodsSetAside, lines: tuple[Line, ...]) -> None:
    """They lie there still, and nobody may sell them."""
    await posting.look(lines, [event.node])
    for line in lines:
        shelves = posting.candidates(line, event.node)
        rest = _put_elsewhere(posting, shelves, line.quantity, event)
        rest = await posting.take_away(MovementKind.ADJUSTMENT, shelves, rest, into=event.state)
        posting.unexplained((line.sku, event.node, line.lot), event.state, rest, more=True)


def _put_elsewhere(posting: Posting, shelves: Iterable[Shelf], quantity: int, event: GoodsSetAside) -> int:
    """Move what was set aside already from one state into the other; answers how many are left to be found."""
    if event.from_state is None or event.from_state is event.state:
        return quantity
    for shelf in shelves:
        part = min(quantity, shelf.levels[event.from_state])
        quantity -= part
        posting.shift(MovementKind.ADJUSTMENT, shelf, event.from_state, -part)
        posting.shift(MovementKind.ADJUSTMENT, shelf, event.state, part)
    return quantity


async def take_off(
    posting: Posting, kind: MovementKind, lines: Iterable[Line], node: str, *, unfit: bool = False
) -> None:
    """Take goods that are gone off the shelves of a node; what nothing explains is noted."""
    for line in lines:
        shelves = credit(posting, posting.candidates(line, node), line.quantity)
        rest = await posting.take_away(kind, shelves, line.quantity, unfit=unfit)
        posting.unexplained((line.sku, node, line.lot), StockState.ON_HAND, rest, more=False)


async def _scrap(posting: Posting, line: Line, event: GoodsScrapped) -> None:
    shelves = credit(posting, posting.candidates(line, event.node), line.quantity)
    rest = line.quantity
    if event.state is not None:
        rest = posting.take_unfit(MovementKind.SCRAP, shelves, rest, event.state)
    rest = await posting.take_away(MovementKind.SCRAP, shelves, rest)
    posting.unexplained((line.sku, event.node, line.lot), StockState.ON_HAND, rest, more=False)
