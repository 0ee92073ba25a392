"""What the demonstration writes down, one row an order."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.demo.row import Row


class ReportRow(BaseModel):
    """One order. Amounts are minor units of `currency`."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    channel: str
    external_id: str
    order_id: str
    headline: str
    holds: list[str]
    """Kinds of the holds that are open."""
    total: int
    authorised: int
    captured: int
    """For an order paid on its channel, what the channel took."""
    refunded: int
    currency: str
    terms: str
    """When it is paid: ``prepaid``, ``account``"""
    seconds: float | None
    """From handing in to its end or its hold; none where it reached neither."""
    format: str
    sample: str
    error: str | None
    """Why it was not taken in."""


class Report(BaseModel):
    """A whole run."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    started_at: datetime
    seconds: float
    """From the command's start to the last order's end or hold."""
    first_completed_seconds: float | None
    """From the command's start to the first completed order."""
    orders: list[ReportRow]

    @property
    def unsettled(self) -> list[ReportRow]:
        """The orders that have neither ended nor are held."""
        return [row for row in self.orders if row.seconds is None]

    def write(self, path: Path) -> None:
        """Write it, as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")


def report_row(row: Row) -> ReportRow:
    """Write down one order."""
    return ReportRow(
        channel=row.channel,
        external_id=row.external_id,
        order_id=row.order_id,
        headline=row.headline,
        holds=row.holds,
        total=row.total,
        authorised=row.authorised,
        captured=row.captured,
        refunded=row.refunded,
        currency=row.currency,
        terms=row.terms,
        seconds=None if row.seconds is None else round(row.seconds, 3),
        format=row.sample.format,
        sample=row.sample.name,
        error=row.error or None,
    )


def rows_of(rows: Sequence[Row]) -> list[ReportRow]:
    """Write down every order."""
    return [report_row(row) for row in rows]
