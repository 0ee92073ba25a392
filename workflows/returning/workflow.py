"""The life of one return, as a story: judged, waited for, received, inspected, settled, closed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from temporalio import workflow
from temporalio.common import RawValue

from models.errors import InvalidInput
from models.messages import START_MAX, Cancellation, Verdict
from models.order.snapshot import TimelineKind
from models.partners.events import PARTNER_EVENT, ParcelMoved
from models.returns.messages import (
    GoodsReceipt,
    Inspection,
    ReturnAcknowledgement,
    ReturnDecision,
    ReturnStart,
    ReturnWord,
)
from models.returns.standing import ReturnStanding
from models.states.returning import ReturnState
from workflows.desk import CancelOrder
from workflows.hearing import Hearing
from workflows.messages import from_call, from_signal, refusal
from workflows.returning import taking
from workflows.returning.desk import ReturnDesk
from workflows.returning.following import close, follow
from workflows.returning.judging import judge
from workflows.returning.run import ReturnRun
from workflows.returning.settling import settle


@workflow.defn(name="ReturnWorkflow")
class ReturnWorkflow:
    """One return, from its request to its end."""

    @workflow.init
    def __init__(self, *start: RawValue) -> None:
        """Take the start's one payload; a bad one must fail the run and not wedge it, so `run` says so."""
        self._bad_start: InvalidInput | None = None
        try:
            case = from_call(ReturnStart, start, largest=START_MAX).case
            if case.id != workflow.info().workflow_id:
                raise InvalidInput.at("/case/id", "identity", f"this workflow is not that of {case.id}")
        except InvalidInput as error:
            self._bad_start = error
            return
        standing = ReturnStanding(case, workflow.now)
        self._run = ReturnRun(standing, ReturnDesk(standing))
        self._hearing = Hearing(standing, self._run.desk)

    @workflow.run
    async def run(self, *_start: RawValue) -> str:
        """Carry the return to its end, and answer the state it ends in."""
        if self._bad_start is not None:
            raise refusal(self._bad_start)
        run = self._run
        await run.asides.told_to_its_end(asyncio.ensure_future(self._life()), run.desk.take_wish)
        return run.standing.state.value

    async def _life(self) -> None:
        await self._story()
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def _story(self) -> None:
        run = self._run
        try:
            if await judge(run):
                await self._carry_out()
        except CancelOrder as wish:
            run.standing.tell(f"withdrawn: {wish.reason}", kind=TimelineKind.OPERATOR, actor=wish.actor)
            run.desk.answer_wish("withdrawn")
            run.standing.release_holds("the return was withdrawn")
            await run.let_go(dict.fromkeys(run.standing.goods.lines, 0))
        await close(run)

    async def _carry_out(self) -> None:
        run = self._run
        goods = run.standing.goods
        if run.assessment.keeps:
            run.standing.move(ReturnState.ACCEPTED, "accepted: the customer keeps the goods")
            run.standing.move(ReturnState.DISPOSITIONED, "there is nothing to put away")
        elif run.assessment.early:
            await settle(run, goods.outstanding())
        await follow(run)

    # --- what people and our API ask ------------------------------------------------------------------------------

    @workflow.update(name="accept", description="Answers once the return has been judged")
    async def accept(self, *_nothing: RawValue) -> ReturnAcknowledgement:
        """Answer a request to return."""
        await workflow.wait_condition(
            lambda: self._run.standing.state is not ReturnState.REQUESTED or self._run.standing.ended
        )
        return self._acknowledge(self._run.assessment.reason if self._run.is_judged else "not judged yet")

    @accept.validator
    def _may_accept(self, *_nothing: RawValue) -> None:
        self._started()

    @workflow.update(name="receive", description="Goods have come: receipt_id, node, lines, actor")
    async def receive(self, *receipt: RawValue) -> ReturnAcknowledgement:
        """Take what a node has received."""
        said = taking.receive(self._run, from_call(GoodsReceipt, receipt))
        await self._run.desk.show()
        return self._acknowledge(said)

    @receive.validator
    def _may_receive(self, *receipt: RawValue) -> None:
        self._checked(lambda: taking.check_receipt(self._run, from_call(GoodsReceipt, receipt)))

    @workflow.update(name="inspect", description="Goods were inspected: inspection_id, lines, actor")
    async def inspect(self, *inspection: RawValue) -> ReturnAcknowledgement:
        """Take what an inspector has found."""
        said = taking.inspect(self._run, from_call(Inspection, inspection))
        await self._run.desk.show()
        return self._acknowledge(said)

    @inspect.validator
    def _may_inspect(self, *inspection: RawValue) -> None:
        self._checked(lambda: taking.check_inspection(self._run, from_call(Inspection, inspection)))

    @workflow.update(name="decide", description="Approve or reject a hold: hold, verdict, reason, actor, amount")
    async def decide(self, *decision: RawValue) -> ReturnAcknowledgement:
        """Take an operator's answer to a hold."""
        said = from_call(ReturnDecision, decision)
        self._note_amount(said)
        hold = await self._run.desk.decide(said)
        return self._acknowledge(f"hold {hold.id} {hold.state.value}")

    @decide.validator
    def _may_decide(self, *decision: RawValue) -> None:
        self._checked(lambda: self._check_decision(from_call(ReturnDecision, decision)))

    @workflow.update(name="withdraw", description="Wait no longer for what has not come: reason, actor")
    async def withdraw(self, *wish: RawValue) -> ReturnAcknowledgement:
        """Take the wish to keep the goods after all."""
        self._run.desk.take_wish(from_call(Cancellation, wish))
        return self._acknowledge("what has not come is not waited for any more")

    @withdraw.validator
    def _may_withdraw(self, *wish: RawValue) -> None:
        self._checked(lambda: self._check_wish(from_call(Cancellation, wish)))

    # --- what people send from the Temporal Web UI or CLI, and what the carrier tells ------------------------------

    # Any number of payloads is taken, and none is typed: a signal the SDK cannot read is dropped, or wedges the return.

    @workflow.signal(name="receive", description="Goods have come: receipt_id, node, lines, actor")
    async def hear_receipt(self, *receipt: RawValue) -> None:
        """Take a person's word that goods have come."""
        await self._heard("receive", lambda: self._received(receipt))

    @workflow.signal(name="inspect", description="Goods were inspected: inspection_id, lines, actor")
    async def hear_inspection(self, *inspection: RawValue) -> None:
        """Take an inspector's word."""
        await self._heard("inspect", lambda: self._inspected(inspection))

    @workflow.signal(name="approve", description="Approve a hold: hold (if several are open), reason, actor, amount")
    async def approve(self, *word: RawValue) -> None:
        """Take a person's approval."""
        await self._heard("approve", lambda: self._answer(Verdict.APPROVE, word))

    @workflow.signal(name="reject", description="Reject a hold: hold (if several are open), reason, actor")
    async def reject(self, *word: RawValue) -> None:
        """Take a person's rejection."""
        await self._heard("reject", lambda: self._answer(Verdict.REJECT, word))

    @workflow.signal(name="withdraw", description="Wait no longer for what has not come: reason, actor")
    async def hear_withdrawal(self, *wish: RawValue) -> None:
        """Take a person's wish."""
        await self._heard("withdraw", lambda: self._wish(wish))

    @workflow.signal(dynamic=True)
    async def on_signal(self, name: str, arguments: Sequence[RawValue]) -> None:
        """Take the carrier's event from our own inbox; whatever else comes is noted on the return."""
        await self._heard(name, lambda: self._told(name, arguments))

    async def _heard(self, name: str, take: Callable[[], Awaitable[None]]) -> None:
        if self._bad_start is None:
            await self._hearing.heed(name, take())

    async def _received(self, sent: Sequence[object]) -> None:
        receipt = from_call(GoodsReceipt, sent)
        taking.check_receipt(self._run, receipt)
        taking.receive(self._run, receipt)
        await self._run.desk.show()

    async def _inspected(self, sent: Sequence[object]) -> None:
        inspection = from_call(Inspection, sent)
        taking.check_inspection(self._run, inspection)
        taking.inspect(self._run, inspection)
        await self._run.desk.show()

    async def _answer(self, verdict: Verdict, sent: Sequence[object]) -> None:
        word = from_call(ReturnWord, sent)
        hold = self._hearing.open_hold(word.hold)
        taking.check_amount(self._run, hold, verdict, word.amount)
        decision = ReturnDecision(hold=hold, verdict=verdict, reason=word.reason, actor=word.actor, amount=word.amount)
        self._note_amount(decision)
        await self._run.desk.decide(decision)

    async def _wish(self, sent: Sequence[object]) -> None:
        wish = from_call(Cancellation, sent)
        self._check_wish(wish)
        self._run.desk.take_wish(wish)

    async def _told(self, name: str, arguments: Sequence[RawValue]) -> None:
        if name != "partner_event":
            known = "receive, inspect, approve, reject and withdraw"
            raise InvalidInput.at("", "signal", f"is not known; there are {known}")
        event = from_signal(PARTNER_EVENT, arguments)
        if not isinstance(event, ParcelMoved) or event.tracking_number != self._run.standing.tracking_number:
            raise InvalidInput.at("/tracking_number", "identity", "is no parcel of this return")
        if self._hearing.is_news(event.event_id):
            self._run.parcels.append(event)

    def _checked(self, check: Callable[[], None]) -> None:
        self._started()
        try:
            check()
        except InvalidInput as error:
            raise refusal(error) from error

    def _check_decision(self, decision: ReturnDecision) -> None:
        hold = self._hearing.open_hold(decision.hold)
        taking.check_amount(self._run, hold, decision.verdict, decision.amount)

    def _check_wish(self, _wish: Cancellation) -> None:
        taking.check_withdrawal(self._run)

    def _note_amount(self, decision: ReturnDecision) -> None:
        if decision.amount is not None:
            self._run.amounts[decision.hold] = decision.amount

    def _started(self) -> None:
        if self._bad_start is not None:
            raise refusal(self._bad_start)

    def _acknowledge(self, text: str) -> ReturnAcknowledgement:
        standing = self._run.standing
        return ReturnAcknowledgement(
            return_id=standing.case.id,
            state=standing.state,
            text=text[:500],
            open_holds=tuple(hold.id for hold in standing.open_holds),
            expected=standing.goods.expected,
        )
