"""From an Orders API v0 order with its items to ours: pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from activities.adapters.amazon.bill import Cost, Item, Reckoning, Stated
from activities.adapters.amazon.marketplaces import Marketplace, marketplace
from activities.adapters.amazon.paying import paid
from activities.adapters.amazon.reading import AmazonMoney, currency_of, money, node, only_once, wishes
from activities.adapters.amazon.v0_payload import BuyerInfo, ItemBuyerInfo, OrderItem, V0Named, V0Order
from activities.adapters.channel_payload import fields
from activities.adapters.storefront import text
from models.errors import InvalidInput, Noted
from models.money import Money
from models.order.document import Delivery, FulfilledBy, FulfilmentRequest, OrderDocument, ServiceLevel
from models.order.parties import Customer, CustomerKind
from models.order.pricing import ChargeKind

if TYPE_CHECKING:
    from models.order.payment_terms import Payment

CHANNEL = "amazon"
_PENDING = {"Pending", "PendingAvailability"}
_SHIPPED = {"Shipped", "InvoiceUnconfirmed"}
_CANCELLED = "Canceled"
_BY_AMAZON = "AFN"
_FAST = {"Expedited", "NextDay", "SameDay", "SecondDay", "Priority"}


def document(value: dict[str, Any], at: str) -> OrderDocument:
    """Map one order.

    Args:
        value: the order, its items in `OrderItems`.
        at: pointer to it in the payload.

    Raises:
        Noted: its payment is not authorised yet.
        InvalidInput: it cannot be read, has no items yet, or no price yet.
    """
    _complete(value, at)
    order = fields(V0Order, value, at)
    _has_price(order, at)
    custom = marketplace(order.marketplace_id, order.order_total.currency if order.order_total else None)
    amounts = [order.order_total, *(amount for item in order.order_items for amount in item.amounts)]
    currency = currency_of(amounts, custom.currency if custom else None, f"{at}/OrderTotal/CurrencyCode")
    items = [_item(order, item, currency, f"{at}/OrderItems/{index}") for index, item in enumerate(order.order_items)]
    only_once((item.id, f"{item.at}/OrderItemId") for item in items)
    bill = Reckoning(
        currency=currency,
        items=items,
        stated=_stated(order, currency, at),
        taxes_included=(custom or Marketplace(currency)).taxes_included,
        shipping_name=text.line(order.ship_service_level) or order.shipment_service_level_category or "Shipping",
        shipping_code=text.line(order.shipment_service_level_category),
    ).bill()
    return OrderDocument(
        channel=CHANNEL,
        external_id=order.amazon_order_id,
        number=text.line(order.seller_order_id),
        placed_at=order.purchase_date,
        currency=currency,
        taxes_included=bill.taxes_included,
        customer=_customer(order),
        shipping_address=order.shipping_address.canonical(f"{at}/ShippingAddress") if order.shipping_address else None,
        lines=bill.lines,
        shipping=bill.shipping,
        charges=bill.charges,
        payment=_payment(order, bill.total, at),
        fulfilment=_fulfilment(order),
        total=bill.total,
        cancelled_at=(order.last_update_date or order.purchase_date) if order.order_status == "Canceled" else None,
        note=_wish_to_cancel(order),
    )


def _complete(value: dict[str, Any], at: str) -> None:
    status = value.get("OrderStatus")
    if isinstance(status, str) and status in _PENDING:
        message = f"is {status}: Amazon has not authorised the payment, and there is no price yet"
        raise Noted.not_placed(f"{at}/OrderStatus", message, fields(V0Named, value, at).amazon_order_id)
    if not value.get("OrderItems") and not value.get("OrderItemList"):
        message = (
            "the order comes without its items: Amazon gives them by getOrderItems; "
            'send both, as {"Order": {...}, "OrderItems": [...]}'
        )
        raise InvalidInput.at(f"{at}/OrderItems", "no_items", message)
    if value.get("NextToken"):
        message = "is set: the items are only the first page of them; send all"
        raise InvalidInput.at(f"{at}/NextToken", "incomplete", message)


def _has_price(order: V0Order, at: str) -> None:
    priced = order.order_total is not None or any(item.item_price is not None for item in order.order_items)
    if not priced and not order.is_replacement_order and order.order_status != "Canceled":
        raise InvalidInput.at(f"{at}/OrderTotal", "no_price", "neither the order nor its items have a price")


def _stated(order: V0Order, currency: str, at: str) -> Stated:
    place = f"{at}/OrderTotal"
    return Stated(order.order_total.read(currency, place) if order.order_total else None, place)


def _item(order: V0Order, item: OrderItem, currency: str, at: str) -> Item:
    def read(amount: AmazonMoney | None, name: str) -> Money:
        return money(amount, currency, f"{at}/{name}")

    wrap = item.buyer_info or ItemBuyerInfo()
    zero = Money.zero(currency)
    return Item(
        at=at,
        id=item.order_item_id,
        sku=text.sku(item.seller_sku, f"{at}/SellerSKU", asin=item.asin, line=item.order_item_id),
        name=text.titled(item.title),
        quantity=max(1, item.quantity_ordered),
        finished=_finished(order, item, at),
        sent=item.quantity_shipped or (item.quantity_ordered if order.order_status in _SHIPPED else 0),
        goods=Cost(
            read(item.item_price, "ItemPrice"),
            read(item.promotion_discount, "PromotionDiscount"),
            read(item.item_tax, "ItemTax"),
            read(item.promotion_discount_tax, "PromotionDiscountTax"),
        ),
        shipping=Cost(
            read(item.shipping_price, "ShippingPrice"),
            read(item.shipping_discount, "ShippingDiscount"),
            read(item.shipping_tax, "ShippingTax"),
            read(item.shipping_discount_tax, "ShippingDiscountTax"),
        ),
        beside=(
            (
                ChargeKind.GIFT_WRAP,
                "Gift wrap",
                Cost(
                    read(wrap.gift_wrap_price, "BuyerInfo/GiftWrapPrice"),
                    zero,
                    read(wrap.gift_wrap_tax, "BuyerInfo/GiftWrapTax"),
                    zero,
                ),
            ),
            (
                ChargeKind.SURCHARGE,
                "Cash on delivery",
                Cost(read(item.cod_fee, "CODFee"), read(item.cod_fee_discount, "CODFeeDiscount"), zero, zero),
            ),
        ),
        promotion=text.line(", ".join(item.promotion_ids)) or "Promotion",
    )


def _finished(order: V0Order, item: OrderItem, at: str) -> int:
    # Amazon lowers what is ordered when it cancels: of none, one is kept, as cancelled, to show that it was there.
    if item.quantity_ordered == 0:
        return 1
    if order.order_status == _CANCELLED:
        return item.quantity_ordered
    if order.fulfillment_channel == _BY_AMAZON:
        # What Amazon sends from its own stock is a sale to record, whole, however far it has come.
        return 0
    if order.order_status in _SHIPPED:
        return item.quantity_ordered
    shipped = item.quantity_shipped or 0
    if shipped > item.quantity_ordered:
        message = f"is {shipped}, but only {item.quantity_ordered} are ordered"
        raise InvalidInput.at(f"{at}/QuantityShipped", "quantity", message)
    return shipped


def _customer(order: V0Order) -> Customer:
    buyer: BuyerInfo = order.buyer_info
    company = text.line(buyer.buyer_tax_info.company_legal_name) if buyer.buyer_tax_info else None
    company = company or text.line(order.buyer_company_name)
    return Customer(
        kind=CustomerKind.COMPANY if company or order.is_business_order else CustomerKind.PERSON,
        name=company or text.line(buyer.buyer_name),
        email=text.email(buyer.buyer_email),
    )


def _payment(order: V0Order, total: Money, at: str) -> Payment:
    parts = [
        (part.payment_method, money(part.payment, total.currency, f"{at}/PaymentExecutionDetail/{index}/Payment"))
        for index, part in enumerate(order.payment_execution_detail)
    ]
    return paid(
        total,
        parts,
        at_the_door=order.payment_method == "COD",
        purchase_order=text.line(order.buyer_info.purchase_order_number),
    )


def _fulfilment(order: V0Order) -> FulfilmentRequest:
    fast = order.shipment_service_level_category in _FAST or order.is_prime or order.is_premium_order
    wishes = order.delivery_preferences
    said = [wishes.drop_off_location, wishes.address_instructions] if wishes else []
    said += (wish for item in order.order_items for wish in _wishes(item))
    return FulfilmentRequest(
        service_level=ServiceLevel.EXPEDITED if fast else ServiceLevel.STANDARD,
        fulfilled_by=FulfilledBy.CHANNEL if order.fulfillment_channel == _BY_AMAZON else FulfilledBy.MERCHANT,
        delivery=Delivery.PICK_UP if order.is_ispu else Delivery.SHIP,
        pick_up_at=_store(order) if order.is_ispu else None,
        ship_by=order.latest_ship_date,
        deliver_by=order.latest_delivery_date,
        instructions=text.note("\n".join(each for each in said if each)),
    )


def _wishes(item: OrderItem) -> list[str]:
    """What the buyer asked for with one item."""
    info, named = item.buyer_info or ItemBuyerInfo(), item.seller_sku or item.asin or item.order_item_id
    customised = info.buyer_customized_info.customized_url if info.buyer_customized_info else None
    return wishes(named, customised, info.gift_wrap_level, info.gift_message_text)


def _store(order: V0Order) -> str | None:
    stores = (node(item.store_chain_store_id) for item in order.order_items)
    return next((store for store in stores if store), None)


def _wish_to_cancel(order: V0Order) -> str | None:
    wishes = [
        f"The buyer asks to cancel {item.seller_sku or item.asin}: {wish.buyer_cancel_reason or 'no reason given'}"
        for item in order.order_items
        if (wish := item.buyer_requested_cancel) and wish.is_buyer_requested_cancel
    ]
    return text.note("\n".join(wishes))
