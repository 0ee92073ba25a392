"""The columns of our flat file of orders: one row a line of an order, the order's own columns on each of its rows.

A column of the order may be empty on all but its first row. Rows of one order follow one another. Amounts are in
major units with a point: 12.50.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

from activities.adapters.files.cells import BadCell, a_moment, a_number, a_switch, a_whole_number, an_article
from activities.records.batches import Unreadable
from models.order.document import ServiceLevel
from models.order.payment_terms import PaymentTerms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from activities.adapters.files.delimited import Cells, Header


Kind = TypeVar("Kind", bound=StrEnum)


def _text(text: str) -> str:
    return text


def _terms(text: str) -> PaymentTerms:
    return _one_of(PaymentTerms, text)


def _service(text: str) -> ServiceLevel:
    return _one_of(ServiceLevel, text)


def _one_of(kinds: type[Kind], text: str) -> Kind:
    try:
        return kinds(text.lower())
    except ValueError:
        raise BadCell(f"must be one of {', '.join(kinds)}") from None


ORDER_COLUMNS: Final[Mapping[str, Callable[[str], Any]]] = {
    "order_id": _text,
    "number": _text,
    "placed_at": a_moment,
    "currency": _text,
    "taxes_included": a_switch,
    "customer_id": _text,
    "customer_name": _text,
    "email": _text,
    "phone": _text,
    "payment_terms": _terms,
    "payment_token": _text,
    "purchase_order": _text,
    "ship_to_name": _text,
    "ship_to_company": _text,
    "address_1": _text,
    "address_2": _text,
    "city": _text,
    "region": _text,
    "postal_code": _text,
    "country": _text,
    "service_level": _service,
    "shipping": a_number,
    "shipping_tax": a_number,
    "note": _text,
}
"""Of the order. `shipping` is what the customer pays for it, `shipping_tax` the tax on it."""

LINE_COLUMNS: Final[Mapping[str, Callable[[str], Any]]] = {
    "line_id": _text,
    "sku": an_article,
    "name": _text,
    "quantity": a_whole_number,
    "unit": _text,
    "unit_price": a_number,
    "discount": a_number,
    "tax": a_number,
    "tax_name": _text,
}
"""Of the line. `discount` and `tax` are the line's whole amounts; `unit` is a UNECE code, C62 where it is empty."""

NEEDED = ("order_id", "placed_at", "sku", "quantity", "unit_price")
REFUSED_COLUMNS = ("refused_row", "refused_for")
"""In a file of refused rows that comes back corrected; nobody reads them."""
_ALL = {**ORDER_COLUMNS, **LINE_COLUMNS}


@dataclass(frozen=True)
class CsvRow:
    """One row of the file."""

    number: int
    key: str
    """The order it belongs to."""
    end: int
    raw: str
    values: Mapping[str, Any]
    """By column, the empty cells left out."""
    trouble: str = ""
    column: str = ""
    """Which cell the trouble is with."""


class Columns:
    """The columns of one file."""

    def __init__(self, header: Header) -> None:
        """See which column stands where.

        Raises:
            Unreadable: one is missing, unknown, or there twice.
        """
        self._names = header.names
        self._delimiter = header.delimiter
        missing = [name for name in NEEDED if name not in self._names]
        if missing:
            seen = ", ".join(name or "(empty)" for name in self._names[:10])
            raise Unreadable(f"the first line must name the columns: {', '.join(missing)} missing, there are {seen}")
        unknown = [name or "(empty)" for name in self._names if name not in _ALL and name not in REFUSED_COLUMNS]
        if unknown:
            raise Unreadable(f"there are columns nobody knows: {', '.join(unknown[:10])}; known are {', '.join(_ALL)}")
        twice = sorted({name for name in self._names if self._names.count(name) > 1})
        if twice:
            raise Unreadable(f"columns that stand twice: {', '.join(twice)}")
        self._order_id = self._names.index("order_id")

    def row(self, cells: Cells, number: int) -> CsvRow:
        """Read a row's cells; what is wrong with one is said in the row."""
        if cells.trouble:
            return CsvRow(number, self._guessed(cells), cells.end, cells.raw, {}, cells.trouble)
        if len(cells.cells) != len(self._names):
            trouble = f"has {len(cells.cells)} cells, and the first line names {len(self._names)} columns"
            return CsvRow(number, self._guessed(cells), cells.end, cells.raw, {}, trouble)
        values: dict[str, Any] = {}
        trouble = column = ""
        for name, cell in zip(self._names, cells.cells, strict=True):
            text = cell.strip()
            if not text or name in REFUSED_COLUMNS:
                continue
            try:
                values[name] = _ALL[name](text)
            except BadCell as error:
                trouble, column = trouble or str(error), column or name
        for name in ("order_id", "sku", "quantity", "unit_price"):
            if not trouble and name not in values:
                trouble, column = "is empty", name
        return CsvRow(number, values.get("order_id", ""), cells.end, cells.raw, values, trouble, column)

    def _guessed(self, cells: Cells) -> str:
        """The order a spoilt row most likely belongs to: an order must not go out without one of its lines."""
        parts = cells.cells or cells.raw.split(self._delimiter)
        return parts[self._order_id].strip().strip('"').strip() if len(parts) > self._order_id else ""
