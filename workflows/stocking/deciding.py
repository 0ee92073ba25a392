"""What is decided about a line that is short: by policy, by a person, by the customer, or by his silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from temporalio import workflow

from activities.warehouse import WarehouseActivities
from models.messages import Verdict
from models.order.standing import PLATFORM
from models.partners.transfers import TransferLine, TransferOrder
from models.states.hold import HoldKind, HoldState
from models.stock.reservation import RemedyKind
from workflows.asking import Manner
from workflows.ordering import telling
from workflows.patches import WHOLE_LIFE
from workflows.queues import Partner

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from models.states.hold import Hold
    from models.stock.demand import Need
    from models.stock.reservation import Remedy
    from workflows.ordering.run import Run


@dataclass(frozen=True)
class Decided:
    """What becomes of a line."""

    wanted: tuple[Need, ...] = ()
    """What is to be had for it; nothing: it is closed."""
    waits: bool = False
    """Whether it waits in the queue for stock."""
    until: datetime | None = None
    """How long it may wait."""
    instead: bool = False
    """Whether something else goes."""
    reason: str = ""
    """Why it is closed."""
    actor: str = PLATFORM


class Decisions:
    """Has the lines of one order decided."""

    def __init__(self, run: Run, over: Callable[[], bool]) -> None:
        """`over` says whether the order ends, and all of it is let be."""
        self._run = run
        self._over = over

    async def about(self, remedy: Remedy, part: str) -> Decided:
        """Have one line decided.

        Raises:
            CancelOrder: somebody wants the order cancelled.
            NotDone: a transfer was refused, and a person gave it up.
        """
        match remedy.kind:
            case RemedyKind.BACKORDER:
                return Decided(remedy.needs, waits=True, until=remedy.deadline)
            case RemedyKind.SUBSTITUTE:
                return await self._substitute(remedy)
            case RemedyKind.TRANSFER:
                return await self._transfer(remedy, part)
            case RemedyKind.ASK_CUSTOMER:
                return await self._ask_customer(remedy, part)
            case RemedyKind.CANCEL_LINE:
                return Decided(reason=remedy.reason)
            case RemedyKind.HOLD:
                return await self._hold(remedy)

    async def _substitute(self, remedy: Remedy) -> Decided:
        run = self._run
        if run.standing.goods.begun(remedy.line_id) and workflow.patched(WHOLE_LIFE):
            # A line goes whole, as it was ordered or as something else.
            return await self._hold(remedy)
        instead = ", ".join(f"{need.quantity} of {need.sku}" for need in remedy.substitutes)
        if remedy.needs_approval:
            reason = f"line {remedy.line_id} is short: send {instead} instead?"
            rule = "an answer: approve to send it, reject to close the line"
            said = await self._answer(HoldKind.INVENTORY, reason, rule)
            if said.verdict is not Verdict.APPROVE:
                return said.closes()
        run.standing.goods.substitute(remedy.line_id, remedy.substitutes)
        run.standing.tell(f"line {remedy.line_id}: {instead} goes instead")
        return Decided(remedy.substitutes, instead=True)

    async def _transfer(self, remedy: Remedy, part: str) -> Decided:
        run = self._run
        if remedy.from_node is None or remedy.to_node is None:
            message = f"a transfer for line {remedy.line_id} without its nodes"
            raise AssertionError(message)
        order = TransferOrder(
            key=run.key("transfer", part),
            from_node=remedy.from_node,
            to_node=remedy.to_node,
            lines=tuple(TransferLine(sku=need.sku, quantity=need.quantity) for need in remedy.needs),
            order_id=run.order.id,
            reason=f"{run.order.id} is to be collected at {remedy.to_node}",
        )
        manner = Manner(
            Partner.WMS, f"move goods from {remedy.from_node} to {remedy.to_node}", refusal=HoldKind.INVENTORY
        )
        await run.ask(WarehouseActivities.transfer, order, manner)
        run.standing.tell(f"on its way from {remedy.from_node} to {remedy.to_node}", actor=Partner.WMS.value)
        return Decided(remedy.needs, waits=True, until=remedy.deadline)

    async def _ask_customer(self, remedy: Remedy, part: str) -> Decided:
        telling.question(self._run, part, remedy.reason, remedy.deadline)
        rule = "the customer's answer: approve to wait for it, reject to close the line"
        said = await self._answer(
            HoldKind.CUSTOMER_REQUEST, f"line {remedy.line_id} is short: {remedy.reason}", rule, by=remedy.deadline
        )
        silent = said.verdict is None and remedy.silence is RemedyKind.BACKORDER
        if said.verdict is Verdict.APPROVE or silent:
            return Decided(remedy.needs, waits=True, until=remedy.waits_until)
        return said.closes()

    async def _hold(self, remedy: Remedy) -> Decided:
        rule = "an answer: approve to try to reserve it again, reject to close the line"
        said = await self._answer(HoldKind.INVENTORY, f"short of stock: {remedy.reason}"[:500], rule)
        return Decided(remedy.needs) if said.verdict is Verdict.APPROVE else said.closes()

    async def _answer(self, kind: HoldKind, reason: str, rule: str, *, by: datetime | None = None) -> _Said:
        """Open a hold and wait for its answer; there is none if it does not come in time, or the order ends."""
        run = self._run
        hold = run.standing.open_hold(kind, reason, release_rule=rule)
        run.promises.reckon("somebody decides about some of it", tells=False)
        await run.stock.hold_on()
        await run.desk.show()
        try:
            await workflow.wait_condition(
                lambda: run.standing.holds[hold.id].state is not HoldState.OPEN or self._over(),
                timeout=by - workflow.now() if by else None,
                timeout_summary="until then it may be answered",
            )
        except TimeoutError:
            run.standing.close_hold(hold.id, HoldState.RELEASED, actor=PLATFORM, reason="no answer came in time")
        return _Said.of(run.standing.holds[hold.id])


@dataclass(frozen=True)
class _Said:
    """An answer to a hold: none where it did not come."""

    verdict: Verdict | None
    reason: str
    actor: str

    @classmethod
    def of(cls, hold: Hold) -> Self:
        verdicts = {HoldState.APPROVED: Verdict.APPROVE, HoldState.REJECTED: Verdict.REJECT}
        return cls(verdicts.get(hold.state), hold.decision_reason or "no answer", hold.decided_by or PLATFORM)

    def closes(self) -> Decided:
        return Decided(reason=self.reason, actor=self.actor)
