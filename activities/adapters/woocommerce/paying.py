"""How a WooCommerce order is paid, and what has gone back.

The shop has the money where ``date_paid`` is set or the order is completed or refunded: prepaid. A gateway that has
only authorised says so in its own notes: then we capture on shipment, on its transaction. ``cod`` is paid at the door,
an invoice or purchase-order method on account. What is left, such as a bank transfer or cheque that has not come, is
held by nobody: it is ours to authorise, and where there is nothing to authorise the order waits in a payment hold.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.storefront import text, words
from activities.adapters.storefront.amounts import exact
from activities.adapters.woocommerce.payload import meta
from activities.adapters.woocommerce.states import FINISHED, OrderStatus
from models.money import Money
from models.order.payment_terms import Payment, PaymentTerms, Tender, TenderKind

if TYPE_CHECKING:
    from activities.adapters.woocommerce.payload import WooOrder

_TOKEN = re.compile(r"[A-Za-z0-9_.:=/+-]{1,200}")
_CAPTURED = re.compile(r"_(stripe|wc_[a-z_]+)_charge_captured|_charge_captured")
_PURCHASE_ORDER = ("_po_number", "po_number", "_purchase_order_number", "_wc_purchase_order_number")
_LAST = 4


def gift_cards(order: WooOrder, at: str) -> Money:
    """What gift cards paid: WooCommerce's total is what was left to pay."""
    amounts = (
        exact(card.amount, order.currency, f"{at}/gift_cards/{index}/amount")
        for index, card in enumerate(order.gift_cards)
    )
    return Money.sum_of(amounts, order.currency)


def payment(order: WooOrder, status: OrderStatus, left: Money, at: str) -> Payment:
    """Say who takes the money; `left` is what gift cards did not pay."""
    terms = _terms(order, status, left)
    return Payment(
        terms=terms,
        tenders=(*_cards(order, at), *_rest(order, terms, left)),
        refunded=_refunded(order, status, left),
        purchase_order=text.line(meta(order.meta_data, *_PURCHASE_ORDER)),
    )


def _terms(order: WooOrder, status: OrderStatus, left: Money) -> PaymentTerms:
    method = (order.payment_method, order.payment_method_title)
    if not left or status in FINISHED:
        return PaymentTerms.PREPAID
    if _only_authorised(order):
        return PaymentTerms.CAPTURE_ON_SHIPMENT
    if order.date_paid_gmt or order.date_paid:
        return PaymentTerms.PREPAID
    if words.on_delivery(*method):
        return PaymentTerms.CASH_ON_DELIVERY
    return PaymentTerms.ACCOUNT if words.on_account(*method) else PaymentTerms.CAPTURE_ON_SHIPMENT


def _only_authorised(order: WooOrder) -> bool:
    if meta(order.meta_data, "_intention_status") == "requires_capture":
        return True
    return any(_CAPTURED.fullmatch(note.key or "") and note.value == "no" for note in order.meta_data)


def _cards(order: WooOrder, at: str) -> tuple[Tender, ...]:
    # A gift card's code is as good as money: only its end is kept.
    return tuple(
        Tender(
            kind=TenderKind.GIFT_CARD,
            amount=exact(card.amount, order.currency, f"{at}/gift_cards/{index}/amount"),
            captured=True,
            name=text.line("Gift card", (card.code or "")[-_LAST:]),
        )
        for index, card in enumerate(order.gift_cards)
    )


def _rest(order: WooOrder, terms: PaymentTerms, left: Money) -> tuple[Tender, ...]:
    if not left:
        return ()
    captured = terms is PaymentTerms.PREPAID
    kind = words.tender(order.payment_method, order.payment_method_title)
    if terms is PaymentTerms.ACCOUNT:
        kind = TenderKind.ACCOUNT
    elif terms is PaymentTerms.CASH_ON_DELIVERY:
        kind = TenderKind.CASH
    token = order.transaction_id or ""
    name = text.titled(order.payment_method_title) or text.line(order.payment_method)
    fits = _TOKEN.fullmatch(token) is not None
    return (Tender(kind=kind, amount=left, captured=captured, token=token if fits else None, name=name),)


def _refunded(order: WooOrder, status: OrderStatus, left: Money) -> Money | None:
    given = sum((abs(refund.total or Decimal(0)) for refund in order.refunds), Decimal(0))
    if given:
        return Money.rounded(given, order.currency)
    return left if status is OrderStatus.REFUNDED and left else None
