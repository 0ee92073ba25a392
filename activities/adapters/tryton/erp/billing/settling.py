"""Invoices whose money is in already, and credit notes whose money has been sent: settled, so that nothing is owed.

What was paid is written as a statement of one line, as a bank's would be, since that is the way to settle an invoice
that Tryton's REST interface has.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.tryton.wire import Read
from models.errors import Transient

if TYPE_CHECKING:
    from activities.adapters.tryton.erp.masters import Masters
    from activities.adapters.tryton.keeping import Keeping
    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.wire import Values

_INVOICE, _STATEMENT = "account.invoice", "account.statement"


class _Line(Read):
    account: int
    debit: Decimal
    credit: Decimal
    amount_second_currency: Decimal | None
    second_currency: int | None


class _Move(Read):
    date: date
    lines: list[_Line]


class _Invoice(Read):
    state: str
    party: int
    account: int
    move: _Move | None


class Settling:
    """Writes payments that were made elsewhere."""

    def __init__(self, rest: Rest, company: int, masters: Masters, keeping: Keeping) -> None:
        """Write them into this database, for this company."""
        self._rest = rest
        self._company = company
        self._masters = masters
        self._keeping = keeping

    async def settle(self, invoice: int, key: str) -> None:
        """Write that all of a posted invoice or credit note was paid, once.

        Raises:
            Transient: it is not settled yet.
        """
        read = await self._rest.get(_INVOICE, _Invoice, invoice)
        if read is None or read.move is None or read.state == "paid":
            return
        owed, paid = read, f"{key}/paid"
        number = await self._keeping.make(_STATEMENT, paid, lambda: self._values(owed), reference="name")
        for action in ("validate_statement", "post"):
            await self._rest.step(_STATEMENT, number, action)
        if not (await self.settled(invoice)):
            raise Transient(self._rest.partner, f"invoice {invoice} is not settled yet")
        await self._keeping.release(paid)

    async def settled(self, invoice: int) -> bool:
        """Whether nothing is owed on it."""
        read = await self._rest.get(_INVOICE, _Invoice, invoice)
        return read is not None and read.state == "paid"

    async def _values(self, owed: _Invoice) -> Values:
        if owed.move is None:
            raise Transient(self._rest.partner, f"invoice {owed.id} is not in the books yet")
        parts = [line for line in owed.move.lines if line.account == owed.account]
        foreign = next((line.second_currency for line in parts if line.second_currency is not None), None)
        other = sum((line.amount_second_currency or Decimal() for line in parts), Decimal())
        line: Values = {
            "date": owed.move.date,
            "amount": sum((part.debit - part.credit for part in parts), Decimal()),
            "party": owed.party,
            "account": owed.account,
            "related_to": f"{_INVOICE},{owed.id}",
            **({"second_currency": foreign, "amount_second_currency": other} if foreign is not None else {}),
        }
        return {
            "company": self._company,
            "journal": await self._masters.statements(),
            "date": owed.move.date,
            "number_of_lines": 1,
            "lines": [["create", [line]]],
        }
