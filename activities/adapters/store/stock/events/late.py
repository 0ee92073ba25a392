"""What happened before a shelf was counted and is told only afterwards: the count has seen it already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.stock.quantities import MovementKind, StockState

if TYPE_CHECKING:
    from activities.adapters.store.stock.events.posting import Posting
    from models.stock.taking import Shelf


def is_counted(posting: Posting, shelf: Shelf) -> bool:
    """Whether the shelf was counted after what happened."""
    return shelf.counted_at is not None and posting.occurred_at < shelf.counted_at


def credit(posting: Posting, shelves: list[Shelf], quantity: int) -> list[Shelf]:
    """Give back what a later count has taken off already for goods that are told only now to be gone.

    Where several shelves can have had them, the first that had anything is asked.

    Returns:
        The same shelves, in the order in which they are to be taken from.
    """
    first = next((one for one in shelves if one.levels[StockState.ON_HAND] or is_counted(posting, one)), None)
    if first is None or not is_counted(posting, first):
        return shelves
    posting.shift(MovementKind.COUNT, first, StockState.ON_HAND, quantity)
    return [first, *(one for one in shelves if one is not first)]


async def debit(posting: Posting, shelf: Shelf, quantity: int) -> None:
    """Take off again what a later count has found already of goods that are told only now to have come."""
    if is_counted(posting, shelf):
        await posting.take_away(MovementKind.COUNT, [shelf], quantity, unfit=True)
