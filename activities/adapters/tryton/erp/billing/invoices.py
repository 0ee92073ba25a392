"""Invoices: one for each of ours, to the minor unit, with the taxes the channel reckoned, posted and, if so, paid."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.tryton.erp import notes
from activities.adapters.tryton.erp.billing.bills import Bill, BillLine, Bills
from activities.adapters.tryton.erp.prices import Price, price, split
from activities.adapters.tryton.erp.selling.sales import sale_named
from models.errors import Refused
from models.ids import first_key
from models.ledger.portions import TaxShare
from models.money import Money
from models.partners.asking import Done

if TYPE_CHECKING:
    from activities.adapters.tryton.erp.billing.deliveries import Deliveries
    from activities.adapters.tryton.erp.selling.sales import Sale, SaleLine
    from activities.adapters.tryton.rest import Rest
    from models.partners.erp import Invoice, InvoiceLine

_TAX = "Tax"
"""What a tax is called that nobody has named."""


class Invoices:
    """Invoices to customers."""

    def __init__(self, rest: Rest, bills: Bills, deliveries: Deliveries, decimals: int) -> None:
        """Post them in this database, where unit prices have so many decimals."""
        self._rest = rest
        self._bills = bills
        self._deliveries = deliveries
        self._decimals = decimals

    async def post(self, invoice: Invoice) -> Done:
        """Have what left us delivered, invoiced, and paid where the money is in.

        Raises:
            Refused: ``unknown_order``, ``order_cancelled``, ``unknown_line``, ``beyond_ordered``, ``wrong_currency``,
                ``total_mismatch``; nothing is posted then.
        """
        sale = await sale_named(self._rest, invoice.sales_order, invoice.order_id)
        _check(sale, invoice, self._rest.partner)
        self._check_quantities(sale, invoice)
        lines = sale.by_id()
        left = {lines[line.line_id].id: float(line.quantity * lines[line.line_id].per) for line in invoice.lines}
        # What cannot be invoiced is not delivered either.
        self._bills.check(_bill(sale, invoice, {}, self._decimals))
        # What was delivered before a refusal stays so: asked for again it is the same delivery.
        moves = await self._deliveries.deliver(sale, first_key(invoice.key), left, invoice.node)
        bill = _bill(sale, invoice, moves, self._decimals)
        reference = await self._bills.post(bill, settled=invoice.paid)
        return Done(reference=reference)

    async def find(self, invoice: Invoice) -> Done | None:
        """Look a posted invoice up by its key."""
        number = await self._bills.posted(invoice.key, settled=invoice.paid)
        return None if number is None else Done(reference=number)

    def _check_quantities(self, sale: Sale, invoice: Invoice) -> None:
        for line in invoice.lines:
            sold = sale.by_id()[line.line_id]
            billed = sold.invoiced(but=invoice.key) + line.quantity * sold.per
            if billed > (sold.quantity or 0.0):
                told = f"line {line.line_id}: {billed:g} invoiced of {sold.quantity:g} ordered"
                raise Refused(self._rest.partner, told, code="beyond_ordered")


def _check(sale: Sale, invoice: Invoice, partner: str) -> None:
    if sale.cancelled:
        raise Refused(partner, f"{sale.number} is cancelled", code="order_cancelled")
    unknown = [line.line_id for line in invoice.lines if line.line_id not in sale.by_id()]
    if unknown:
        raise Refused(partner, f"the order has no line {unknown[0]}", code="unknown_line")
    amounts = [*(line.amount for line in invoice.lines), invoice.other_charges, invoice.total]
    if {amount.currency for amount in amounts} != {sale.currency.code}:
        raise Refused(partner, f"the order is in {sale.currency.code}", code="wrong_currency")


def _bill(sale: Sale, invoice: Invoice, moves: dict[int, list[int]], decimals: int) -> Bill:
    sold = sale.by_id()
    bill = Bill(
        key=invoice.key,
        order_id=invoice.order_id,
        party=sale.party,
        address=sale.invoice_address,
        net_days=0 if invoice.paid else invoice.net_days,
        total=invoice.total,
        description=f"{sale.number}: {sale.description or sale.number}",
        decimals=decimals,
    )
    for line in invoice.lines:
        _add_line(bill, sold[line.line_id], line, moves, decimals)
    _add_charges(bill, sale, invoice, decimals)
    part = sale.by_part().get(notes.TAX)
    if part is not None and part.unit_price:
        # A line worth nothing, by which Tryton sees that so much of the order's tax is owed by the invoice now.
        share = Decimal(bill.tax.amount) / Decimal(Money.of_major(part.unit_price, bill.total.currency).amount)
        if share:
            told = "Of the order's tax"
            nothing = Price(share, Decimal(), Money.zero(bill.total.currency))
            bill.lines.append(BillLine(told, nothing, origin=part.origin))
    return bill


def _add_line(bill: Bill, sold: SaleLine, line: InvoiceLine, moves: dict[int, list[int]], decimals: int) -> None:
    net, taxes = _parts(line, sold)
    priced = price(net, line.quantity * sold.per, decimals)
    bill.lines.append(
        BillLine(
            sold.description or line.line_id,
            priced,
            origin=sold.origin,
            sku=sold.product.code if sold.product else None,
            unit=sold.unit,
            moves=tuple(moves.get(sold.id, ())),
            note=notes.written({notes.LINE: line.line_id, notes.TAXED: sold.taxed or ""}),
        )
    )
    bill.add_taxes(net, taxes)


def _add_charges(bill: Bill, sale: Sale, invoice: Invoice, decimals: int) -> None:
    if not invoice.other_charges:
        return
    taxes = tuple(tax for tax in invoice.charge_taxes if tax.amount)
    net = invoice.other_charges - Money.sum_of((tax.amount for tax in taxes), bill.total.currency)
    part = sale.by_part().get(notes.CHARGES)
    share = Decimal(1)
    if part is not None and part.unit_price:
        share = invoice.other_charges.major / part.unit_price
    priced = price(net, share, decimals)
    bill.lines.append(
        BillLine(
            "Shipping and other charges",
            priced,
            origin=part.origin if part is not None else None,
        )
    )
    bill.add_taxes(net, taxes)


def _parts(line: InvoiceLine, sold: SaleLine) -> tuple[Money, tuple[TaxShare, ...]]:
    """Say what a line is without tax, and its taxes; where nobody told, as the order had them."""
    if line.net is None:
        net, tax = split(line.amount, sold.taxed)
        return net, (TaxShare(code=_TAX, amount=tax),) if tax else ()
    told = Money.sum_of((tax.amount for tax in line.taxes), line.amount.currency)
    if line.net + told == line.amount:
        return line.net, tuple(tax for tax in line.taxes if tax.amount)
    rest = line.amount - line.net
    return line.net, (TaxShare(code=_TAX, amount=rest),) if rest else ()
