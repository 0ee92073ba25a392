"""An order's changes: one at a time, taken up where the order can turn to it.

A second change is refused while one is under way: it would be judged by an order that may not be so for long. The order
turns to a change where its story rests: while it waits for stock, for a warehouse or for a parcel, and between its
steps. What the warehouses have told by then comes first.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio import workflow

from models.changes.checking import check
from models.changes.progress import ChangeProgress, Party
from models.changes.request import CancelOrder, ChangeReceipt
from models.errors import Conflict
from models.messages import Cancellation
from models.order.casebook import PLATFORM
from models.order.snapshot import TimelineKind
from models.states.changing import ChangeState
from models.states.lifecycle import Lifecycle
from workflows.asides import together
from workflows.changing.applying import make, take_back
from workflows.changing.asking import book_labels, reserve_more, secure_money, tell_erp
from workflows.changing.change import Change
from workflows.changing.judging import judge
from workflows.changing.talks import NoDeal, Talks
from workflows.changing.warehouses import stop_what_is_concerned
from workflows.desk import BEING_CANCELLED

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from models.changes.request import ChangeProposal, ChangeWithdrawal
    from workflows.changing.deal import Deal
    from workflows.ordering.run import Run


class Changing:
    """All changes of one order."""

    def __init__(self, run: Run) -> None:
        """Begin with none."""
        self._run = run
        self._current: Change | None = None
        self._number = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.made = False
        """Whether the order is another than it was when it was accepted."""

    @property
    def calls(self) -> bool:
        """Whether a change waits for the order to turn to it."""
        change = self._current
        return change is not None and not change.taken_up and not change.settled

    @property
    def idle(self) -> bool:
        """Whether no change is under way."""
        return self._current is None or self._current.settled

    # --- what is sent ---------------------------------------------------------------------------------------------

    def check(self, proposal: ChangeProposal) -> None:
        """Refuse a wish that makes no sense now.

        Raises:
            Conflict: the order has ended, another change is under way, or it contradicts how far the order is.
            InvalidInput: a field names what is not there, or changes nothing.
        """
        standing, current = self._run.standing, self._current
        if standing.ended:
            raise Conflict("order_ended", f"the order has ended: {standing.headline.value}")
        if standing.policy_version is None:
            raise Conflict("not_judged", "the order has not been judged yet; try again shortly")
        if self._run.desk.wish is not None:
            raise Conflict("being_cancelled", "the order is being cancelled")
        if current is not None and not current.settled:
            raise Conflict("change_under_way", f"{current.id} is still under way: wait for its end, or withdraw it")
        check(self._run.order, standing.goods.progress(), proposal.request)

    async def propose(self, proposal: ChangeProposal) -> ChangeReceipt:
        """Take a wish that `check` has passed, and answer which change it is."""
        run = self._run
        self._number += 1
        until = workflow.now() + self._take_up_within
        progress = ChangeProgress(
            id=f"change-{self._number}",
            request=proposal.request,
            proposed_at=workflow.now(),
            proposed_by=proposal.actor,
            take_up_by=until,
        )
        change = self._current = Change(run.standing, progress)
        said = f"{change.id} proposed ({change.request.kind.value.replace('_', ' ')}): {change.request.reason}"
        run.standing.tell(said, kind=TimelineKind.OPERATOR, actor=proposal.actor)
        if isinstance(change.request, CancelOrder):
            self._wish_to_cancel(change, proposal.actor)
        else:
            self._beside(self._expire_unless_taken_up(change))
        await run.desk.show(index=False)
        return self._receipt(change, "proposed: every party it touches is asked")

    @property
    def _take_up_within(self) -> timedelta:
        return timedelta(minutes=self._run.assessment.changes.take_up_minutes)

    def check_withdrawal(self, withdrawal: ChangeWithdrawal) -> None:
        """Refuse to take back what is not under way.

        Raises:
            Conflict: there is no such change, or it has ended.
        """
        known = self._run.standing.changes.get(withdrawal.change)
        if known is None:
            raise Conflict("unknown_change", f"there is no {withdrawal.change}")
        if known.state is not ChangeState.PROPOSED:
            raise Conflict("change_ended", f"{withdrawal.change} has ended: {known.state.value}")
        if isinstance(known.request, CancelOrder):
            raise Conflict("being_cancelled", "a cancellation of the whole order cannot be taken back")

    async def withdraw(self, withdrawal: ChangeWithdrawal) -> ChangeReceipt:
        """Take a change back that `check_withdrawal` has passed; what was done for it is undone."""
        change = self._current
        if change is None:
            message = f"{withdrawal.change} was checked and is not there"
            raise AssertionError(message)
        if not change.taken_up:
            change.settle(ChangeState.WITHDRAWN, withdrawal.actor, withdrawal.reason)
            await self._run.desk.show(index=False)
            return self._receipt(change, "withdrawn")
        change.withdrawal = withdrawal
        await workflow.wait_condition(lambda: change.settled)
        return self._receipt(change, f"it was {change.progress.state.value}")

    # --- its place in the order's story ---------------------------------------------------------------------------

    async def rest(self) -> None:
        """Turn to the change that waits, if one does.

        Raises:
            CancelOrder: a person wants the order cancelled, for something our own books refuse.
        """
        change = self._current
        if change is None or not self.calls:
            return
        change.taken_up = True
        talks = Talks(self._run, change)
        try:
            deal = await self._agree(talks)
        except NoDeal as no:
            await take_back(self._run, talks, no)
            return
        self.made = True
        await make(self._run, change, deal)

    async def _agree(self, talks: Talks) -> Deal:
        run = self._run
        deal = await judge(run, talks)
        await reserve_more(run, talks, deal)
        # From here on nothing of it can leave any more: the warehouse's word comes before anybody else's.
        await stop_what_is_concerned(run, talks, deal)
        await book_labels(run, talks, deal)
        await secure_money(run, talks, deal)
        await tell_erp(run, talks, deal)
        talks.check()
        return deal

    async def close(self) -> None:
        """End what is still open, since the order has ended."""
        await self._settle_open()
        # What became of a wish is still being written down.
        await together(*self._tasks)

    async def _settle_open(self) -> None:
        change, standing = self._current, self._run.standing
        if change is None or change.settled:
            return
        cancelled = standing.lifecycle in {Lifecycle.CANCELLED, Lifecycle.REJECTED}
        if cancelled:
            asked_for = isinstance(change.request, CancelOrder)
            change.settle(ChangeState.CONFIRMED if asked_for else ChangeState.WITHDRAWN, PLATFORM, "it was cancelled")
        else:
            change.settle(ChangeState.DECLINED, PLATFORM, f"the order has ended: {standing.headline.value}")
        await self._run.desk.show()

    # --- beside the order's story ---------------------------------------------------------------------------------

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(self._run.asides.along(work))

    async def _expire_unless_taken_up(self, change: Change) -> None:
        try:
            await workflow.wait_condition(
                lambda: change.taken_up or change.settled,
                timeout=self._take_up_within,
                timeout_summary=f"until then the order may turn to {change.id}",
            )
        except TimeoutError:
            change.settle(ChangeState.EXPIRED, PLATFORM, "the order could not turn to it in time")
            await self._run.desk.show(index=False)

    def _wish_to_cancel(self, change: Change, actor: str) -> None:
        change.taken_up = True
        self._run.desk.take_wish(Cancellation(reason=change.request.reason, actor=actor))
        self._beside(self._follow_wish(change))

    async def _follow_wish(self, change: Change) -> None:
        """See what becomes of a wish to cancel the whole order: the order's own story meets it."""
        run = self._run
        before = sum(line.cancelled for line in run.standing.goods.progress())
        await workflow.wait_condition(lambda: run.standing.ended or run.desk.wish is None)
        cancelled = sum(line.cancelled for line in run.standing.goods.progress()) - before
        if change.settled:
            return
        if run.desk.wish_answer == BEING_CANCELLED or cancelled:
            change.note(units=cancelled)
            change.settle(ChangeState.CONFIRMED, PLATFORM, run.desk.wish_answer)
        else:
            change.settle(ChangeState.DECLINED, Party.WMS.value, run.desk.wish_answer)
        await run.desk.show(index=False)

    def _receipt(self, change: Change, text: str) -> ChangeReceipt:
        return ChangeReceipt(order_id=self._run.order.id, change=change.id, state=change.progress.state, text=text)
