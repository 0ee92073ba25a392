"""What the ERP's own books have on each node's shelves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.tryton.rest import Span
from activities.adapters.tryton.wire import Read
from models.partners.warehouse import NodeCount

if TYPE_CHECKING:
    from activities.adapters.tryton.erp.masters import Masters
    from activities.adapters.tryton.rest import Rest

_PAGE = 500


class _Product(Read):
    code: str | None
    quantity: float | None


async def stock_levels(rest: Rest, masters: Masters) -> tuple[NodeCount, ...]:
    """Read how many of each article lie at each node; what a bundle could be made of is not counted twice."""
    counts: list[NodeCount] = []
    for node in await masters.warehouses():
        offset = 0
        while True:
            page = await rest.find(
                "product.product",
                _Product,
                [["type", "=", "goods"], ["code", "!=", None]],
                Span(limit=_PAGE, offset=offset),
                locations=[node.id],
            )
            counts += [
                NodeCount(node=node.code or "", sku=product.code or "", quantity=int(product.quantity))
                for product in page
                if product.quantity and product.quantity > 0
            ]
            offset += _PAGE
            if len(page) < _PAGE:
                break
    return tuple(counts)
