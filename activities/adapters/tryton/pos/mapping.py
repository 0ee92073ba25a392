"""From a sale at a till to our order document: a pure function of what Tryton wrote down.

Whoever buys at a till pays there and takes the goods along: posting the sale moves them out of the shop in Tryton's
books, and enters the money there. So the order is prepaid and the channel's own to fulfil: nothing of it is reserved,
released or captured by us, and the ERP gets the sale and its invoice. Where the tills' books are the ERP's own
(`recorded`) it has them already: then each line is one the channel has delivered, and the order is only recorded. That
the shop has less is told to our ledger, either way, by the till's feed (`shelf`), as ``stock.sold``.

A sale with goods brought back is refused as an order: our orders have no negative lines, and what is given for goods
at the counter is between the shop and its books. That the shop has them again is told by the feed all the same.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from models.base import cleaned
from models.errors import InvalidInput
from models.money import Money, exponent
from models.order.document import Delivery, FulfilledBy, FulfilmentRequest, Line, OrderDocument
from models.order.payment_terms import Payment, PaymentTerms, Tender, TenderKind
from models.order.pricing import Tax

if TYPE_CHECKING:
    from activities.adapters.tryton.pos.sale import SaleAtNode, SaleLine

_LINE = 500
_SERVICE = "service"
_KINDS = {
    TenderKind.GIFT_CARD: ("gift", "gutschein", "voucher"),
    TenderKind.CARD: ("card", "karte", "visa", "mastercard", "girocard"),
}
"""By words in a payment method's name, the more telling first."""


def document(sale: SaleAtNode, channel: str) -> OrderDocument:
    """Map one sale.

    Raises:
        models.errors.InvalidInput: it is not paid and posted, goods were brought back, or its amounts disagree.
    """
    _check(sale)
    lines = tuple(_line(sale, line, at) for at, line in enumerate(sale.lines))
    total = _money(sale.total, sale, "/total")
    whole = Money.sum_of((line.total for line in lines), total.currency)
    if whole != total:
        raise InvalidInput.at("/total", "total", f"is {total}, but the lines come to {whole}")
    return OrderDocument(
        channel=channel,
        external_id=str(sale.id),
        number=cleaned(sale.number or "", _LINE) or None,
        placed_at=sale.create_date,
        currency=total.currency,
        taxes_included=sale.point.tax_included,
        lines=lines,
        payment=Payment(terms=PaymentTerms.PREPAID, tenders=_tenders(sale, total)),
        fulfilment=FulfilmentRequest(fulfilled_by=FulfilledBy.CHANNEL, delivery=Delivery.PICK_UP, pick_up_at=sale.node),
        total=total,
    )


def _check(sale: SaleAtNode) -> None:
    if sale.state != "posted":
        raise InvalidInput.at("/state", "not_posted", f"is {sale.state}: a sale counts once it is paid and posted")
    if not sale.lines:
        raise InvalidInput.at("/lines", "no_lines", "is empty: nothing was sold")
    for at, line in enumerate(sale.lines):
        if line.quantity < 0:
            said = f"is {line.quantity:g}: goods were brought back, which is between the till and its own books"
            raise InvalidInput.at(f"/lines/{at}/quantity", "returned_goods", said)
        if not line.quantity or line.quantity != int(line.quantity):
            raise InvalidInput.at(f"/lines/{at}/quantity", "not_whole", f"is {line.quantity:g}: not so many pieces")
        if not line.product.code:
            raise InvalidInput.at(f"/lines/{at}/product/code", "missing", "is missing: the article has no SKU")


def _line(sale: SaleAtNode, line: SaleLine, at: int) -> Line:
    quantity = int(line.quantity)
    gross = _rounded(line.unit_gross_price * quantity, sale, f"/lines/{at}/unit_gross_price")
    net = _rounded(line.unit_list_price * quantity, sale, f"/lines/{at}/unit_list_price")
    included = sale.point.tax_included
    tax = gross - net
    return Line(
        id=str(line.id),
        sku=line.product.code or "",
        name=cleaned(line.product.name or "", _LINE) or None,
        quantity=quantity,
        cancelled=quantity if sale.recorded else 0,
        shipped=quantity if sale.recorded else 0,
        unit_price=line.unit_gross_price if included else line.unit_list_price,
        subtotal=gross if included else net,
        taxes=(Tax(name="Tax", amount=tax),) if tax else (),
        total=gross,
        needs_shipping=line.product.type != _SERVICE,
    )


def _tenders(sale: SaleAtNode, total: Money) -> tuple[Tender, ...]:
    """Say with what it was paid, change taken off; nothing, where what was paid is not what it cost."""
    paid: dict[tuple[TenderKind, str], Money] = {}
    for part in sale.payments:
        name = cleaned(part.method.name, _LINE)
        method = (TenderKind.CASH if part.cash else _kind(name), name)
        paid[method] = paid.get(method, Money.zero(total.currency)) + _money(part.amount, sale, "/payments")
    given = {method: amount for method, amount in paid.items() if amount.amount}
    if Money.sum_of(given.values(), total.currency) != total or any(one.amount < 0 for one in given.values()):
        return ()
    return tuple(
        Tender(kind=kind, amount=amount, captured=True, name=name or None) for (kind, name), amount in given.items()
    )


def _kind(name: str) -> TenderKind:
    spoken = name.lower()
    return next((kind for kind, words in _KINDS.items() if any(word in spoken for word in words)), TenderKind.OTHER)


def _rounded(amount: Decimal, sale: SaleAtNode, at: str) -> Money:
    """Round to the minor unit as Tryton does."""
    step = Decimal(1).scaleb(-exponent(sale.currency.code))
    return _money(amount.quantize(step, rounding=ROUND_HALF_EVEN), sale, at)


def _money(amount: Decimal, sale: SaleAtNode, at: str) -> Money:
    try:
        return Money.of_major(amount, sale.currency.code)
    except ValueError as error:
        raise InvalidInput.at(at, "amount", str(error)) from error
