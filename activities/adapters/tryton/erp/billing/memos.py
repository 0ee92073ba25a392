"""Credit notes: what is given back for lines of an invoice, for shipping, or for nothing in particular.

A line of ours says what is given back with its tax; how much of it is tax is as the order had it. Shipping, fees and
allowances are given back without tax, since nobody says how much of them is tax.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.tryton.erp import notes
from activities.adapters.tryton.erp.billing.bills import Bill, BillLine, Bills
from activities.adapters.tryton.erp.prices import price, split
from activities.adapters.tryton.erp.selling.sales import sale_named
from activities.adapters.tryton.wire import Read
from models.errors import Refused
from models.ledger.portions import TaxShare
from models.money import Money
from models.order.parties import Customer
from models.partners.asking import Done

if TYPE_CHECKING:
    from activities.adapters.tryton.erp.billing.complaints import Complaints
    from activities.adapters.tryton.erp.parties import Parties
    from activities.adapters.tryton.erp.selling.sales import Sale
    from activities.adapters.tryton.rest import Rest
    from models.partners.erp import CreditLine, CreditMemo

_LINE = "account.invoice.line"


class _Taken(Read):
    quantity: float | None
    origin: str | None


class _Billed(Read):
    quantity: float | None
    origin: str | None
    note: str | None
    unit: int | None


class Memos:
    """Credit notes."""

    def __init__(self, rest: Rest, bills: Bills, complaints: Complaints, parties: Parties, decimals: int) -> None:
        """Post them in this database, where unit prices have so many decimals."""
        self._rest = rest
        self._bills = bills
        self._complaints = complaints
        self._parties = parties
        self._decimals = decimals

    async def post(self, memo: CreditMemo) -> Done:
        """Post what is given back; settled where the invoices of the order were paid and the money is sent.

        A return is written down as a complaint, too.

        Raises:
            Refused: ``unknown_order``, ``unknown_line``, ``beyond_invoiced``, ``wrong_currency``, ``total_mismatch``.
        """
        self._check(memo)
        sale = await sale_named(self._rest, memo.sales_order, memo.order_id) if memo.sales_order else None
        bill = await self._bill(sale, memo)
        paid = sale is not None and sale.paid(but=memo.key) and not memo.store_credit
        done = Done(reference=await self._bills.post(bill, settled=paid))
        if sale is not None and memo.return_id is not None:
            await self._complaints.note(sale, memo.return_id, done.reference)
        return done

    async def find(self, memo: CreditMemo) -> Done | None:
        """Look a posted credit note up by its key."""
        number = await self._bills.posted(memo.key)
        return None if number is None else Done(reference=number)

    def _check(self, memo: CreditMemo) -> None:
        currency = memo.total.currency
        allowance = memo.allowance or Money.zero(currency)
        given = [*(line.amount for line in memo.lines), memo.shipping, allowance]
        if {amount.currency for amount in (*given, memo.fees)} != {currency}:
            raise Refused(self._rest.partner, f"the memo is in {currency}", code="wrong_currency")
        if Money.sum_of(given, currency) - memo.fees != memo.total:
            told = f"lines, shipping and allowance less fees do not come to {memo.total}"
            raise Refused(self._rest.partner, told, code="total_mismatch")

    async def _bill(self, sale: Sale | None, memo: CreditMemo) -> Bill:
        party, address = await self._whose(sale, memo)
        bill = Bill(
            key=memo.key,
            order_id=memo.order_id,
            party=party,
            address=address,
            net_days=0,
            total=_back(memo.total),
            description=f"{sale.number if sale else memo.order_id}: {memo.return_id or 'given back'}",
            decimals=self._decimals,
        )
        if sale is not None and memo.lines:
            billed = await self._billed(sale, memo.key)
            for line in memo.lines:
                self._add(bill, sale, line, billed)
        else:
            for line in memo.lines:
                # Nobody knows of which order: it is given back for the article, and no tax is known of.
                bill.lines.append(self._plain(f"{line.quantity} {line.sku}", _back(line.amount)))
        allowance = memo.allowance or Money.zero(memo.total.currency)
        beside = {"Shipping": _back(memo.shipping), "Kept back": memo.fees, "Allowance": _back(allowance)}
        bill.lines.extend(self._plain(told, amount) for told, amount in beside.items() if amount)
        return bill

    def _plain(self, description: str, amount: Money) -> BillLine:
        one = price(amount, -1 if amount.amount < 0 else 1, self._decimals)
        return BillLine(description, one)

    def _add(self, bill: Bill, sale: Sale, line: CreditLine, billed: dict[str, list[_Billed]]) -> None:
        sold = sale.by_id().get(line.line_id)
        if sold is None:
            raise Refused(self._rest.partner, f"the order has no line {line.line_id}", code="unknown_line")
        left = line.quantity * sold.per
        open_ = [one for one in billed.get(line.line_id, ()) if (one.quantity or 0.0) > 0]
        if sum(one.quantity or 0.0 for one in open_) < left:
            told = f"line {line.line_id}: more is credited than was invoiced"
            raise Refused(self._rest.partner, told, code="beyond_invoiced")
        net, tax = split(line.amount, sold.taxed)
        one = price(_back(net), -left, self._decimals)
        bill.lines.append(
            BillLine(
                sold.description or line.sku,
                one,
                origin=f"{_LINE},{open_[0].id}",
                sku=sold.product.code if sold.product else None,
                unit=sold.unit,
                note=notes.written({notes.LINE: line.line_id}),
            )
        )
        if tax:
            bill.add_taxes(_back(net), (TaxShare(code="Tax", amount=_back(tax)),))

    async def _billed(self, sale: Sale, key: str) -> dict[str, list[_Billed]]:
        """Read what of each line was invoiced and not credited since under another key, by the line's id."""
        origins = {line.origin: line_id for line_id, line in sale.by_id().items()}
        states = ["posted", "paid"]
        where = [["origin", "in", sorted(origins)], ["invoice.state", "in", states]]
        invoiced = await self._rest.find(_LINE, _Billed, where)
        others = ["OR", [["invoice.reference", "=", None]], [["invoice.reference", "!=", key]]]
        back_of = ["origin", "in", [f"{_LINE},{one.id}" for one in invoiced]]
        credited = await self._rest.find(_LINE, _Taken, [back_of, ["invoice.state", "in", states], others])
        left: dict[str, list[_Billed]] = {}
        for one in invoiced:
            back = sum(taken.quantity or 0.0 for taken in credited if taken.origin == f"{_LINE},{one.id}")
            rest = one.model_copy(update={"quantity": (one.quantity or 0.0) + back})
            left.setdefault(origins[one.origin or ""], []).append(rest)
        return left

    async def _whose(self, sale: Sale | None, memo: CreditMemo) -> tuple[int, int | None]:
        if sale is not None:
            return sale.party, sale.invoice_address
        party = await self._parties.customer(Customer(id=memo.customer_id), memo.order_id)
        return party, await self._parties.address(party, None)


def _back(amount: Money) -> Money:
    """The same, given back."""
    return Money.zero(amount.currency) - amount
