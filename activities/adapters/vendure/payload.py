"""The parts of Vendure's Order that we read, by the names its Admin API 3.7 gives them.

Amounts are numbers of the smallest part that the shop keeps of every currency, a hundredth unless its money strategy
says otherwise. The API promises whole numbers; prices of shipping without discounts come with fractions all the same.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.storefront.shapes import Flag, Items
from models.base import Identifier
from models.money import Currency

SETTLED = "Settled"
AUTHORISED = "Authorized"
FAILED = "Failed"
NEVER_TAKEN = "never taken: "
"""How the reason of a refund begins by which we note at a shop that a part of its payment was never taken."""
_LARGEST = 10**15


def _no_flag(value: object) -> object:
    if isinstance(value, bool):
        message = "must be a number, not true or false"
        raise ValueError(message)  # noqa: TRY004 - pydantic turns only this one into a refusal
    return value


Parts = Annotated[Decimal, BeforeValidator(_no_flag), Field(ge=-_LARGEST, le=_LARGEST)]
"""An amount in the smallest part the shop keeps."""
Percent = Annotated[Decimal, BeforeValidator(_no_flag), Field(ge=0, le=1000)]
Pieces = Annotated[int, BeforeValidator(_no_flag), Field(ge=0, le=1_000_000)]


class VendurePart(ChannelModel):
    """An object whose fields are written in camel case."""

    model_config = ConfigDict(alias_generator=to_camel)


class TaxLine(VendurePart):
    description: str | None = None
    tax_rate: Percent = Decimal(0)


class Discount(VendurePart):
    description: str | None = None
    amount: Parts
    amount_with_tax: Parts


class Variant(VendurePart):
    id: str
    sku: str | None = None
    name: str | None = None


class OrderLine(VendurePart):
    """A line as it stands now: a cancelled piece is no longer in its quantity, nor in its prices."""

    id: Identifier
    quantity: Pieces
    order_placed_quantity: Pieces = 0
    unit_price: Parts
    unit_price_with_tax: Parts
    line_price: Parts
    line_price_with_tax: Parts
    prorated_line_price: Parts
    prorated_line_price_with_tax: Parts
    tax_lines: Annotated[tuple[TaxLine, ...], Items] = ()
    discounts: Annotated[tuple[Discount, ...], Items] = ()
    product_variant: Variant

    @property
    def ordered(self) -> int:
        """How many were ordered; an order that was modified since may have more of them than when it was placed."""
        return max(self.order_placed_quantity, self.quantity)


class Surcharge(VendurePart):
    description: str | None = None
    sku: str | None = None
    price: Parts
    price_with_tax: Parts
    tax_lines: Annotated[tuple[TaxLine, ...], Items] = ()


class ShippingMethod(VendurePart):
    code: str | None = None
    name: str | None = None


class ShippingLine(VendurePart):
    shipping_method: ShippingMethod
    price: Parts
    price_with_tax: Parts
    discounted_price: Parts
    discounted_price_with_tax: Parts
    discounts: Annotated[tuple[Discount, ...], Items] = ()


class Refund(VendurePart):
    """Money that went back, or that nobody ever took."""

    total: Parts
    state: str
    reason: str | None = None

    @property
    def counts(self) -> bool:
        """Whether money went back: it did not fail, and is not our own note that some was never taken."""
        return self.state != FAILED and not (self.reason or "").startswith(NEVER_TAKEN)


class Payment(VendurePart):
    method: str
    amount: Parts
    state: str
    transaction_id: str | None = None
    refunds: Annotated[tuple[Refund, ...], Items] = ()

    @property
    def stands(self) -> bool:
        """Whether it pays: money was set aside, or taken."""
        return self.state in {AUTHORISED, SETTLED}


class Shopper(VendurePart):
    id: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email_address: str | None = None
    phone_number: str | None = None


class PostalAddress(VendurePart):
    full_name: str | None = None
    company: str | None = None
    street_line1: str | None = None
    street_line2: str | None = None
    city: str | None = None
    province: str | None = None
    postal_code: str | None = None
    country: str | None = None
    country_code: str | None = None
    phone_number: str | None = None


class FulfilledLine(VendurePart):
    order_line_id: str
    quantity: Pieces


class Fulfilment(VendurePart):
    state: str
    lines: Annotated[tuple[FulfilledLine, ...], Items] = ()


class SalesChannel(VendurePart):
    prices_include_tax: Flag = False


class Standing(VendurePart):
    """What is read first: a basket lacks what an order has."""

    code: Identifier
    state: str


class VendureOrder(Standing):
    """An order."""

    order_placed_at: AwareDatetime
    updated_at: AwareDatetime
    currency_code: Currency
    total_with_tax: Parts
    lines: Annotated[tuple[OrderLine, ...], Items, Field(max_length=2000)] = ()
    surcharges: Annotated[tuple[Surcharge, ...], Items, Field(max_length=49)] = ()
    shipping_lines: Annotated[tuple[ShippingLine, ...], Items, Field(max_length=20)] = ()
    payments: Annotated[tuple[Payment, ...], Items, Field(max_length=20)] = ()
    fulfillments: Annotated[tuple[Fulfilment, ...], Items] = ()
    customer: Shopper | None = None
    shipping_address: PostalAddress | None = None
    billing_address: PostalAddress | None = None
    channels: Annotated[tuple[SalesChannel, ...], Items] = ()
