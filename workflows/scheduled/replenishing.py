"""Replenishment: one round of buying what runs short and moving what lies elsewhere, and an operator's transfers."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from activities.erp import ErpActivities
from activities.replenishing import ReplenishingActivities
from activities.warehouse import WarehouseActivities
from models.errors import InvalidInput, Trouble
from models.partners.transfers import PurchaseRequisition, TransferLine, TransferOrder
from models.stock.replenishment import Replenished, ReplenishmentReport
from workflows.messages import from_call, refusal
from workflows.own import own
from workflows.patches import SECOND_LOOK
from workflows.queues import Partner
from workflows.scheduled.patience import NotAnswered, ask_patiently

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from models.stock.replenishment import Proposal

Asked = TypeVar("Asked", PurchaseRequisition, TransferOrder)
Reply = TypeVar("Reply")
_AT_ONCE = 200
"""Proposals in one round: its history stays small, and the next round is minutes away."""
_SIDE_BY_SIDE = 10
_LOOKED_WITHIN = timedelta(minutes=5)
"""Every shelf is looked at: with many articles that takes longer than any step of an order."""
_ROUND = timedelta(minutes=20)
"""Longer than a partner stumbles: a requisition in doubt is settled by the round that asked, with what it asked."""
_TRANSFER_PATIENCE = timedelta(hours=12)


@workflow.defn(name="ReplenishmentWorkflow")
class ReplenishmentWorkflow:
    """One round. What it asks for is written down before, so that a later round asks for the very same again."""

    @workflow.run
    async def run(self, *_start: RawValue) -> ReplenishmentReport:
        """Ask for everything that is proposed; what one partner refuses does not stop the rest."""
        found = await own(
            ReplenishingActivities.proposals, _AT_ONCE, summary="what is to be ordered", within=_LOOKED_WITHIN
        )
        self._deadline = workflow.now() + _ROUND
        # One partner's trouble is not to keep the other waiting.
        self._erp, self._warehouse = asyncio.Semaphore(_SIDE_BY_SIDE), asyncio.Semaphore(_SIDE_BY_SIDE)
        asked = await asyncio.gather(*(self._replenish(proposal) for proposal in found[:_AT_ONCE]))
        report = ReplenishmentReport(asked=tuple(asked), more=len(found) > _AT_ONCE)
        workflow.set_current_details(_told(report))
        return report

    async def _replenish(self, proposal: Proposal) -> Replenished:
        result = Replenished(key=proposal.key, sku=proposal.sku, node=proposal.node, quantity=proposal.quantity)
        source = proposal.from_node
        async with self._erp if source is None else self._warehouse:
            try:
                reference = await (self._buy(proposal) if source is None else self._move(proposal, source))
            except NotAnswered as unanswered:
                trouble = unanswered.failure.message[:500]
                if unanswered.failure.kind is Trouble.REFUSE and workflow.patched(SECOND_LOOK):
                    await self._refused(proposal, trouble)
                return result.model_copy(update={"trouble": trouble})
        return result.model_copy(update={"reference": reference})

    async def _buy(self, proposal: Proposal) -> str:
        requisition = PurchaseRequisition(
            key=proposal.key,
            sku=proposal.sku,
            quantity=proposal.quantity,
            node=proposal.node,
            supplier=proposal.supplier,
            needed_by=proposal.needed_by,
            reason=proposal.because,
        )
        summary = f"buy {proposal.quantity} {proposal.sku} for {proposal.node}"
        answer = await self._ask_afresh(ErpActivities.requisition, requisition, Partner.ERP, summary)
        await own(ReplenishingActivities.ordered, proposal, answer, summary=f"expect {answer.reference}")
        return answer.reference

    async def _move(self, proposal: Proposal, source: str) -> str:
        """Have it sent from the other node, which tells us itself when it has left."""
        order = TransferOrder(
            key=proposal.key,
            from_node=source,
            to_node=proposal.node,
            lines=(TransferLine(sku=proposal.sku, quantity=proposal.quantity),),
            reason=proposal.because,
        )
        summary = f"send {proposal.quantity} {proposal.sku} from {source} to {proposal.node}"
        return (await self._ask_afresh(WarehouseActivities.transfer, order, Partner.WMS, summary)).reference

    async def _refused(self, proposal: Proposal, trouble: str) -> None:
        await own(ReplenishingActivities.refused, proposal, trouble, summary=f"note that {proposal.sku} was refused")

    async def _ask_afresh(
        self, verb: Callable[[Any, Asked], Awaitable[Reply]], ask: Asked, partner: Partner, summary: str
    ) -> Reply:
        """Ask under the proposal's key; a round that was begun by older code asks once more, under a key of the day.

        A refusal stays the answer under its key, though its cause may be gone tomorrow; and it had no effect, so that
        another key does not order twice.
        """
        try:
            return await ask_patiently(verb, ask, partner, summary, patience=self._deadline - workflow.now())
        except NotAnswered as unanswered:
            if unanswered.failure.kind is not Trouble.REFUSE or workflow.patched(SECOND_LOOK):
                raise
        fresh = ask.model_copy(update={"key": f"{ask.key}~{workflow.now():%Y-%m-%d}"})
        return await ask_patiently(verb, fresh, partner, summary, patience=self._deadline - workflow.now())


@workflow.defn(name="TransferWorkflow")
class TransferWorkflow:
    """A transfer that an operator asked for."""

    @workflow.init
    def __init__(self, *start: RawValue) -> None:
        """Take the start's one payload; a bad one must fail the run and not wedge it, so `run` says so."""
        self._bad_start: InvalidInput | None = None
        try:
            self._order = from_call(TransferOrder, start)
        except InvalidInput as error:
            self._bad_start = error

    @workflow.run
    async def run(self, *_start: RawValue) -> str:
        """Have it sent; answers the warehouse's number of it. A refusal fails the run with the warehouse's words."""
        if self._bad_start is not None:
            raise refusal(self._bad_start)
        order = self._order
        goods = ", ".join(f"{line.quantity} {line.sku}" for line in order.lines[:5])
        summary = f"send {goods} from {order.from_node} to {order.to_node}"
        try:
            done = await ask_patiently(
                WarehouseActivities.transfer, order, Partner.WMS, summary, patience=_TRANSFER_PATIENCE
            )
        except NotAnswered as unanswered:
            kind = unanswered.failure.kind.value
            raise ApplicationError(unanswered.failure.message, type=kind, non_retryable=True) from unanswered
        return done.reference


def _told(report: ReplenishmentReport) -> str:
    """The round in a few lines, for the Web UI."""
    lines = [f"- {one.quantity} {one.sku} for {one.node}: {one.reference or one.trouble}" for one in report.asked[:20]]
    return "\n".join(lines) or "nothing is running short"
