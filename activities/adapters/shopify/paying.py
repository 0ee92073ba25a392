"""How a Shopify order is paid, and what has gone back.

Who takes the money follows from ``financial_status``:

- ``paid``, ``partially_refunded``, ``refunded``: the shop has it. Prepaid.
- ``authorized``, ``partially_paid``, ``pending``, ``unpaid``, ``voided``, ``expired`` or none: what the shop does not
  hold is ours to authorise and to capture on shipment. Where nothing stands behind it (a bank transfer that has not
  come, a voided card), our provider declines, and the order waits for a person instead of passing as paid.
- such an order on net terms is on account, and one to be paid at the door is cash on delivery.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.storefront import text, words
from models.errors import InvalidInput
from models.money import Money
from models.order.payment_terms import Payment, PaymentTerms, Tender, TenderKind

if TYPE_CHECKING:
    from activities.adapters.shopify.payload import ShopifyOrder, Transaction
    from activities.adapters.shopify.side import Side

_COLLECTED = {"paid", "partially_refunded", "refunded"}
_OPEN = {"authorized", "partially_paid", "pending", "unpaid", "voided", "expired", ""}
_TOKEN = re.compile(r"[A-Za-z0-9_.:=/+-]{1,200}")
_NET_DAYS_MAX = 365
_TENDERS_MAX = 20


def payment(order: ShopifyOrder, side: Side, total: Money, at: str) -> Payment:
    """Say who takes the money, and what is known of how.

    Raises:
        models.errors.InvalidInput: a financial status that Shopify does not document.
    """
    terms = _terms(order, total, at)
    days = order.payment_terms.due_in_days if order.payment_terms else None
    on_account = terms is PaymentTerms.ACCOUNT
    return Payment(
        terms=terms,
        tenders=_tenders(order, side, total, terms),
        refunded=_refunded(order, side, total),
        net_days=days if on_account and days is not None and 0 <= days <= _NET_DAYS_MAX else None,
        purchase_order=text.line(order.po_number),
    )


def _gateways(order: ShopifyOrder) -> list[str]:
    names = [*order.payment_gateway_names, *([] if order.payment_gateway_names else [order.gateway])]
    return [name for name in map(text.line, names) if name]


def _terms(order: ShopifyOrder, total: Money, at: str) -> PaymentTerms:
    status = (order.financial_status or "").strip().lower()
    if status not in _COLLECTED | _OPEN:
        saying = f"{text.line(status)!r} is no financial status that Shopify documents"
        raise InvalidInput.at(f"{at}/financial_status", "financial_status", saying)
    if status in _COLLECTED or not total:
        return PaymentTerms.PREPAID
    if order.payment_terms is not None and status != "authorized":
        return PaymentTerms.ACCOUNT
    if words.on_delivery(*_gateways(order)) and status != "authorized":
        return PaymentTerms.CASH_ON_DELIVERY
    return PaymentTerms.CAPTURE_ON_SHIPMENT


def _tenders(order: ShopifyOrder, side: Side, total: Money, terms: PaymentTerms) -> tuple[Tender, ...]:
    if not total:
        return ()
    received = _received(order, side, total)
    if terms is PaymentTerms.PREPAID:
        # Where Shopify calls an order paid and names one way of paying, that way has paid all of it.
        names = _gateways(order)
        if not received and len(names) == 1:
            return (_tender(order, names[0], total, captured=True),)
        return tuple(received) if Money.sum_of((each.amount for each in received), total.currency) == total else ()
    held = Money.sum_of((each.amount for each in received), total.currency)
    if total < held:
        return ()
    rest = total - held
    if terms is PaymentTerms.ACCOUNT:
        return (*received, Tender(kind=TenderKind.ACCOUNT, amount=rest)) if rest else tuple(received)
    spoken_for = {each.name for each in received}
    others = [name for name in _gateways(order) if name not in spoken_for and not _gift_card(name)]
    name = others[-1] if others else ""
    if terms is PaymentTerms.CASH_ON_DELIVERY:
        name = next((each for each in others if words.on_delivery(each)), name)
        due = (Tender(kind=TenderKind.CASH, amount=rest, name=name or None),)
    else:
        due = (_tender(order, name, rest, captured=False),)
    return (*received, *due) if rest else tuple(received)


def _received(order: ShopifyOrder, side: Side, total: Money) -> list[Tender]:
    """What the shop holds already: by its transactions, else by what is not outstanding."""
    paid = [each for each in order.transactions if each.kind in {"sale", "capture"} and each.status == "success"]
    if paid and len(paid) < _TENDERS_MAX and all(each.amount is not None for each in paid):
        return [
            Tender(
                kind=_kind(order, each.gateway or ""),
                amount=_converted(each, order, side, total),
                captured=True,
                token=_token(each.authorization, each.id),
                name=text.line(each.gateway),
            )
            for each in paid
        ]
    if order.total_outstanding is None or order.financial_status in _COLLECTED:
        return []
    # What was taken off the order since is neither outstanding nor paid; what went back was paid before.
    price = order.total_price if order.current_total_price is None else order.current_total_price
    held = _share(price - order.total_outstanding, order.total_price, total)
    held += _refunded(order, side, total) or Money.zero(total.currency)
    if held.amount <= 0:
        return []
    names = _gateways(order)
    name = next((each for each in names if _gift_card(each)), names[0] if len(names) == 1 else "")
    return [_tender(order, name, held, captured=True)]


def _tender(order: ShopifyOrder, name: str, amount: Money, *, captured: bool) -> Tender:
    authorised = [each for each in order.transactions if each.kind == "authorization" and each.status == "success"]
    tokens = [token for each in authorised for token in (each.authorization, each.id)]
    gift = _gift_card(name)
    return Tender(
        kind=_kind(order, name),
        amount=amount,
        captured=captured,
        token=None if gift or captured else _token(*tokens, order.checkout_token),
        name=text.line(name),
    )


def _kind(order: ShopifyOrder, name: str) -> TenderKind:
    company = order.payment_details.credit_card_company if order.payment_details else None
    kind = words.tender(name)
    return TenderKind.CARD if kind is TenderKind.OTHER and company else kind


def _gift_card(name: str) -> bool:
    return words.tender(name) is TenderKind.GIFT_CARD


def _token(*candidates: str | None) -> str | None:
    return next((each for each in candidates if each and _TOKEN.fullmatch(each)), None)


def _refunded(order: ShopifyOrder, side: Side, total: Money) -> Money | None:
    given = [
        each
        for refund in order.refunds
        for each in refund.transactions
        if each.kind == "refund" and each.status == "success"
    ]
    if given:
        return Money.sum_of((_converted(each, order, side, total) for each in given), total.currency)
    if order.financial_status == "refunded":
        return total
    current = side.decimal(order.current_total_price, order.current_total_price_set)
    known = order.current_total_price is not None or order.current_total_price_set is not None
    if order.financial_status == "partially_refunded" and known:
        return total - Money.rounded(current, total.currency)
    return None


def _converted(each: Transaction, order: ShopifyOrder, side: Side, total: Money) -> Money:
    """A transaction's amount on the side that is read: a shop's transactions may be in its own currency."""
    amount = each.amount if each.amount is not None else Decimal(0)
    code = each.currency or order.currency
    if code == total.currency:
        return Money.rounded(amount, total.currency)
    whole = order.total_price if side.presentment else _presentment_total(order)
    return _share(amount, whole, total)


def _presentment_total(order: ShopifyOrder) -> Decimal:
    shown = order.total_price_set.presentment_money if order.total_price_set else None
    return shown.amount if shown is not None and shown.amount is not None else order.total_price


def _share(part: Decimal, whole: Decimal, total: Money) -> Money:
    return Money.rounded(total.major * part / whole, total.currency) if whole else Money.zero(total.currency)
