"""The fields we read of WooCommerce's order object (REST API v3, as webhooks deliver it too)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.storefront.amounts import Amount, MaybeAmount, MaybeCount, Whole
from activities.adapters.storefront.shapes import Flag, Items, LooseItems, MaybeObject
from models.base import Identifier
from models.money import Currency
from models.order.document import Moment


def _utc(value: object) -> object:
    """Read a moment without an offset, as WooCommerce writes them, in UTC."""
    if not isinstance(value, str) or not value:
        return None if value == "" else value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return value if moment.tzinfo else f"{moment.isoformat()}+00:00"


MaybeMoment = Annotated[Moment | None, BeforeValidator(_utc)]


class Meta(ChannelModel):
    """One of the notes that plugins keep on orders and lines."""

    key: str | None = None
    value: Any = None


Metas = Annotated[tuple[Meta, ...], LooseItems]


def meta(notes: tuple[Meta, ...], *keys: str) -> str | None:
    """The first note under one of the keys that is text or a number."""
    for key in keys:
        for each in notes:
            if each.key == key and isinstance(each.value, str | int) and str(each.value).strip():
                return str(each.value)
    return None


class LineTax(ChannelModel):
    """The share of one tax rate in a line."""

    id: str | None = None
    total: MaybeAmount = None


class TaxLine(ChannelModel):
    """A tax rate used in the order."""

    rate_id: str | None = None
    label: str | None = None
    rate_percent: MaybeAmount = None


class Taxed(ChannelModel):
    """Anything with a total and taxes; amounts are without tax."""

    id: Identifier
    total: MaybeAmount = None
    total_tax: MaybeAmount = None
    taxes: Annotated[tuple[LineTax, ...], LooseItems] = ()
    meta_data: Metas = ()


class LineItem(Taxed):
    name: str | None = None
    product_id: str | None = None
    variation_id: str | None = None
    sku: str | None = None
    quantity: Whole
    subtotal: MaybeAmount = None
    subtotal_tax: MaybeAmount = None
    total: Amount
    bundled_by: Any = None
    composite_parent: Any = None


class ShippingLine(Taxed):
    method_title: str | None = None
    method_id: str | None = None


class FeeLine(Taxed):
    name: str | None = None


class CouponLine(ChannelModel):
    code: str | None = None


class RefundedLine(ChannelModel):
    quantity: MaybeCount = None
    meta_data: Metas = ()


class Refund(ChannelModel):
    """A refund in short; its lines stand only in the refund's own document, or where an export adds them."""

    total: MaybeAmount = None
    line_items: Annotated[tuple[RefundedLine, ...], LooseItems] = ()


class GiftCard(ChannelModel):
    """A gift card that paid a part, as the Gift Cards extension adds it; the order's total is what was left."""

    code: str | None = None
    amount: Amount


class PostalAddress(ChannelModel):
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    address_1: str | None = None
    address_2: str | None = None
    city: str | None = None
    state: str | None = None
    postcode: str | None = None
    country: str | None = None
    email: str | None = None
    phone: str | None = None

    @property
    def blank(self) -> bool:
        """Whether it names no place."""
        return not any((self.address_1, self.address_2, self.city, self.postcode, self.country))


class Status(ChannelModel):
    """What is read first: a draft lacks what an order has."""

    id: Identifier
    status: str


class WooOrder(Status):
    """An order."""

    number: str | None = None
    currency: Currency
    date_created_gmt: MaybeMoment = None
    date_created: MaybeMoment = None
    date_modified_gmt: MaybeMoment = None
    date_paid_gmt: MaybeMoment = None
    date_paid: MaybeMoment = None
    total: Amount
    prices_include_tax: Flag = False
    customer_id: str | None = None
    customer_note: str | None = None
    billing: Annotated[PostalAddress | None, MaybeObject] = None
    shipping: Annotated[PostalAddress | None, MaybeObject] = None
    payment_method: str | None = None
    payment_method_title: str | None = None
    transaction_id: str | None = None
    line_items: Annotated[tuple[LineItem, ...], Items, Field(max_length=2000)] = ()
    tax_lines: Annotated[tuple[TaxLine, ...], Items] = ()
    shipping_lines: Annotated[tuple[ShippingLine, ...], Items, Field(max_length=20)] = ()
    fee_lines: Annotated[tuple[FeeLine, ...], Items, Field(max_length=49)] = ()
    coupon_lines: Annotated[tuple[CouponLine, ...], Items] = ()
    refunds: Annotated[tuple[Refund, ...], Items] = ()
    gift_cards: Annotated[tuple[GiftCard, ...], LooseItems, Field(max_length=19)] = ()
    meta_data: Metas = ()
