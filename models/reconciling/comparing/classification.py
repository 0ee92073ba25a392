"""Comparing one order's books with the documents partners have of it: a pure function for each comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from models.reconciling.comparing.goods import compare_goods
from models.reconciling.comparing.money import compare_money
from models.reconciling.comparing.refunds import compare_refunds
from models.reconciling.differences import Comparison
from models.reconciling.documents import DocumentKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.reconciling.books import OrderBooks
    from models.reconciling.differences import Finding
    from models.reconciling.documents import PartnerDocument


class Compare(Protocol):
    """One comparison."""

    def __call__(self, books: OrderBooks, documents: Sequence[PartnerDocument]) -> tuple[Finding, ...]:
        """Say what differs."""


COMPARE: Mapping[Comparison, Compare] = {
    Comparison.MONEY: compare_money,
    Comparison.GOODS: compare_goods,
    Comparison.REFUNDS: compare_refunds,
}

COMPARED: Mapping[Comparison, tuple[DocumentKind, ...]] = {
    Comparison.MONEY: (
        DocumentKind.SALES_ORDER,
        DocumentKind.INVOICE,
        DocumentKind.AUTHORISATION,
        DocumentKind.CAPTURE,
        DocumentKind.REFUND,
        DocumentKind.DISPUTE,
    ),
    Comparison.GOODS: (DocumentKind.SHIPMENT, DocumentKind.PARCEL),
    Comparison.REFUNDS: (DocumentKind.REFUND, DocumentKind.CREDIT_MEMO),
}
"""Which documents each comparison reads."""
