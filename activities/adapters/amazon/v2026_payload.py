"""The fields we read of Orders API 2026-01-01: orders that carry their items, with amounts broken down by kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from activities.adapters.amazon.reading import (
    AmazonAddress,
    AmazonMoney,
    CamelModel,
    Items,
    MaybeMoment,
    MaybeText,
    Pieces,
)
from models.base import Identifier
from models.order.document import LINES_MAX, Moment


class DetailedBreakdown(CamelModel):
    """The part of a tax or discount that falls on one kind of proceeds."""

    subtype: MaybeText = None
    value: AmazonMoney | None = None


class Breakdown(CamelModel):
    """Proceeds of one kind: `ITEM`, `SHIPPING`, `GIFT_WRAP`, `COD_FEE`, `TAX`, `DISCOUNT`, `DELIVERY_TIP`, `OTHER`."""

    type: str
    subtotal: AmazonMoney
    detailed_breakdowns: Annotated[Sequence[DetailedBreakdown], Items] = ()


class OrderProceeds(CamelModel):
    grand_total: AmazonMoney | None = None
    breakdowns: Annotated[Sequence[Breakdown], Items] = ()


class ItemProceeds(CamelModel):
    proceeds_total: AmazonMoney | None = None
    breakdowns: Annotated[Sequence[Breakdown], Items] = ()


class Price(CamelModel):
    unit_price: AmazonMoney | None = None


class Customization(CamelModel):
    customized_url: MaybeText = None


class Product(CamelModel):
    asin: MaybeText = None
    title: MaybeText = None
    seller_sku: str | None = None
    price: Price = Price()
    customization: Customization = Customization()


class PromotionBreakdown(CamelModel):
    promotion_id: MaybeText = None


class Promotion(CamelModel):
    breakdowns: Annotated[Sequence[PromotionBreakdown], Items] = ()


class Execution(CamelModel):
    cancelled_by: MaybeText = None


class Request(CamelModel):
    cancel_reason: MaybeText = None


class Cancellation(CamelModel):
    cancellation_request: Request | None = None
    cancellation_execution: Execution | None = None


class GiftOption(CamelModel):
    gift_message: MaybeText = None
    gift_wrap_level: MaybeText = None


class Packing(CamelModel):
    gift_option: GiftOption = GiftOption()


class Constraints(CamelModel):
    cash_on_delivery: MaybeText = None


class ItemShipping(CamelModel):
    shipping_constraints: Constraints = Constraints()


class ItemFulfilment(CamelModel):
    quantity_fulfilled: Pieces | None = None
    quantity_unfulfilled: Pieces | None = None
    packing: Packing = Packing()
    shipping: ItemShipping = ItemShipping()


class OrderItem(CamelModel):
    """An item; its proceeds are for all of its pieces."""

    order_item_id: Identifier
    quantity_ordered: Pieces
    product: Product
    proceeds: ItemProceeds = ItemProceeds()
    promotion: Promotion = Promotion()
    cancellation: Cancellation = Cancellation()
    fulfillment: ItemFulfilment = ItemFulfilment()


class Window(CamelModel):
    latest_date_time: MaybeMoment = None


class OrderFulfilment(CamelModel):
    fulfillment_status: MaybeText = None
    fulfilled_by: MaybeText = None
    fulfillment_service_level: MaybeText = None
    ship_by_window: Window = Window()
    deliver_by_window: Window = Window()


class SalesChannel(CamelModel):
    marketplace_id: MaybeText = None


class Buyer(CamelModel):
    buyer_name: MaybeText = None
    buyer_email: MaybeText = None
    buyer_company_name: MaybeText = None
    buyer_purchase_order_number: MaybeText = None


class DeliveryPreference(CamelModel):
    drop_off_location: MaybeText = None
    address_instruction: MaybeText = None


class Recipient(CamelModel):
    delivery_address: AmazonAddress | None = None
    delivery_preference: DeliveryPreference = DeliveryPreference()


class PaymentExecution(CamelModel):
    payment_method: MaybeText = None
    payment_amount: AmazonMoney | None = None


class OrderPayment(CamelModel):
    payment_executions: Annotated[Sequence[PaymentExecution], Items] = ()


class AssociatedOrder(CamelModel):
    association_type: MaybeText = None


class OrderAlias(CamelModel):
    alias_id: MaybeText = None
    alias_type: MaybeText = None


class TaxRegistration(CamelModel):
    entity_type: MaybeText = None
    tax_registration_number: MaybeText = None


class OrderTax(CamelModel):
    tax_registrations: Annotated[Sequence[TaxRegistration], Items] = ()


class V2026Order(CamelModel):
    """An order."""

    order_id: Identifier
    order_aliases: Annotated[Sequence[OrderAlias], Items] = ()
    created_time: Moment
    last_updated_time: MaybeMoment = None
    programs: Annotated[Sequence[str], Items] = ()
    associated_orders: Annotated[Sequence[AssociatedOrder], Items] = ()
    sales_channel: SalesChannel = SalesChannel()
    buyer: Buyer = Buyer()
    recipient: Recipient = Recipient()
    proceeds: OrderProceeds = OrderProceeds()
    payment: OrderPayment = OrderPayment()
    tax: OrderTax = OrderTax()
    fulfillment: OrderFulfilment = OrderFulfilment()
    order_items: Annotated[Sequence[OrderItem], Items, Field(max_length=LINES_MAX)] = ()

    @property
    def is_replacement(self) -> bool:
        """Whether it is sent free of charge in place of another."""
        return any(each.association_type == "REPLACEMENT_ORIGINAL_ID" for each in self.associated_orders)

    @property
    def is_cancelled(self) -> bool:
        """Whether nothing of it will be sent."""
        return self.fulfillment.fulfillment_status == "CANCELLED"
