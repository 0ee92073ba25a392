"""What is done about a line that is short: each goes on beside the order's story until it has goods or is given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from temporalio import workflow

from activities.stock import StockActivities
from activities.warehouse import WarehouseActivities
from models.messages import Verdict
from models.order.pieces import needs_of
from models.order.snapshot import TimelineKind
from models.order.standing import PLATFORM
from models.partners.events import BackorderExpected, BackorderExpired, BackorderFilled
from models.partners.transfers import TransferLine, TransferOrder
from models.states.hold import HoldKind, HoldState
from models.stock.backorders import BackorderRequest
from models.stock.reservation import Remedy, RemedyKind, ReservationState
from workflows.asking import Manner, NotDone
from workflows.desk import CancelOrder
from workflows.ordering import telling
from workflows.patches import WHOLE_LIFE
from workflows.queues import Partner

if TYPE_CHECKING:
    from datetime import datetime

    from models.order.pieces import Piece
    from models.states.hold import Hold
    from models.stock.demand import Need
    from models.stock.reservation import Allocation
    from workflows.ordering.run import Run
    from workflows.stocking.stock import Stocking

STOCK = "stock"
"""What an order in the queue for stock waits on."""


class Remedies:
    """What one order does about what it is short of."""

    def __init__(self, run: Run, stocking: Stocking) -> None:
        """Begin with nothing to see to."""
        self._run = run
        self._stocking = stocking
        self._open = 0
        self.over = False
        """Whether the order ends, and all of it is let be."""
        self.waiting: dict[str, dict[Piece, int]] = {}
        """By reservation: what waits in the queue for stock."""
        self.gave_up: CancelOrder | None = None
        """Why the last line was given up, and by whom."""

    @property
    def done(self) -> bool:
        """Whether nothing is being seen to."""
        return not self._open

    def stop(self) -> None:
        """Let all of it be: the order ends."""
        self.over = True

    def go_on(self) -> None:
        """See to what comes now: the order goes on after all, and something is reserved anew."""
        self.over = False

    def begin(self, remedy: Remedy, part: str) -> None:
        """See to one line, beside the order's story."""
        self._open += 1
        self._run.standing.tell(f"line {remedy.line_id} is short: {_spoken(remedy)}", kind=TimelineKind.DECISION)
        self._run.standing.goods.backordered(remedy.needs)
        self._run.aside(self._see_to(remedy, part))

    async def _see_to(self, remedy: Remedy, part: str) -> None:
        try:
            await self._follow(remedy, f"{part}-{remedy.line_id}" if part else remedy.line_id)
        except (CancelOrder, NotDone):
            # The order's own story sees the wish and ends; what nobody could do is given up by an operator's word.
            if not self.over and self._run.desk.wish is None:
                await self._cancel_line(remedy, "given up")
        finally:
            self._open -= 1

    async def _follow(self, remedy: Remedy, part: str) -> None:
        match remedy.kind:
            case RemedyKind.BACKORDER:
                await self._wait(remedy, part)
            case RemedyKind.SUBSTITUTE:
                await self._substitute(remedy, part)
            case RemedyKind.TRANSFER:
                await self._transfer(remedy, part)
            case RemedyKind.ASK_CUSTOMER:
                await self._ask_customer(remedy, part)
            case RemedyKind.CANCEL_LINE:
                await self._cancel_line(remedy, remedy.reason)
            case RemedyKind.HOLD:
                await self._hold(remedy)

    # --- waiting for stock ----------------------------------------------------------------------------------------

    async def _wait(self, remedy: Remedy, part: str) -> None:
        run = self._run
        part = f"wait-{part}"
        key = self._stocking.note(part)
        request = BackorderRequest(
            key=key,
            order_id=run.order.id,
            needs=remedy.needs,
            demand=self._stocking.demand,
            policy_version=run.assessment.policy_version,
            deadline=remedy.deadline,
        )
        answer = await run.own(StockActivities.backorder, request, "take a place in the queue for stock")
        run.promises.sourced(answer.senders)
        if answer.state is not ReservationState.PENDING:
            await self._arrived(part, key, answer.allocations)
            return
        run.standing.expectations[key] = answer.expected_at
        self.waiting[key] = _pieces(remedy.needs)
        run.promises.waits(key, remedy.needs, answer.expected_at)
        run.standing.awaiting = run.standing.awaiting or STOCK
        telling.backordered(run, part, answer.expected_at)
        await run.desk.show()
        await self._heed_ledger(remedy, part, key)

    async def _heed_ledger(self, remedy: Remedy, part: str, key: str) -> None:
        """Wait for our ledger's word on a place in the queue."""
        run = self._run
        news = run.news_of(key)
        while True:
            await workflow.wait_condition(lambda: bool(news) or self.over or not self.waiting[key])
            if self.over or not self.waiting[key]:
                # The order ends, or a change has left out all of it.
                run.promises.arrived(key)
                return
            match news.popleft():
                case BackorderFilled(allocations=allocations, senders=senders):
                    run.promises.sourced(senders)
                    # What a change has left out meanwhile was filled all the same, and is given back.
                    await self._arrived(part, key, _within(allocations, self.waiting.pop(key)))
                    return
                case BackorderExpired():
                    run.promises.arrived(key)
                    still = needs_of(self.waiting.pop(key))
                    await self._cancel_line(remedy.model_copy(update={"needs": still}), "it did not come in time")
                    return
                case BackorderExpected(expected_at=expected_at):
                    await self._expected(part, key, expected_at)

    async def _expected(self, part: str, key: str, expected_at: datetime | None) -> None:
        run = self._run
        before = run.standing.expectations.get(key)
        run.standing.expectations[key] = expected_at
        said = f"expected on {expected_at:%Y-%m-%d}" if expected_at else "nobody knows any more when it comes"
        run.standing.tell(f"what is short: {said}", actor=STOCK)
        run.promises.expected(key, expected_at)
        later = expected_at is not None and (before is None or expected_at.date() > before.date())
        if expected_at is not None and later and not run.promises.made:
            # What is promised tells of its new date itself: that is the same news.
            telling.delayed(run, f"{part}-{expected_at:%Y%m%d}", expected_at)
        await run.desk.show()

    async def _arrived(self, part: str, key: str, allocations: tuple[Allocation, ...]) -> None:
        if self._run.standing.awaiting == STOCK:
            self._run.standing.awaiting = None
        self._run.promises.arrived(key)
        self._stocking.add(part, allocations, firm=True)
        self._run.promises.reckon("what it waited for has come")
        await self._run.desk.show()

    # --- something else, from elsewhere, or not at all ----------------------------------------------------------------

    async def _substitute(self, remedy: Remedy, part: str) -> None:
        run = self._run
        if run.standing.goods.begun(remedy.line_id) and workflow.patched(WHOLE_LIFE):
            # A line goes whole, as it was ordered or as something else.
            await self._hold(remedy)
            return
        instead = ", ".join(f"{need.quantity} of {need.sku}" for need in remedy.substitutes)
        if remedy.needs_approval:
            reason = f"line {remedy.line_id} is short: send {instead} instead?"
            rule = "an answer: approve to send it, reject to close the line"
            said = await self._answer(HoldKind.INVENTORY, reason, rule)
            if said.verdict is not Verdict.APPROVE:
                await self._cancel_line(remedy, said.reason, said.actor)
                return
        run.standing.goods.substitute(remedy.line_id, remedy.substitutes)
        run.standing.tell(f"line {remedy.line_id}: {instead} goes instead")
        await self._stocking.reserve(remedy.substitutes, f"instead-{part}")

    async def _transfer(self, remedy: Remedy, part: str) -> None:
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
        await self._wait(remedy, part)

    async def _ask_customer(self, remedy: Remedy, part: str) -> None:
        telling.question(self._run, part, remedy.reason, remedy.deadline)
        rule = "the customer's answer: approve to wait for it, reject to close the line"
        said = await self._answer(
            HoldKind.CUSTOMER_REQUEST, f"line {remedy.line_id} is short: {remedy.reason}", rule, by=remedy.deadline
        )
        silent = said.verdict is None and remedy.silence is RemedyKind.BACKORDER
        if said.verdict is Verdict.APPROVE or silent:
            await self._wait(remedy.model_copy(update={"deadline": None}), part)
        else:
            await self._cancel_line(remedy, said.reason, said.actor)

    async def _hold(self, remedy: Remedy) -> None:
        rule = "an answer: approve to try to reserve it again, reject to close the line"
        said = await self._answer(HoldKind.INVENTORY, f"short of stock: {remedy.reason}"[:500], rule)
        if said.verdict is Verdict.APPROVE:
            self._run.standing.goods.not_waiting(remedy.needs)
            await self._stocking.again(remedy.needs)
        else:
            await self._cancel_line(remedy, said.reason, said.actor)

    async def _cancel_line(self, remedy: Remedy, reason: str, actor: str = PLATFORM) -> None:
        if self.over:
            return
        run = self._run
        self.gave_up = CancelOrder(reason, actor)
        run.standing.goods.cancelled(_pieces(remedy.needs))
        run.standing.tell(f"line {remedy.line_id} is closed: {reason}", kind=TimelineKind.UNDO)
        run.promises.reckon(f"line {remedy.line_id} is closed")
        await run.desk.show()

    async def _answer(self, kind: HoldKind, reason: str, rule: str, *, by: datetime | None = None) -> _Said:
        """Open a hold and wait for its answer; there is none if it does not come in time, or the order ends."""
        run = self._run
        hold = run.standing.open_hold(kind, reason, release_rule=rule)
        run.promises.reckon("somebody decides about some of it", tells=False)
        await self._stocking.hold_on()
        await run.desk.show()
        try:
            await workflow.wait_condition(
                lambda: run.standing.holds[hold.id].state is not HoldState.OPEN or self.over,
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


def _pieces(needs: tuple[Need, ...]) -> dict[tuple[str, str], int]:
    return {(need.line_id, need.sku): need.quantity for need in needs}


def _spoken(remedy: Remedy) -> str:
    what = {
        RemedyKind.BACKORDER: "it waits for stock",
        RemedyKind.SUBSTITUTE: "something else may go instead",
        RemedyKind.TRANSFER: f"it is moved from {remedy.from_node} to {remedy.to_node}",
        RemedyKind.ASK_CUSTOMER: "the customer is asked",
        RemedyKind.CANCEL_LINE: "it is closed",
        RemedyKind.HOLD: "a person decides",
    }[remedy.kind]
    return f"{what} ({remedy.reason})"


def _within(allocations: tuple[Allocation, ...], wanted: dict[Piece, int]) -> tuple[Allocation, ...]:
    kept = []
    for one in allocations:
        quantity = min(one.quantity, wanted.get((one.line_id, one.sku), 0))
        if quantity:
            wanted[one.line_id, one.sku] -= quantity
            kept.append(one.model_copy(update={"quantity": quantity}))
    return tuple(kept)
