"""One row of a file of sales: an article sold, one given back, a fee, or a note that is neither."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from activities.adapters.files.cells import BadCell, a_number, a_whole_number, an_article
from activities.adapters.files.retail.codes import FEES
from activities.records.batches import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

    from activities.adapters.files.delimited import Cells, Header

COLUMNS = ("invoiceno", "stockcode", "description", "quantity", "invoicedate", "unitprice", "customerid", "country")
_MOMENT = "%Y-%m-%d %H:%M:%S"
_QUANTITY_MAX = 1_000_000
_WORTH_MAX = 10**11
"""In major units: more than any row is worth, and little enough for an amount in any currency."""
_NEVER = datetime(1990, 1, 1, tzinfo=UTC)


class RetailKind(StrEnum):
    """What a row is."""

    SALE = "sale"
    TAKEN_BACK = "taken_back"
    FEE = "fee"
    JUNK = "junk"
    """Nothing that was sold; `trouble` says what it is instead. It spoils no sale beside it."""
    BAD = "bad"
    """It cannot be read; the whole invoice waits for it."""


@dataclass(frozen=True)
class RetailRow:
    """A row as it was read."""

    number: int
    key: str
    """The invoice."""
    end: int
    raw: str
    kind: RetailKind
    trouble: str = ""
    column: str = ""
    sku: str = ""
    name: str = ""
    quantity: int = 0
    price: Decimal = Decimal(0)
    at: datetime = _NEVER
    customer: str = ""
    country: str = ""

    @property
    def cancels(self) -> bool:
        """Whether it stands on a document that takes back rather than sells."""
        return self.key.startswith("C")


class RetailColumns:
    """The columns of one file."""

    def __init__(self, header: Header) -> None:
        """See which column stands where.

        Raises:
            Unreadable: one is missing; others may be there and are not looked at.
        """
        names = tuple(name.replace(" ", "").replace("_", "") for name in header.names)
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            raise Unreadable(
                f"the first line must name the columns {', '.join(COLUMNS)}; missing: {', '.join(missing)}"
            )
        self._count = len(names)
        self._at = {name: names.index(name) for name in COLUMNS}
        self._delimiter = header.delimiter

    def row(self, cells: Cells, number: int) -> RetailRow:
        """Read a row; what is wrong with it, or strange about it, is said in it."""
        if cells.trouble or len(cells.cells) != self._count:
            parts = cells.cells or cells.raw.split(self._delimiter)
            key = parts[self._at["invoiceno"]].strip(' "') if len(parts) > self._at["invoiceno"] else ""
            trouble = cells.trouble or f"has {len(parts)} cells, and the first line names {self._count} columns"
            return RetailRow(number, key, cells.end, cells.raw, RetailKind.BAD, trouble)
        said = {name: cells.cells[at].strip() for name, at in self._at.items()}
        row = RetailRow(
            number,
            said["invoiceno"],
            cells.end,
            cells.raw,
            RetailKind.BAD,
            name=" ".join(said["description"].split()),
            customer=said["customerid"].removesuffix(".0"),
            country=said["country"],
        )
        read: dict[str, Any] = {}
        for column, field, reader in _READ:
            try:
                read[field] = reader(said[column.lower()])
            except BadCell as error:
                return replace(row, trouble=str(error), column=column)
        return _judged(replace(row, **read))


def _invoice(text: str) -> str:
    if not text.isalnum() or not text.isascii():
        raise BadCell("must be letters and digits" if text else "is empty")
    return text


def _quantity(text: str) -> int:
    quantity = a_whole_number(text.removesuffix(".0"))
    if not 0 < abs(quantity) <= _QUANTITY_MAX:
        raise BadCell(f"must lie between 1 and {_QUANTITY_MAX}, or be so much less than nothing for what is taken back")
    return quantity


def _article(text: str) -> str:
    if not text:
        raise BadCell("is empty")
    return an_article(text)


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        raise BadCell("must be a time such as 2010-12-01 08:26:00 (taken as UTC)") from None


_READ: Final[tuple[tuple[str, str, Callable[[str], Any]], ...]] = (
    ("InvoiceNo", "key", _invoice),
    ("StockCode", "sku", _article),
    ("Quantity", "quantity", _quantity),
    ("UnitPrice", "price", a_number),
    ("InvoiceDate", "at", _moment),
)


def _judged(row: RetailRow) -> RetailRow:
    """Say what a row that can be read is."""
    trouble = column = ""
    kind = RetailKind.FEE if row.sku in FEES else RetailKind.SALE
    if abs(row.price * row.quantity) > _WORTH_MAX:
        kind, trouble, column = RetailKind.BAD, "makes the row worth more than any amount", "UnitPrice"
    elif row.price < 0 or row.key.startswith("A"):
        kind, trouble, column = RetailKind.JUNK, "a correction in the books, and no sale", "UnitPrice"
    elif row.cancels and row.quantity > 0:
        kind, trouble, column = RetailKind.BAD, "is more than nothing on a cancellation", "Quantity"
    elif row.cancels and kind is RetailKind.SALE:
        kind = RetailKind.TAKEN_BACK
    elif kind is RetailKind.SALE and row.quantity < 0:
        trouble = "less than nothing was sold" if row.price else "stock written off or found missing, and no sale"
        kind, column = RetailKind.JUNK, "Quantity"
    elif kind is RetailKind.SALE and not row.price and not row.customer:
        trouble = "stock entered without price and customer, and no sale"
        kind, column = RetailKind.JUNK, "UnitPrice"
    return replace(row, kind=kind, trouble=trouble, column=column)
