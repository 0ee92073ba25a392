"""What a sale at a till does to the shop's shelves, as stock events."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import structlog
from pydantic import ValidationError

from models.stock.events import GoodsReturned, GoodsSold, StockLine

if TYPE_CHECKING:
    from activities.adapters.tryton.pos.sale import SaleAtNode
    from models.stock.events import StockEvent

log = structlog.get_logger()
_SERVICE = "service"


def moved(sale: SaleAtNode) -> tuple[StockEvent, ...]:
    """Say what a posted sale took from the shelves, and what was brought back and lies there again.

    A till that stands at no node of ours tells nothing. What cannot be said in our words is logged and left to the
    comparison of counts: a strange sale must not keep all that come after it from being read.
    """
    if sale.node is None:
        return ()
    name = f"sale/{sale.id}:{sale.create_date:%Y%m%dT%H%M%S}"
    about: dict[str, Any] = {"occurred_at": sale.write_date, "document": sale.number, "node": sale.node}
    try:
        sold, back = _lines(sale, 1), _lines(sale, -1)
        events: list[StockEvent] = []
        if sold:
            events.append(GoodsSold(**about, event_id=f"{name}/sold", lines=sold))
        if back:
            events.append(GoodsReturned(**about, event_id=f"{name}/returned", lines=back, state=None))
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        log.warning("a sale at a till cannot be told", sale=sale.id, field=where)
        return ()
    return tuple(events)


def _lines(sale: SaleAtNode, sign: int) -> tuple[StockLine, ...]:
    found: Counter[str] = Counter()
    for line in sale.lines:
        if line.product.type != _SERVICE:
            found[line.product.code or ""] += max(0, round(sign * line.quantity))
    return tuple(StockLine(sku=sku, quantity=quantity) for sku, quantity in sorted(found.items()) if quantity)
