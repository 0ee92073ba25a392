"""The fields we read of Orders API 2026-01-01: orders that carry their items, with amounts broken down by kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from activities.adapters.amazon.reading import (
    AmazonAddress,
    AmazonModel,
    AmazonMoney,
    Items,
    MaybeMoment,
    MaybeText,
    Pieces,
)
from models.base import Identifier
from models.order.document import LINES_MAX, Moment


class V2026Model(AmazonModel):
    """Names in camel case."""

    model_config = ConfigDict(alias_generator=to_camel)


class DetailedBreakdown(V2026Model):
    """The part of a tax or discount that falls on one kind of proceeds."""

    subtype: MaybeText = None
    value: AmazonMoney | None = None


class Breakdown(V2026Model):
    """Proceeds of one kind: `ITEM`, `SHIPPING`, `GIFT_WRAP`, `COD_FEE`, `TAX`, `DISCOUNT`, `DELIVERY_TIP`, `OTHER`."""

    type: str
    subtotal: AmazonMoney
    detailed_breakdowns: Annotated[Sequence[DetailedBreakdown], Items] = ()


class OrderProceeds(V2026Model):
    grand_total: AmazonMoney | None = None
    breakdowns: Annotated[Sequence[Breakdown], Items] = ()


class ItemProceeds(V2026Model):
    proceeds_total: AmazonMoney | None = None
    breakdowns: Annotated[Sequence[Breakdown], Items] = ()


class Price(V2026Model):
    unit_price: AmazonMoney | None = None


class Customization(V2026Model):
    customized_url: MaybeText = None


class Product(V2026Model):
    asin: MaybeText = None
    title: MaybeText = None
    seller_sku: str | None = None
    price: Price = Price()
    customization: Customization = Customization()


class PromotionBreakdown(V2026Model):
    promotion_id: MaybeText = None


class Promotion(V2026Model):
    breakdowns: Annotated[Sequence[PromotionBreakdown], Items] = ()


class Execution(V2026Model):
    cancelled_by: MaybeText = None


class Request(V2026Model):
    cancel_reason: MaybeText = None


class Cancellation(V2026Model):
    cancellation_request: Request | None = None
    cancellation_execution: Execution | None = None


class GiftOption(V2026Model):
    gift_message: MaybeText = None
    gift_wrap_level: MaybeText = None


class Packing(V2026Model):
    gift_option: GiftOption = GiftOption()


class Constraints(V2026Model):
    cash_on_delivery: MaybeText = None


class ItemShipping(V2026Model):
    shipping_constraints: Constraints = Constraints()


class ItemFulfilment(V2026Model):
    quantity_fulfilled: Pieces | None = None
    quantity_unfulfilled: Pieces | None = None
    packing: Packing = Packing()
    shipping: ItemShipping = ItemShipping()


class OrderItem(V2026Model):
    """An item; its proceeds are for all of its pieces."""

    order_item_id: Identifier
    quantity_ordered: Pieces
    product: Product
    proceeds: ItemProceeds = ItemProceeds()
    promotion: Promotion = Promotion()
    cancellation: Cancellation = Cancellation()
    fulfillment: ItemFulfilment = ItemFulfilment()


class Window(V2026Model):
    latest_date_time: MaybeMoment = None


class OrderFulfilment(V2026Model):
    fulfillment_status: MaybeText = None
    fulfilled_by: MaybeText = None
    fulfillment_service_level: MaybeText = None
    ship_by_window: Window = Window()
    deliver_by_window: Window = Window()


class SalesChannel(V2026Model):
    marketplace_id: MaybeText = None


class Buyer(V2026Model):
    buyer_name: MaybeText = None
    buyer_email: MaybeText = None
    buyer_company_name: MaybeText = None
    buyer_purchase_order_number: MaybeText = None


class DeliveryPreference(V2026Model):
    drop_off_location: MaybeText = None
    address_instruction: MaybeText = None


class Recipient(V2026Model):
    delivery_address: AmazonAddress | None = None
    delivery_preference: DeliveryPreference = DeliveryPreference()


class PaymentExecution(V2026Model):
    payment_method: MaybeText = None
    payment_amount: AmazonMoney | None = None


class OrderPayment(V2026Model):
    payment_executions: Annotated[Sequence[PaymentExecution], Items] = ()


class AssociatedOrder(V2026Model):
    association_type: MaybeText = None


class OrderAlias(V2026Model):
    alias_id: MaybeText = None
    alias_type: MaybeText = None


class TaxRegistration(V2026Model):
    entity_type: MaybeText = None
    tax_registration_number: MaybeText = None


class OrderTax(V2026Model):
    tax_registrations: Annotated[Sequence[TaxRegistration], Items] = ()


class V2026Order(V2026Model):
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
