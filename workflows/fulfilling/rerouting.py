"""Taking goods away from a node that does not send them, so that another one can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import workflow

from models.order.document import Delivery
from models.order.pieces import needs_of
from models.order.snapshot import TimelineKind
from models.states.hold import HoldKind, HoldState
from workflows.asking import NotDone
from workflows.fulfilling.elsewhere import source_again
from workflows.fulfilling.releasing import forget_label, recall
from workflows.queues import Partner
from workflows.stocking.calling_back import call_back

if TYPE_CHECKING:
    from workflows.fulfilling.consignment import Consignment
    from workflows.ordering.run import Run


async def stop_and_leave(run: Run, consignment: Consignment, reason: str) -> bool:
    """Have a node that answers stop, and the goods come from elsewhere; answers whether it could be stopped."""
    try:
        stopped = await recall(run, consignment, reason=reason)
    except NotDone:
        return False
    if not stopped:
        consignment.heard_of = True
        run.standing.tell(f"{consignment.node} cannot stop it any more: it is waited for", actor=Partner.WMS.value)
        return True
    if run.order.fulfilment.delivery is Delivery.SHIP:
        run.aside(forget_label(run, consignment, reason))
    await _source(run, consignment, reason)
    return True


async def leave(run: Run, consignment: Consignment, reason: str) -> None:
    """Have goods come from elsewhere though their node cannot be reached; it is told to stop once it can be."""
    run.aside(_make_sure(run, consignment, reason))
    await _source(run, consignment, reason)


async def _source(run: Run, consignment: Consignment, reason: str) -> None:
    missing = consignment.open()
    consignment.take(missing)
    if consignment.released:
        run.standing.goods.taken_back(missing)
    else:
        run.standing.goods.unreserved(consignment.allocations)
    await call_back(run, reason)
    await source_again(
        run,
        needs_of(missing),
        node=consignment.node,
        reservation_key=consignment.reservation_key,
        document=run.stock.fresh_part(f"left-{consignment.node}"),
        reason=reason,
    )


async def _make_sure(run: Run, consignment: Consignment, reason: str) -> None:
    """See that a node we could not reach does not send what comes from elsewhere by now."""
    try:
        stopped = await recall(run, consignment, reason=reason)
    except NotDone:
        stopped = False
    if stopped:
        run.standing.tell(f"recalled from {consignment.node}", kind=TimelineKind.UNDO, actor=Partner.WMS.value)
        await forget_label(run, consignment, reason)
        return
    said = f"{consignment.node} may have sent what was sourced again elsewhere: it may arrive twice"
    rule = "an answer from service, once it is settled"
    hold = run.standing.open_hold(HoldKind.OTHER, said, waiting_on=Partner.WMS.value, release_rule=rule)
    await run.desk.show()
    await workflow.wait_condition(lambda: run.standing.holds[hold.id].state is not HoldState.OPEN)
