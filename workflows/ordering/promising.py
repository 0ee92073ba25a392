"""The order's promise: worked out anew whenever something happens to it, watched, and told where a change matters."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow

from models.order.snapshot import TimelineKind
from models.promises.promise import PromiseState
from workflows.ordering import telling

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from models.partners.events import ParcelMoved, ParcelShipped
    from models.promises.promise import Promise
    from models.promises.sender import Sender
    from models.stock.demand import Need
    from models.stock.reservation import Allocation
    from workflows.ordering.run import Run

_ALARM = "promise"
_SPOKEN = {
    PromiseState.AT_RISK: "the promise is at risk",
    PromiseState.MISSED: "the promise is missed",
    PromiseState.KEPT: "the promise was kept",
}


class Promising:
    """What one order promises. An order of before there were promises has none, and none of this asks anything."""

    def __init__(self, run: Run) -> None:
        """Begin with nothing promised."""
        self._run = run
        self._book = run.standing.promises
        self._resting = False
        self._over = False
        self._attending: asyncio.Task[None] | None = None

    @property
    def made(self) -> bool:
        """Whether anything is promised: then its own notices tell of new dates."""
        return self._book.promise is not None

    # --- what happens ---------------------------------------------------------------------------------------------

    def sourced(self, senders: Iterable[Sender]) -> None:
        """Take note of the nodes that send, or may send, some of it."""
        self._book.know(senders)

    def reserved(self, allocations: Iterable[Allocation]) -> None:
        """Take note of goods that are now reserved; the dates follow once all of that is known."""
        self._book.reserved(allocations, workflow.now())

    def waits(self, key: str, needs: Iterable[Need], expected_at: datetime | None) -> None:
        """Some of it waits for supply; the customer hears of it by the notice that says so."""
        self._book.waits(key, needs, expected_at)
        self.reckon("some of it waits for stock", tells=False)
        if self.made:
            self._book.told(workflow.now())
            self.watch()

    def expected(self, key: str, expected_at: datetime | None) -> None:
        """What it waits for is expected at another time."""
        self._book.expected(key, expected_at)
        self.reckon("what it waits for is expected at another time")

    def arrived(self, key: str) -> None:
        """It waits for supply no more: that has come, or is given up."""
        self._run.standing.expectations.pop(key, None)
        self._book.waits_no_more(key)

    def shipped(self, event: ParcelShipped, node: str) -> None:
        """A parcel has left."""
        self._book.shipped(event, node)
        self.reckon(f"parcel {event.tracking_number} left {node}")

    def moved(self, event: ParcelMoved) -> None:
        """The carrier says where a parcel is."""
        self._book.moved(event)
        self.reckon(f"parcel {event.tracking_number}: {event.state.value.replace('_', ' ')}")

    def stop(self) -> None:
        """Promise nothing more: the order ends."""
        self._over = True
        self._book.end(self._run.order)
        self._run.alarm.unset(_ALARM)

    # --- what follows ---------------------------------------------------------------------------------------------

    def reckon(self, reason: str, *, tells: bool = True) -> bool:
        """Work the dates out anew, and have them told where that matters; answers whether anything changed."""
        if self._over:
            return False
        before = self._book.promise
        self._book.reckon(self._run.order, reason, workflow.now())
        after = self._book.promise
        if after is None or after == before:
            return False
        self._note(before, after)
        self.watch()
        if tells and self._book.matters and not self._resting:
            self._resting = True
            self._run.aside(self._tell())
        return True

    def _note(self, before: Promise | None, after: Promise) -> None:
        tell = self._run.standing.tell
        if before is None or before.version != after.version:
            tell(f"{_dates(after)}{': ' + after.reason if before else ''}")
        if after.state in _SPOKEN and (before is None or before.state is not after.state):
            why = f": {after.risk}" if after.risk else ""
            kept = after.state is PromiseState.KEPT
            tell(f"{_SPOKEN[after.state]}{why}", kind=TimelineKind.STEP if kept else TimelineKind.TROUBLE)

    async def _tell(self) -> None:
        """Tell the dates once they have rested: what changes again meanwhile is one change to the customer."""
        minutes = self._book.rests_minutes
        if minutes:
            await self._rest(timedelta(minutes=minutes))
        self._resting = False
        if self._settled or not self._book.matters:
            return
        self._book.told(workflow.now())
        self._book.reckon(self._run.order, "the customer was told", workflow.now())
        promise = self._book.promise
        if promise is not None and promise.deliver is not None:
            telling.promised(self._run, promise.version, promise.deliver, promise.reason)
            await self._run.desk.show(index=False)

    async def _rest(self, rest: timedelta) -> None:
        try:
            await workflow.wait_condition(
                lambda: self._settled, timeout=rest, timeout_summary="a new date rests before it is told"
            )
        except TimeoutError:
            return

    @property
    def _settled(self) -> bool:
        """Whether there is nothing more to tell."""
        promise = self._book.promise
        return self._over or (promise is not None and promise.delivered_at is not None)

    # --- watching -------------------------------------------------------------------------------------------------

    def watch(self) -> None:
        """Have the order's one alarm ring when the promise is to be looked at though nothing has happened."""
        look = None if self._over else self._book.next_look(self._run.order, workflow.now())
        if look is None:
            self._run.alarm.unset(_ALARM)
            return
        self._run.alarm.set(_ALARM, look, "the promise is looked at by then")
        if self._attending is None:
            self._attending = self._run.asides.along(self._attend())

    async def _attend(self) -> None:
        while True:
            await workflow.wait_condition(lambda: self._over or self._run.alarm.passed(_ALARM))
            if self._over:
                return
            changed = self.reckon("a date has passed")
            self.watch()
            if changed:
                await self._run.desk.show(index=False)


def _dates(promise: Promise) -> str:
    if promise.deliver is None:
        return "nobody knows when it comes"
    return f"expected there by {promise.deliver.latest:%Y-%m-%d}"
