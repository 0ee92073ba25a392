"""How an order of record is changed or cancelled once Tryton works on it: by amendments, which leave their trace.

A sale that is being processed can be neither written to nor cancelled. An amendment sets its lines to other quantities
and prices, and Tryton plans what is still to deliver anew; a sale amended to nothing is what a cancelled one is.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.tryton.erp import notes
from activities.adapters.tryton.erp.prices import Price, price
from activities.adapters.tryton.erp.selling.orders import beside
from activities.adapters.tryton.erp.selling.sales import SALE, Sale, SaleLine, sale_named, sale_of
from activities.adapters.tryton.wire import Read
from models.errors import Refused, Transient
from models.partners.asking import Done, Undone

if TYPE_CHECKING:
    from activities.adapters.tryton.erp.options import ErpOptions
    from activities.adapters.tryton.erp.parties import Parties
    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.wire import Values
    from models.partners.asking import Undo
    from models.partners.erp import SalesOrderChange

_AMENDMENT = "sale.amendment"
_REVISION = "revision"


class _Amendment(Read):
    state: str
    description: str | None

    @property
    def revision(self) -> int:
        """Which of our changes it is; 0: none of ours."""
        told = notes.noted((self.description or "").replace(", ", "\n")).get(_REVISION, "0")
        return int(told) if told.isdecimal() else 0


class Changing:
    """Changes of sales."""

    def __init__(self, rest: Rest, options: ErpOptions, parties: Parties) -> None:
        """Change them in this database."""
        self._rest = rest
        self._options = options
        self._parties = parties

    async def change(self, change: SalesOrderChange) -> Done:
        """Amend a sale to what the order is now; a change that comes after a newer one changes nothing.

        Raises:
            Refused: ``unknown_order``, ``order_cancelled``, ``unknown_line``: Tryton takes no new lines into a sale it
                works on; ``below_invoiced``; ``total_mismatch``.
        """
        sale = await sale_named(self._rest, change.sales_order, change.order_id)
        done = Done(reference=change.sales_order)
        made = await self._rest.find(_AMENDMENT, _Amendment, [["sale", "=", sale.id]])
        if any(one.revision >= change.revision and one.state == "validated" for one in made):
            return done
        if sale.cancelled:
            raise Refused(self._rest.partner, f"{sale.number} is cancelled", code="order_cancelled")
        lines = self._lines(sale, change)
        if change.shipping_address is not None:
            lines.append(await self._address(sale, change))
        await self._amend(sale, f"key: {change.key}, {_REVISION}: {change.revision}", lines)
        changed = await sale_of(self._rest, sale.id)
        if changed.money() != change.total:
            told = f"{sale.number} comes to {changed.money()} now, not to {change.total}"
            raise Refused(self._rest.partner, told, code="total_mismatch")
        return done

    async def changed(self, change: SalesOrderChange) -> Done | None:
        """Look a change up by its revision."""
        sale = await sale_named(self._rest, change.sales_order, change.order_id)
        made = await self._rest.find(_AMENDMENT, _Amendment, [["sale", "=", sale.id], ["state", "=", "validated"]])
        there = any(one.revision >= change.revision for one in made)
        return Done(reference=change.sales_order) if there else None

    async def cancel(self, undo: Undo) -> Undone:
        """Cancel the sale that was made under a key, or amend it to nothing; again, the answer is the same.

        Raises:
            Refused: ``already_invoiced``.
        """
        sales = await self._rest.find(SALE, Sale, [["reference", "=", undo.key]])
        for sale in sales:
            if sale.cancelled:
                continue
            if any(line.invoiced() for line in sale.lines):
                raise Refused(self._rest.partner, f"{sale.number} has been invoiced", code="already_invoiced")
            await self._cancel(sale, undo)
        return Undone(happened=bool(sales))

    async def _cancel(self, sale: Sale, undo: Undo) -> None:
        if sale.state in {"draft", "quotation"}:
            await self._rest.step(SALE, sale.id, "cancel")
        else:
            lines = [_amended(line, Decimal(0), line.unit_price or Decimal()) for line in sale.lines]
            await self._amend(sale, f"Cancelled: {undo.reason}"[:200], lines)
        if not (await sale_of(self._rest, sale.id)).cancelled:
            raise Transient(self._rest.partner, f"{sale.number} is not cancelled yet")

    async def _amend(self, sale: Sale, description: str, lines: list[Values]) -> None:
        if sale.state == "confirmed":
            # Tryton has not come to it yet; only what is worked on can be amended.
            await self._rest.step(SALE, sale.id, "process")
        where = [["sale", "=", sale.id], ["description", "=", description], ["state", "=", "draft"]]
        begun = await self._rest.first(_AMENDMENT, Read, where)
        values: Values = {"sale": sale.id, "description": description, "lines": [["create", lines]]}
        made = begun or await self._rest.create(_AMENDMENT, Read, values)
        await self._rest.step(_AMENDMENT, made.id, "validate_amendment")

    def _lines(self, sale: Sale, change: SalesOrderChange) -> list[Values]:
        known, wanted = sale.by_id(), {line.line_id: line for line in change.lines}
        new = sorted(wanted.keys() - known.keys())
        if new:
            told = f"takes no new line into {sale.number} once it works on it: {new[0]}"
            raise Refused(self._rest.partner, told, code="unknown_line")
        prices: list[Price] = []
        amended: list[Values] = []
        for line_id, line in known.items():
            asked = wanted.get(line_id)
            quantity = Decimal(asked.quantity * line.per) if asked is not None else Decimal(0)
            if quantity < Decimal(str(line.invoiced())):
                told = f"line {line_id}: {line.invoiced():g} are invoiced already"
                raise Refused(self._rest.partner, told, code="below_invoiced")
            if asked is None:
                amended.append(_amended(line, quantity, line.unit_price or Decimal()))
                continue
            prices.append(price(asked.net, asked.quantity * line.per, self._options.price_decimals))
            amended.append(_amended(line, quantity, prices[-1].unit_price))
        parts = sale.by_part()
        for part, amount in beside(change.lines, change.other_charges, change.total, prices).items():
            if part in parts:
                amended.append(_amended(parts[part], Decimal(1), amount.major))
            elif amount:
                told = f"{sale.number} has no line for {part}, which would be {amount}"
                raise Refused(self._rest.partner, told, code="total_mismatch")
        return amended

    async def _address(self, sale: Sale, change: SalesOrderChange) -> Values:
        return {
            "action": "party",
            "party": sale.party,
            "invoice_address": sale.invoice_address,
            "shipment_address": await self._parties.address(sale.party, change.shipping_address),
        }


def _amended(line: SaleLine, quantity: Decimal, unit_price: Decimal) -> Values:
    return {
        "action": "line",
        "line": line.id,
        "product": line.product.id if line.product else None,
        "quantity": float(quantity),
        "unit": line.unit,
        "unit_price": unit_price,
        "description": line.description,
    }
