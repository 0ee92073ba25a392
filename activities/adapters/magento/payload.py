"""The fields we read of an Adobe Commerce order (`sales-data-order-interface`); Magento 1 has the same, as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.storefront.amounts import MaybeAmount
from models.base import Identifier
from models.order.document import Moment

ITEMS_MAX = 4000


def _moment(value: object) -> object:
    # Magento writes UTC without saying so: "2026-03-01 09:30:00".
    if isinstance(value, str):
        try:
            read = datetime.fromisoformat(value.strip())
        except ValueError:
            return value
        return read if read.tzinfo else read.replace(tzinfo=UTC)
    return value


def _blank_is_nothing(value: object) -> object:
    return None if value in ("", [], {}) else value


def _flag(value: object) -> object:
    return str(value) in {"1", "True", "true", "1.0"}


def _list(value: object) -> object:
    return [] if value in (None, "") else value


def _lines(value: object) -> object:
    # Magento 1 sends the street as one text with line ends.
    if isinstance(value, str):
        return value.splitlines()
    return _list(value)


def _object(value: object) -> object:
    # PHP writes an empty map as an empty list.
    return None if value in ([], "") else value


Flag = Annotated[bool, BeforeValidator(_flag)]
"""0 or 1, as number or text."""

MagentoMoment = Annotated[Moment, BeforeValidator(_moment)]
"""A time that is UTC unless it says otherwise."""

MaybeText = Annotated[str | None, BeforeValidator(_blank_is_nothing)]

NOTHING = Decimal(0)


def _not_negative(value: Decimal | None) -> Decimal | None:
    if value is not None and value < 0:
        message = "must not be negative"
        raise ValueError(message)
    return value


MaybePaid = Annotated[MaybeAmount, AfterValidator(_not_negative)]
"""Money that came or went; never less than none."""


class Address(ChannelModel):
    """A billing or shipping address."""

    prefix: MaybeText = None
    firstname: MaybeText = None
    middlename: MaybeText = None
    lastname: MaybeText = None
    suffix: MaybeText = None
    company: MaybeText = None
    street: Annotated[Sequence[str | None], BeforeValidator(_lines)] = ()
    city: MaybeText = None
    region: MaybeText = None
    region_code: MaybeText = None
    postcode: MaybeText = None
    country_id: MaybeText = None
    telephone: MaybeText = None
    email: MaybeText = None
    vat_id: MaybeText = None


class GiftMessage(ChannelModel):
    """What goes into the parcel as a greeting."""

    sender: MaybeText = None
    recipient: MaybeText = None
    message: MaybeText = None


class CustomOption(ChannelModel):
    """What a shopper typed or chose for one article, such as an engraving; the option is named by its number."""

    option_id: MaybeText = None
    option_value: MaybeText = None


class ProductOptions(ChannelModel):
    custom_options: Annotated[Sequence[CustomOption], BeforeValidator(_list)] = ()


class ProductOption(ChannelModel):
    extension_attributes: Annotated[ProductOptions | None, BeforeValidator(_object)] = None


class ItemExtension(ChannelModel):
    gift_message: Annotated[GiftMessage | None, BeforeValidator(_object)] = None


class Item(ChannelModel):
    """A row of the order: an article, a parent that stands for its children, or a child."""

    item_id: Identifier | None = None
    parent_item_id: MaybeText = None
    parent_item: Annotated[Item | None, BeforeValidator(_object)] = None
    product_id: MaybeText = None
    product_type: MaybeText = None
    sku: str | None = None
    name: MaybeText = None
    is_virtual: Flag = False
    qty_ordered: MaybeAmount = None
    qty_canceled: MaybeAmount = None
    qty_invoiced: MaybeAmount = None
    qty_refunded: MaybeAmount = None
    qty_shipped: MaybeAmount = None
    price: MaybeAmount = None
    price_incl_tax: MaybeAmount = None
    original_price: MaybeAmount = None
    row_total: MaybeAmount = None
    row_total_incl_tax: MaybeAmount = None
    discount_amount: MaybeAmount = None
    discount_tax_compensation_amount: MaybeAmount = None
    hidden_tax_amount: MaybeAmount = None
    """As Magento 1 calls the compensation."""
    tax_amount: MaybeAmount = None
    tax_percent: MaybeAmount = None
    weee_tax_applied_row_amount: MaybeAmount = None
    product_option: Annotated[ProductOption | None, BeforeValidator(_object)] = None
    extension_attributes: Annotated[ItemExtension | None, BeforeValidator(_object)] = None

    @property
    def compensation(self) -> Decimal:
        """The tax that lies in the discount."""
        return self.discount_tax_compensation_amount or self.hidden_tax_amount or NOTHING


class VaultToken(ChannelModel):
    public_hash: MaybeText = None


class PaymentExtension(ChannelModel):
    vault_payment_token: Annotated[VaultToken | None, BeforeValidator(_object)] = None


class Payment(ChannelModel):
    """How the order is paid."""

    method: MaybeText = None
    po_number: MaybeText = None
    amount_paid: MaybePaid = None
    amount_authorized: MaybePaid = None
    last_trans_id: MaybeText = None
    cc_trans_id: MaybeText = None
    cc_type: MaybeText = None
    extension_attributes: Annotated[PaymentExtension | None, BeforeValidator(_object)] = None


class Shipping(ChannelModel):
    address: Annotated[Address | None, BeforeValidator(_object)] = None
    method: MaybeText = None


class ShippingAssignment(ChannelModel):
    shipping: Annotated[Shipping | None, BeforeValidator(_object)] = None


class CompanyAttributes(ChannelModel):
    """Who buys, where the account is a company's."""

    company_id: MaybeText = None
    company_name: MaybeText = None


class CustomFee(ChannelModel):
    custom_fee_label: MaybeText = None
    custom_fee_code: MaybeText = None
    custom_fee_amount: MaybeAmount = None


class OtherMoney(ChannelModel):
    """Amounts beside goods and shipping: extension attributes in Magento 2, plain fields of the order in Magento 1."""

    gift_cards_amount: MaybePaid = None
    base_gift_cards_amount: MaybePaid = None
    customer_balance_amount: MaybePaid = None
    base_customer_balance_amount: MaybePaid = None
    reward_currency_amount: MaybePaid = None
    base_reward_currency_amount: MaybePaid = None
    gw_price: MaybeAmount = None
    gw_tax_amount: MaybeAmount = None
    gw_items_price: MaybeAmount = None
    gw_items_tax_amount: MaybeAmount = None
    gw_card_price: MaybeAmount = None
    gw_card_tax_amount: MaybeAmount = None


class OrderExtension(OtherMoney):
    shipping_assignments: Annotated[Sequence[ShippingAssignment], BeforeValidator(_list)] = ()
    company_order_attributes: Annotated[CompanyAttributes | None, BeforeValidator(_object)] = None
    pickup_location_code: MaybeText = None
    gift_message: Annotated[GiftMessage | None, BeforeValidator(_object)] = None
    custom_fees: Annotated[Sequence[CustomFee], BeforeValidator(_list)] = ()


class MagentoOrder(OtherMoney):
    """An order."""

    entity_id: MaybeText = None
    increment_id: Annotated[Identifier | None, BeforeValidator(_blank_is_nothing)] = None
    state: MaybeText = None
    status: MaybeText = None
    created_at: MagentoMoment
    updated_at: Annotated[MagentoMoment | None, BeforeValidator(_blank_is_nothing)] = None
    order_currency_code: MaybeText = None
    store_currency_code: MaybeText = None
    base_currency_code: MaybeText = None
    is_virtual: Flag = False
    can_ship_partially: MaybeText = None
    customer_id: MaybeText = None
    ext_customer_id: MaybeText = None
    customer_email: MaybeText = None
    customer_firstname: MaybeText = None
    customer_lastname: MaybeText = None
    customer_taxvat: MaybeText = None
    customer_note: MaybeText = None
    coupon_code: MaybeText = None
    discount_description: MaybeText = None
    grand_total: Annotated[Decimal, Field(ge=0, le=10**12, max_digits=30, decimal_places=16)]
    base_grand_total: MaybeAmount = None
    subtotal: MaybeAmount = None
    tax_amount: MaybeAmount = None
    discount_amount: MaybeAmount = None
    shipping_amount: MaybeAmount = None
    shipping_incl_tax: MaybeAmount = None
    shipping_tax_amount: MaybeAmount = None
    shipping_discount_amount: MaybeAmount = None
    shipping_discount_tax_compensation_amount: MaybeAmount = None
    shipping_hidden_tax_amount: MaybeAmount = None
    shipping_description: MaybeText = None
    shipping_method: MaybeText = None
    total_paid: MaybePaid = None
    total_refunded: MaybePaid = None
    items: Annotated[Sequence[Item], BeforeValidator(_list), Field(max_length=ITEMS_MAX)] = ()
    billing_address: Annotated[Address | None, BeforeValidator(_object)] = None
    shipping_address: Annotated[Address | None, BeforeValidator(_object)] = None
    payment: Annotated[Payment | None, BeforeValidator(_object)] = None
    extension_attributes: Annotated[OrderExtension | None, BeforeValidator(_object)] = None

    @property
    def more(self) -> OtherMoney:
        """Where this version of Magento keeps its other amounts."""
        return self.extension_attributes or self

    @property
    def shipping(self) -> Shipping:
        """Where it goes and how, wherever this version says so."""
        assignments = self.extension_attributes.shipping_assignments if self.extension_attributes else ()
        found = next((each.shipping for each in assignments if each.shipping is not None), None) or Shipping()
        return Shipping(address=found.address or self.shipping_address, method=found.method or self.shipping_method)
