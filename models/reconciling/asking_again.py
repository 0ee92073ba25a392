"""What is asked of a partner once more, word for word, because its answer or its document was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.money import Money
from models.order.payment_terms import PaymentTerms
from models.order.worth import other_charges, share
from models.partners.erp import CreditLine, CreditMemo, Invoice, InvoiceLine
from models.partners.payments import Refund
from models.reconciling.comparing.refunds import RECONCILED
from models.returns.request import Resolution

if TYPE_CHECKING:
    from models.order.order import Order
    from models.order.snapshot import OrderSnapshot
    from models.reconciling.differences import Finding
    from models.reconciling.documents import PartnerDocument
    from models.returns.case import ReturnCase
    from models.returns.money import RefundGrant
    from models.returns.snapshot import MoneyGiven

_PAID = frozenset({PaymentTerms.PREPAID, PaymentTerms.CAPTURE_ON_SHIPMENT})


def invoice_again(order: Order, snapshot: OrderSnapshot, finding: Finding) -> Invoice | None:
    """Word an order's only invoice again; None where it cannot be told from what we have what stood on it."""
    sales_order = snapshot.references.get("erp_order")
    billed = {line.line_id: line.invoiced for line in snapshot.lines if line.invoiced}
    if sales_order is None or not billed or finding.ours != snapshot.money.invoiced:
        return None
    lines = tuple(
        InvoiceLine(line_id=line.id, quantity=billed[line.id], amount=share(line, billed[line.id]))
        for line in order.lines
        if line.id in billed
    )
    charges = other_charges(order)
    total = Money.sum_of((line.amount for line in lines), order.currency) + charges
    if total != snapshot.money.invoiced:
        return None
    return Invoice(
        key=finding.subject,
        order_id=order.id,
        sales_order=sales_order,
        lines=lines,
        other_charges=charges,
        total=total,
        net_days=order.payment.net_days or 0,
        paid=order.payment.terms in _PAID,
    )


def memo_again(case: ReturnCase, granted: RefundGrant, gift: MoneyGiven) -> CreditMemo | None:
    """Word a return's credit memo again; None where no goods stand on it."""
    sold = case.sold
    if not granted.lines:
        return None
    goods = Money.sum_of((line.amount for line in granted.lines), sold.currency)
    return CreditMemo(
        key=f"{gift.key}/memo",
        order_id=sold.order_id,
        return_id=case.id,
        sales_order=sold.sales_order if case.known else None,
        customer_id=sold.customer_id,
        lines=tuple(
            CreditLine(line_id=line.line_id, sku=line.sku, quantity=line.quantity, amount=line.amount)
            for line in granted.lines
        ),
        shipping=granted.shipping,
        fees=goods + granted.shipping - gift.ways.total,
        total=gift.ways.total,
        store_credit=case.resolution is Resolution.STORE_CREDIT,
    )


def give_back(document: PartnerDocument) -> Refund | None:
    """Ask for what was captured for a cancelled order to be given back; None where it is not said of what."""
    if document.authorisation is None or document.amount is None or not document.order_id:
        return None
    return Refund(
        key=f"{document.order_id}{RECONCILED}/{document.reference}",
        order_id=document.order_id,
        authorisation=document.authorisation,
        amount=document.amount,
        reason="captured for an order that is cancelled",
    )
