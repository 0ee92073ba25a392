"""The fields we read of Orders API v0: `Order`, and the `OrderItem`s that are fetched beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import AliasChoices, Field

from activities.adapters.amazon.reading import (
    AmazonAddress,
    AmazonMoney,
    Flag,
    Items,
    MaybeMoment,
    MaybeText,
    PascalModel,
    Pieces,
)
from models.base import Identifier
from models.order.document import LINES_MAX, Moment


class CustomizedInfo(PascalModel):
    customized_url: MaybeText = Field(default=None, alias="CustomizedURL")


class ItemBuyerInfo(PascalModel):
    buyer_customized_info: CustomizedInfo | None = None
    gift_wrap_price: AmazonMoney | None = None
    gift_wrap_tax: AmazonMoney | None = None
    gift_wrap_level: MaybeText = None
    gift_message_text: MaybeText = None


class BuyerRequestedCancel(PascalModel):
    is_buyer_requested_cancel: Flag = False
    buyer_cancel_reason: MaybeText = None


class OrderItem(PascalModel):
    """An item; its amounts are for all of its pieces."""

    asin: MaybeText = Field(default=None, alias="ASIN")
    seller_sku: str | None = Field(default=None, alias="SellerSKU")
    order_item_id: Identifier
    title: MaybeText = None
    quantity_ordered: Pieces
    quantity_shipped: Pieces | None = None
    item_price: AmazonMoney | None = None
    item_tax: AmazonMoney | None = None
    promotion_discount: AmazonMoney | None = None
    promotion_discount_tax: AmazonMoney | None = None
    promotion_ids: Annotated[Sequence[str], Items] = ()
    shipping_price: AmazonMoney | None = None
    shipping_tax: AmazonMoney | None = None
    shipping_discount: AmazonMoney | None = None
    shipping_discount_tax: AmazonMoney | None = None
    cod_fee: AmazonMoney | None = Field(default=None, alias="CODFee")
    cod_fee_discount: AmazonMoney | None = Field(default=None, alias="CODFeeDiscount")
    buyer_info: ItemBuyerInfo | None = None
    buyer_requested_cancel: BuyerRequestedCancel | None = None
    store_chain_store_id: MaybeText = None

    @property
    def amounts(self) -> tuple[AmazonMoney | None, ...]:
        """Those that tell the currency."""
        return (self.item_price, self.shipping_price, self.item_tax)


class BuyerTaxInfo(PascalModel):
    company_legal_name: MaybeText = None


class BuyerInfo(PascalModel):
    buyer_email: MaybeText = None
    buyer_name: MaybeText = None
    buyer_tax_info: BuyerTaxInfo | None = None
    purchase_order_number: MaybeText = None


class PaymentPart(PascalModel):
    """One of several ways an order is paid: `COD`, `GC` (gift card), `PointsAccount`..."""

    payment: AmazonMoney | None = None
    payment_method: MaybeText = None


class DeliveryPreferences(PascalModel):
    drop_off_location: MaybeText = None
    address_instructions: MaybeText = None


class V0Named(PascalModel):
    """What a pending order has for certain."""

    amazon_order_id: Identifier


class V0Order(V0Named):
    """An order, its items put in as `OrderItems`."""

    seller_order_id: MaybeText = None
    purchase_date: Moment
    last_update_date: MaybeMoment = None
    order_status: MaybeText = None
    fulfillment_channel: MaybeText = None
    ship_service_level: MaybeText = None
    shipment_service_level_category: MaybeText = None
    order_total: AmazonMoney | None = None
    payment_method: MaybeText = None
    payment_execution_detail: Annotated[Sequence[PaymentPart], Items] = ()
    marketplace_id: MaybeText = None
    latest_ship_date: MaybeMoment = None
    latest_delivery_date: MaybeMoment = None
    is_business_order: Flag = False
    is_prime: Flag = False
    is_premium_order: Flag = False
    is_replacement_order: Flag = False
    is_ispu: Flag = Field(default=False, alias="IsISPU")
    shipping_address: AmazonAddress | None = None
    buyer_company_name: MaybeText = None
    """As getOrderAddress says it."""
    buyer_info: BuyerInfo = BuyerInfo()
    delivery_preferences: DeliveryPreferences | None = None
    order_items: Annotated[Sequence[OrderItem], Items, Field(max_length=LINES_MAX)] = Field(
        default=(), validation_alias=AliasChoices("OrderItems", "OrderItemList")
    )
