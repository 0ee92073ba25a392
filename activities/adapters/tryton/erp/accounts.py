"""Where customers' accounts stand: their limit, what they owe and have on order, in the currency that is asked for."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.tryton.erp.selling.sales import SALE
from activities.adapters.tryton.wire import Read
from models.errors import Refused
from models.money import Money
from models.partners.erp import CreditAnswer

if TYPE_CHECKING:
    from activities.adapters.tryton.erp.masters import Masters
    from activities.adapters.tryton.erp.options import ErpOptions
    from activities.adapters.tryton.rest import Rest
    from models.partners.erp import CreditEnquiry


class _Named(Read):
    name: str


class _Delta(Read):
    days: int | None


class _TermLine(Read):
    relativedeltas: list[_Delta]


class _Term(Read):
    lines: list[_TermLine]


class _Party(Read):
    active: bool
    categories: list[_Named]
    credit_limit_amount: Decimal | None
    receivable: Decimal | None
    customer_payment_term: _Term | None


class _Rate(Read):
    code: str
    rate: Decimal | None


class _Bill(Read):
    state: str
    total_amount: Decimal


class _Sale(Read):
    total_amount: Decimal
    currency: _Rate
    invoices: list[_Bill]


class Accounts:
    """Customers' accounts."""

    def __init__(self, rest: Rest, options: ErpOptions, masters: Masters) -> None:
        """Read them from this database."""
        self._rest = rest
        self._options = options
        self._masters = masters

    async def credit(self, enquiry: CreditEnquiry) -> CreditAnswer:
        """Look a customer's account up; one with no limit set may owe nothing.

        What he has on order counts with its tax, as what he owes does; Tryton's own sum leaves it out.
        """
        currency = enquiry.amount.currency
        where = [["code", "=", enquiry.customer_id], ["active", "in", [True, False]]]
        party = await self._rest.first("party.party", _Party, where)
        if party is None:
            return CreditAnswer(known=False, limit=Money.zero(currency), exposure=Money.zero(currency))
        rates = await self._rates(currency)
        owed = (party.receivable or Decimal()) + await self._on_order(party.id)
        blocked = not party.active or any(one.name == self._options.blocked_category for one in party.categories)
        return CreditAnswer(
            known=True,
            limit=Money.rounded((party.credit_limit_amount or Decimal()) * rates, currency),
            exposure=Money.rounded(max(owed, Decimal()) * rates, currency),
            blocked=blocked,
            net_days=_days(party.customer_payment_term),
        )

    async def _on_order(self, party: int) -> Decimal:
        """What is on order and on no invoice yet, in the company's own currency."""
        where = [["party", "=", party], ["state", "in", ["confirmed", "processing"]]]
        open_ = Decimal()
        for sale in await self._rest.find(SALE, _Sale, where):
            billed = sum((bill.total_amount for bill in sale.invoices if bill.state in {"posted", "paid"}), Decimal())
            rate = sale.currency.rate or Decimal(1)
            open_ += max(sale.total_amount - billed, Decimal()) / rate * await self._own_rate()
        return open_

    async def _own_rate(self) -> Decimal:
        return await self._rate((await self._masters.own_currency()).code)

    async def _rates(self, code: str) -> Decimal:
        """What one of the company's own currency is in another."""
        return await self._rate(code) / await self._own_rate()

    async def _rate(self, code: str) -> Decimal:
        found = await self._rest.first("currency.currency", _Rate, [["code", "=", code]])
        if found is None or not found.rate:
            told = f"accounts are not kept in {code}"
            raise Refused(self._rest.partner, told, code="currency_not_supported")
        return found.rate


def _days(term: _Term | None) -> int:
    """After how many days all of it is due; nothing where it has no such term."""
    deltas = [delta for line in term.lines for delta in line.relativedeltas] if term is not None else []
    return sum(delta.days or 0 for delta in deltas)
