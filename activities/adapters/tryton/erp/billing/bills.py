"""How invoices and credit notes are written and posted: their lines, their taxes as told, their exact total.

Tryton reckons a document's total from its lines and taxes. Before it is posted the total is compared with ours; one
that could not be made equal is withdrawn and refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.tryton.erp import notes
from activities.adapters.tryton.erp.prices import Price, tolerance
from activities.adapters.tryton.wire import Read
from models.errors import Refused, Transient, Uncertain
from models.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from activities.adapters.tryton.erp.billing.settling import Settling
    from activities.adapters.tryton.erp.masters import Masters
    from activities.adapters.tryton.keeping import Keeping
    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.wire import Values
    from models.ledger.portions import TaxShare

INVOICE = "account.invoice"
_POSTED = ("posted", "paid")


class _Invoice(Read):
    number: str | None
    state: str
    total_amount: Decimal


@dataclass(frozen=True)
class BillLine:
    """A line; one for no article is for revenue in general."""

    description: str
    price: Price
    origin: str | None = None
    sku: str | None = None
    unit: int | None = None
    moves: tuple[int, ...] = ()
    note: str = ""


@dataclass
class Bill:
    """An invoice, or what is given back: then its amounts are negative."""

    key: str
    order_id: str
    party: int
    address: int | None
    net_days: int
    total: Money
    description: str
    decimals: int
    """How many a unit price has."""
    lines: list[BillLine] = field(default_factory=list)
    _taxes: dict[str, tuple[Money, Money]] = field(default_factory=dict)
    """By the tax's name: on how much, and how much."""

    def add_taxes(self, net: Money, taxes: Iterable[TaxShare]) -> None:
        """Add the taxes on so much."""
        zero = Money.zero(self.total.currency)
        for tax in taxes:
            base, amount = self._taxes.get(tax.code, (zero, zero))
            self._taxes[tax.code] = (base + net, amount + tax.amount)

    @property
    def tax(self) -> Money:
        """All taxes."""
        return Money.sum_of((amount for _, amount in self._taxes.values()), self.total.currency)

    @property
    def taxes(self) -> list[tuple[str, Money, Money]]:
        """Each tax: its name, on how much, how much."""
        return [(code, base, amount) for code, (base, amount) in self._taxes.items()]

    @property
    def missed(self) -> Money:
        """What its lines and taxes miss of its total."""
        return self.total - self.tax - Money.sum_of((line.price.amount for line in self.lines), self.total.currency)


class Bills:
    """Posts bills."""

    def __init__(self, rest: Rest, company: int, masters: Masters, keeping: Keeping, settling: Settling) -> None:
        """Post them in this database, for this company."""
        self._rest = rest
        self._company = company
        self._masters = masters
        self._keeping = keeping
        self._settling = settling

    async def posted(self, key: str, *, settled: bool = False) -> str | None:
        """Look a posted bill up by its key; answers its number."""
        states = ["paid"] if settled else list(_POSTED)
        found = await self._rest.first(INVOICE, _Invoice, [["reference", "=", key], ["state", "in", states]])
        return found.number if found is not None else None

    def check(self, bill: Bill) -> None:
        """See that a bill's parts come to its total, as far as unit prices can say them.

        Raises:
            Refused: ``total_mismatch``.
        """
        prices = (line.price for line in bill.lines)
        if abs(bill.missed.amount) > tolerance(prices, bill.total.currency, bill.decimals):
            raise Refused(self._rest.partner, f"parts do not come to {bill.total}", code="total_mismatch")

    async def post(self, bill: Bill, *, settled: bool) -> str:
        """Write a bill, compare it with what it has to come to, and post it; answers its number.

        Args:
            bill: the bill.
            settled: whether the money has been taken, or given back, already.

        Raises:
            Uncertain: the key was used for another.
            Refused: ``total_mismatch``: it cannot be made to come to what it has to.
        """
        self.check(bill)
        number = await self._keeping.make(INVOICE, bill.key, lambda: self._values(bill))
        written = await self._read(number)
        if written.state in _POSTED and Money.rounded(written.total_amount, bill.total.currency) != bill.total:
            told = f"has {written.number} of {written.total_amount} under {bill.key}, not of {bill.total}"
            raise Uncertain(self._rest.partner, told, code="key_reused")
        if written.state not in _POSTED:
            if Money.rounded(written.total_amount, bill.total.currency) != bill.total:
                await self._withdraw(bill, number)
                told = f"would come to {written.total_amount} instead of {bill.total}"
                raise Refused(self._rest.partner, told, code="total_mismatch")
            try:
                await self._rest.step(INVOICE, number, "post")
            except Refused:
                await self._withdraw(bill, number)
                raise
            written = await self._read(number)
        if written.state not in _POSTED or written.number is None:
            raise Transient(self._rest.partner, f"the invoice is still {written.state}")
        if settled:
            await self._settling.settle(number, bill.key)
        await self._keeping.release(bill.key)
        return written.number

    async def _withdraw(self, bill: Bill, number: int) -> None:
        """Take a draft away: what was refused is not to count as invoiced."""
        await self._keeping.withdraw(INVOICE, number)
        await self._keeping.release(bill.key)

    async def _read(self, number: int) -> _Invoice:
        found = await self._rest.get(INVOICE, _Invoice, number)
        if found is None:
            raise Transient(self._rest.partner, f"invoice {number} is gone again")
        return found

    async def _values(self, bill: Bill) -> Values:
        tax_account = await self._masters.tax_account()
        currency = (await self._masters.currency(bill.total.currency)).id
        rounding = [BillLine("Rounding", Price(Decimal(1), bill.missed.major, bill.missed))] if bill.missed else []
        return {
            "type": "out",
            "company": self._company,
            "party": bill.party,
            "invoice_address": bill.address,
            "currency": currency,
            "account": await self._masters.receivable(),
            "journal": await self._masters.journal("revenue"),
            "payment_term": await self._masters.term(bill.net_days),
            "description": bill.description,
            "comment": notes.written({notes.ORDER: bill.order_id}),
            "lines": [
                ["create", [await self._line(line) | {"currency": currency} for line in [*bill.lines, *rounding]]]
            ],
            "taxes": [
                [
                    "create",
                    [
                        {
                            "description": code,
                            "account": tax_account,
                            "base": base.major,
                            "amount": amount.major,
                            "manual": True,
                        }
                        for code, base, amount in bill.taxes
                    ],
                ]
            ],
        }

    async def _line(self, line: BillLine) -> Values:
        product = (await self._masters.products([line.sku]))[line.sku] if line.sku else None
        return {
            "type": "line",
            "description": line.description,
            "note": line.note or None,
            **line.price.values(),
            "account": await self._masters.revenue(product),
            "origin": line.origin,
            **({"product": product.id, "unit": line.unit or product.default_uom.id} if product else {}),
            **({"stock_moves": [["add", list(line.moves)]]} if line.moves else {}),
        }
