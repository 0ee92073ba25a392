"""How a Vendure order is paid.

A payment that is settled is the shop's: prepaid. One that is only authorised is ours to take, on the reference that
the payment provider gave the shop for it; Vendure calls it the transaction's id.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from activities.adapters.storefront import text, words
from activities.adapters.vendure.payload import AUTHORISED, SETTLED
from models.money import Money
from models.order.payment_terms import Payment, PaymentTerms, Tender, TenderKind

if TYPE_CHECKING:
    from activities.adapters.vendure.payload import Payment as Paid
    from activities.adapters.vendure.payload import VendureOrder
    from activities.adapters.vendure.prices import Prices

_TOKEN = re.compile(r"[A-Za-z0-9_.:=/+-]{1,200}")


def payment(order: VendureOrder, prices: Prices, total: Money) -> Payment:
    """Say who takes the money, and what of it has gone back."""
    terms = _terms(order)
    return Payment(terms=terms, tenders=_tenders(order, terms, prices, total), refunded=_refunded(order, prices, total))


def _terms(order: VendureOrder) -> PaymentTerms:
    authorised = [each.method for each in order.payments if each.state == AUTHORISED]
    if not authorised:
        return PaymentTerms.PREPAID
    if words.on_delivery(*authorised):
        return PaymentTerms.CASH_ON_DELIVERY
    return PaymentTerms.ACCOUNT if words.on_account(*authorised) else PaymentTerms.CAPTURE_ON_SHIPMENT


def _tenders(order: VendureOrder, terms: PaymentTerms, prices: Prices, total: Money) -> tuple[Tender, ...]:
    """The payments as far as they are needed; Vendure takes an order when they cover it, so the last bears the rest."""
    paid = [each for each in order.payments if each.stands]
    left = total
    tenders = []
    for each in paid:
        amount = left if each is paid[-1] else min(prices.money(each.amount), left)
        if amount:
            tenders.append(_tender(each, terms, amount))
            left = left - amount
    return tuple(tenders)


def _tender(paid: Paid, terms: PaymentTerms, amount: Money) -> Tender:
    captured = paid.state == SETTLED
    kind = words.tender(paid.method)
    if not captured and terms is PaymentTerms.ACCOUNT:
        kind = TenderKind.ACCOUNT
    elif not captured and terms is PaymentTerms.CASH_ON_DELIVERY:
        kind = TenderKind.CASH
    token = paid.transaction_id if paid.transaction_id and _TOKEN.fullmatch(paid.transaction_id) else None
    return Tender(kind=kind, amount=amount, captured=captured, token=token, name=text.line(paid.method))


def _refunded(order: VendureOrder, prices: Prices, total: Money) -> Money | None:
    given = (refund for paid in order.payments for refund in paid.refunds if refund.counts)
    back = Money.sum_of((prices.money(refund.total) for refund in given), total.currency)
    return min(back, total) if back else None
