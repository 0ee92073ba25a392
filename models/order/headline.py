"""The headline: one word for an operator, derived from all dimensions and stored nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.order.snapshot import Headline
from models.states.lifecycle import LIFECYCLE, Lifecycle

if TYPE_CHECKING:
    from models.order.goods import Goods

_PLAIN = {
    Lifecycle.RECEIVED: Headline.RECEIVED,
    Lifecycle.VALIDATING: Headline.VALIDATING,
    Lifecycle.ACCEPTED: Headline.ACCEPTED,
    Lifecycle.COMPLETED: Headline.COMPLETED,
    Lifecycle.CANCELLED: Headline.CANCELLED,
    Lifecycle.REJECTED: Headline.REJECTED,
}


def headline(lifecycle: Lifecycle, goods: Goods, *, held: bool) -> Headline:
    """Derive it: an end stands above a hold, a hold above all that goes on."""
    if LIFECYCLE.is_final(lifecycle):
        return _PLAIN[lifecycle]
    if held:
        return Headline.ON_HOLD
    if lifecycle is Lifecycle.IN_FULFILMENT:
        return _under_way(goods)
    waits = lifecycle is Lifecycle.ACCEPTED and goods.waits_for_stock
    return Headline.BACKORDERED if waits else _PLAIN[lifecycle]


def _under_way(goods: Goods) -> Headline:
    if goods.anything_shipped and goods.all_arrived and goods.all_shipped:
        return Headline.DELIVERED
    if goods.anything_shipped:
        return Headline.SHIPPED if goods.all_shipped else Headline.PARTIALLY_SHIPPED
    if goods.waits_for_stock and not goods.at_warehouses:
        return Headline.BACKORDERED
    return Headline.IN_FULFILMENT
