"""The canonical order document: what a client sends to ``POST /v1/orders`` and what every channel's payload becomes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Never, Self

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from models.base import ChannelName, Count, Identifier, Note, Quantity, Sku, StrictModel, Text
from models.money import Currency, Money
from models.order.parties import Address, Customer
from models.order.payment_terms import Payment
from models.order.pricing import Charge, Priced, ShippingCharge

if TYPE_CHECKING:
    from collections.abc import Iterable

LINES_MAX = 2000
_TOO_MUCH = "comes to more than any amount we can hold"
_YEARS = range(1990, 2101)


def _plausible(moment: datetime) -> datetime:
    if moment.year not in _YEARS:
        message = "must lie between the years 1990 and 2100"
        raise ValueError(message)
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_plausible)]
"""A point in time with its offset (RFC 3339)."""

EACH = "C62"
"""One piece; also what a channel means that gives no unit."""
Unit = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,3}$")]
"""A UNECE Recommendation 20 unit code: ``C62`` one, ``KGM`` kilogram, ``MTR`` metre."""


class Line(Priced):
    """So many of one article."""

    id: Identifier
    """The line's id at the channel, unique in the order."""
    sku: Sku
    name: Text | None = None
    quantity: Quantity
    """As ordered."""
    cancelled: Count = 0
    """Of these, how many the channel had cancelled, refunded or shipped itself before the order reached us."""
    shipped: Count = 0
    """Of those in `cancelled`, how many the channel shows as sent, by itself or because it was told so by us."""
    unit: Unit = EACH
    unit_price: Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=8)] | None = None
    """In major units, where the channel prices finer than the minor unit; `subtotal` is what counts."""
    gtin: Annotated[str, StringConstraints(pattern=r"^(\d{8}|\d{12,14})$")] | None = None
    needs_shipping: bool = True
    """False for a service, a download, a gift card."""

    @property
    def open_quantity(self) -> int:
        """How many are still to be delivered by us."""
        return self.quantity - self.cancelled


class ServiceLevel(StrEnum):
    """How fast the customer was promised it."""

    STANDARD = "standard"
    EXPEDITED = "expedited"


class FulfilledBy(StrEnum):
    """Whose warehouse sends it."""

    MERCHANT = "merchant"
    CHANNEL = "channel"


class Delivery(StrEnum):
    """How the customer gets it."""

    SHIP = "ship"
    PICK_UP = "pick_up"


class FulfilmentRequest(StrictModel):
    """How the customer wants it delivered."""

    service_level: ServiceLevel = ServiceLevel.STANDARD
    fulfilled_by: FulfilledBy = FulfilledBy.MERCHANT
    delivery: Delivery = Delivery.SHIP
    pick_up_at: Identifier | None = None
    """The store or node to collect from."""
    ship_by: Moment | None = None
    deliver_from: Moment | None = None
    """When the site takes goods in at the earliest; with `deliver_by` it is the delivery window."""
    deliver_by: Moment | None = None
    ship_together: bool = False
    instructions: Note | None = None


class ChannelRisk(StrEnum):
    """What the channel's own screening says, where it says anything."""

    NONE = "none"
    REVIEW = "review"
    HIGH = "high"


class OrderDocument(StrictModel):
    """One order. All amounts are in `currency`; the totals must add up to the minor unit."""

    channel: ChannelName
    external_id: Identifier
    """The order's id at the channel; with the channel it names the order for ever."""
    number: Text | None = None
    """What the customer calls it, where that differs: ``#1001``."""
    placed_at: Moment
    currency: Currency
    taxes_included: bool = False
    """Whether prices (line, shipping and charge subtotals) include tax."""
    customer: Customer = Customer()
    billing_address: Address | None = None
    shipping_address: Address | None = None
    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=LINES_MAX)]
    shipping: Annotated[tuple[ShippingCharge, ...], Field(max_length=20)] = ()
    charges: Annotated[tuple[Charge, ...], Field(max_length=50)] = ()
    payment: Payment
    fulfilment: FulfilmentRequest = FulfilmentRequest()
    total: Money
    """What the customer pays: the totals of lines, shipping and charges."""
    base_total: Money | None = None
    """The same total in the currency of the seller's books, where that is another."""
    channel_risk: ChannelRisk = ChannelRisk.NONE
    cancelled_at: Moment | None = None
    """When the channel had cancelled the whole order before it reached us."""
    note: Note | None = None
    test: bool = False
    """Whether the channel marks it as a test: it is recorded and carried no further."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        for place, priced in self.priced():
            _one_currency(self.currency, place, priced)
            owed = _owed(f"{place}/total", priced, taxes_included=self.taxes_included)
            if owed != priced.total:
                _refuse(f"{place}/total", f"is {priced.total}, but its parts come to {owed}")
        if self.total.currency != self.currency:
            _refuse("total/currency", f"is {self.total.currency} in an order in {self.currency}")
        whole = _sum("total", (priced.total for _, priced in self.priced()), self.currency)
        if whole != self.total:
            _refuse("total", f"is {self.total}, but lines, shipping and charges come to {whole}")
        if self.total.amount < 0:
            _refuse("total", "must not be negative")
        return self

    @model_validator(mode="after")
    def _lines_make_sense(self) -> Self:
        seen: set[str] = set()
        for index, line in enumerate(self.lines):
            if line.id in seen:
                _refuse(f"lines/{index}/id", f"{line.id} stands twice")
            seen.add(line.id)
            if line.cancelled > line.quantity:
                _refuse(f"lines/{index}/cancelled", f"is {line.cancelled} of only {line.quantity} ordered")
            if line.shipped > line.cancelled:
                _refuse(f"lines/{index}/shipped", f"is {line.shipped} of only {line.cancelled} that are not open")
            if line.subtotal.amount < 0 or line.total.amount < 0:
                _refuse(f"lines/{index}/subtotal", "must not be negative")
        return self

    @model_validator(mode="after")
    def _payment_makes_sense(self) -> Self:
        for index, tender in enumerate(self.payment.tenders):
            if tender.amount.currency != self.currency:
                _refuse(f"payment/tenders/{index}/amount", f"is not in {self.currency}")
            if tender.amount.amount < 0:
                _refuse(f"payment/tenders/{index}/amount", "must not be negative")
        if self.payment.tenders:
            paid = _sum("payment/tenders", (tender.amount for tender in self.payment.tenders), self.currency)
            if paid != self.total:
                _refuse("payment/tenders", f"come to {paid}, but the order to {self.total}")
        refunded = self.payment.refunded
        if refunded is not None and refunded.currency != self.currency:
            _refuse("payment/refunded", f"is not in {self.currency}")
        if refunded is not None and not 0 <= refunded.amount <= self.total.amount:
            _refuse("payment/refunded", f"must lie between nothing and the total of {self.total}")
        return self

    def from_our_stock(self, line: Line) -> bool:
        """Whether a line is to leave a node of ours."""
        return line.needs_shipping and self.fulfilment.fulfilled_by is FulfilledBy.MERCHANT

    def priced(self) -> list[tuple[str, Priced]]:
        """Everything with a price, with its place in the document: ``("lines/0", line)``."""
        parts: list[tuple[str, Priced]] = []
        parts += ((f"lines/{index}", line) for index, line in enumerate(self.lines))
        parts += ((f"shipping/{index}", charge) for index, charge in enumerate(self.shipping))
        parts += ((f"charges/{index}", charge) for index, charge in enumerate(self.charges))
        return parts


def _one_currency(currency: str, place: str, priced: Priced) -> None:
    amounts = {"subtotal": priced.subtotal, "total": priced.total}
    amounts |= {f"discounts/{index}/amount": discount.amount for index, discount in enumerate(priced.discounts)}
    amounts |= {f"taxes/{index}/amount": tax.amount for index, tax in enumerate(priced.taxes)}
    for name, amount in amounts.items():
        if amount.currency != currency:
            _refuse(f"{place}/{name}", f"is in {amount.currency}, but the order in {currency}")


def _owed(place: str, priced: Priced, *, taxes_included: bool) -> Money:
    try:
        return priced.owed(taxes_included=taxes_included)
    except ValidationError:
        _refuse(place, _TOO_MUCH)


def _sum(place: str, parts: Iterable[Money], currency: str) -> Money:
    try:
        return Money.sum_of(parts, currency)
    except ValidationError:
        _refuse(place, _TOO_MUCH)


def _refuse(place: str, message: str) -> Never:
    # The place rides in the error's context so that whoever reports it can point at the field (strict_json).
    raise PydanticCustomError("inconsistent", "{problem}", {"place": place, "problem": message})
