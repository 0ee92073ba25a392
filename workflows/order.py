"""The life of one order, as a story: validate, secure, commit, ship, deliver, complete; or take it all back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from temporalio import workflow
from temporalio.common import RawValue

from models.changes.request import ChangeReceipt
from models.errors import InvalidInput
from models.messages import (
    START_MAX,
    Acknowledgement,
    Cancellation,
    Collection,
    HoldDecision,
    OperatorWord,
    OrderStart,
    Receipt,
    Verdict,
)
from models.order.standing import Standing
from models.partners.events import PARTNER_EVENT, ChangedAtChannel
from workflows.changing import at_channel
from workflows.changing import messages as changing
from workflows.changing.changing import Changing
from workflows.desk import CancelOrder, Desk
from workflows.fulfilling.collecting import collections
from workflows.hearing import Hearing
from workflows.messages import conflict, from_call, from_signal, refusal
from workflows.ordering import telling
from workflows.ordering.committing import commit
from workflows.ordering.ending import complete, deliver, end_at_once, unwind
from workflows.ordering.run import Run
from workflows.ordering.securing import secure
from workflows.ordering.shipping import hand_over, ship
from workflows.ordering.undoing import Undoing
from workflows.ordering.validating import validate


@workflow.defn(name="OrderWorkflow")
class OrderWorkflow:
    """One order, from its submission to its end."""

    @workflow.init
    def __init__(self, *start: RawValue) -> None:
        """Take the start's one payload; a bad one must fail the run and not wedge it, so `run` says so."""
        self._bad_start: InvalidInput | None = None
        self._judged = False
        try:
            order = from_call(OrderStart, start, largest=START_MAX).order
            if order.id != workflow.info().workflow_id:
                raise InvalidInput.at("/order/external_id", "identity", f"this workflow is not that of {order.id}")
        except InvalidInput as error:
            self._bad_start = error
            return
        standing = Standing(order, workflow.now)
        self._run = Run(order, standing, Desk(standing), Undoing(standing))
        self._run.changing = Changing(self._run)
        self._hearing = Hearing(standing, self._run.desk)

    @workflow.run
    async def run(self, *_start: RawValue) -> str:
        """Carry the order to its end, and answer its headline."""
        if self._bad_start is not None:
            raise refusal(self._bad_start)
        run = self._run
        await run.asides.told_to_its_end(asyncio.ensure_future(self._life()), run.desk.take_wish)
        return run.standing.headline.value

    async def _life(self) -> None:
        await self._story()
        await self._run.changing.close()
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def _story(self) -> None:
        run = self._run
        try:
            await validate(run, judged=self._judge_done)
            route = run.assessment.route
            if route.end_at_once:
                await end_at_once(run, route.end_at_once)
                return
            telling.confirm(run)
            await secure(run)
            await run.changing.rest()
            await commit(run)
            await run.changing.rest()
            if route.reserve:
                await ship(run)
                await deliver(run)
            else:
                await hand_over(run)
            await complete(run)
        except CancelOrder as wish:
            await unwind(run, wish)

    def _judge_done(self) -> None:
        self._judged = True

    # --- what people and our API ask ------------------------------------------------------------------------------

    @workflow.update(name="accept", description="Answers once the order has been judged")
    async def accept(self, *_nothing: RawValue) -> Receipt:
        """Answer a submission."""
        await workflow.wait_condition(lambda: self._judged or self._run.standing.ended)
        standing = self._run.standing
        return Receipt(
            order_id=standing.order.id,
            headline=standing.headline,
            open_holds=tuple(hold.id for hold in standing.open_holds),
        )

    @accept.validator
    def _may_accept(self, *_nothing: RawValue) -> None:
        self._started()

    @workflow.update(name="decide", description="Approve or reject a hold: hold, verdict, reason, actor")
    async def decide(self, *decision: RawValue) -> Acknowledgement:
        """Take an operator's answer to a hold."""
        hold = await self._run.desk.decide(from_call(HoldDecision, decision))
        return self._acknowledge(f"hold {hold.id} {hold.state.value}")

    @decide.validator
    def _may_decide(self, *decision: RawValue) -> None:
        self._started()
        try:
            self._hearing.open_hold(from_call(HoldDecision, decision).hold)
        except InvalidInput as error:
            raise refusal(error) from error

    @workflow.update(name="cancel", description="Cancel the order, if it can still be stopped: reason, actor")
    async def cancel(self, *cancellation: RawValue) -> Acknowledgement:
        """Take a wish to cancel, and answer what became of it."""
        desk, standing = self._run.desk, self._run.standing
        desk.take_wish(from_call(Cancellation, cancellation))
        await workflow.wait_condition(lambda: standing.ended or desk.wish is None)
        # An order may end before anybody heeds the wish.
        return self._acknowledge(desk.wish_answer or f"too late: {standing.headline.value}")

    @cancel.validator
    def _may_cancel(self, *cancellation: RawValue) -> None:
        self._started()
        try:
            from_call(Cancellation, cancellation)
        except InvalidInput as error:
            raise refusal(error) from error
        self._check_cancellable()

    @workflow.update(name="change", description="Change the accepted order: request (kind...), actor")
    async def change(self, *proposal: RawValue) -> ChangeReceipt:
        """Take a wish to change the order; every party it touches is asked beside this answer."""
        return await changing.propose(self._run.changing, proposal)

    @change.validator
    def _may_change(self, *proposal: RawValue) -> None:
        self._started()
        changing.check_proposal(self._run.changing, proposal)

    @workflow.update(name="withdraw_change", description="Take a change back while it is under way")
    async def withdraw_change(self, *withdrawal: RawValue) -> ChangeReceipt:
        """Take a change back, and answer when all that was done for it is undone."""
        return await changing.withdraw(self._run.changing, withdrawal)

    @withdraw_change.validator
    def _may_withdraw_change(self, *withdrawal: RawValue) -> None:
        self._started()
        changing.check_withdrawal(self._run.changing, withdrawal)

    # --- what people send from the Temporal Web UI or CLI, and what partners tell ----------------------------------

    # Any number of payloads is taken, and none is typed: a signal the SDK cannot read is dropped, or wedges the order.

    @workflow.signal(name="approve", description="Approve a hold: hold (if several are open), reason, actor")
    async def approve(self, *word: RawValue) -> None:
        """Take a person's approval."""
        await self._heard("approve", lambda: self._answer(Verdict.APPROVE, word))

    @workflow.signal(name="reject", description="Reject a hold: hold (if several are open), reason, actor")
    async def reject(self, *word: RawValue) -> None:
        """Take a person's rejection."""
        await self._heard("reject", lambda: self._answer(Verdict.REJECT, word))

    @workflow.signal(name="cancel", description="Cancel the order, if it can still be stopped: reason, actor")
    async def request_cancellation(self, *cancellation: RawValue) -> None:
        """Take a person's wish to cancel."""
        await self._heard("cancel", lambda: self._wish(cancellation))

    @workflow.signal(name="change", description="Change the accepted order: request (kind...), actor")
    async def request_change(self, *proposal: RawValue) -> None:
        """Take a person's wish to change the order."""
        await self._heard("change", lambda: changing.propose(self._run.changing, proposal))

    @workflow.signal(name="withdraw_change", description="Take a change back while it is under way")
    async def request_withdrawal(self, *withdrawal: RawValue) -> None:
        """Take a person's word that a change is not wanted any more."""
        await self._heard("withdraw_change", lambda: changing.withdraw(self._run.changing, withdrawal))

    @workflow.signal(name="collected", description="The customer has collected it: node (if several), actor")
    async def collected(self, *word: RawValue) -> None:
        """Take the word of a person at the counter."""
        await self._heard("collected", lambda: self._came(word))

    @workflow.signal(dynamic=True)
    async def on_signal(self, name: str, arguments: Sequence[RawValue]) -> None:
        """Take a partner's event from our own inbox; whatever else comes is noted on the order."""
        await self._heard(name, lambda: self._told(name, arguments))

    async def _heard(self, name: str, take: Callable[[], Awaitable[object]]) -> None:
        if self._bad_start is None:
            await self._hearing.heed(name, take())

    async def _answer(self, verdict: Verdict, sent: Sequence[object]) -> None:
        word = from_call(OperatorWord, sent)
        hold = self._hearing.open_hold(word.hold)
        await self._run.desk.decide(HoldDecision(hold=hold, verdict=verdict, reason=word.reason, actor=word.actor))

    async def _wish(self, sent: Sequence[object]) -> None:
        wish = from_call(Cancellation, sent)
        self._check_cancellable()
        self._run.desk.take_wish(wish)

    async def _came(self, sent: Sequence[object]) -> None:
        found = collections(self._run, from_call(Collection, sent))
        if not found:
            raise conflict("nothing lies ready to be collected")
        self._run.events.extend(found)

    async def _told(self, name: str, arguments: Sequence[RawValue]) -> None:
        if name != "partner_event":
            raise InvalidInput.at("", "signal", "is not known; there are approve, reject, cancel, change")
        event = from_signal(PARTNER_EVENT, arguments)
        if event.order_id != self._run.order.id:
            raise InvalidInput.at("/order_id", "identity", "is another order's")
        if not self._hearing.is_news(event.event_id):
            return
        if isinstance(event, ChangedAtChannel):
            at_channel.hear(self._run, event)
        else:
            self._run.hear(event)

    def _check_cancellable(self) -> None:
        standing = self._run.standing
        if standing.ended:
            raise conflict(f"the order has ended: {standing.headline.value}")
        if standing.goods.anything_shipped and standing.goods.all_shipped:
            raise conflict("all of it has been shipped: the customer can return it")

    def _started(self) -> None:
        if self._bad_start is not None:
            raise refusal(self._bad_start)

    def _acknowledge(self, text: str) -> Acknowledgement:
        standing = self._run.standing
        return Acknowledgement(order_id=standing.order.id, headline=standing.headline, text=text)
