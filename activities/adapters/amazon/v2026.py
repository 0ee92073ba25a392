"""From an Orders API 2026-01-01 order to ours: pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from activities.adapters.amazon.bill import Bill, Item, Reckoning, Stated
from activities.adapters.amazon.marketplaces import Marketplace, marketplace
from activities.adapters.amazon.paying import paid
from activities.adapters.amazon.proceeds import proceeds
from activities.adapters.amazon.reading import currency_of, money, only_once, wishes
from activities.adapters.amazon.v2026_payload import OrderItem, V2026Order
from activities.adapters.channel_payload import fields
from activities.adapters.storefront import text
from models.errors import InvalidInput, Noted
from models.money import Money
from models.order.document import Delivery, FulfilledBy, FulfilmentRequest, OrderDocument, ServiceLevel
from models.order.parties import Customer, CustomerKind

if TYPE_CHECKING:
    from models.order.payment_terms import Payment

CHANNEL = "amazon"
_PENDING = {"PENDING", "PENDING_AVAILABILITY"}
_FAST = {"EXPEDITED", "NEXT_DAY", "SAME_DAY", "SECOND_DAY", "PRIORITY"}
_FAST_PROGRAMS = {"PRIME", "PREMIUM", "FBM_SHIP_PLUS"}

_BY_AMAZON = "AMAZON"


def document(value: dict[str, Any], at: str) -> OrderDocument:
    """Map one order.

    Args:
        value: the order's object.
        at: pointer to it in the payload.

    Raises:
        Noted: its payment is not authorised yet.
        InvalidInput: it cannot be read, or has no price yet.
    """
    order = fields(V2026Order, value, at)
    _complete(order, at)
    bill = _bill(order, at)
    address = order.recipient.delivery_address
    return OrderDocument(
        channel=CHANNEL,
        external_id=order.order_id,
        number=next((text.line(each.alias_id) for each in order.order_aliases if each.alias_id), None),
        placed_at=order.created_time,
        currency=bill.total.currency,
        taxes_included=bill.taxes_included,
        customer=_customer(order),
        shipping_address=address.canonical(f"{at}/recipient/deliveryAddress") if address else None,
        lines=bill.lines,
        shipping=bill.shipping,
        charges=bill.charges,
        payment=_payment(order, bill.total, at),
        fulfilment=_fulfilment(order),
        total=bill.total,
        cancelled_at=(order.last_updated_time or order.created_time) if order.is_cancelled else None,
        note=_wish_to_cancel(order),
    )


def _bill(order: V2026Order, at: str) -> Bill:
    stated = order.proceeds.grand_total
    custom = marketplace(order.sales_channel.marketplace_id, stated.currency if stated else None)
    amounts = [stated, *(item.proceeds.proceeds_total for item in order.order_items)]
    amounts += (item.product.price.unit_price for item in order.order_items)
    currency = currency_of(amounts, custom.currency if custom else None, f"{at}/proceeds/grandTotal/currencyCode")
    items = [_item(order, item, currency, f"{at}/orderItems/{index}") for index, item in enumerate(order.order_items)]
    only_once((item.id, f"{item.at}/orderItemId") for item in items)
    level = text.line(order.fulfillment.fulfillment_service_level)
    tips = _tips(order, currency, at)
    return _with_tips(
        Reckoning(
            currency=currency,
            items=items,
            stated=_stated(order, tips, at),
            taxes_included=(custom or Marketplace(currency)).taxes_included,
            shipping_name=level or "Shipping",
            shipping_code=level,
        ),
        tips,
    )


def _complete(order: V2026Order, at: str) -> None:
    status = order.fulfillment.fulfillment_status
    if status in _PENDING:
        message = f"is {status}: Amazon has not authorised the payment, and there is no price yet"
        raise Noted.not_placed(f"{at}/fulfillment/fulfillmentStatus", message, order.order_id)
    if not order.order_items:
        raise InvalidInput.at(f"{at}/orderItems", "no_items", "the order names no items")
    priced = order.proceeds.grand_total is not None or any(
        item.proceeds.proceeds_total or item.proceeds.breakdowns or item.product.price.unit_price
        for item in order.order_items
    )
    if not (priced or order.is_cancelled or order.is_replacement):
        message = "the order has no prices: ask Amazon for includedData=PROCEEDS"
        raise InvalidInput.at(f"{at}/proceeds", "no_price", message)


def _item(order: V2026Order, item: OrderItem, currency: str, at: str) -> Item:
    cost = proceeds(item, currency, at)
    product = item.product
    promotions = [each.promotion_id for each in item.promotion.breakdowns if each.promotion_id]
    return Item(
        at=at,
        id=item.order_item_id,
        sku=text.sku(product.seller_sku, f"{at}/product/sellerSku", asin=product.asin, line=item.order_item_id),
        name=text.titled(product.title),
        quantity=max(1, item.quantity_ordered),
        finished=_finished(order, item, at),
        sent=_sent(order, item),
        goods=cost.goods,
        shipping=cost.shipping,
        beside=cost.beside,
        promotion=text.line(", ".join(promotions)) or "Promotion",
    )


def _finished(order: V2026Order, item: OrderItem, at: str) -> int:
    # Amazon may lower what is ordered when it cancels: of none, one is kept, as cancelled, to show that it was there.
    ordered, left = item.quantity_ordered, item.fulfillment.quantity_unfulfilled
    if ordered == 0:
        return 1
    if order.is_cancelled:
        return ordered
    if order.fulfillment.fulfilled_by == _BY_AMAZON and item.cancellation.cancellation_execution is None:
        # What Amazon sends from its own stock is a sale to record, whole, however far it has come.
        return 0
    if left is None:
        done = order.fulfillment.fulfillment_status == "SHIPPED" or item.cancellation.cancellation_execution is not None
        return ordered if done else min(ordered, item.fulfillment.quantity_fulfilled or 0)
    if left > ordered:
        message = f"is {left}, but only {ordered} are ordered"
        raise InvalidInput.at(f"{at}/fulfillment/quantityUnfulfilled", "quantity", message)
    return ordered - left


def _sent(order: V2026Order, item: OrderItem) -> int:
    if item.fulfillment.quantity_fulfilled is not None:
        return item.fulfillment.quantity_fulfilled
    gone = order.fulfillment.fulfillment_status == "SHIPPED" and item.cancellation.cancellation_execution is None
    return item.quantity_ordered if gone else 0


def _stated(order: V2026Order, tips: Money, at: str) -> Stated:
    """What Amazon says the order comes to: in all, or item by item beside the tips."""
    place, whole, currency = f"{at}/proceeds/grandTotal", order.proceeds.grand_total, tips.currency
    if whole is not None:
        return Stated(whole.read(currency, place), place)
    totals = [item.proceeds.proceeds_total for item in order.order_items]
    if any(total is None for total in totals):
        return Stated(None, place)
    parts = (
        money(total, currency, f"{at}/orderItems/{index}/proceeds/proceedsTotal") for index, total in enumerate(totals)
    )
    return Stated(Money.sum_of(parts, currency) + tips, f"{at}/orderItems")


def _tips(order: V2026Order, currency: str, at: str) -> Money:
    tips = [
        breakdown.subtotal.read(currency, f"{at}/proceeds/breakdowns/{index}/subtotal")
        for index, breakdown in enumerate(order.proceeds.breakdowns)
        if breakdown.type == "DELIVERY_TIP"
    ]
    return Money.sum_of(tips, currency)


def _with_tips(reckoning: Reckoning, tips: Money) -> Bill:
    """Add up with the tips where the total counts them, else without: a tip is charged by itself, after checkout."""
    if tips:
        try:
            return replace(reckoning, tip=tips).bill()
        except InvalidInput:
            return reckoning.bill()
    return reckoning.bill()


def _customer(order: V2026Order) -> Customer:
    buyer = order.buyer
    company = text.line(buyer.buyer_company_name)
    registered = (each for each in order.tax.tax_registrations if each.entity_type == "BUYER")
    return Customer(
        kind=CustomerKind.COMPANY if company or "AMAZON_BUSINESS" in order.programs else CustomerKind.PERSON,
        name=company or text.line(buyer.buyer_name),
        email=text.email(buyer.buyer_email),
        tax_id=next((text.line(each.tax_registration_number) for each in registered), None),
    )


def _payment(order: V2026Order, total: Money, at: str) -> Payment:
    parts = [
        (part.payment_method, money(part.payment_amount, total.currency, f"{at}/payment/paymentExecutions/{index}"))
        for index, part in enumerate(order.payment.payment_executions)
    ]
    at_the_door = any(item.fulfillment.shipping.shipping_constraints.cash_on_delivery for item in order.order_items)
    return paid(
        total, parts, at_the_door=at_the_door, purchase_order=text.line(order.buyer.buyer_purchase_order_number)
    )


def _fulfilment(order: V2026Order) -> FulfilmentRequest:
    said, wishes = order.fulfillment, order.recipient.delivery_preference
    fast = said.fulfillment_service_level in _FAST or bool(_FAST_PROGRAMS & set(order.programs))
    notes = [wishes.drop_off_location, wishes.address_instruction]
    notes += (wish for item in order.order_items for wish in _wishes(item))
    return FulfilmentRequest(
        service_level=ServiceLevel.EXPEDITED if fast else ServiceLevel.STANDARD,
        fulfilled_by=FulfilledBy.CHANNEL if said.fulfilled_by == _BY_AMAZON else FulfilledBy.MERCHANT,
        delivery=Delivery.PICK_UP if "IN_STORE_PICK_UP" in order.programs else Delivery.SHIP,
        ship_by=said.ship_by_window.latest_date_time,
        deliver_by=said.deliver_by_window.latest_date_time,
        instructions=text.note("\n".join(each for each in notes if each)),
    )


def _wishes(item: OrderItem) -> list[str]:
    """What the buyer asked for with one item."""
    product, gift = item.product, item.fulfillment.packing.gift_option
    named = product.seller_sku or product.asin or item.order_item_id
    return wishes(named, product.customization.customized_url, gift.gift_wrap_level, gift.gift_message)


def _wish_to_cancel(order: V2026Order) -> str | None:
    wishes = [
        f"The buyer asks to cancel {product.seller_sku or product.asin}: {wish.cancel_reason or 'no reason given'}"
        for item, product in ((item, item.product) for item in order.order_items)
        if (wish := item.cancellation.cancellation_request) and not item.cancellation.cancellation_execution
    ]
    return text.note("\n".join(wishes))
