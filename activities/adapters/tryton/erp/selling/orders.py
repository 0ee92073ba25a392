"""Orders of record: sales, written once under their key, quoted and confirmed; amended or cancelled later.

A sale has a line for each line of the order, net; one for shipping and other charges, with their tax; and one for the
tax of all the lines, as the channel reckoned it. Tryton's own taxes would differ from it by a cent now and then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from activities.adapters.tryton.erp import notes
from activities.adapters.tryton.erp.prices import Price, price, tolerance
from activities.adapters.tryton.erp.selling.sales import SALE, Sale, sale_of
from models.errors import Refused, Transient, Uncertain
from models.money import Money
from models.order.payment_terms import PaymentTerms
from models.partners.asking import Done

if TYPE_CHECKING:
    from collections.abc import Iterable

    from activities.adapters.tryton.erp.masters import Masters
    from activities.adapters.tryton.erp.options import ErpOptions
    from activities.adapters.tryton.erp.parties import Parties
    from activities.adapters.tryton.keeping import Keeping
    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.wire import Values
    from models.partners.erp import ErpLine, SalesOrder

_BEGUN = ("draft", "quotation")
_NAMES = {
    notes.CHARGES: "Shipping and other charges",
    notes.TAX: "Tax, as the channel reckoned it",
    notes.ROUNDING: "Rounding",
}


class Orders:
    """Sales."""

    def __init__(self, rest: Rest, options: ErpOptions, masters: Masters, parties: Parties, keeping: Keeping) -> None:
        """Write them into this database."""
        self._rest = rest
        self._options = options
        self._masters = masters
        self._parties = parties
        self._keeping = keeping

    async def create(self, order: SalesOrder) -> Done:
        """Write the order of record, or go on with one that was begun.

        Raises:
            Uncertain: the key was used for another order.
            Refused: ``unknown_item``; ``total_mismatch``; ``credit_limit``: the quotation stays, and is confirmed when
                it is asked for again once the limit allows it.
        """
        number = await self._keeping.make(SALE, order.key, lambda: self._values(order))
        sale = await sale_of(self._rest, number)
        if sale.money() != order.total and not sale.revision:
            await self._mismatch(sale, order)
        done = Done(reference=await self._confirmed(sale, on_account=order.terms is PaymentTerms.ACCOUNT))
        await self._keeping.release(order.key)
        return done

    async def find(self, order: SalesOrder) -> Done | None:
        """Look a confirmed sale up by its key."""
        sale = await self._rest.first(SALE, Sale, [["reference", "=", order.key], ["state", "not in", list(_BEGUN)]])
        return None if sale is None or sale.number is None else Done(reference=sale.number)

    async def _mismatch(self, sale: Sale, order: SalesOrder) -> NoReturn:
        told = f"has a sale of {sale.money()} under {order.key}, not of {order.total}"
        if sale.state != "draft":
            raise Uncertain(self._rest.partner, told, code="key_reused")
        await self._keeping.withdraw(SALE, sale.id)
        await self._keeping.release(order.key)
        raise Refused(self._rest.partner, told, code="total_mismatch")

    async def _confirmed(self, sale: Sale, *, on_account: bool) -> str:
        if sale.state == "draft":
            await self._rest.step(SALE, sale.id, "quote")
        # Only who buys on account is held to his limit: of the others the money is there, or will be.
        if sale.state in _BEGUN:
            await self._rest.step(SALE, sale.id, "confirm", warned=on_account)
            sale = await sale_of(self._rest, sale.id)
        if sale.state in _BEGUN:
            raise Transient(self._rest.partner, f"{sale.number} is still a {sale.state}")
        if sale.number is None:
            raise Refused(self._rest.partner, "gave the sale no number", code="no_number")
        return sale.number

    async def _values(self, order: SalesOrder) -> Values:
        party = await self._parties.customer(order.customer, order.order_id)
        shipping = await self._parties.address(party, order.shipping_address or order.billing_address)
        billing = order.billing_address
        invoice = await self._parties.address(party, billing) if billing else shipping
        told = f"{order.channel} {order.external_reference}"
        return {
            "party": party,
            "invoice_address": invoice,
            "shipment_address": shipping,
            "payment_term": await self._masters.term(order.net_days),
            "currency": (await self._masters.currency(order.total.currency)).id,
            "company": self._options.company,
            "warehouse": (await self._masters.warehouse()).id,
            "description": f"{told}, {order.purchase_order}" if order.purchase_order else told,
            "comment": notes.written({notes.ORDER: order.order_id}),
            "invoice_method": "manual",
            "shipment_method": "order",
            "lines": [["create", await self._lines(order)]],
        }

    async def _lines(self, order: SalesOrder) -> list[Values]:
        products = await self._masters.products(line.sku for line in order.lines)
        lines: list[Values] = []
        prices: list[Price] = []
        for line in order.lines:
            per = products[line.sku].per(line.unit)
            prices.append(price(line.net, line.quantity * per, self._options.price_decimals))
            told = {notes.LINE: line.line_id, notes.TAXED: taxed(line), **({notes.PER: str(per)} if per > 1 else {})}
            # Only for an article does Tryton plan a delivery.
            article = {"product": products[line.sku].id, "unit": products[line.sku].default_uom.id}
            named = line.name or line.sku
            lines.append(
                {
                    "type": "line",
                    **(article if line.from_stock else {}),
                    "description": named if line.from_stock else f"{named} ({line.sku})",
                    "note": notes.written(told),
                    **prices[-1].values(),
                }
            )
        parts = beside(order.lines, order.other_charges, order.total, prices)
        if abs(parts[notes.ROUNDING].amount) > tolerance(prices, order.total.currency, self._options.price_decimals):
            raise Refused(self._rest.partner, f"parts do not come to {order.total}", code="total_mismatch")
        for part, amount in parts.items():
            if amount:
                one = price(amount, 1, self._options.price_decimals)
                lines.append({"type": "line", "description": _NAMES[part], "note": _part(part), **one.values()})
        return lines


def beside(lines: Iterable[ErpLine], charges: Money, total: Money, prices: Iterable[Price]) -> dict[str, Money]:
    """Say what stands beside the goods: charges, tax, and what the prices miss of the order's total.

    Raises:
        ValueError: amounts of different currencies.
    """
    tax = Money.sum_of((line.tax for line in lines), total.currency)
    reckoned = Money.sum_of((one.amount for one in prices), total.currency)
    return {notes.CHARGES: charges, notes.TAX: tax, notes.ROUNDING: total - charges - tax - reckoned}


def taxed(line: ErpLine) -> str:
    """Say how much of a line's price is tax: ``19/119``."""
    return f"{line.tax.amount}/{line.net.amount + line.tax.amount}"


def _part(part: str) -> str:
    return notes.written({notes.PART: part})
