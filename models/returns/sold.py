"""What an order has sold, as far as a return needs to know: pinned when the return is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from models.base import ChannelName, Count, Identifier, Quantity, Sku, StrictModel, Text
from models.catalogue import Component, goods_in
from models.ids import OrderId
from models.ledger.portions import Portion, TaxShare, portion
from models.money import Currency, Money
from models.order.document import EACH, Moment, Unit
from models.order.parties import Address, Email
from models.order.payment_terms import PaymentTerms
from models.order.snapshot import HeldMoney, TenderProgress
from models.states.lifecycle import Lifecycle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from models.catalogue import Item
    from models.order.order import Order
    from models.order.pricing import Priced
    from models.order.snapshot import OrderSnapshot


class SoldLine(StrictModel):
    """One line of the order."""

    line_id: Identifier
    sku: Sku
    name: Text | None = None
    unit: Unit = EACH
    quantity: Quantity
    """As ordered; `total` is for so many."""
    total: Money
    """What the customer pays for the line: discounts off, tax in."""
    net: Money
    """The same without tax."""
    taxes: tuple[TaxShare, ...] = ()
    """The tax in `total`, by its code."""
    shipped: Count
    parts: tuple[Component, ...] = ()
    """What of one of a bundle lies on shelves: its parts that are goods; none: the article itself does."""
    has_goods: bool = True
    """False for a service or a download: nothing can come back."""
    weight_grams: Annotated[int, Field(ge=0)] = 0


class Sold(StrictModel):
    """One order."""

    order_id: OrderId
    channel: ChannelName
    external_id: Identifier
    currency: Currency
    terms: PaymentTerms
    customer_id: Identifier | None = None
    customer_class: Identifier | None = None
    email: Email | None = None
    ship_from: Address | None = None
    """Where the goods come back from: the address they went to."""
    lines: tuple[SoldLine, ...]
    shipping: Money
    """What the customer paid for the way to him."""
    delivered_at: Moment | None = None
    """When the last of it arrived; none while it is on its way."""
    node: Identifier | None = None
    """Where it was sent from."""
    authorisation: Text | None = None
    """Our payment provider's reference of the money it took."""
    sales_order: Text | None = None
    """The ERP's number of the order of record."""
    shipping_taxes: tuple[TaxShare, ...] = ()
    """The tax in `shipping`, by its code."""
    tenders: tuple[TenderProgress, ...] = ()
    """What our payment provider took, by authorisation, in the order they were drawn."""
    held: tuple[HeldMoney, ...] = ()
    """What the channel took, by its tenders."""
    entity: Text | None = None
    """The company that sold it."""

    def line(self, line_id: str) -> SoldLine | None:
        """Find a line."""
        return next((line for line in self.lines if line.line_id == line_id), None)


def sold(order: Order, snapshot: OrderSnapshot, items: Mapping[str, Item], customer_class: str | None) -> Sold:
    """Pin what a return needs to know of an order.

    Args:
        order: what was ordered.
        snapshot: what became of it.
        items: what master data knows of its articles and of their parts.
        customer_class: whose orders are taken back by which rules.
    """
    shipped = {line.line_id: line.shipped for line in snapshot.lines}
    return Sold(
        order_id=order.id,
        channel=order.channel,
        external_id=order.external_id,
        currency=order.currency,
        terms=order.payment.terms,
        customer_id=order.customer.id,
        customer_class=customer_class,
        email=order.customer.email,
        ship_from=order.shipping_address,
        lines=tuple(_lines(order, shipped, items)),
        shipping=Money.sum_of((charge.total for charge in order.shipping), order.currency),
        # An order ends when the last of its parcels has arrived; nothing is written to it afterwards.
        delivered_at=snapshot.at if snapshot.lifecycle is Lifecycle.COMPLETED else None,
        node=snapshot.shipments[0].node if snapshot.shipments else None,
        authorisation=snapshot.references.get("authorisation"),
        sales_order=snapshot.references.get("erp_order"),
        shipping_taxes=_taxes(order.shipping, order.currency),
        tenders=tuple(tender for tender in snapshot.money.tenders if tender.captured),
        held=snapshot.money.held,
        entity=snapshot.money.entity.name if snapshot.money.entity else None,
    )


def _taxes(priced: Iterable[Priced], currency: str) -> tuple[TaxShare, ...]:
    return Portion.sum_of((portion(one, 0, 1, 1) for one in priced), currency).taxes


def _lines(order: Order, shipped: Mapping[str, int], items: Mapping[str, Item]) -> Iterable[SoldLine]:
    for line in order.lines:
        item = items.get(line.sku)
        goods = goods_in(item, items) if item else ()
        tax = Money.sum_of((tax.amount for tax in line.taxes), order.currency)
        yield SoldLine(
            line_id=line.id,
            sku=line.sku,
            name=line.name,
            unit=line.unit,
            quantity=line.quantity,
            total=line.total,
            net=line.total - tax,
            taxes=_taxes([line], order.currency),
            shipped=shipped.get(line.id, 0),
            parts=goods if item and item.components else (),
            has_goods=line.needs_shipping and (item is None or bool(goods)),
            weight_grams=item.weight_grams if item else 0,
        )
