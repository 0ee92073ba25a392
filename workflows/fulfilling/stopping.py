"""Cancelling while goods are with the warehouses: what can be stopped is, and what has left stays sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import workflow

from models.order.snapshot import TimelineKind
from workflows.asking import NotDone
from workflows.fulfilling.releasing import recall
from workflows.ordering import telling_channel
from workflows.patches import WHOLE_LIFE
from workflows.queues import Partner

if TYPE_CHECKING:
    from models.order.pieces import Piece
    from workflows.fulfilling.consignment import Consignment
    from workflows.ordering.run import Run


async def meet_wish(run: Run) -> None:
    """Try to meet a wish to cancel the order.

    Raises:
        CancelOrder: nothing has left us, and nothing will.
    """
    stopped = await _recall_all(run)
    if stopped and not run.standing.goods.anything_shipped:
        run.desk.check_wish()
    _wait_no_more(run)
    if stopped and workflow.patched(WHOLE_LIFE):
        # No warehouse has anything of it any more: what has not left will not.
        run.standing.goods.cancelled(run.standing.goods.outstanding())
    telling_channel.left_out(run, "the rest of the order was cancelled")
    said = "what was not sent yet is cancelled" if stopped else "cannot be cancelled: the warehouse has sent it already"
    run.standing.tell(said, kind=TimelineKind.UNDO if stopped else TimelineKind.TROUBLE)
    await run.desk.show()
    run.desk.answer_wish(said)


async def close_rest(run: Run, reason: str) -> None:
    """What is not shipped will not be; what is shipped stays shipped."""
    if await _recall_all(run):
        run.stock.stop()
        run.stock.drop_ready()
        run.standing.goods.cancelled(run.standing.goods.outstanding())
        run.standing.tell(f"the rest is cancelled: {reason}", kind=TimelineKind.UNDO)
        telling_channel.left_out(run, reason)
    await run.desk.show()
    run.desk.answer_wish("what was not sent yet is cancelled")


async def _recall_all(run: Run) -> bool:
    """Recall what has not been shipped; answers whether none of it will be."""
    stopped = True
    for key, consignment in list(run.consigned.items()):
        pieces = _still_to_come(run, consignment)
        if not pieces:
            continue
        if await _recalled(run, consignment):
            run.standing.goods.cancelled(pieces)
            consignment.take(pieces)
            del run.consigned[key]
            run.standing.tell(f"recalled from {consignment.node}", kind=TimelineKind.UNDO, actor=Partner.WMS.value)
        else:
            stopped = False
    return stopped


async def _recalled(run: Run, consignment: Consignment) -> bool:
    try:
        return await recall(run, consignment)
    except NotDone:
        # Nobody found out whether it could be stopped, and an operator gave it up: it may come.
        return False


def _still_to_come(run: Run, consignment: Consignment) -> dict[Piece, int]:
    if workflow.patched(WHOLE_LIFE):
        return consignment.open()
    outstanding = run.standing.goods.outstanding()
    found = {(each.line_id, each.sku): each.quantity for each in consignment.allocations}
    return {piece: quantity for piece, quantity in found.items() if piece in outstanding}


def _wait_no_more(run: Run) -> None:
    """Give up what no warehouse has been asked for."""
    if run.standing.goods.waits_for_stock or run.stock.anything_ready:
        waiting = run.standing.goods.not_released()
        run.stock.stop()
        run.stock.drop_ready()
        run.standing.goods.cancelled(waiting)
