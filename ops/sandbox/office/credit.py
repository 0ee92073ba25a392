"""The sandbox ERP's credit: an order on account takes from its customer's limit until it is invoiced or cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.order.payment_terms import PaymentTerms

if TYPE_CHECKING:
    from models.partners.erp import SalesOrder
    from ops.sandbox.serving.records import Record, Records

_BY_CUSTOMER = "credit_taken"
_BY_ORDER = "credit_of_order"


class Credit:
    """What open orders have taken of customers' limits, in minor units of each order's currency."""

    def __init__(self, records: Records) -> None:
        """Keep it with the ERP's other records."""
        self._records = records

    def taken(self, customer_id: str) -> dict[str, int]:
        """What a customer's open orders have taken, by currency."""
        return dict(self._records.get(_BY_CUSTOMER, customer_id) or {})

    def take(self, number: str, order: SalesOrder) -> None:
        """Take a new order's total from its customer's limit, where it is bought on account."""
        if order.terms is PaymentTerms.ACCOUNT and order.customer.id is not None:
            opened = {"customer": order.customer.id, "currency": order.total.currency, "total": 0, "invoiced": 0}
            self._note(number, opened, opened | {"total": order.total.amount})

    def changed(self, number: str, total: int) -> None:
        """An order comes to another total now."""
        held = self._records.get(_BY_ORDER, number)
        if held is not None:
            self._note(number, held, held | {"total": total})

    def invoiced(self, number: str, amount: int) -> None:
        """So much of an order is owed from now on, and open no longer."""
        held = self._records.get(_BY_ORDER, number)
        if held is not None:
            self._note(number, held, held | {"invoiced": held["invoiced"] + amount})

    def cancelled(self, number: str) -> None:
        """What is open of an order will never be owed."""
        held = self._records.get(_BY_ORDER, number)
        if held is not None:
            self._note(number, held, held | {"total": held["invoiced"]})

    def _note(self, number: str, before: Record, now: Record) -> None:
        self._records.put(_BY_ORDER, number, now)
        taken, currency = self.taken(now["customer"]), now["currency"]
        change = _open(now) - _open(before)
        self._records.put(_BY_CUSTOMER, now["customer"], taken | {currency: taken.get(currency, 0) + change})


def _open(held: Record) -> int:
    return max(int(held["total"]) - int(held["invoiced"]), 0)
