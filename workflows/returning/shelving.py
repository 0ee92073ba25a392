"""Stock follows the return: the ledger is told of each step, in order, beside the story."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from temporalio import workflow

from activities.returns import ReturnActivities, StockNews
from models.order.casebook import PLATFORM
from models.order.snapshot import TimelineKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.stock.events import StockEvent
    from workflows.returning.run import ReturnRun


class Shelving:
    """What the ledger has still to be told."""

    def __init__(self, run: ReturnRun) -> None:
        """Begin with nothing to tell."""
        self._run = run
        self._waiting: deque[StockEvent] = deque()
        self._telling = False

    def tell(self, events: Iterable[StockEvent]) -> None:
        """Have the ledger told, after all it is still to be told."""
        self._waiting.extend(events)
        if self._waiting and not self._telling:
            self._telling = True
            self._run.aside(self._work())

    async def done(self) -> None:
        """Wait until the ledger knows all of it."""
        await workflow.wait_condition(lambda: not self._telling)

    async def _work(self) -> None:
        while self._waiting:
            event = self._waiting[0]
            what = event.type.removeprefix("stock.").replace("_", " ")
            answer = await self._run.own(
                ReturnActivities.tell_stock, StockNews(event=event, source=PLATFORM), f"tell the ledger: {what}"
            )
            self._waiting.popleft()
            said = ", but the books cannot explain all of it" if answer.unexplained else ""
            self._run.standing.tell(f"stock: {what}{said}", kind=TimelineKind.STEP)
        self._telling = False
