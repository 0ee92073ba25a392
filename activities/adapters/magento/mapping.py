"""From an Adobe Commerce order to ours: pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from activities.adapters.channel_payload import fields
from activities.adapters.magento import goods, totals
from activities.adapters.magento.payload import NOTHING, MagentoOrder
from activities.adapters.magento.payment import Paid
from activities.adapters.magento.prices import Pricing, taxes_included
from activities.adapters.magento.wishes import instructions
from activities.adapters.storefront import text, words
from activities.adapters.storefront.address import address
from models.base import Identifier
from models.errors import InvalidInput
from models.money import Money, known_currency
from models.order.document import Delivery, FulfilmentRequest, OrderDocument, ServiceLevel
from models.order.parties import Address, Customer, CustomerKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activities.adapters.magento import payload

CHANNEL = "magento"
_IDENTIFIER: TypeAdapter[str] = TypeAdapter(Identifier)


def document(value: dict[str, Any], at: str) -> OrderDocument:
    """Map one order.

    Args:
        value: the order's object.
        at: pointer to it in the payload.

    Raises:
        InvalidInput: it cannot be read; pointers lie in the payload.
    """
    order = fields(MagentoOrder, value, at)
    currency = _currency(order, at)
    sold = goods.sold(order, at)
    pricing = Pricing(order, currency, at, taxes_included(order))
    lines = tuple(pricing.line(each, number) for number, each in enumerate(sold, start=1))
    _names_differ([line.id for line in lines], sold)
    shipping, charges = pricing.shipping(), pricing.charges()
    rest = totals.exact(order.grand_total, currency, f"{at}/grand_total")
    vouchers = (
        order.more.gift_cards_amount,
        order.more.customer_balance_amount,
        order.more.reward_currency_amount,
    )
    total = Money.sum_of((rest, *(pricing.money(amount) for amount in vouchers)), currency)
    parts = [part.total for part in (*lines, *shipping, *charges)]
    left = totals.remainder(pricing, total, parts, sold)
    paid = Paid(order, rest, at)
    return OrderDocument(
        channel=CHANNEL,
        external_id=_name(order, at),
        number=order.increment_id,
        placed_at=order.created_at,
        currency=currency,
        taxes_included=pricing.included,
        customer=_customer(order),
        billing_address=_address(order.billing_address, f"{at}/billing_address", required=False),
        shipping_address=_ship_to(order, at),
        lines=lines,
        shipping=shipping,
        charges=(*charges, pricing.rounding(left)) if left else charges,
        payment=paid.payment(total),
        fulfilment=_fulfilment(order, instructions(order, sold)),
        total=total,
        base_total=_base_total(order, currency),
        channel_risk=paid.risk(),
        cancelled_at=(order.updated_at or order.created_at) if order.state == "canceled" else None,
        note=text.note(order.customer_note),
    )


def _name(order: MagentoOrder, at: str) -> str:
    name = order.increment_id or order.entity_id
    if name is None:
        raise InvalidInput.at(f"{at}/increment_id", "missing", "the order has no number")
    try:
        return _IDENTIFIER.validate_python(name)
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise InvalidInput.at(f"{at}/entity_id", "identifier", reason) from error


def _currency(order: MagentoOrder, at: str) -> str:
    code = order.order_currency_code or order.store_currency_code or order.base_currency_code
    if code is None:
        raise InvalidInput.at(f"{at}/order_currency_code", "missing", "the order names no currency")
    try:
        return known_currency(code)
    except ValueError as error:
        raise InvalidInput.at(f"{at}/order_currency_code", "currency", str(error)) from error


def _names_differ(names: list[str], sold: list[goods.Sold]) -> None:
    for index, name in enumerate(names):
        if name in names[:index]:
            raise InvalidInput.at(f"{sold[index].article.at}/item_id", "twice", f"the item {name} stands twice")


def _customer(order: MagentoOrder) -> Customer:
    extension = order.extension_attributes
    company = extension.company_order_attributes if extension else None
    billing = order.billing_address
    company_name = text.line(company.company_name) if company else text.line(billing.company if billing else None)
    person = text.line(order.customer_firstname, order.customer_lastname)
    if person is None and billing is not None:
        person = text.line(billing.firstname, billing.lastname)
    return Customer(
        # The number in the seller's own books, where the shop has been told it, is the account's.
        id=text.customer_id(order.ext_customer_id) or text.customer_id(order.customer_id),
        kind=CustomerKind.COMPANY if company_name else CustomerKind.PERSON,
        name=(company_name if company else None) or person,
        email=text.email(order.customer_email, billing.email if billing else None),
        phone=text.phone(billing.telephone if billing else None),
        tax_id=text.line(order.customer_taxvat) or text.line(billing.vat_id if billing else None),
    )


def _address(given: payload.Address | None, at: str, *, required: bool) -> Address | None:
    if given is None:
        return None
    return address(
        at=f"{at}/country_id",
        name=text.line(given.prefix, given.firstname, given.middlename, given.lastname, given.suffix),
        company=given.company,
        street=given.street,
        city=given.city,
        region=given.region or given.region_code,
        postal_code=given.postcode,
        countries=(given.country_id,),
        phone=given.telephone,
        required=required,
    )


def _ship_to(order: MagentoOrder, at: str) -> Address | None:
    place = f"{at}/shipping_address"
    if order.extension_attributes and order.extension_attributes.shipping_assignments:
        place = f"{at}/extension_attributes/shipping_assignments"
        _one_place(order.extension_attributes.shipping_assignments, place)
        place = f"{place}/0/shipping/address"
    return None if order.is_virtual else _address(order.shipping.address, place, required=True)


def _one_place(assignments: Sequence[payload.ShippingAssignment], at: str) -> None:
    """Refuse an order whose goods go to several addresses: ours goes to one."""
    places = [(index, each.shipping.address) for index, each in enumerate(assignments) if each.shipping]
    named = [(index, place) for index, place in places if place is not None]
    for index, place in named[1:]:
        if place != named[0][1]:
            saying = "is another address than the first one: goods to several addresses are several orders"
            raise InvalidInput.at(f"{at}/{index}/shipping/address", "places", saying)


def _fulfilment(order: MagentoOrder, wishes: str | None) -> FulfilmentRequest:
    said = (order.shipping.method, order.shipping_description)
    extension = order.extension_attributes
    node = text.customer_id(extension.pickup_location_code) if extension else None
    pick_up = node is not None or words.delivery(*said) is Delivery.PICK_UP
    return FulfilmentRequest(
        service_level=ServiceLevel.STANDARD if pick_up else words.service_level(*said),
        delivery=Delivery.PICK_UP if pick_up else Delivery.SHIP,
        pick_up_at=node,
        ship_together=order.can_ship_partially == "0",
        instructions=wishes,
    )


def _base_total(order: MagentoOrder, currency: str) -> Money | None:
    code, more = order.base_currency_code, order.more
    if code is None or code == currency or order.base_grand_total is None:
        return None
    vouchers = (more.base_gift_cards_amount, more.base_customer_balance_amount, more.base_reward_currency_amount)
    try:
        return Money.rounded(
            sum((amount or NOTHING for amount in vouchers), order.base_grand_total), known_currency(code)
        )
    except ValueError:
        return None
