"""Our flat file of orders: rows that follow one another with the same order id are one order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from activities.adapters.files.csv_columns import ORDER_COLUMNS, Columns
from activities.adapters.files.csv_mapping import CellTrouble, document, item
from activities.adapters.files.delimited import Rows, header
from activities.adapters.files.grouping import grouped
from activities.records.batches import Found, Row
from models.batch.batch import BatchFormat
from models.order.document import LINES_MAX

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from activities.adapters.files.csv_columns import CsvRow
    from activities.adapters.files.grouping import Group
    from activities.records.batches import Bytes
    from models.batch.batch import BatchSource, Place

SIBLING = "another row of the same order is refused"


class CsvOrders:
    """`activities.records.batches.BatchReader` for the columns of `csv_columns`."""

    format = BatchFormat.CSV

    async def read(self, file: Bytes, source: BatchSource, place: Place) -> AsyncIterator[Found]:
        """Read on from a place.

        Raises:
            Unreadable: the first line does not name the columns.
        """
        head = await header(file, source.encoding)
        columns = Columns(head)
        rows = Rows(file, max(place.offset, head.end), delimiter=head.delimiter, encoding=source.encoding)

        async def parsed() -> AsyncIterator[CsvRow]:
            number = place.row
            while (cells := await rows.next()) is not None:
                number += 1
                yield columns.row(cells, number)

        async for group in grouped(parsed(), place):
            yield _found(group, source)


def _found(group: Group[CsvRow], source: BatchSource) -> Found:
    rows = group.rows
    if group.too_long:
        refused = [_refused(row, f"an order may have {LINES_MAX} rows at most", "order_id") for row in rows]
        return Found(tuple(refused), group.then)
    order = _order_values(rows)
    troubles = _contradictions(rows, order) | {row.number: (row.trouble, row.column) for row in rows if row.trouble}
    if not troubles:
        try:
            made = document(order, [row.values for row in rows], source)
        except CellTrouble as error:
            troubles[rows[min(error.index, len(rows) - 1)].number] = (str(error), error.column)
        else:
            items = tuple(item(row.values) for row in rows) if source.learn else ()
            payload = "\n".join(row.raw for row in rows).encode()
            return Found(tuple(Row(row.number) for row in rows), group.then, made, payload, items)
    return Found(tuple(_refused(row, *troubles.get(row.number, (SIBLING, ""))) for row in rows), group.then)


def _refused(row: CsvRow, trouble: str, column: str) -> Row:
    return Row(row.number, row.raw, trouble, column)


def _order_values(rows: Sequence[CsvRow]) -> dict[str, Any]:
    """What the rows say of the order; the first to say something counts."""
    said: dict[str, Any] = {}
    for row in rows:
        for name in ORDER_COLUMNS:
            if name in row.values:
                said.setdefault(name, row.values[name])
    return said


def _contradictions(rows: Sequence[CsvRow], said: dict[str, Any]) -> dict[int, tuple[str, str]]:
    """Rows that say something else of the order than those before."""
    found: dict[int, tuple[str, str]] = {}
    for row in rows:
        for name in ORDER_COLUMNS:
            if name in row.values and row.values[name] != said[name] and not row.trouble:
                found.setdefault(row.number, ("says something else of the order than the row before", name))
    if "placed_at" not in said and rows:
        found.setdefault(rows[0].number, ("is empty", "placed_at"))
    return found
