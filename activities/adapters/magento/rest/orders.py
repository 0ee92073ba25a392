"""One order as the shop has it now, and what can still be done to its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from activities.adapters.channel_payload import fields
from activities.adapters.magento.goods import Sold, sold
from activities.adapters.magento.payload import NOTHING, MagentoOrder
from activities.adapters.magento.rest.shop import AdobeShop, Filter, Found, search
from models.errors import InvalidInput, Refused, Uncertain

if TYPE_CHECKING:
    from models.partners.channels import ChannelLine


@dataclass(frozen=True)
class ShopOrder:
    """An order, by the shop's own id of it."""

    entity_id: int
    order: MagentoOrder
    goods: dict[str, Sold]
    """By the id our reading gives a line."""

    @property
    def open(self) -> dict[str, int]:
        """How many of each line the shop still expects to be sent."""
        return {name: one.quantity() - one.finished(self.order.state) for name, one in self.goods.items()}

    @property
    def of_this(self) -> tuple[Filter, ...]:
        """Finds what belongs to it."""
        return (Filter("order_id", str(self.entity_id)),)


async def order_of(shop: AdobeShop, external_id: str) -> ShopOrder:
    """Find an order by the number our reading took as its id, or by the shop's own where it has no number.

    Raises:
        Refused: there is none, or several shops' views have that number.
        Uncertain: it cannot be read.
        PartnerError: the shop did not answer.
    """
    names = ["increment_id", "entity_id"] if external_id.isdecimal() else ["increment_id"]
    for name in names:
        found = await shop.ask(Found, "GET", search("V1/orders", [Filter(name, external_id)], ("entity_id",), 2))
        if len(found.items) > 1:
            raise Refused(shop.name, f"has several orders {external_id}", code="order_ambiguous")
        if found.items:
            return _read(shop, found.items[0])
    raise Refused(shop.name, f"has no order {external_id}", code="no_such_order")


def _read(shop: AdobeShop, payload: dict[str, object]) -> ShopOrder:
    try:
        order = fields(MagentoOrder, payload)
        goods = {one.id: one for one in sold(order, "") if one.id}
        return ShopOrder(int(order.entity_id or ""), order, goods)
    except (InvalidInput, ValueError) as error:
        raise Uncertain(shop.name, f"has the order in a way that cannot be read: {error}", code="unreadable") from error


def item_id(shop: AdobeShop, line: ChannelLine) -> int:
    """The row a line is.

    Raises:
        Refused: it is no row's id: the line was named by its place, as rows without ids are.
    """
    if not line.line_id.isdecimal():
        raise Refused(shop.name, f"has no row {line.line_id}", code="no_such_line")
    return int(line.line_id)


def uninvoiced(one: Sold) -> int:
    """How many pieces the shop has not invoiced: only these it can cancel."""
    row = one.payer.item
    ordered, left = one.payer.ordered, one.payer.ordered - (row.qty_invoiced or NOTHING) - (row.qty_canceled or NOTHING)
    return int(left * one.article.ordered // ordered) if ordered else 0
