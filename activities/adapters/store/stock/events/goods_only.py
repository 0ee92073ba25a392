"""Services lie on no shelf: of what is told about stock, only goods are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from activities.adapters.store.stock.tables import stock_balances
from activities.adapters.store.tables.catalogue import items
from models.catalogue import goods_in
from models.stock.events import GoodsReceived, GoodsReturned, SupplyAnnounced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import BindParameter
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.stock.events.own_units import Line
    from models.catalogue import Item
    from models.stock.events import StockEvent

_COMES = GoodsReceived | GoodsReturned | SupplyAnnounced
_b = stock_balances.c
_skus: BindParameter[str] = bindparam("skus", expanding=True)
_ITEMS = select(items.c.sku, items.c.item).where(items.c.sku.in_(_skus))
_ON_HAND = select(_b.sku).where(_b.sku.in_(_skus), _b.on_hand > 0).distinct()


async def goods_only(connection: AsyncConnection, event: StockEvent, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Leave out services, and bundles of nothing else; an article the catalogue does not know is goods.

    What the books have of an article that has become a service since can still be counted, and leave them.
    """
    known = await _known(connection, {line.sku for line in lines})
    known |= await _known(connection, {part.sku for item in known.values() for part in item.components})
    services = {sku for sku in {line.sku for line in lines} & known.keys() if not goods_in(known[sku], known)}
    if services and not isinstance(event, _COMES):
        services -= set((await connection.execute(_ON_HAND, {"skus": sorted(services)})).scalars())
    return tuple(line for line in lines if line.sku not in services)


async def _known(connection: AsyncConnection, skus: Iterable[str]) -> dict[str, Item]:
    asked = sorted(set(skus))
    return {row.sku: row.item for row in await connection.execute(_ITEMS, {"skus": asked})} if asked else {}
