"""Goods on their way from one node to another: their departure and their arrival, whichever is told first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.store.stock.events.arriving import put
from activities.adapters.store.stock.events.leaving import take_off
from activities.adapters.store.stock.events.supply_book import SupplyBook, by_lot, last_told
from activities.adapters.store.stock.events.words import words_about
from models.errors import InvalidInput
from models.stock.quantities import MovementKind
from models.stock.supply import SupplyKind, SupplyState

if TYPE_CHECKING:
    from activities.adapters.store.stock.events.own_units import Line
    from activities.adapters.store.stock.events.posting import Posting
    from models.stock.events import TransferDispatched, TransferReceived


async def dispatched(posting: Posting, event: TransferDispatched, lines: tuple[Line, ...]) -> None:
    """They have left; what has not arrived yet is in transit. Another departure of the same transfer adds to it.

    Raises:
        InvalidInput: they have not left at all, for they go to where they are.
    """
    if event.from_node == event.to_node:
        raise InvalidInput.at("/to_node", "same_node", "is the node they come from")
    words = await words_about(posting.connection, event.transfer_id)
    supply = await SupplyBook.open(posting, event.transfer_id, SupplyKind.TRANSFER)
    await posting.look(lines, [event.from_node, event.to_node], bring_to=event.to_node)
    for sku, quantities in by_lot(lines).items():
        before = supply.of(sku, event.to_node)
        said = last_told(before)
        is_over = (
            said is not None and said > event.occurred_at and any(row.state is SupplyState.CANCELLED for row in before)
        )
        for row in before:
            if row.is_dispatched:
                quantities[row.lot] += row.quantity
        rows = supply.say(
            sku, event.to_node, quantities, kind=SupplyKind.TRANSFER, on_its_way=True, source=event.from_node
        )
        for row in rows:
            if event.expected_at is not None:
                row.date(event.expected_at, event.occurred_at)
            if is_over:
                row.call_off()
            words.lay_over(row)
    await supply.close()
    await take_off(posting, MovementKind.TRANSFER_OUT, lines, event.from_node)


async def received(posting: Posting, event: TransferReceived, lines: tuple[Line, ...]) -> None:
    """They have arrived, and are in transit no longer."""
    supply = await SupplyBook.open(posting, event.transfer_id, SupplyKind.TRANSFER)
    await posting.look(lines, [event.to_node], bring_to=event.to_node)
    await put(posting, MovementKind.TRANSFER_IN, lines, event.to_node, None)
    supply.come(lines, event.to_node)
    await supply.close()
