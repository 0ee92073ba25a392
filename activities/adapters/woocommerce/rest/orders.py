"""An order as WooCommerce's REST API shows it, as far as telling of it needs: what is left of it, and of its money.

Refunds are a list of their own. One of our own making bears our reference in its reason.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, TypeAdapter

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.storefront.amounts import Amount, MaybeCount
from activities.adapters.storefront.references import is_marked
from activities.adapters.storefront.shapes import Items, LooseItems
from activities.adapters.woocommerce.payload import LineItem, Metas, meta
from activities.adapters.woocommerce.quantities import go_into_parcels
from activities.adapters.woocommerce.rest.shop import API
from activities.adapters.woocommerce.told import sent
from models.errors import Refused
from models.money import exponent

if TYPE_CHECKING:
    from activities.adapters.woocommerce.rest.shop import WooShop

_MANY = 100
_REFUNDED_LINE = "_refunded_item_id"


class RefundLine(ChannelModel):
    """A line of a refund; its quantity is negative."""

    quantity: MaybeCount = None
    meta_data: Metas = ()


class Refund(ChannelModel):
    """A refund."""

    id: str
    amount: Amount
    reason: str | None = None
    line_items: Annotated[tuple[RefundLine, ...], LooseItems] = ()


class Entry(ChannelModel):
    """One of the notes kept with an order, and its id."""

    id: str | None = None
    key: str | None = None


class Short(ChannelModel):
    """A refund as an order names it."""

    id: str


class Order(ChannelModel):
    """An order."""

    id: str
    status: str
    currency: str
    total: Amount
    line_items: Annotated[tuple[LineItem, ...], Items] = ()
    refunds: Annotated[tuple[Short, ...], Items] = ()
    meta_data: Metas = ()
    entries: Annotated[tuple[Entry, ...], LooseItems, Field(alias="meta_data")] = ()


ORDER = TypeAdapter(Order)
REFUND = TypeAdapter(Refund)
_REFUNDS = TypeAdapter(tuple[Refund, ...])


def path(shop: WooShop, external_id: str) -> str:
    """Where an order is.

    Raises:
        Refused: WooCommerce cannot have given this id.
    """
    if not (external_id.isascii() and external_id.isdigit()):
        raise Refused(shop.name, f"{external_id!r} is no id of a WooCommerce order", code="not_found")
    return f"{API}/orders/{external_id}"


async def order_of(shop: WooShop, external_id: str) -> Order:
    """Read an order.

    Raises:
        Refused: there is none.
    """
    return await shop.ask(ORDER, "GET", path(shop, external_id))


async def refunds_of(shop: WooShop, order: Order) -> list[Refund]:
    """All refunds of an order, exact to its currency's minor unit."""
    found: list[Refund] = []
    if not order.refunds:
        return found
    where, decimals = f"{path(shop, order.id)}/refunds", exponent(order.currency)
    while True:
        number = len(found) // _MANY + 1
        page = await shop.ask(
            _REFUNDS, "GET", where, per_page=_MANY, page=number, orderby="id", order="asc", dp=decimals
        )
        found += page
        if len(page) < _MANY:
            return found


def marked_with(refunds: list[Refund], key: str) -> Refund | None:
    """The refund that bears our reference."""
    return next((refund for refund in refunds if is_marked(refund.reason, key)), None)


def left(order: Order, refunds: list[Refund]) -> Counter[str]:
    """How many of each line that goes into a parcel were neither sent nor refunded."""
    gone = sent(order.meta_data)
    for refund in refunds:
        for line in refund.line_items:
            gone[meta(line.meta_data, _REFUNDED_LINE) or ""] += abs(line.quantity or 0)
    lines = go_into_parcels(order.line_items)
    return Counter({line.id: line.quantity - gone[line.id] for line in order.line_items if line.id in lines})


def held(order: Order, refunds: list[Refund]) -> Decimal:
    """What the shop still holds of an order's total, in major units."""
    return order.total - sum((refund.amount for refund in refunds), Decimal())
