"""What suppliers say will come, and when: announced, put off, called off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.store.stock.events.own_units import Line
from activities.adapters.store.stock.events.supply_book import SupplyBook, by_lot, last_told
from activities.adapters.store.stock.events.words import call_off, put_off, words_about
from models.stock.supply import SupplyKind

if TYPE_CHECKING:
    from activities.adapters.store.stock.events.posting import Posting
    from models.stock.events import SupplyAnnounced, SupplyCancelled, SupplyDelayed


async def announced(posting: Posting, event: SupplyAnnounced, lines: tuple[Line, ...]) -> None:
    """So many of these articles will come; what was said of them before is replaced, unless it was said later.

    Articles that are not named stay as they were said: a despatch advice often names a part of an order only.
    """
    words = await words_about(posting.connection, event.supply_id)
    supply = await SupplyBook.open(posting, event.supply_id, SupplyKind.PURCHASE)
    known = [Line(row.sku, row.quantity, row.lot) for row in supply.rows.values() if row.node == event.node]
    await posting.look(known, [event.node])
    await posting.look(lines, [event.node], bring_to=event.node)
    for sku, quantities in by_lot(lines).items():
        rows = supply.of(sku, event.node)
        said = last_told(rows)
        # A transfer that has left is what its departure says it is.
        if not any(row.is_dispatched for row in rows) and (said is None or event.occurred_at >= said):
            rows = supply.say(
                sku,
                event.node,
                quantities,
                kind=SupplyKind.PURCHASE,
                on_its_way=event.dispatched,
                source=event.supplier,
            )
        for row in rows:
            row.date(event.expected_at, event.occurred_at)
            row.ordered_at = min(row.ordered_at, event.occurred_at)
            words.lay_over(row)
    await supply.close()


async def delayed(posting: Posting, event: SupplyDelayed, _lines: tuple[Line, ...]) -> None:
    """It comes at another time than was said, or will be said."""
    await put_off(posting.connection, event.supply_id, event.expected_at, event.occurred_at)
    supply = await _open(posting, event.supply_id)
    for row in supply.rows.values():
        row.date(event.expected_at, event.occurred_at)
    await supply.close()


async def cancelled(posting: Posting, event: SupplyCancelled, _lines: tuple[Line, ...]) -> None:
    """What is outstanding of it will not come, unless something else was said since."""
    await call_off(posting.connection, event.supply_id, event.occurred_at)
    supply = await _open(posting, event.supply_id)
    rows = supply.rows.values()
    await posting.look([Line(row.sku, row.quantity, row.lot) for row in rows], sorted({row.node for row in rows}))
    for row in rows:
        if row.told_at is None or event.occurred_at >= row.told_at:
            row.call_off()
            row.told_at = event.occurred_at
    await supply.close()


async def _open(posting: Posting, supply_id: str) -> SupplyBook:
    supply = await SupplyBook.open(posting, supply_id, SupplyKind.PURCHASE)
    if not supply.rows:
        posting.unheard_of = supply_id
    return supply
