"""From Vendure's Order to our order document: a pure function of the payload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from activities.adapters.channel_payload import fields
from activities.adapters.storefront import text, words
from activities.adapters.storefront.address import address
from activities.adapters.vendure.paying import payment
from activities.adapters.vendure.payload import Standing, VendureOrder
from activities.adapters.vendure.prices import prices
from models.errors import InvalidInput, Noted
from models.money import Money
from models.order.document import FulfilmentRequest, Line, OrderDocument
from models.order.parties import Address, Customer, CustomerKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activities.adapters.vendure.payload import PostalAddress
    from activities.adapters.vendure.prices import Prices
    from models.order.pricing import Priced

_CANCELLED = "Cancelled"
_NOT_PLACED = frozenset({"Created", "Draft", "AddingItems", "ArrangingPayment"})
"""Vendure's states before `orderPlacedAt` is set."""


def document(payload: Any, at: str, *, channel: str, precision: int) -> OrderDocument:  # noqa: ANN401 - JSON
    """Map one order; `at` points to it in what was sent.

    The order's code is its id: it is what customer and shop call it, and stays unique when shops are set up anew.

    Args:
        payload: the order.
        at: pointer to it.
        channel: under which name the shop is connected.
        precision: how many decimals the shop keeps of every currency.

    Raises:
        models.errors.Noted: nobody has placed it yet.
        models.errors.InvalidInput: a field that cannot be read, or totals that disagree.
    """
    _check_placed(fields(Standing, payload, at), at)
    order = fields(VendureOrder, payload, at)
    read = prices(order, precision)
    lines = _lines(order, read, at)
    ways = tuple(read.shipping(way) for way in order.shipping_lines)
    charges = tuple(read.charge(each) for each in order.surcharges)
    parts = (*lines, *ways, *charges)
    total = _total(order, read, parts)
    said = [each for way in order.shipping_lines for each in (way.shipping_method.code, way.shipping_method.name)]
    shipped, billed = order.shipping_address, order.billing_address
    return OrderDocument(
        channel=channel,
        external_id=order.code,
        placed_at=order.order_placed_at,
        currency=order.currency_code,
        taxes_included=read.taxes_included,
        customer=_customer(order),
        billing_address=_address(billed, f"{at}/billingAddress", required=False),
        shipping_address=_address(shipped, f"{at}/shippingAddress", required=True),
        lines=lines,
        shipping=ways,
        charges=(*charges, *read.rounding(parts, total, f"{at}/totalWithTax")),
        payment=payment(order, read, total),
        fulfilment=FulfilmentRequest(service_level=words.service_level(*said), delivery=words.delivery(*said)),
        total=total,
        cancelled_at=order.updated_at if order.state == _CANCELLED else None,
    )


def _check_placed(stands: Standing, at: str) -> None:
    if stands.state in _NOT_PLACED:
        raise Noted.not_placed(f"{at}/state", f"is {stands.state}: nobody has placed the order yet", stands.code)


def _total(order: VendureOrder, read: Prices, parts: Sequence[Priced]) -> Money:
    """What the customer agreed to pay. What is cancelled has left Vendure's total, and stays in ours."""
    if all(line.quantity == line.ordered for line in order.lines):
        return read.money(order.total_with_tax)
    come_to = Money.sum_of((each.total for each in parts), read.currency)
    paid = Money.sum_of((read.money(each.amount) for each in order.payments if each.stands), read.currency)
    return paid if read.is_rounding(paid - come_to, parts) else come_to


def _lines(order: VendureOrder, read: Prices, at: str) -> tuple[Line, ...]:
    """The lines as they were ordered; what was sent or cancelled since is not open any more."""
    shipped: dict[str, int] = {}
    for fulfilment in order.fulfillments:
        if fulfilment.state != _CANCELLED:
            for part in fulfilment.lines:
                shipped[part.order_line_id] = shipped.get(part.order_line_id, 0) + part.quantity
    ordered = [(index, line) for index, line in enumerate(order.lines) if line.ordered]
    if not ordered:
        raise InvalidInput.at(f"{at}/lines", "no_lines", "the order has no lines, so there is nothing to carry out")
    return tuple(read.line(line, f"{at}/lines/{index}", shipped=shipped.get(line.id, 0)) for index, line in ordered)


def _customer(order: VendureOrder) -> Customer:
    shopper, billed = order.customer, order.billing_address or order.shipping_address
    company = text.line(billed.company) if billed else None
    return Customer(
        id=text.customer_id(shopper.id) if shopper else None,
        kind=CustomerKind.COMPANY if company else CustomerKind.PERSON,
        name=text.line(shopper.first_name, shopper.last_name) if shopper else None,
        email=text.email(shopper.email_address) if shopper else None,
        phone=text.phone(shopper.phone_number if shopper else None, billed.phone_number if billed else None),
    )


def _address(given: PostalAddress | None, at: str, *, required: bool) -> Address | None:
    if given is None:
        return None
    return address(
        at=at,
        name=given.full_name,
        company=given.company,
        street=(given.street_line1, given.street_line2),
        city=given.city,
        region=given.province,
        postal_code=given.postal_code,
        countries=(given.country_code, given.country),
        phone=given.phone_number,
        required=required,
    )
