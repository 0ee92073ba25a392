"""The order's desk: what it shows to people, and how it waits for their answers."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.order_book import OrderBookActivities
from models.messages import Verdict
from models.order.casebook import PLATFORM
from models.states.hold import HoldState
from workflows.attributes import HOLD_REASON, ORDER_STATUS, WAITING_ON
from workflows.details import details
from workflows.queues import OWN_WITHIN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from models.messages import Cancellation, HoldDecision
    from models.order.assessment import Objection
    from models.order.casebook import Casebook
    from models.order.standing import Standing
    from models.states.hold import Hold

BEING_CANCELLED = "being cancelled"
"""The answer to a wish to cancel that is met: nothing of the order is carried out."""
OWN_RETRIES = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=30))


class CancelOrder(Exception):
    """The order is to be cancelled, and what was done undone."""

    def __init__(self, reason: str, actor: str) -> None:
        """Say why, and who wants it."""
        super().__init__(reason)
        self.reason = reason
        self.actor = actor


class HoldDesk(ABC):
    """How holds are shown to people and answered: an order's, or a return's."""

    def __init__(self, book: Casebook) -> None:
        """Show the holds of this book."""
        self._book = book
        self.wish: Cancellation | None = None
        """A wish to cancel that has not been met or declined yet."""
        self.wish_answer = ""
        """What became of the last wish."""

    @abstractmethod
    async def show(self, *, index: bool = True) -> None:
        """Write the state down; with `index` in the search attributes too."""

    def check_wish(self) -> None:
        """Stop here if somebody wants the order cancelled.

        Raises:
            CancelOrder: somebody does.
        """
        if self.wish is not None:
            raise CancelOrder(self.wish.reason, self.wish.actor)

    def answer_wish(self, text: str) -> None:
        """Say what became of a wish to cancel, to whoever waits for that."""
        self.wish = None
        self.wish_answer = text

    async def clear(self, objections: Sequence[Objection], opened: Callable[[], None] | None = None) -> None:
        """Open a hold for each objection, all at once, and wait until every one is approved.

        `opened` is called when they are open.

        Raises:
            CancelOrder: one was rejected, or somebody wants the order cancelled.
        """
        holds = [self._book.open_hold(objection.kind, objection.reason) for objection in objections]
        if opened:
            opened()
        await self.show()
        for hold in holds:
            await self.approved(hold)

    async def approved(self, hold: Hold) -> None:
        """Wait until a hold is approved.

        Raises:
            CancelOrder: it was rejected, or somebody wants the order cancelled.
        """
        if await self.answer(hold) is Verdict.REJECT:
            closed = self._book.holds[hold.id]
            raise CancelOrder(closed.decision_reason or "rejected", closed.decided_by or PLATFORM)

    async def answer(self, hold: Hold) -> Verdict:
        """Wait for the answer to a hold; a hold that is released by itself counts as approved.

        Raises:
            CancelOrder: somebody wants the order cancelled.
        """
        await workflow.wait_condition(lambda: self._state(hold) is not HoldState.OPEN or self.wish is not None)
        if self._state(hold) is HoldState.OPEN:
            self.check_wish()
        return Verdict.REJECT if self._state(hold) is HoldState.REJECTED else Verdict.APPROVE

    def _state(self, hold: Hold) -> HoldState:
        return self._book.holds[hold.id].state

    async def decide(self, decision: HoldDecision) -> Hold:
        """Take an operator's answer to a hold, and show that it was taken."""
        after = HoldState.APPROVED if decision.verdict is Verdict.APPROVE else HoldState.REJECTED
        hold = self._book.close_hold(decision.hold, after, actor=decision.actor, reason=decision.reason)
        await self.show()
        return hold


class Desk(HoldDesk):
    """One order's desk."""

    def __init__(self, standing: Standing) -> None:
        """Show this order."""
        super().__init__(standing)
        self._standing = standing
        self._shown: tuple[object, ...] = ()
        self._writing = asyncio.Lock()

    async def show(self, *, index: bool = True) -> None:
        """Write the state down for the API, the Web UI and, with `index`, the search attributes.

        An attribute costs an action at each change; a state that passes within a second needs none.
        """
        async with self._writing:
            workflow.set_current_details(details(self._standing))
            if index:
                self._index()
            await workflow.execute_local_activity_method(
                OrderBookActivities.record,
                self._standing.snapshot(),
                start_to_close_timeout=OWN_WITHIN,
                retry_policy=OWN_RETRIES,
                summary=f"write down: {self._standing.headline.value}",
            )

    def _index(self) -> None:
        standing = self._standing
        reasons = sorted({hold.kind.value for hold in standing.open_holds})
        shown = (standing.headline.value, *reasons, standing.waiting_on)
        if shown == self._shown:
            return
        self._shown = shown
        workflow.upsert_search_attributes(
            [
                ORDER_STATUS.value_set(standing.headline.value),
                HOLD_REASON.value_set(reasons) if reasons else HOLD_REASON.value_unset(),
                WAITING_ON.value_set(standing.waiting_on) if standing.waiting_on else WAITING_ON.value_unset(),
            ]
        )
