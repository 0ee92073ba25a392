"""What nobody saw to while something else was short: reserved once all that was short is settled.

Only orders from before answers said that they go together have such lines (`ReservationAnswer.together`); what goes
together now is seen to as a whole (workflows/stocking/together.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import workflow

from models.order.pieces import needs_of
from models.states.lifecycle import Lifecycle
from workflows.desk import CancelOrder

if TYPE_CHECKING:
    from models.order.pieces import Piece
    from models.stock.demand import Need
    from models.stock.reservation import ReservationAnswer
    from workflows.ordering.run import Run


def left_over(needs: tuple[Need, ...], answer: ReservationAnswer) -> tuple[Need, ...]:
    """Say what of the needs was neither granted nor has a remedy, and is not seen to together with the rest."""
    if answer.together:
        return ()
    left: dict[Piece, int] = {}
    for need in needs:
        left[need.line_id, need.sku] = left.get((need.line_id, need.sku), 0) + need.quantity
    for found in answer.allocations:
        left[found.line_id, found.sku] -= found.quantity
    seen_to = {remedy.line_id for remedy in answer.remedies}
    return needs_of({piece: quantity for piece, quantity in left.items() if quantity > 0 and piece[0] not in seen_to})


async def bring_along(run: Run, needs: tuple[Need, ...]) -> None:
    """Reserve these when nothing is short any more, unless the order has ended over it."""
    stock, standing = run.stock, run.standing
    await workflow.wait_condition(
        lambda: stock.remedies.over or (stock.settled and standing.lifecycle is Lifecycle.IN_FULFILMENT)
    )
    missing = standing.goods.not_released()
    wanted = {
        piece: min(need.quantity, missing[piece]) for need in needs if (piece := (need.line_id, need.sku)) in missing
    }
    if stock.remedies.over or not wanted:
        return
    try:
        await stock.again(needs_of(wanted))
    except CancelOrder:
        # The order's own story has seen the same wish, and ends.
        return
