"""What is seen of the demonstration: a table that moves, or plain lines where there is no terminal."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Group
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ops.cli.orders.listing import headline
from ops.cli.output import money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console, RenderableType

    from ops.demo.row import Row

_COMPLETED = "completed"
_BESIDE_THE_TABLE = 8
"""Lines of the terminal that are not the table's rows."""


class Board:
    """Shows rows as they change."""

    def __init__(self, console: Console, began: float, welcome: Callable[[Row, float], None]) -> None:
        """Show them on this console.

        Args:
            console: where to.
            began: when the command began, by the monotonic clock.
            welcome: called with the first completed order, and the seconds since the beginning.
        """
        self.first_completed_seconds: float | None = None
        self._console = console
        self._began = began
        self._welcome = welcome
        self._lock = threading.Lock()
        self._latest: dict[int, Row] = {}
        self._progress = Progress(
            TextColumn("orders ended or held"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
        )
        self._task = self._progress.add_task("", total=None)

    @contextmanager
    def showing(self, orders: int) -> Iterator[None]:
        """Show until the block is left; so many orders are expected."""
        self._progress.update(self._task, total=orders)
        if not self._console.is_terminal:
            yield
            return
        with Live(get_renderable=self._render, console=self._console, refresh_per_second=4, transient=True):
            yield

    def changed(self, row: Row) -> None:
        """Show where an order stands now."""
        with self._lock:
            # What changed last comes last, next to the bar.
            self._latest.pop(id(row), None)
            self._latest[id(row)] = row
            self._progress.update(self._task, completed=sum(known.settled for known in self._latest.values()))
            first = row.headline == _COMPLETED and self.first_completed_seconds is None
            if first:
                self.first_completed_seconds = time.monotonic() - self._began
        if first and self.first_completed_seconds is not None:
            self._welcome(row, self.first_completed_seconds)
        if not self._console.is_terminal and (row.settled or row.error):
            self._console.print(escape(_line(row)))

    def table(self, rows: list[Row]) -> Table:
        """Show these rows, with their money."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in ("channel", "order", "sample", "headline", "held for"):
            table.add_column(title, no_wrap=True, overflow="ellipsis")
        for title in ("total", "authorised", "captured", "refunded"):
            table.add_column(title, justify="right", no_wrap=True)
        for row in rows:
            amounts = (row.total, row.authorised, row.captured, row.refunded)
            table.add_row(
                escape(row.channel),
                escape(row.external_id),
                escape(row.sample.name),
                "[red]refused[/red]" if row.error else headline(row.headline),
                escape(", ".join(row.holds)),
                *(money(amount, row.currency) if row.currency else "" for amount in amounts),
            )
        return table

    def _render(self) -> RenderableType:
        room = max(self._console.height - _BESIDE_THE_TABLE, 3)
        with self._lock:
            rows = list(self._latest.values())[-room:]
        return Group(self.table(rows), self._progress)


def _line(row: Row) -> str:
    if row.error:
        return f"{row.sample.format} {row.sample.name}: {row.error}"
    held = f" ({', '.join(row.holds)})" if row.holds else ""
    return f"{row.order_id}: {row.headline}{held}, captured {money(row.captured, row.currency)}"
