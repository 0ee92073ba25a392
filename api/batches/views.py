"""What the API shows of files of orders."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from api.orders.views import View, order_path
from models.batch.batch import BatchFormat, BatchState, RowOutcome

if TYPE_CHECKING:
    from activities.records.batches import Batch, BatchRow


def batch_path(batch_id: str) -> str:
    """Where a batch is found."""
    return f"/v1/batches/{batch_id}"


class RowCounts(View):
    """Rows by what became of them; together `read`."""

    read: int
    accepted: int
    """Part of an order that was taken in."""
    known: int
    """Part of an order that had been taken in before."""
    recorded: int
    """Noted, and part of no order: sales taken back, fees without goods."""
    refused: int


class OrderCounts(View):
    """Orders by what became of them."""

    accepted: int
    known: int
    refused: int


class ByteCounts(View):
    """How far the file is read."""

    done: int
    size: int


class BatchView(View):
    """A file of orders."""

    id: str
    name: str
    format: BatchFormat
    state: BatchState
    reason: str | None
    """Why it is unreadable."""
    rows: RowCounts
    orders: OrderCounts
    bytes: ByteCounts
    rows_per_second: float | None
    """On average so far; null before the first rows."""
    received_at: datetime
    started_at: datetime | None
    updated_at: datetime
    links: dict[str, str]

    @classmethod
    def of(cls, batch: Batch) -> Self:
        """Show a batch."""
        counts, here = batch.counts, batch_path(batch.id)
        return cls(
            id=batch.id,
            name=batch.source.name,
            format=batch.source.format,
            state=batch.state,
            reason=batch.reason or None,
            rows=RowCounts(
                read=counts.rows,
                accepted=counts.rows_accepted,
                known=counts.rows_known,
                recorded=counts.rows_recorded,
                refused=counts.rows_refused,
            ),
            orders=OrderCounts(
                accepted=counts.orders_accepted, known=counts.orders_known, refused=counts.orders_refused
            ),
            bytes=ByteCounts(done=batch.place.offset, size=batch.size),
            rows_per_second=_rate(batch),
            received_at=batch.received_at.astimezone(UTC),
            started_at=batch.started_at.astimezone(UTC) if batch.started_at else None,
            updated_at=batch.updated_at.astimezone(UTC),
            links={
                "self": here,
                **{name: f"{here}/{name}" for name in ("rows", "refused", "acknowledgements", "cancellation")},
            },
        )


class BatchPage(View):
    """Some batches, newest first."""

    batches: list[BatchView]
    next_cursor: str | None


class RowView(View):
    """One row, and what became of it."""

    row: int
    """From 1; a header is not counted."""
    outcome: RowOutcome
    order_id: str | None
    location: str | None
    """Where its order is found."""
    field: str | None
    """Which column, field or element is to blame."""
    reason: str | None
    """Why it is refused, or what is to be said of it."""

    @classmethod
    def of(cls, row: BatchRow) -> Self:
        """Show a row."""
        return cls(
            row=row.number,
            outcome=row.outcome,
            order_id=row.order_id,
            location=order_path(row.order_id) if row.order_id else None,
            field=row.field,
            reason=row.reason,
        )


class RowPage(View):
    """Some rows, in the file's order."""

    rows: list[RowView]
    next_cursor: str | None


class AcknowledgementView(View):
    """What the sender hears of a part of his file."""

    number: int
    """From 1 in each file."""
    text: str
    """The interchange with its 997, which says what of one group could be read."""


class AcknowledgementPage(View):
    """Some acknowledgements, in the file's order."""

    acknowledgements: list[AcknowledgementView]
    next_cursor: str | None


def _rate(batch: Batch) -> float | None:
    if batch.started_at is None or not batch.counts.rows:
        return None
    seconds = (batch.updated_at - batch.started_at).total_seconds()
    return round(batch.counts.rows / seconds, 1) if seconds > 0 else None
