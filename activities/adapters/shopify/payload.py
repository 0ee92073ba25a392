"""The fields we read of Shopify's Order object (Admin REST API, as webhooks deliver it too)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.storefront.amounts import Amount, MaybeAmount, MaybeCount, Whole
from activities.adapters.storefront.shapes import Flag, Items, LooseItems, Words
from models.base import Identifier
from models.money import Currency
from models.order.document import Moment


class Price(ChannelModel):
    """An amount in one currency."""

    amount: MaybeAmount = None
    currency_code: str | None = None


class PriceSet(ChannelModel):
    """One amount in the shop's currency and in the one the customer saw."""

    shop_money: Price | None = None
    presentment_money: Price | None = None


class TaxLine(ChannelModel):
    title: str | None = None
    rate: MaybeAmount = None
    price: MaybeAmount = None
    price_set: PriceSet | None = None


class DiscountAllocation(ChannelModel):
    amount: MaybeAmount = None
    amount_set: PriceSet | None = None
    discount_application_index: MaybeCount = None


class DiscountApplication(ChannelModel):
    title: str | None = None
    code: str | None = None
    description: str | None = None


class DiscountCode(ChannelModel):
    code: str | None = None


class Duty(PriceSet):
    """An import duty on a line: a price set with an id and taxes."""

    id: str | None = None
    tax_lines: Annotated[tuple[TaxLine, ...], Items] = ()


class Fee(ChannelModel):
    """A fee on the whole order."""

    name: str | None = None
    price_set: PriceSet | None = None
    tax_lines: Annotated[tuple[TaxLine, ...], Items] = ()


class Property(ChannelModel):
    """What a shopper chose or typed for a line or for the order, such as an engraving."""

    name: str | None = None
    value: Any = None


class LineItem(ChannelModel):
    id: Identifier
    variant_id: str | None = None
    product_id: str | None = None
    sku: str | None = None
    name: str | None = None
    title: str | None = None
    quantity: Whole
    current_quantity: MaybeCount = None
    fulfillable_quantity: MaybeCount = None
    fulfillment_status: str | None = None
    price: Amount
    price_set: PriceSet | None = None
    total_discount: MaybeAmount = None
    total_discount_set: PriceSet | None = None
    discount_allocations: Annotated[tuple[DiscountAllocation, ...], Items] = ()
    tax_lines: Annotated[tuple[TaxLine, ...], Items] = ()
    duties: Annotated[tuple[Duty, ...], Items] = ()
    taxable: bool | None = None
    gift_card: Flag = False
    requires_shipping: bool | None = None
    properties: Annotated[tuple[Property, ...], LooseItems] = ()
    tip: Any = None
    tip_payment_gateway: str | None = None
    tip_payment_method: str | None = None

    @property
    def is_tip(self) -> bool:
        """Whether the line is a tip: Shopify puts tips among the lines, with a field that no other line has."""
        named = (self.title or "").strip().casefold() in {"tip", "tips"} and self.product_id is None
        return bool(self.tip or self.tip_payment_gateway or self.tip_payment_method) or (
            named and "tip_payment_gateway" in self.model_fields_set
        )


class ShippingLine(ChannelModel):
    title: str | None = None
    code: str | None = None
    price: Amount
    price_set: PriceSet | None = None
    discounted_price: MaybeAmount = None
    discounted_price_set: PriceSet | None = None
    discount_allocations: Annotated[tuple[DiscountAllocation, ...], Items] = ()
    tax_lines: Annotated[tuple[TaxLine, ...], Items] = ()
    is_removed: Flag = False
    delivery_category: str | None = None


class Transaction(ChannelModel):
    id: str | None = None
    kind: str | None = None
    status: str | None = None
    gateway: str | None = None
    amount: MaybeAmount = None
    currency: str | None = None
    authorization: str | None = None
    parent_id: str | None = None


class RefundLine(ChannelModel):
    line_item_id: str | None = None
    quantity: MaybeCount = None


class Refund(ChannelModel):
    transactions: Annotated[tuple[Transaction, ...], Items] = ()
    refund_line_items: Annotated[tuple[RefundLine, ...], Items] = ()


class FulfilledLine(ChannelModel):
    id: str | None = None
    quantity: MaybeCount = None


class Fulfilment(ChannelModel):
    status: str | None = None
    line_items: Annotated[tuple[FulfilledLine, ...], Items] = ()


class MailingAddress(ChannelModel):
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    province: str | None = None
    province_code: str | None = None
    zip: str | None = None
    country: str | None = None
    country_code: str | None = None
    phone: str | None = None


class Shopper(ChannelModel):
    id: str | None = None
    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class NetTerms(ChannelModel):
    """Payment terms of a B2B order."""

    due_in_days: MaybeCount = None


class Risk(ChannelModel):
    recommendation: str | None = None


class PaymentDetails(ChannelModel):
    credit_card_company: str | None = None


class ShopifyOrder(ChannelModel):
    """An order."""

    id: Identifier
    name: str | None = None
    currency: Currency
    presentment_currency: str | None = None
    created_at: Moment
    processed_at: Moment | None = None
    cancelled_at: Moment | None = None
    taxes_included: Flag = False
    test: Flag = False
    financial_status: str | None = None
    fulfillment_status: str | None = None
    total_price: Amount
    total_price_set: PriceSet | None = None
    current_total_price: MaybeAmount = None
    current_total_price_set: PriceSet | None = None
    total_outstanding: MaybeAmount = None
    total_tax: MaybeAmount = None
    total_tax_set: PriceSet | None = None
    total_discounts: MaybeAmount = None
    total_discounts_set: PriceSet | None = None
    total_tip_received: MaybeAmount = None
    total_tip_received_set: PriceSet | None = None
    original_total_duties_set: PriceSet | None = None
    original_total_additional_fees_set: PriceSet | None = None
    additional_fees: Annotated[tuple[Fee, ...], Items] = ()
    tax_lines: Annotated[tuple[TaxLine, ...], Items] = ()
    discount_applications: Annotated[tuple[DiscountApplication, ...], Items] = ()
    discount_codes: Annotated[tuple[DiscountCode, ...], Items] = ()
    line_items: Annotated[tuple[LineItem, ...], Items, Field(max_length=2000)] = ()
    shipping_lines: Annotated[tuple[ShippingLine, ...], Items, Field(max_length=20)] = ()
    refunds: Annotated[tuple[Refund, ...], Items] = ()
    fulfillments: Annotated[tuple[Fulfilment, ...], Items] = ()
    transactions: Annotated[tuple[Transaction, ...], Items] = ()
    payment_gateway_names: Annotated[tuple[str | None, ...], Items] = ()
    gateway: str | None = None
    payment_details: PaymentDetails | None = None
    payment_terms: NetTerms | None = None
    checkout_token: str | None = None
    token: str | None = None
    po_number: str | None = None
    note: str | None = None
    note_attributes: Annotated[tuple[Property, ...], LooseItems] = ()
    email: str | None = None
    contact_email: str | None = None
    phone: str | None = None
    customer: Shopper | None = None
    company: Any = None
    billing_address: MailingAddress | None = None
    shipping_address: MailingAddress | None = None
    risks: Annotated[tuple[Risk, ...], Items] = ()
    tags: Words = None
