"""From WooCommerce's order object to our order document: a pure function of the payload."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from activities.adapters.channel_payload import fields
from activities.adapters.storefront import text, words
from activities.adapters.storefront.address import address
from activities.adapters.storefront.amounts import exact
from activities.adapters.woocommerce import parts
from activities.adapters.woocommerce.paying import gift_cards, payment
from activities.adapters.woocommerce.payload import PostalAddress, Status, WooOrder, meta
from activities.adapters.woocommerce.quantities import Quantities
from activities.adapters.woocommerce.states import OrderStatus, order_status
from models.errors import InvalidInput
from models.money import Money, known_currency
from models.order.document import ChannelRisk, FulfilmentRequest, Line, OrderDocument
from models.order.parties import Address, Customer, CustomerKind
from models.order.pricing import Charge, ChargeKind, ShippingCharge

if TYPE_CHECKING:
    from datetime import datetime

CHANNEL = "woocommerce"
_RISKS = {"review": ChannelRisk.REVIEW, "block": ChannelRisk.HIGH}
_TAX_IDS = ("_billing_vat_number", "billing_vat_number", "_vat_number", "_billing_vat", "_billing_eu_vat_number")
_RATE = "_wcpay_multi_currency_order_exchange_rate"
_BOOKS = "_wcpay_multi_currency_order_default_currency"


def document(
    payload: Any,  # noqa: ANN401 - JSON has no narrower type
    at: str,
    channel: str = CHANNEL,
    placed: frozenset[str] = frozenset(),
) -> OrderDocument:
    """Map one order of a channel; `at` points to it in what was sent, `placed` are statuses of plugins.

    Raises:
        models.errors.Noted: it is no order to carry out yet.
        models.errors.InvalidInput: no order to carry out, a field that cannot be read, or totals that disagree.
    """
    stands = fields(Status, payload, at)
    status = order_status(stands.status, f"{at}/status", stands.id, placed)
    order = fields(WooOrder, payload, at)
    left = exact(order.total, order.currency, f"{at}/total")
    total = left + gift_cards(order, at)
    lines = _lines(order, status, at)
    ways = tuple(parts.shipping(order, way) for way in order.shipping_lines)
    fees = tuple(parts.fee(order, fee) for fee in order.fee_lines)
    billed, shipped = order.billing, _destination(order)
    return OrderDocument(
        channel=channel,
        external_id=order.id,
        number=text.line(order.number),
        placed_at=_placed(order, at),
        currency=order.currency,
        taxes_included=order.prices_include_tax,
        customer=_customer(order),
        billing_address=_address(billed, f"{at}/billing", required=False),
        shipping_address=_address(shipped, f"{at}/{'billing' if shipped is billed else 'shipping'}", required=True),
        lines=lines,
        shipping=ways,
        charges=(*fees, *_rounding((lines, ways, fees), total, f"{at}/total")),
        payment=payment(order, status, left, at),
        fulfilment=_fulfilment(order),
        total=total,
        base_total=_in_the_books(order, total),
        channel_risk=_RISKS.get(meta(order.meta_data, "_wcpay_fraud_outcome_status") or "", ChannelRisk.NONE),
        cancelled_at=_cancelled(order, status, at),
        note=text.note(order.customer_note),
        test=meta(order.meta_data, "_wcpay_mode") == "test",
    )


def _lines(order: WooOrder, status: OrderStatus, at: str) -> tuple[Line, ...]:
    if not order.line_items:
        saying = "the order has no line items, so there is nothing to carry out"
        raise InvalidInput.at(f"{at}/line_items", "no_lines", saying)
    quantities = Quantities(order, status)
    return tuple(
        parts.line(order, item, quantities, f"{at}/line_items/{index}") for index, item in enumerate(order.line_items)
    )


def _placed(order: WooOrder, at: str) -> datetime:
    # The shop's own time comes without its zone; it is the second choice, and read as UTC.
    moment = order.date_created_gmt or order.date_created
    if moment is None:
        raise InvalidInput.at(f"{at}/date_created_gmt", "missing", "says when the order was placed, and is missing")
    return moment


def _cancelled(order: WooOrder, status: OrderStatus, at: str) -> datetime | None:
    # WooCommerce keeps no date of cancellation; the last change is the nearest it has.
    if status is not OrderStatus.CANCELLED:
        return None
    return order.date_modified_gmt or _placed(order, at)


def _rounding(
    groups: tuple[tuple[Line, ...], tuple[ShippingCharge, ...], tuple[Charge, ...]], total: Money, at: str
) -> tuple[Charge, ...]:
    """What is left over where the shop rounds only in the end: at most one minor unit a part."""
    lines, ways, fees = (Money.sum_of((part.total for part in group), total.currency) for group in groups)
    left = total - lines - ways - fees
    if not left:
        return ()
    if abs(left.amount) > sum(map(len, groups)):
        saying = (
            f"leaves {total} to be paid, gift cards counted, but line items come to {lines}, shipping to {ways} "
            f"and fees to {fees}, taxes included"
        )
        raise InvalidInput.at(at, "total", saying)
    return (Charge(kind=ChargeKind.ROUNDING, name="Rounding", subtotal=left, total=left),)


def _customer(order: WooOrder) -> Customer:
    billed = order.billing or PostalAddress()
    return Customer(
        id=text.customer_id(order.customer_id),
        kind=CustomerKind.COMPANY if text.line(billed.company) else CustomerKind.PERSON,
        name=text.line(billed.first_name, billed.last_name),
        email=text.email(billed.email),
        phone=text.phone(billed.phone),
        tax_id=text.line(meta(order.meta_data, *_TAX_IDS)),
    )


def _destination(order: WooOrder) -> PostalAddress | None:
    """Where it goes: a shop that ships to the billing address only leaves the other blank."""
    return order.billing if order.shipping is None or order.shipping.blank else order.shipping


def _address(given: PostalAddress | None, at: str, *, required: bool) -> Address | None:
    if given is None:
        return None
    return address(
        at=at,
        name=text.line(given.first_name, given.last_name),
        company=given.company,
        street=(given.address_1, given.address_2),
        city=given.city,
        region=given.state,
        postal_code=given.postcode,
        countries=(given.country,),
        phone=given.phone,
        required=required,
    )


def _fulfilment(order: WooOrder) -> FulfilmentRequest:
    said = [each for way in order.shipping_lines for each in (way.method_id, way.method_title)]
    return FulfilmentRequest(
        service_level=words.service_level(*said), delivery=words.delivery(*said), instructions=_instructions(order)
    )


def _instructions(order: WooOrder) -> str | None:
    """What shoppers asked for line by line; keys with an underscore are a plugin's own, ``pa_`` a variant's traits."""
    asked = [
        f"{text.line(item.sku) or text.titled(item.name) or item.id}: {name}: {value}"
        for item in order.line_items
        for each in item.meta_data
        if (name := text.titled(each.key)) and not name.startswith(("_", "pa_"))
        if isinstance(each.value, str | int) and (value := text.titled(str(each.value)))
    ]
    return text.note("\n".join(asked))


def _in_the_books(order: WooOrder, total: Money) -> Money | None:
    """The total in the shop's own currency, where WooPayments notes the rate it sold at."""
    books, spelt = meta(order.meta_data, _BOOKS), meta(order.meta_data, _RATE)
    if books is None or spelt is None or books.upper() == order.currency:
        return None
    try:
        sold_at = Decimal(spelt)
        usable = sold_at.is_finite() and Decimal("1e-6") < sold_at < Decimal("1e6")
        return Money.rounded(total.major / sold_at, known_currency(books.upper())) if usable else None
    except (InvalidOperation, ValueError):
        return None
