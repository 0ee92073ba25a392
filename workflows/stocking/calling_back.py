"""Goods that must not go in parts, called back from where they were released: the rest of them will not come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.changes.shifting import stop
from models.order.snapshot import TimelineKind
from models.stock.nodes import NodeKind
from workflows.asking import NotDone
from workflows.changing.shelves import without
from workflows.fulfilling.releasing import forget_label, recall
from workflows.stocking.batch import Batch

if TYPE_CHECKING:
    from workflows.fulfilling.consignment import Consignment
    from workflows.ordering.run import Run


async def call_back(run: Run, reason: str) -> None:
    """Have nodes stop what goes together with goods that will not come from theirs: it goes out with them later.

    What cannot be stopped any more goes ahead, and once a parcel has left the others follow as they can.
    """
    goods = run.standing.goods
    if not run.assessment.goes_together or goods.anything_shipped:
        return
    for consignment in [one for one in run.consigned.values() if one.released and one.open()]:
        if not await _stopped(run, consignment, reason):
            run.standing.tell(
                f"{consignment.node} cannot stop it any more: it goes in parts", kind=TimelineKind.TROUBLE
            )
            continue
        left = consignment.open()
        stop(goods, left)
        allocations = without(consignment.allocations, dict(consignment.gone))
        consignment.take(left)
        part = consignment.reservation_key.removeprefix(run.key("stock")).removeprefix("/")
        run.stock.ready.append(Batch(part, allocations, again=run.stock.fresh_part("back")))
        run.standing.tell(f"called back from {consignment.node}: {reason}", kind=TimelineKind.UNDO)
        run.aside(forget_label(run, consignment, reason))


async def _stopped(run: Run, consignment: Consignment, reason: str) -> bool:
    if consignment.kind is NodeKind.SUPPLIER:
        return False
    try:
        return await recall(run, consignment, reason=reason)
    except NotDone:
        return False
