"""The life of one order, as a story: validate, secure, commit, ship, deliver, complete; or take it all back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

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
from models.order.snapshot import TimelineKind
from models.order.standing import Standing
from models.partners.events import PARTNER_EVENT, ChangedAtChannel
from models.states.hold import HoldState
from workflows.changing import at_channel
from workflows.changing import messages as changing
from workflows.changing.changing import Changing
from workflows.desk import CancelOrder, Desk
from workflows.fulfilling.collecting import collections
from workflows.messages import from_call, from_signal, refusal, sentence
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
        self._seen: set[str] = set()
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

    @workflow.run
    async def run(self, *_start: RawValue) -> str:
        """Carry the order to its end, and answer its headline."""
        if self._bad_start is not None:
            raise refusal(self._bad_start)
        story = asyncio.ensure_future(self._story())
        while not story.done():
            try:
                await self._run.asides.beside(story)
            except asyncio.CancelledError:
                # Somebody pressed "Request Cancellation": a wish like any other, so that what was done is undone.
                reason = workflow.cancellation_reason() or "cancelled in Temporal"
                self._run.desk.wish = Cancellation(reason=reason, actor="temporal")
        await story
        await self._run.changing.close()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._run.standing.headline.value

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
            self._open_hold(from_call(HoldDecision, decision).hold)
        except InvalidInput as error:
            raise refusal(error) from error

    @workflow.update(name="cancel", description="Cancel the order, if it can still be stopped: reason, actor")
    async def cancel(self, *cancellation: RawValue) -> Acknowledgement:
        """Take a wish to cancel, and answer what became of it."""
        desk, standing = self._run.desk, self._run.standing
        desk.wish = from_call(Cancellation, cancellation)
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
        await self._heard("change", lambda: self._changed(changing.propose(self._run.changing, proposal)))

    @workflow.signal(name="withdraw_change", description="Take a change back while it is under way")
    async def request_withdrawal(self, *withdrawal: RawValue) -> None:
        """Take a person's word that a change is not wanted any more."""
        await self._heard("withdraw_change", lambda: self._changed(changing.withdraw(self._run.changing, withdrawal)))

    @workflow.signal(name="collected", description="The customer has collected it: node (if several), actor")
    async def collected(self, *word: RawValue) -> None:
        """Take the word of a person at the counter."""
        await self._heard("collected", lambda: self._came(word))

    @workflow.signal(dynamic=True)
    async def on_signal(self, name: str, arguments: Sequence[RawValue]) -> None:
        """Take a partner's event from our own inbox; whatever else comes is noted on the order."""
        await self._heard(name, lambda: self._told(name, arguments))

    async def _heard(self, name: str, take: Callable[[], Awaitable[None]]) -> None:
        if self._bad_start is not None:
            return
        try:
            await take()
        except (InvalidInput, ApplicationError) as error:
            said = sentence(error) if isinstance(error, InvalidInput) else error.message
            self._run.standing.tell(f"signal {name} refused: {said}", kind=TimelineKind.REFUSED_MESSAGE)
            await self._run.desk.show(index=False)

    async def _answer(self, verdict: Verdict, sent: Sequence[object]) -> None:
        word = from_call(OperatorWord, sent)
        hold = self._open_hold(word.hold)
        await self._run.desk.decide(HoldDecision(hold=hold, verdict=verdict, reason=word.reason, actor=word.actor))

    async def _changed(self, change: Awaitable[ChangeReceipt]) -> None:
        await change

    async def _wish(self, sent: Sequence[object]) -> None:
        wish = from_call(Cancellation, sent)
        self._check_cancellable()
        self._run.desk.wish = wish

    async def _came(self, sent: Sequence[object]) -> None:
        found = collections(self._run, from_call(Collection, sent))
        if not found:
            raise _conflict("nothing lies ready to be collected")
        self._run.events.extend(found)

    async def _told(self, name: str, arguments: Sequence[RawValue]) -> None:
        if name != "partner_event":
            raise InvalidInput.at("", "signal", "is not known; there are approve, reject, cancel, change")
        event = from_signal(PARTNER_EVENT, arguments)
        if event.order_id != self._run.order.id:
            raise InvalidInput.at("/order_id", "identity", "is another order's")
        if event.event_id not in self._seen:
            self._seen.add(event.event_id)
            if isinstance(event, ChangedAtChannel):
                at_channel.hear(self._run, event)
            else:
                self._run.hear(event)

    def _check_cancellable(self) -> None:
        standing = self._run.standing
        if standing.ended:
            raise _conflict(f"the order has ended: {standing.headline.value}")
        if standing.goods.anything_shipped and standing.goods.all_shipped:
            raise _conflict("all of it has been shipped: the customer can return it")

    def _open_hold(self, hold_id: str | None) -> str:
        """Find the open hold that is meant; without an id, the only one."""
        standing = self._run.standing
        open_ids = [hold.id for hold in standing.open_holds]
        if hold_id is None and len(open_ids) == 1:
            return open_ids[0]
        if hold_id in open_ids and hold_id is not None:
            return hold_id
        hold = standing.holds.get(hold_id or "")
        if hold is not None and hold.state is not HoldState.OPEN:
            raise _conflict(f"hold {hold_id} was {hold.state.value} already")
        raise _conflict(f"there is no open hold {hold_id or ''}; open are: {', '.join(open_ids) or 'none'}")

    def _started(self) -> None:
        if self._bad_start is not None:
            raise refusal(self._bad_start)

    def _acknowledge(self, text: str) -> Acknowledgement:
        standing = self._run.standing
        return Acknowledgement(order_id=standing.order.id, headline=standing.headline, text=text)


def _conflict(message: str) -> ApplicationError:
    return ApplicationError(message, type="conflict", non_retryable=True)
