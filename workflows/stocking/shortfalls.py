"""What a warehouse cannot or will not send: freed in our ledger, and sent from elsewhere, again, or left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.messages import Verdict
from models.order.pieces import needs_of
from models.order.snapshot import TimelineKind
from models.order.standing import PLATFORM
from models.states.hold import HoldKind
from workflows.desk import CancelOrder
from workflows.fulfilling.elsewhere import may_source_again, source_again
from workflows.stocking.calling_back import call_back

if TYPE_CHECKING:
    from models.order.pieces import Piece
    from workflows.fulfilling.consignment import Consignment
    from workflows.ordering.run import Run


@dataclass(frozen=True)
class Shortfall:
    """Goods that were released to a warehouse and will not come from there."""

    event_id: str
    missing: dict[Piece, int]
    reason: str
    consignment: Consignment | None
    """Where they were to come from; none where the warehouse names no release of this order."""


async def make_good(run: Run, shortfall: Shortfall) -> None:
    """Source it again elsewhere by itself, as often as policy says; after that a person chooses.

    The choice is to reserve and send it once more, from elsewhere, or to close the order without it.

    Raises:
        CancelOrder: nothing else is left of the order.
    """
    await call_back(run, shortfall.reason)
    consignment = shortfall.consignment
    if consignment is not None and may_source_again(run):
        await source_again(
            run,
            needs_of(shortfall.missing),
            node=consignment.node,
            reservation_key=consignment.reservation_key,
            document=shortfall.event_id,
            reason=shortfall.reason,
        )
        await run.desk.show()
        return
    if consignment is not None:
        document = run.key("free", shortfall.event_id)
        await run.stock.free(shortfall.missing, consignment.reservation_key, document, shortfall.reason)
    hold = run.standing.open_hold(
        HoldKind.INVENTORY,
        shortfall.reason,
        release_rule="an answer: approve to reserve and send it again, reject to close the order without it",
    )
    await run.desk.show()
    if await run.desk.answer(hold) is Verdict.REJECT:
        run.standing.goods.cancelled(shortfall.missing)
        run.standing.tell("closed without what is missing", kind=TimelineKind.OPERATOR)
        if not run.standing.goods.outstanding() and not run.standing.goods.anything_shipped:
            decided = run.standing.holds[hold.id]
            raise CancelOrder(decided.decision_reason or shortfall.reason, decided.decided_by or PLATFORM)
        return
    avoid = (consignment.node,) if consignment is not None else ()
    await run.stock.again(needs_of(shortfall.missing), avoid=avoid)
