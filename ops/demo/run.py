"""The demonstration from its start to its report, on a running stack or on one of its own."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.markup import escape

from ops.cli.client import Api
from ops.cli.connection import Connection, kept_key
from ops.demo.board import Board
from ops.demo.feeding import Feed
from ops.demo.report import Report, rows_of
from ops.demo.words import next_steps, summary, workflow_page
from ops.samples.loading import shipped
from ops.stack.control import ask_supervisor
from ops.stack.record import read_record
from ops.stack.running import running_stack
from ops.stack.troubles import NotRunningError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from ops.demo.row import Row
    from ops.stack.folder import Folder
    from ops.stack.parts import Part


@dataclass(frozen=True)
class Wishes:
    """What was asked for on the command line."""

    leave: bool
    """Whether to stop the stack afterwards; one that ran before is left alone."""
    report: Path | None
    within_s: float
    any_ports: bool
    usual_folder: bool
    parts: tuple[Part, ...] = ()
    """Real systems in the places of sandboxes, where the stack is not there yet."""


@dataclass(frozen=True)
class Site:
    """A stack that runs."""

    api_url: str
    ui_url: str


class Demonstration:
    """One run."""

    def __init__(self, folder: Folder, wishes: Wishes, console: Console) -> None:
        """Put it together; nothing is started yet."""
        self._folder = folder
        self._wishes = wishes
        self._console = console
        self._began = time.monotonic()
        self._started_at = datetime.now(UTC)

    async def run(self) -> Report:
        """Start the stack if none runs, feed it, say how it went; return when the stack is down, or was there before.

        Raises:
            StackError: a part of the stack does not come up.
            UnreachableError: the API went away.
        """
        running = await asyncio.to_thread(self._running)
        if running is not None:
            self._tell(f"using the stack that runs from {self._folder.root}")
            return await self._demonstrate(running, asyncio.Event())
        self._tell("starting the stack; it keeps its data in " + str(self._folder.root))
        wishes = self._wishes
        async with running_stack(self._folder, self._tell, any_ports=wishes.any_ports, parts=wishes.parts) as stack:
            report = await self._demonstrate(Site(stack.api_url, stack.ui_url), stack.stopping)
            if not wishes.leave:
                self._console.print("The stack stays up; Ctrl-C stops it, and the next start goes on from here.")
                await stack.stopping.wait()
            self._tell("stopping the stack")
        return report

    def _running(self) -> Site | None:
        try:
            ask_supervisor(self._folder, "status")
        except NotRunningError:
            return None
        record = read_record(self._folder)
        return Site(record.api_url, record.ui_url) if record else None

    async def _demonstrate(self, site: Site, stopping: asyncio.Event) -> Report:
        samples = shipped()
        board = Board(self._console, self._began, lambda row, seconds: self._welcome(site, row, seconds))
        with Api(Connection(site.api_url, kept_key(self._folder.root))) as api, board.showing(len(samples)):
            feed = Feed(api, samples, board)
            feeding = asyncio.create_task(asyncio.to_thread(feed.run, self._wishes.within_s))
            stopped = asyncio.create_task(stopping.wait())
            await asyncio.wait((feeding, stopped), return_when=asyncio.FIRST_COMPLETED)
            feed.stop()
            stopped.cancel()
            await feeding
        report = Report(
            started_at=self._started_at,
            seconds=round(time.monotonic() - self._began, 3),
            first_completed_seconds=board.first_completed_seconds,
            orders=rows_of(feed.rows),
        )
        self._conclude(report, board, feed.rows, site)
        return report

    def _conclude(self, report: Report, board: Board, rows: list[Row], site: Site) -> None:
        if self._wishes.report is not None:
            report.write(self._wishes.report)
        if self._console.is_terminal:
            self._console.print(board.table(sorted(rows, key=lambda row: (row.channel, row.external_id))))
        self._console.print(f"\n[bold]{escape(summary(report))}[/bold]")
        for row in report.unsettled:
            why = row.error or f"neither ended nor held: {row.headline}"
            self._console.print(f"[red]{escape(row.order_id or row.sample)}: {escape(why)}[/red]")
        if not self._wishes.leave:
            self._console.print("\nTry next:")
            data = None if self._wishes.usual_folder else self._folder.root
            for what, how in next_steps(report, site.ui_url, data):
                self._console.print(f"  {escape(what)}:\n    [cyan]{escape(how)}[/cyan]")
            self._console.print()

    def _welcome(self, site: Site, row: Row, seconds: float) -> None:
        page = workflow_page(site.ui_url, row.order_id)
        self._console.print(
            f"[green]first completed order after {seconds:.1f} s: {escape(row.order_id)}[/green]"
            f"\n  its whole story in the Temporal Web UI: {escape(page)}"
        )

    def _tell(self, line: str) -> None:
        self._console.print(f"[dim]{time.monotonic() - self._began:6.1f} s[/dim] {escape(line)}")
