"""The fields we read of a vendor's purchase orders: bulk (vendorOrders) and direct fulfilment (2021-12-28)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from activities.adapters.amazon.reading import (
    AmazonAddress,
    AmazonMoney,
    CamelModel,
    Flag,
    Items,
    MaybeMoment,
    MaybeText,
    Pieces,
)
from models.base import Identifier
from models.order.document import LINES_MAX, Moment


class UnitCost(AmazonMoney, CamelModel):
    """The cost of one piece, or of one unit of weight."""

    unit_of_measure: MaybeText = None


class OrderedQuantity(CamelModel):
    amount: Pieces
    unit_of_measure: MaybeText = None
    unit_size: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """Pieces in a case."""


class TaxLine(CamelModel):
    type: MaybeText = None
    tax_amount: AmazonMoney | None = None


class TaxDetails(CamelModel):
    tax_line_item: Annotated[Sequence[TaxLine], Items] = ()


class GiftDetails(CamelModel):
    gift_message: MaybeText = None
    gift_wrap_id: MaybeText = None


class CustomizedInfo(CamelModel):
    customized_url: MaybeText = None


class PurchaseItem(CamelModel):
    """An item; its cost is for one piece."""

    item_sequence_number: Identifier
    amazon_product_identifier: MaybeText = None
    buyer_product_identifier: MaybeText = None
    vendor_product_identifier: str | None = None
    title: MaybeText = None
    ordered_quantity: OrderedQuantity
    net_cost: UnitCost | None = None
    net_price: UnitCost | None = None
    tax_details: TaxDetails = TaxDetails()
    gift_details: GiftDetails = GiftDetails()
    buyer_customized_info: CustomizedInfo = CustomizedInfo()


class TaxInfo(CamelModel):
    tax_registration_number: MaybeText = None


class Party(CamelModel):
    party_id: MaybeText = None
    address: AmazonAddress | None = None
    tax_info: TaxInfo | None = None


class ShipmentDates(CamelModel):
    required_ship_date: MaybeMoment = None
    promised_delivery_date: MaybeMoment = None


class ShipmentDetails(CamelModel):
    """How a direct fulfilment order is to be sent."""

    is_priority_shipment: Flag = False
    ship_method: MaybeText = None
    shipment_dates: ShipmentDates = ShipmentDates()
    message_to_customer: MaybeText = None


class BulkDetails(CamelModel):
    """What Amazon orders for its own warehouses."""

    purchase_order_date: Moment
    purchase_order_type: MaybeText = None
    payment_method: MaybeText = None
    buying_party: Party = Party()
    ship_to_party: Party = Party()
    bill_to_party: Party = Party()
    ship_window: MaybeText = None
    delivery_window: MaybeText = None
    items: Annotated[Sequence[PurchaseItem], Items, Field(max_length=LINES_MAX)] = ()


class BulkOrder(CamelModel):
    purchase_order_number: Identifier
    purchase_order_state: MaybeText = None
    order_details: BulkDetails


class DirectDetails(CamelModel):
    """What Amazon orders for a customer of its own, to be sent to him."""

    customer_order_number: MaybeText = None
    order_date: Moment
    order_status: MaybeText = None
    shipment_details: ShipmentDetails = ShipmentDetails()
    ship_to_party: AmazonAddress
    bill_to_party: Party = Party()
    items: Annotated[Sequence[PurchaseItem], Items, Field(max_length=LINES_MAX)] = ()


class DirectOrder(CamelModel):
    purchase_order_number: Identifier
    order_details: DirectDetails
