"""What a Shopify shop remembers, as its GraphQL schema names it; fields are spelt as here with underscores."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

LIST_MAX = 250
"""The most that may be asked for of a list."""
BEGIN = datetime(2025, 1, 1, 12, tzinfo=UTC)


@dataclass
class Named:
    """Anything with an id."""

    id: str


@dataclass
class Sums:
    shop: Decimal
    shown: Decimal
    currencies: tuple[str, str]

    @property
    def shop_money(self):
        return {"amount": str(self.shop), "currency_code": self.currencies[0]}

    @property
    def presentment_money(self):
        return {"amount": str(self.shown), "currency_code": self.currencies[1]}


class PageOf:
    """A part of a list, as its connections show it."""

    def __init__(self, items, first: int | None = None, after: str | None = None) -> None:
        first = LIST_MAX if first is None else first
        assert first <= LIST_MAX, "no more than 250 of a list may be asked for"
        start = int(after or 0)
        self.nodes = list(items)[start : start + first]
        end = start + len(self.nodes)
        self.page_info = {"has_next_page": end < len(items), "end_cursor": str(end)}


@dataclass
class Line:
    """A line item."""

    number: int
    sku: str
    quantity: int
    price: Sums
    fulfilled: int = 0
    removed: int = 0
    """Taken out before they were sent."""
    returned: int = 0

    typename = "LineItem"
    taxable, is_gift_card, requires_shipping = True, False, True
    custom_attributes = discount_allocations = duties = tax_lines = ()

    @property
    def id(self):
        return f"gid://shopify/LineItem/{self.number}"

    @property
    def name(self):
        return self.sku

    title = name

    @property
    def variant(self):
        return Named(f"gid://shopify/ProductVariant/{self.number + 1}")

    @property
    def product(self):
        return Named(f"gid://shopify/Product/{self.number + 2}")

    @property
    def original_unit_price_set(self):
        return self.price

    @property
    def current_quantity(self):
        return self.quantity - self.removed - self.returned

    refundable_quantity = current_quantity

    @property
    def unfulfilled_quantity(self):
        return self.quantity - self.removed - self.fulfilled


@dataclass
class PortionLine:
    """A line of a fulfilment order."""

    id: str
    line_item: Line
    total: int
    sent: int = 0
    taken_out: int = 0

    @property
    def remaining_quantity(self):
        return self.total - self.sent - self.taken_out


@dataclass
class Portion:
    """A fulfilment order."""

    id: str
    place: str
    lines: list[PortionLine]
    held: str = ""

    @property
    def assigned_location(self):
        return {"location": Named(self.place)}

    @property
    def status(self):
        if self.held:
            return self.held
        return "OPEN" if any(line.remaining_quantity for line in self.lines) else "CLOSED"

    def line_items(self, first=None, after=None):
        return PageOf(self.lines, first, after)


@dataclass
class Fulfilment:
    id: str
    company: str
    number: str
    lines: list[dict[str, object]]
    status: str = "SUCCESS"

    def tracking_info(self, first=None):
        return [{"number": self.number}][:first]

    def fulfillment_line_items(self, first=None, after=None):
        return PageOf(self.lines, first, after)


@dataclass
class Movement:
    """A transaction."""

    id: str
    kind: str
    amount_set: Sums
    gateway: str = "bogus"
    status: str = "SUCCESS"
    parent_transaction: Movement | None = None

    @property
    def authorization_code(self):
        return f"auth-{self.id.rpartition('/')[2]}"


@dataclass
class Order:
    """An order."""

    number: int
    currencies: tuple[str, str]
    """The shop's, and the customer's."""
    lines: list[Line]
    buyer: str
    created_at: str
    updated_at: str
    portions: list[Portion]
    movements: list[Movement]
    note: str | None = None
    cancelled_at: str | None = None
    cancelling: int = 0
    """How often it will still be looked at before a cancellation that was asked for is done."""
    sent: list[Fulfilment] = field(default_factory=list)
    given: list[dict[str, str]] = field(default_factory=list)

    typename = "Order"
    taxes_included = test = False
    phone = po_number = purchasing_entity = payment_terms = None
    original_total_duties_set = original_total_additional_fees_set = None
    additional_fees = tax_lines = discount_codes = tags = custom_attributes = ()
    payment_gateway_names = ("bogus",)
    email = "ada@example.com"

    @property
    def id(self):
        return f"gid://shopify/Order/{self.number}"

    @property
    def name(self):
        return f"#{self.number}"

    @property
    def processed_at(self):
        return self.created_at

    @property
    def currency_code(self):
        return self.currencies[0]

    @property
    def presentment_currency_code(self):
        return self.currencies[1]

    @property
    def checkout_token(self):
        return f"c{self.number}"

    def sums(self, amount: Decimal) -> Sums:
        """Both sides of an amount; the rate between a shop's currencies is one here."""
        return Sums(amount, amount, self.currencies)

    @property
    def total(self) -> Decimal:
        return sum((line.price.shown * line.quantity for line in self.lines), Decimal())

    @property
    def refunded(self) -> Decimal:
        return sum((each.amount_set.shown for each in self.movements if each.kind == "REFUND"), Decimal())

    @property
    def total_price_set(self):
        return self.sums(self.total)

    @property
    def current_total_price_set(self):
        return self.sums(sum((line.price.shown * line.current_quantity for line in self.lines), Decimal()))

    @property
    def total_outstanding_set(self):
        return self.sums(Decimal())

    total_tax_set = total_discounts_set = total_tip_received_set = total_outstanding_set

    @property
    def display_financial_status(self):
        if not self.refunded:
            return "PAID"
        return "REFUNDED" if self.refunded == self.total else "PARTIALLY_REFUNDED"

    @property
    def customer(self):
        first, _, last = self.buyer.partition(" ")
        mail, phone = {"email_address": self.email}, None
        number = f"gid://shopify/Customer/{self.number + 7}"
        return {
            "id": number,
            "first_name": first,
            "last_name": last,
            "default_email_address": mail,
            "default_phone_number": phone,
        }

    @property
    def shipping_address(self):
        first, _, last = self.buyer.partition(" ")
        plain = dict.fromkeys(("company", "address2", "province", "province_code", "phone"))
        known = {"name": self.buyer, "first_name": first, "last_name": last, "address1": "1 Mill Lane", "city": "York"}
        return {**plain, **known, "zip": "YO1 7EP", "country": "United Kingdom", "country_code_v2": "GB"}

    billing_address = shipping_address

    @property
    def risk(self):
        return {"recommendation": "NONE"}

    def discount_applications(self, first=None):
        return PageOf((), first)

    def shipping_lines(self, first=None, include_removals=False):  # noqa: FBT002 - as the schema has it
        del include_removals
        return PageOf((), first)

    def line_items(self, first=None, after=None):
        return PageOf(self.lines, first, after)

    def fulfillment_orders(self, first=None):
        return PageOf(self.portions, first)

    def fulfillments(self, first=None):
        return self.sent[:first]

    def refunds(self, first=None):
        return self.given[:first]

    def transactions(self, first=None):
        return self.movements[:first]


@dataclass
class Variant:
    """An article; what may be sold of it at the one location there is."""

    id: str
    sku: str
    item: str
    shop: Memory
    available: int = 0

    @property
    def inventory_item(self):
        return Named(self.item)

    def metafield(self, key, namespace=None):
        return self.shop.metafields.get((self.id, namespace, key))


class Memory:
    """Everything a shop remembers."""

    def __init__(self) -> None:
        self.now = BEGIN
        self.ids = count(1001, 10)
        self.orders: dict[str, Order] = {}
        self.variants: dict[str, Variant] = {}
        self.metafields: dict[tuple[str, str | None, str], dict[str, str]] = {}
        self.answered: dict[str, tuple[str, object]] = {}
        """What came under an idempotency key, and what was answered."""
        self.jobs_take = 2
        """How often an order is looked at before a job on it is done."""
        self.refuses_refunds = False

    def tick(self) -> str:
        """Let a second pass; answers what time it is then."""
        self.now += timedelta(seconds=1)
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def gid(self, kind: str) -> str:
        return f"gid://shopify/{kind}/{next(self.ids)}"
