"""From a vendor's purchase order to ours: Amazon is the customer, buys on account and pays our invoice.

A price is for one piece, also where cases are ordered; goods priced by weight are refused, for the weight is not said.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from activities.adapters.amazon.bill import Bill, Cost, Item, Reckoning, Stated
from activities.adapters.amazon.reading import currency_of, money, only_once, wishes
from activities.adapters.amazon.vendor_payload import BulkOrder, DirectDetails, DirectOrder, Party, PurchaseItem
from activities.adapters.channel_payload import fields
from activities.adapters.storefront import text
from models.errors import InvalidInput
from models.money import Money
from models.order.document import FulfilmentRequest, Moment, OrderDocument, ServiceLevel
from models.order.parties import Customer, CustomerKind
from models.order.payment_terms import Payment, PaymentTerms, Tender, TenderKind

if TYPE_CHECKING:
    from collections.abc import Sequence

CHANNEL = "amazon"
_PIECES_MAX = 1_000_000
_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
_CONSIGNED = "ConsignedOrder"
_PREPAID = {"Prepaid", "CreditCard"}


def bulk_document(value: dict[str, Any], at: str) -> OrderDocument:
    """Map what Amazon orders for its own warehouses.

    Raises:
        InvalidInput: it cannot be read, has no details, or its goods stay ours until they are sold.
    """
    if not value.get("orderDetails"):
        message = "the purchase order comes without details: ask Amazon for includeDetails=true"
        raise InvalidInput.at(f"{at}/orderDetails", "no_items", message)
    order = fields(BulkOrder, value, at)
    details = order.order_details
    if details.purchase_order_type == _CONSIGNED or details.payment_method == "Consignment":
        message = "a consignment order sends goods that stay ours: it is no sale"
        raise InvalidInput.at(f"{at}/orderDetails/purchaseOrderType", "consignment", message)
    bill = _bill(details.items, f"{at}/orderDetails", finished=order.purchase_order_state == "Closed", sent=True)
    place = f"{at}/orderDetails"
    ship_to, bill_to = details.ship_to_party.address, details.bill_to_party.address
    return OrderDocument(
        channel=CHANNEL,
        external_id=order.purchase_order_number,
        placed_at=details.purchase_order_date,
        currency=bill.total.currency,
        customer=_customer(details.buying_party if details.buying_party.party_id else details.bill_to_party),
        billing_address=bill_to.canonical(f"{place}/billToParty/address") if bill_to else None,
        shipping_address=ship_to.canonical(f"{place}/shipToParty/address") if ship_to else None,
        lines=bill.lines,
        charges=bill.charges,
        payment=_payment(order.purchase_order_number, bill.total, prepaid=details.payment_method in _PREPAID),
        fulfilment=FulfilmentRequest(
            service_level=_level(fast=details.purchase_order_type == "RushOrder"),
            ship_by=_end(details.ship_window),
            deliver_from=_begin(details.delivery_window),
            deliver_by=_end(details.delivery_window),
        ),
        total=bill.total,
    )


def direct_document(value: dict[str, Any], at: str) -> OrderDocument:
    """Map what Amazon orders for one of its customers, whom the vendor sends it to.

    Raises:
        InvalidInput: it cannot be read.
    """
    order = fields(DirectOrder, value, at)
    details = order.order_details
    status = details.order_status
    bill = _bill(
        details.items, f"{at}/orderDetails", finished=status in {"SHIPPED", "CANCELLED"}, sent=status == "SHIPPED"
    )
    how = details.shipment_details
    return OrderDocument(
        channel=CHANNEL,
        external_id=order.purchase_order_number,
        number=text.line(details.customer_order_number),
        placed_at=details.order_date,
        currency=bill.total.currency,
        customer=_customer(details.bill_to_party),
        shipping_address=details.ship_to_party.canonical(f"{at}/orderDetails/shipToParty"),
        lines=bill.lines,
        charges=bill.charges,
        payment=_payment(order.purchase_order_number, bill.total, prepaid=False),
        fulfilment=FulfilmentRequest(
            service_level=_level(fast=how.is_priority_shipment),
            ship_by=how.shipment_dates.required_ship_date,
            deliver_by=how.shipment_dates.promised_delivery_date,
            instructions=text.note("\n".join(_wishes(details))),
        ),
        total=bill.total,
        cancelled_at=details.order_date if status == "CANCELLED" else None,
    )


def _bill(items: Sequence[PurchaseItem], at: str, *, finished: bool, sent: bool) -> Bill:
    if not items:
        raise InvalidInput.at(f"{at}/items", "no_items", "orderDetails name no items")
    currency = currency_of((item.net_cost or item.net_price for item in items), None, f"{at}/items/0/netCost")
    read = [
        _item(item, currency, f"{at}/items/{index}", finished=finished, sent=sent) for index, item in enumerate(items)
    ]
    only_once((item.id, f"{item.at}/itemSequenceNumber") for item in read)
    return Reckoning(currency=currency, items=read, stated=Stated(None, at), taxes_included=False).bill()


def _item(item: PurchaseItem, currency: str, at: str, *, finished: bool, sent: bool) -> Item:
    price = item.net_cost or item.net_price
    name = "netPrice" if item.net_cost is None and item.net_price is not None else "netCost"
    if price is None or price.amount is None:
        raise InvalidInput.at(f"{at}/{name}", "no_price", "the item has no price")
    pieces = _pieces(item, at)
    if price.unit_of_measure and pieces:
        message = f"is a price by weight ({price.unit_of_measure.lower()}), and the goods' weight is not said"
        raise InvalidInput.at(f"{at}/{name}/unitOfMeasure", "by_weight", message)
    zero = Money.zero(currency)
    taxes = [
        money(tax.tax_amount, currency, f"{at}/taxDetails/taxLineItem/{index}/taxAmount")
        for index, tax in enumerate(item.tax_details.tax_line_item)
    ]
    quantity = max(1, pieces)
    return Item(
        at=at,
        id=item.item_sequence_number,
        sku=text.sku(
            item.vendor_product_identifier,
            f"{at}/vendorProductIdentifier",
            asin=item.amazon_product_identifier or item.buyer_product_identifier,
            line=item.item_sequence_number,
        ),
        name=text.titled(item.title),
        quantity=quantity,
        # An item that Amazon lowered to none is kept as one that was cancelled, to show that it was there.
        finished=quantity if finished or not pieces else 0,
        sent=quantity if sent and finished and pieces else 0,
        goods=Cost(price.times(pieces, currency, f"{at}/{name}"), zero, Money.sum_of(taxes, currency), zero),
        shipping=Cost.nothing(currency),
    )


def _pieces(item: PurchaseItem, at: str) -> int:
    ordered = item.ordered_quantity
    if (ordered.unit_of_measure or "").upper() != "CASES":
        return ordered.amount
    if ordered.unit_size is None:
        message = "is missing: cases are ordered, and nobody can tell how many pieces that is"
        raise InvalidInput.at(f"{at}/orderedQuantity/unitSize", "unit_size", message)
    pieces = ordered.amount * ordered.unit_size
    if pieces > _PIECES_MAX:
        message = f"are {pieces} pieces, more than the {_PIECES_MAX} a line may have"
        raise InvalidInput.at(f"{at}/orderedQuantity", "quantity", message)
    return pieces


def _wishes(details: DirectDetails) -> list[str]:
    """What has to go with the parcel, and what the customer asked for item by item."""
    message = details.shipment_details.message_to_customer
    told = [message] if message else []
    for item in details.items:
        gift, named = item.gift_details, item.vendor_product_identifier or item.item_sequence_number
        told += wishes(named, item.buyer_customized_info.customized_url, gift.gift_wrap_id, gift.gift_message)
    return told


def _customer(party: Party) -> Customer:
    return Customer(
        id=text.customer_id(party.party_id),
        kind=CustomerKind.COMPANY,
        name=text.line(party.address.name if party.address else None) or "Amazon",
        tax_id=text.line(party.tax_info.tax_registration_number) if party.tax_info else None,
    )


def _payment(number: str, total: Money, *, prepaid: bool) -> Payment:
    kind = TenderKind.MARKETPLACE if prepaid else TenderKind.ACCOUNT
    return Payment(
        terms=PaymentTerms.PREPAID if prepaid else PaymentTerms.ACCOUNT,
        tenders=(Tender(kind=kind, amount=total, captured=prepaid),) if total else (),
        purchase_order=number,
    )


def _level(*, fast: bool) -> ServiceLevel:
    return ServiceLevel.EXPEDITED if fast else ServiceLevel.STANDARD


# A window is its beginning and its end with two hyphens between them.


def _begin(window: str | None) -> datetime | None:
    return _moment((window or "").partition("--")[0] if "--" in (window or "") else "")


def _end(window: str | None) -> datetime | None:
    return _moment((window or "").rpartition("--")[2])


def _moment(spelt: str) -> datetime | None:
    try:
        return _MOMENT.validate_python(spelt)
    except ValidationError:
        return None
