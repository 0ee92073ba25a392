"""From the cells of an order's rows to its canonical document, and from the document's errors back to the cells."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from models.catalogue import Item
from models.money import Money, exponent, known_currency
from models.order.document import EACH, FulfilmentRequest, Line, OrderDocument, ServiceLevel
from models.order.parties import Address, Customer
from models.order.payment_terms import Payment, PaymentTerms, Tender, TenderKind
from models.order.pricing import Discount, ShippingCharge, Tax
from models.strict_json import field_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from models.batch.batch import BatchSource

_COLUMNS = {
    "external_id": "order_id",
    "id": "line_id",
    "terms": "payment_terms",
    "token": "payment_token",
    "subtotal": "unit_price",
    "total": "unit_price",
    "amount": "unit_price",
    "discounts": "discount",
    "taxes": "tax",
    "company": "ship_to_company",
}
"""What a field of the document is called in the file, where that differs."""


class CellTrouble(Exception):
    """A cell does not fit the order; says which column of which row."""

    def __init__(self, index: int, column: str, message: str) -> None:
        """Blame a column of the order's row of this index."""
        super().__init__(message)
        self.index = index
        self.column = column


def document(order: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], source: BatchSource) -> OrderDocument:
    """Make the canonical document of an order's cells and of its lines' cells.

    Raises:
        CellTrouble: a cell does not fit.
    """
    with _blaming(0, {"name": "customer_name", "id": "customer_id"}):
        customer = Customer(
            id=order.get("customer_id"),
            name=order.get("customer_name"),
            email=order.get("email"),
            phone=order.get("phone"),
        )
    address = _address(order)
    currency = _currency(order.get("currency", source.currency))
    included = order.get("taxes_included", False)
    made = tuple(_line(index, values, currency, included=included) for index, values in enumerate(lines))
    shipping = _shipping(order, currency, included=included)
    with _blaming(0, {}):
        total = Money.sum_of((part.total for part in (*made, *shipping)), currency)
        return OrderDocument(
            channel=source.channel,
            external_id=order["order_id"],
            number=order.get("number"),
            placed_at=order["placed_at"],
            currency=currency,
            taxes_included=included,
            customer=customer,
            shipping_address=address,
            lines=made,
            shipping=shipping,
            payment=_payment(order, total),
            fulfilment=FulfilmentRequest(service_level=order.get("service_level", ServiceLevel.STANDARD)),
            total=total,
            note=order.get("note"),
        )


def item(values: Mapping[str, Any]) -> Item:
    """The article as a row describes it."""
    return Item(sku=values["sku"], name=values.get("name", values["sku"]), unit=values.get("unit", EACH))


@contextmanager
def _blaming(index: int, names: Mapping[str, str]) -> Iterator[None]:
    """Say the models' errors of a row's cells."""
    try:
        yield
    except ValidationError as error:
        first = field_errors(error)[0]
        steps = [step for step in first.pointer.split("/") if step and not step.isdigit()]
        field = steps[-1] if steps else ""
        at = next((int(step) for step in first.pointer.split("/") if step.isdigit()), index)
        raise CellTrouble(at, names.get(field, _COLUMNS.get(field, field)), first.message) from error


def _currency(code: str) -> str:
    try:
        return known_currency(code)
    except ValueError as error:
        raise CellTrouble(0, "currency", str(error)) from error


def _line(index: int, values: Mapping[str, Any], currency: str, *, included: bool) -> Line:
    if values["quantity"] < 1:
        raise CellTrouble(index, "quantity", "must be at least 1")
    if values["unit_price"] < 0:
        raise CellTrouble(index, "unit_price", "must not be negative")
    discount = _amount(index, "discount", values.get("discount"), currency)
    tax = _tax(index, values, currency)
    finer = values["unit_price"].normalize().as_tuple().exponent < -exponent(currency)
    with _blaming(index, {}):
        subtotal = Money.rounded(values["unit_price"] * values["quantity"], currency)
        line = Line(
            id=values.get("line_id", str(index + 1)),
            sku=values["sku"],
            name=values.get("name"),
            quantity=values["quantity"],
            unit=values.get("unit", EACH),
            unit_price=values["unit_price"] if finer else None,
            subtotal=subtotal,
            discounts=(Discount(name="Discount", amount=discount),) if discount else (),
            taxes=(tax,) if tax else (),
            total=subtotal,
        )
        total = line.owed(taxes_included=included)
    if total.amount < 0:
        raise CellTrouble(index, "discount", "is more than the line costs")
    return line.model_copy(update={"total": total})


def _tax(index: int, values: Mapping[str, Any], currency: str) -> Tax | None:
    amount = _amount(index, "tax", values.get("tax"), currency)
    with _blaming(index, {"name": "tax_name"}):
        return Tax(name=values.get("tax_name", "Tax"), amount=amount) if amount else None


def _shipping(order: Mapping[str, Any], currency: str, *, included: bool) -> tuple[ShippingCharge, ...]:
    subtotal = _amount(0, "shipping", order.get("shipping"), currency)
    tax = _amount(0, "shipping_tax", order.get("shipping_tax"), currency)
    if subtotal is None:
        if tax:
            raise CellTrouble(0, "shipping", "is empty, and there is a tax on it")
        return ()
    with _blaming(0, {"amount": "shipping"}):
        total = subtotal + tax if tax and not included else subtotal
    taxes = (Tax(name="Tax", amount=tax),) if tax else ()
    return (ShippingCharge(name="Shipping", subtotal=subtotal, taxes=taxes, total=total),)


def _amount(index: int, column: str, value: Decimal | None, currency: str) -> Money | None:
    if value is None:
        return None
    if value < 0:
        raise CellTrouble(index, column, "must not be negative")
    with _blaming(index, {"amount": column}):
        try:
            return Money.of_major(value, currency)
        except ValidationError:
            raise
        except ValueError as error:
            raise CellTrouble(index, column, str(error)) from error


def _address(order: Mapping[str, Any]) -> Address | None:
    told = ("ship_to_name", "ship_to_company", "address_1", "address_2", "city", "region", "postal_code", "country")
    if not any(name in order for name in told):
        return None
    if "country" not in order:
        raise CellTrouble(0, "country", "is empty, and the order has an address")
    with _blaming(0, {"name": "ship_to_name", "lines": "address_1"}):
        return Address(
            name=order.get("ship_to_name"),
            company=order.get("ship_to_company"),
            lines=tuple(order[name] for name in ("address_1", "address_2") if name in order),
            city=order.get("city"),
            region=order.get("region"),
            postal_code=order.get("postal_code"),
            country=order["country"],
        )


def _payment(order: Mapping[str, Any], total: Money) -> Payment:
    terms = order.get("payment_terms", PaymentTerms.PREPAID)
    token = order.get("payment_token")
    tenders = (Tender(kind=TenderKind.CARD, amount=total, token=token),) if token else ()
    with _blaming(0, {}):
        return Payment(terms=terms, tenders=tenders, purchase_order=order.get("purchase_order"))
