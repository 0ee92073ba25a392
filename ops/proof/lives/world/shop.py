"""What is sold, and to whom: a random order, with whatever makes orders differ."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from models.catalogue import Component, Item
from models.money import Money
from models.order.document import (
    ChannelRisk,
    Delivery,
    FulfilledBy,
    FulfilmentRequest,
    Line,
    OrderDocument,
    ServiceLevel,
)
from models.order.order import Order, Provenance
from models.order.parties import Address, Customer, CustomerKind
from models.order.payment_terms import Payment, PaymentTerms, Tender, TenderKind
from models.order.pricing import ShippingCharge, Tax
from models.policy import routing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from random import Random

    from ops.proof.lives.world.memory import Sent

ITEMS = {
    item.sku: item
    for item in (
        Item(sku="MUG-RED", name="Mug", weight_grams=300),
        Item(sku="MUG-BLUE", name="Mug", weight_grams=300),
        Item(sku="LAMP", name="Lamp", weight_grams=2000),
        Item(sku="MED-KIT", name="Medical kit", weight_grams=900, regulated="medical device"),
        Item(
            sku="SET",
            name="Gift set",
            components=(Component(sku="LAMP", quantity=1), Component(sku="MUG-RED", quantity=2)),
        ),
        Item(sku="WARRANTY", name="Warranty", stocked=False),
    )
}
GOODS = ("MUG-RED", "MUG-BLUE", "LAMP", "MED-KIT")
"""What lies on shelves."""
_PRICES = {"MUG-RED": 1000, "MUG-BLUE": 999, "LAMP": 4999, "MED-KIT": 2533, "SET": 6500, "WARRANTY": 901}
_OFTEN = {"MUG-RED": 6, "MUG-BLUE": 4, "LAMP": 4, "MED-KIT": 1, "SET": 3, "WARRANTY": 2}
_TERMS = {
    PaymentTerms.CAPTURE_ON_SHIPMENT: 6,
    PaymentTerms.PREPAID: 2,
    PaymentTerms.ACCOUNT: 1,
    PaymentTerms.CASH_ON_DELIVERY: 1,
}
_CHANNELS = {"shopify": 5, "amazon": 2, "b2b": 2, "magento": 1}
_CURRENCIES = {"EUR": 6, "USD": 2, "JPY": 1, "KWD": 1}
_MOST_LINES = 4


def random_order(chance: Random, name: str, at: datetime) -> Order:
    """Make up an order of one life."""
    currency = _pick(chance, _CURRENCIES)
    terms = _pick(chance, _TERMS)
    channel = "b2b" if terms is PaymentTerms.ACCOUNT else _pick(chance, _CHANNELS)
    lines = tuple(_line(chance, str(number), currency) for number in range(1, chance.randint(1, _MOST_LINES) + 1))
    carriage = Money(amount=chance.choice((0, 490, 1)), currency=currency)
    shipping = (ShippingCharge(name="Parcel", subtotal=carriage, total=carriage),) if carriage else ()
    total = Money.sum_of([*(line.total for line in lines), carriage], currency)
    document = OrderDocument(
        channel=channel,
        external_id=name,
        placed_at=at,
        currency=currency,
        customer=_customer(chance, channel),
        shipping_address=_address(chance),
        lines=lines,
        shipping=shipping,
        payment=_payment(chance, terms, total),
        fulfilment=_fulfilment(chance),
        total=total,
        channel_risk=ChannelRisk.REVIEW if chance.random() < 0.05 else ChannelRisk.NONE,  # noqa: PLR2004 - one in twenty
        test=chance.random() < 0.01,  # noqa: PLR2004 - one in a hundred
        cancelled_at=at if chance.random() < 0.01 else None,  # noqa: PLR2004 - the same
    )
    return Order.accepted(document, Provenance(format="lives", payload_digest="0" * 64))


def _line(chance: Random, number: str, currency: str) -> Line:
    sku = "NOBODY-KNOWS" if chance.random() < 0.01 else _pick(chance, _OFTEN)  # noqa: PLR2004 - one in a hundred
    quantity = chance.choice((1, 1, 2, 3, 5, 7))
    net = Money(amount=_PRICES.get(sku, 500) * quantity + chance.choice((0, 0, 1)), currency=currency)
    tax = Tax(name="VAT", amount=Money(amount=net.amount * 19 // 100, currency=currency))
    cancelled = 1 if quantity > 1 and chance.random() < 0.03 else 0  # noqa: PLR2004 - three in a hundred
    return Line(
        id=number,
        sku=sku,
        quantity=quantity,
        cancelled=cancelled,
        subtotal=net,
        taxes=(tax,),
        total=net + tax.amount,
        needs_shipping=sku != "WARRANTY",
    )


def _payment(chance: Random, terms: PaymentTerms, total: Money) -> Payment:
    if terms is not PaymentTerms.CAPTURE_ON_SHIPMENT:
        return Payment(terms=terms, net_days=30 if terms is PaymentTerms.ACCOUNT else None)
    gift = Money(amount=min(chance.choice((0, 0, 0, 700, 10**6)), total.amount), currency=total.currency)
    tenders = [Tender(kind=TenderKind.CARD, amount=total - gift, token="tok_visa")]  # noqa: S106 - a sandbox's token
    if gift:
        tenders.append(Tender(kind=TenderKind.GIFT_CARD, amount=gift, captured=True))
    return Payment(terms=terms, tenders=tuple(tenders))


def _fulfilment(chance: Random) -> FulfilmentRequest:
    service = ServiceLevel.EXPEDITED if chance.random() < 0.2 else ServiceLevel.STANDARD  # noqa: PLR2004 - one in five
    drawn = chance.random()
    if drawn < 0.08:  # noqa: PLR2004 - one in twelve is collected
        return FulfilmentRequest(service_level=service, delivery=Delivery.PICK_UP, pick_up_at="berlin")
    if drawn < 0.12:  # noqa: PLR2004 - and one in twenty-five is the channel's
        return FulfilmentRequest(service_level=service, fulfilled_by=FulfilledBy.CHANNEL)
    return FulfilmentRequest(service_level=service, ship_together=drawn > 0.85)  # noqa: PLR2004 - one in seven


def _customer(chance: Random, channel: str) -> Customer:
    if channel == "b2b":
        return Customer(id=f"C-{chance.randint(1, 4)}", kind=CustomerKind.COMPANY, email="buyer@example.com")
    guest = chance.random() < 0.2  # noqa: PLR2004 - one in five
    return Customer(id=None if guest else "C-1", email="ada@example.com" if channel != "amazon" else None)


def _address(chance: Random) -> Address | None:
    return None if chance.random() < 0.01 else _home()  # noqa: PLR2004 - one in a hundred


@lru_cache(maxsize=1)
def _home() -> Address:
    return Address(name="Ada", lines=("Hauptstr. 1",), city="Berlin", postal_code="10115", country="DE")


def _pick(chance: Random, often: dict[Any, int]) -> Any:  # noqa: ANN401 - whatever is drawn
    return chance.choices(list(often), list(often.values()))[0]


def units_sent(order: Order, sent: Iterable[Sent]) -> dict[str, int] | None:
    """How many whole units of each line the warehouses have sent; none where no warehouse has a part in the order.

    What needs no shipping counts with the first parcel.
    """
    needs = routing.needs(order, ITEMS)
    if not needs:
        return None
    parcels = [parcel for parcel in sent if parcel.release.order_id == order.id]
    gone: dict[str, dict[str, int]] = {need.line_id: {} for need in needs}
    for parcel in parcels:
        for (line_id, sku, _), quantity in parcel.pieces.items():
            gone[line_id][sku] = gone[line_id].get(sku, 0) + quantity
    units: dict[str, int] = {}
    for line in order.lines:
        if line.id not in gone:
            units[line.id] = line.open_quantity if parcels else 0
            continue
        wanted = {need.sku: need.quantity // line.open_quantity for need in needs if need.line_id == line.id}
        instead = gone[line.id].keys() - wanted.keys()
        per_unit = dict.fromkeys(instead, 1) if instead else wanted
        units[line.id] = min(gone[line.id].get(sku, 0) // each for sku, each in per_unit.items())
    return units
