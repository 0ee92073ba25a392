"""How an Amazon order is paid: Amazon collects, unless the buyer pays at the door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.storefront import text
from models.money import Money
from models.order.payment_terms import Payment, PaymentTerms, Tender, TenderKind

if TYPE_CHECKING:
    from collections.abc import Sequence

_AT_THE_DOOR = {"COD", "CashOnDelivery"}
_KINDS = {
    "COD": TenderKind.CASH,
    "CashOnDelivery": TenderKind.CASH,
    "GC": TenderKind.GIFT_CARD,
    "GiftCard": TenderKind.GIFT_CARD,
    "PointsAccount": TenderKind.OTHER,
}


def paid(
    total: Money, parts: Sequence[tuple[str | None, Money]], *, at_the_door: bool, purchase_order: str | None
) -> Payment:
    """Say how an order is paid.

    Args:
        total: what it comes to.
        parts: methods and amounts, where Amazon tells them; left aside unless they come to the total.
        at_the_door: whether the order says so by itself.
        purchase_order: a business buyer's own reference.
    """
    on_delivery = at_the_door or any(method in _AT_THE_DOOR and amount for method, amount in parts)
    whole = Money.sum_of((amount for _, amount in parts), total.currency)
    kind = TenderKind.CASH if on_delivery else TenderKind.MARKETPLACE
    tenders = [Tender(kind=kind, amount=total, captured=not on_delivery)] if total else []
    if parts and whole == total and all(amount.amount >= 0 for _, amount in parts):
        tenders = [_tender(method, amount) for method, amount in parts if amount]
    return Payment(
        terms=PaymentTerms.CASH_ON_DELIVERY if on_delivery else PaymentTerms.PREPAID,
        tenders=tuple(tenders),
        purchase_order=purchase_order,
    )


def _tender(method: str | None, amount: Money) -> Tender:
    return Tender(
        kind=_KINDS.get(method or "", TenderKind.MARKETPLACE),
        amount=amount,
        captured=method not in _AT_THE_DOOR,
        name=text.line(method),
    )
