"""An invoice of a file of sales as a canonical order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from activities.adapters.files.retail.codes import FEES, FeeKind, country_code
from activities.adapters.files.retail.rows import RetailKind
from models.catalogue import Item
from models.money import Money, exponent
from models.order.document import Line, OrderDocument
from models.order.parties import Address, Customer
from models.order.payment_terms import Payment, PaymentTerms
from models.order.pricing import Charge, ChargeKind, Discount, ShippingCharge
from models.strict_json import field_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activities.adapters.files.retail.rows import RetailRow
    from models.batch.batch import BatchSource

_KINDS = {"BANK CHARGES": ChargeKind.SURCHARGE, "AMAZONFEE": ChargeKind.SURCHARGE}


class Unmapped(Exception):
    """An invoice can be read, but is no order; says which column is to blame."""

    def __init__(self, message: str, column: str) -> None:
        """Say why."""
        super().__init__(message)
        self.column = column


def invoice(rows: Sequence[RetailRow], source: BatchSource) -> OrderDocument:
    """Make an order of an invoice's rows; those that are junk are left out.

    Raises:
        Unmapped: it is no order.
    """
    first = rows[0]
    strange = next((row for row in rows if (row.customer, row.country) != (first.customer, first.country)), None)
    if strange is not None:
        raise Unmapped(f"row {strange.number} names another customer or country", "CustomerID")
    fees = [row for row in rows if row.kind is RetailKind.FEE]
    country = country_code(first.country)
    try:
        lines = _lines([row for row in rows if row.kind is RetailKind.SALE], _discount(fees, source), source)
        shipping = tuple(_shipping(row, source) for row in fees if FEES[row.sku] is FeeKind.SHIPPING)
        charges = tuple(_charge(row, source) for row in fees if FEES[row.sku] is FeeKind.CHARGE)
        return OrderDocument(
            channel=source.channel,
            external_id=first.key,
            placed_at=first.at,
            currency=source.currency,
            customer=Customer(id=first.customer or None),
            shipping_address=Address(country=country) if country else None,
            lines=lines,
            shipping=shipping,
            charges=charges,
            # It was sold and invoiced before it came to us.
            payment=Payment(terms=PaymentTerms.PREPAID),
            total=Money.sum_of((part.total for part in (*lines, *shipping, *charges)), source.currency),
        )
    except ValidationError as error:
        wrong = field_errors(error)[0]
        raise Unmapped(f"{wrong.pointer or 'the invoice'} {wrong.message}", _blamed(wrong.pointer)) from error


def items(rows: Sequence[RetailRow]) -> tuple[Item, ...]:
    """The articles as the invoice describes them."""
    return tuple(Item(sku=row.sku, name=row.name or row.sku) for row in rows if row.kind is RetailKind.SALE)


def _lines(rows: Sequence[RetailRow], discount: Money, source: BatchSource) -> tuple[Line, ...]:
    """The goods; a discount on the invoice is shared out over them by what they cost."""
    subtotals = [Money.rounded(row.price * row.quantity, source.currency) for row in rows]
    whole = Money.sum_of(subtotals, source.currency)
    if whole < discount:
        raise Unmapped(f"the discount of {discount} is more than the goods cost", "UnitPrice")
    shares = discount.allocate([subtotal.amount for subtotal in subtotals])
    return tuple(
        _line(index, row, subtotal, share)
        for index, (row, subtotal, share) in enumerate(zip(rows, subtotals, shares, strict=True), 1)
    )


def _line(number: int, row: RetailRow, subtotal: Money, discount: Money) -> Line:
    finer = -int(row.price.normalize().as_tuple().exponent) > exponent(subtotal.currency)
    return Line(
        id=str(number),
        sku=row.sku,
        name=row.name or None,
        quantity=row.quantity,
        unit_price=row.price if finer else None,
        subtotal=subtotal,
        discounts=(Discount(name="Discount", amount=discount),) if discount else (),
        total=subtotal - discount,
    )


def _discount(fees: Sequence[RetailRow], source: BatchSource) -> Money:
    given = (_worth(row, source) for row in fees if FEES[row.sku] is FeeKind.DISCOUNT)
    whole = Money.sum_of(given, source.currency)
    if whole.amount > 0:
        raise Unmapped(f"the discounts come to {whole}: they are to be less than nothing", "Quantity")
    return Money.zero(source.currency) - whole


def _shipping(row: RetailRow, source: BatchSource) -> ShippingCharge:
    worth = _worth(row, source)
    return ShippingCharge(name=row.name or row.sku, code=row.sku, subtotal=worth, total=worth)


def _charge(row: RetailRow, source: BatchSource) -> Charge:
    worth = _worth(row, source)
    return Charge(kind=_KINDS.get(row.sku, ChargeKind.OTHER), name=row.name or row.sku, subtotal=worth, total=worth)


def _worth(row: RetailRow, source: BatchSource) -> Money:
    return Money.rounded(row.price * row.quantity, source.currency)


def _blamed(pointer: str) -> str:
    known = {"sku": "StockCode", "name": "Description", "quantity": "Quantity", "external_id": "InvoiceNo"}
    known |= dict.fromkeys(("amount", "total"), "UnitPrice")
    return next((column for step, column in known.items() if pointer.endswith(f"/{step}")), "")
