"""A wholesaler's sales as his books export them: an invoice is an order, and what is no sale is said to be none.

Articles become lines, also those given away at no price; postage becomes shipping, fees become charges, a discount is
shared out over the lines. Invoices whose number begins with C take back: each of their rows is noted beside its sale.
What the books note of stock or of debts is refused with its reason. Without a customer the buyer is a guest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.files.delimited import Rows, header
from activities.adapters.files.grouping import grouped
from activities.adapters.files.retail.mapping import Unmapped, invoice, items
from activities.adapters.files.retail.rows import RetailColumns, RetailKind
from activities.records.batches import Found, Row, TakenBack
from models.batch.batch import BatchFormat
from models.money import Money
from models.order.document import LINES_MAX

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from activities.adapters.files.grouping import Group
    from activities.adapters.files.retail.rows import RetailRow
    from activities.records.batches import Bytes
    from models.batch.batch import BatchSource, Place


class RetailSales:
    """`activities.records.batches.BatchReader` for files of sales."""

    format = BatchFormat.RETAIL_SALES

    async def read(self, file: Bytes, source: BatchSource, place: Place) -> AsyncIterator[Found]:
        """Read on from a place.

        Raises:
            Unreadable: the first line does not name the columns.
        """
        head = await header(file, source.encoding)
        columns = RetailColumns(head)
        rows = Rows(file, max(place.offset, head.end), delimiter=head.delimiter, encoding=source.encoding)

        async def parsed() -> AsyncIterator[RetailRow]:
            number = place.row
            while (cells := await rows.next()) is not None:
                number += 1
                yield columns.row(cells, number)

        async for group in grouped(parsed(), place):
            yield _found(group, source)


def _found(group: Group[RetailRow], source: BatchSource) -> Found:
    rows = group.rows
    if group.too_long:
        return _all_refused(group, f"an invoice may have {LINES_MAX} rows at most", "InvoiceNo")
    if rows[0].cancels:
        return _taken_back(group, source)
    if any(row.kind is RetailKind.BAD for row in rows):
        return _all_refused(group, "another row of the same invoice is refused", "")
    if not any(row.kind is RetailKind.SALE for row in rows):
        return Found(tuple(_aside(row, source) for row in rows), group.then, is_order=False)
    try:
        document = invoice(rows, source)
    except Unmapped as error:
        return _all_refused(group, str(error), error.column)
    kept = tuple(_refused(row) if row.kind is RetailKind.JUNK else Row(row.number, note=_note(row)) for row in rows)
    payload = "\n".join(row.raw for row in rows).encode()
    return Found(kept, group.then, document, payload, items(rows) if source.learn else ())


def _note(row: RetailRow) -> str:
    return f"charged beside the goods: {row.name or row.sku}" if row.kind is RetailKind.FEE else ""


def _aside(row: RetailRow, source: BatchSource) -> Row:
    """A row of an invoice without goods."""
    if row.kind is not RetailKind.FEE:
        return _refused(row)
    amount = Money.rounded(row.price * row.quantity, source.currency)
    return Row(row.number, note=f"{amount} of {row.name or row.sku}, and nothing to deliver", recorded=True)


def _taken_back(group: Group[RetailRow], source: BatchSource) -> Found:
    """Rows of a cancellation: each counts for itself."""
    rows, backs = [], []
    for index, row in enumerate(group.rows, 1):
        if row.kind in {RetailKind.BAD, RetailKind.JUNK}:
            rows.append(_refused(row))
            continue
        note = ""
        if row.kind is RetailKind.FEE:
            amount = Money.rounded(-row.price * row.quantity, source.currency)
            note = f"{amount} of {row.name or row.sku} given back"
        else:
            reference = f"{row.key}/{row.sku}/{index}"
            customer = row.customer or None
            backs.append(TakenBack(row.number, reference, customer, row.sku, -row.quantity, row.at))
        rows.append(Row(row.number, note=note, recorded=True))
    return Found(tuple(rows), group.then, taken_back=tuple(backs), is_order=False)


def _refused(row: RetailRow) -> Row:
    return Row(row.number, row.raw, row.trouble, row.column)


def _all_refused(group: Group[RetailRow], why: str, column: str) -> Found:
    refused = (_refused(row) if row.trouble else Row(row.number, row.raw, why, column) for row in group.rows)
    return Found(tuple(refused), group.then)
