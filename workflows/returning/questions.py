"""Goods that came and nobody had announced: a person says whether they count, and where they go if not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import workflow

from models.ids import event_id
from models.messages import Verdict
from models.returns.case import ReturnLine
from models.returns.disposing import lines_of
from models.returns.handling import Lot
from models.returns.request import Condition, ReturnReason
from models.states.hold import HoldKind
from models.stock.events import GoodsSetAside
from models.stock.quantities import StockState
from workflows.returning.run import Nudge

if TYPE_CHECKING:
    from models.returns.handling import Oddity
    from workflows.returning.run import ReturnRun


async def ask_about(run: ReturnRun, oddity: Oddity) -> None:
    """Have a person decide about goods that were not announced."""
    could_count = oddity.line_id is not None or not run.case.known
    hold = run.standing.open_hold(HoldKind.RETURN, _question(oddity, could_count=could_count))
    approved = await run.verdict(hold) is Verdict.APPROVE
    admitted = approved and could_count and await _admit(run, oddity)
    run.standing.admitted[oddity.id] = admitted
    if not admitted:
        run.shelving.tell([_aside(run, oddity)])
        run.standing.tell(f"{oddity.quantity} x {oddity.sku}: put aside, nothing is given for them")
    run.questions -= 1
    run.news.append(Nudge())


def _question(oddity: Oddity, *, could_count: bool) -> str:
    what = f"{oddity.quantity} x {oddity.sku} came and nobody had announced them"
    if could_count:
        return f"{what}: approve to take them back like the rest, reject to put them aside for the customer"
    return f"{what}, nor were they ever sold with this order: they are put aside; answer once the customer knows"


async def _admit(run: ReturnRun, oddity: Oddity) -> bool:
    line_id = oddity.line_id or f"loose-{oddity.id}"
    if run.case.known and not await run.claim_more(line_id, oddity.quantity):
        run.standing.tell(f"the order has no more of {oddity.sku} that could come back")
        return False
    announced = run.standing.goods.lines.get(line_id)
    line = ReturnLine(
        line_id=line_id,
        sku=oddity.sku,
        quantity=oddity.quantity,
        reason=announced.line.reason if announced else ReturnReason.OTHER,
        condition=announced.line.condition if announced else Condition.OPENED,
    )
    run.standing.goods.admit(oddity, announced.line if announced else line)
    return True


def _aside(run: ReturnRun, oddity: Oddity) -> GoodsSetAside:
    # In the same terms in which the ledger was told that they came.
    lot = Lot(oddity.line_id or "", oddity.sku, oddity.quantity, oddity.node, oddity.lot)
    return GoodsSetAside(
        event_id=event_id(run.case.id, f"unannounced/{oddity.id}"),
        occurred_at=workflow.now(),
        document=run.case.id,
        reason="not announced, and not taken back",
        node=oddity.node,
        lines=lines_of(run.case, lot),
        state=StockState.QUARANTINED,
        from_state=StockState.IN_INSPECTION,
    )
