"""The desk of an order or a return: what it shows to people, and how it waits for their answers."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.failures import trouble_of
from activities.order_book import OrderBookActivities
from models.messages import Verdict
from models.order.casebook import PLATFORM
from models.states.hold import HoldState
from workflows.attempting import sparing
from workflows.attributes import HOLD_REASON, ORDER_STATUS, WAITING_ON
from workflows.details import details
from workflows.own import IN_A_MINUTE, own
from workflows.patches import SECOND_LOOK

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from models.messages import Cancellation, HoldDecision
    from models.order.assessment import Objection
    from models.order.casebook import Casebook
    from models.order.standing import Standing
    from models.states.hold import Hold

BEING_CANCELLED = "being cancelled"
"""The answer to a wish to cancel that is met: nothing of the order is carried out."""
OUR_BOOK = "orderloom"
"""Whom an order waits for whose state our own book refuses to keep."""
_BOOK_PAUSE = timedelta(minutes=1)


class CancelOrder(Exception):
    """The order is to be cancelled, and what was done undone."""

    def __init__(self, reason: str, actor: str) -> None:
        """Say why, and who wants it."""
        super().__init__(reason)
        self.reason = reason
        self.actor = actor


class HoldDesk(ABC):
    """What is shown of an order or a return, and how its holds are answered."""

    def __init__(self, book: Casebook) -> None:
        """Show the holds of this book."""
        self._book = book
        self.wish: Cancellation | None = None
        """A wish to cancel that has not been met or declined yet."""
        self.wish_answer = ""
        """What became of the last wish."""
        self._shown: tuple[object, ...] = ()
        self._writing = asyncio.Lock()

    @abstractmethod
    def _card(self) -> str:
        """Write the card for the Web UI."""

    @abstractmethod
    def _stands(self) -> tuple[str, str | None]:
        """Say where it stands in one word, and whom it waits for."""

    @abstractmethod
    def _recording(self) -> Callable[[], Awaitable[None]]:
        """Take the state down; what is answered has our own book keep it."""

    async def show(self, *, index: bool = True) -> None:
        """Write the state down for the API, the Web UI and, with `index`, the search attributes.

        An attribute costs an action at each change; a state that passes within a second needs none.
        """
        async with self._writing:
            workflow.set_current_details(self._card())
            if index:
                self._index(*self._stands())
            await self._record(self._recording())

    async def _record(self, recording: Callable[[], Awaitable[None]]) -> None:
        """Have our book keep it. A book that refuses, such as one restored from yesterday, is shown and asked again.

        Raised, its refusal would end the run on the spot, with all that was done for it left as it is.
        """
        refused = False
        while True:
            try:
                await recording()
            except (ActivityError, ApplicationError) as error:
                refused = True
                said = trouble_of(error).message
                workflow.set_current_details(f"### Our own book does not keep it\n\n{said}\n\n{self._card()}")
                self._index(self._stands()[0], OUR_BOOK)
                await workflow.sleep(sparing(_BOOK_PAUSE), summary="then our own book is asked again")
            else:
                break
        if refused:
            workflow.set_current_details(self._card())
            self._index(*self._stands())

    def _index(self, stands: str, waits_for: str | None) -> None:
        reasons = sorted({hold.kind.value for hold in self._book.open_holds})
        shown = (stands, *reasons, waits_for)
        if shown == self._shown:
            return
        self._shown = shown
        workflow.upsert_search_attributes(
            [
                ORDER_STATUS.value_set(stands),
                HOLD_REASON.value_set(reasons) if reasons else HOLD_REASON.value_unset(),
                WAITING_ON.value_set(waits_for) if waits_for else WAITING_ON.value_unset(),
            ]
        )

    def take_wish(self, wish: Cancellation) -> None:
        """Take a wish to cancel; one more, while everything is taken back already, asks for nothing new."""
        if self.wish_answer != BEING_CANCELLED or not workflow.patched(SECOND_LOOK):
            self.wish = wish

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
        if len(holds) > 1 and workflow.patched(SECOND_LOOK):
            await workflow.wait_condition(lambda: self.wish is not None or self._decided(holds))
            # One that was rejected is heeded before those that are still open.
            holds.sort(key=lambda hold: self._state(hold) is not HoldState.REJECTED)
        for hold in holds:
            await self.approved(hold)

    def _decided(self, holds: Sequence[Hold]) -> bool:
        states = [self._state(hold) for hold in holds]
        return HoldState.REJECTED in states or HoldState.OPEN not in states

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

    def _card(self) -> str:
        return details(self._standing)

    def _stands(self) -> tuple[str, str | None]:
        return self._standing.headline.value, self._standing.waiting_on

    def _recording(self) -> Callable[[], Awaitable[None]]:
        snapshot = self._standing.snapshot()
        return lambda: own(
            OrderBookActivities.record, snapshot, summary=f"write down: {snapshot.headline.value}", attempts=IN_A_MINUTE
        )
