"""The last part of the story: the parcels arrive and the order is complete; or everything is taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow

from models.money import Money
from models.order.snapshot import TimelineKind
from models.partners.events import ParcelMoved
from models.states.fulfilment import FulfilmentState
from models.states.lifecycle import Lifecycle
from workflows.desk import BEING_CANCELLED
from workflows.fulfilling import parcels
from workflows.ordering import telling, telling_channel
from workflows.ordering.balancing import balance
from workflows.ordering.shipping import ship
from workflows.ordering.watching import Watch
from workflows.patches import WHOLE_LIFE
from workflows.queues import Partner

if TYPE_CHECKING:
    from models.partners.events import PartnerEvent
    from workflows.desk import CancelOrder
    from workflows.ordering.run import Run


async def deliver(run: Run) -> None:
    """Wait until every parcel has arrived, or is known not to."""
    within = timedelta(days=run.assessment.fulfilment.deliver_within_days)
    watch = Watch(run, Partner.CARRIER, within, "delivery", run.alarm)
    run.promises.watch()
    goods = run.standing.goods
    while not goods.all_arrived:
        await workflow.wait_condition(
            lambda: bool(run.events) or run.desk.wish is not None or run.changing.calls or watch.calls
        )
        if run.events:
            await _take(run, run.events.popleft())
        elif run.desk.wish is not None:
            said = "cannot be cancelled: the parcel is on its way"
            run.standing.tell(said, kind=TimelineKind.TROUBLE)
            await run.desk.show()
            run.desk.answer_wish(said)
        elif run.changing.calls:
            # All of it has left: the change is declined.
            await run.changing.rest()
        else:
            await watch.look()
    await parcels.settle_unsent(run)
    watch.end()
    if parcels.all_delivered(run):
        run.standing.fulfil(FulfilmentState.DELIVERED)


async def _take(run: Run, event: PartnerEvent) -> None:
    if not isinstance(event, ParcelMoved):
        run.standing.tell(f"{event.type} came when all was shipped: nothing to do", kind=TimelineKind.PARTNER)
        return
    await parcels.arriving(run, event)
    if run.standing.goods.outstanding():
        await ship(run)


async def complete(run: Run) -> None:
    """End the order well: every notice is out, and no stock stays reserved for what will not be shipped."""
    run.standing.awaiting = None
    run.closing = True
    run.stock.stop()
    run.promises.stop()
    await balance(run)
    telling_channel.left_out(run, "it will not be delivered")
    if run.asides.busy:
        await run.desk.show()
    await run.asides.done()
    if any(line.short or line.cancelled for line in run.standing.goods.progress()) or _called_off(run):
        await run.stock.close("the order ended without it")
    run.standing.move(Lifecycle.COMPLETED, "completed")
    await run.desk.show()


def _called_off(run: Run) -> bool:
    """Whether something is reserved still though no line lacks anything.

    It was to be sent once more and is not, or it came from another node as well, and from there nobody believes it.
    """
    parts = run.standing.goods.parts.values()
    left = any(part.reserved > part.shipped + part.resent for part in parts)
    left = left or any(consignment.open() for consignment in run.consigned.values())
    return left and workflow.patched(WHOLE_LIFE)


async def end_at_once(run: Run, reason: str) -> None:
    """Record an order for which nothing is to be done."""
    run.standing.move(Lifecycle.COMPLETED if run.assessment.route.ends_well else Lifecycle.CANCELLED, reason)
    await run.desk.show()


async def unwind(run: Run, wish: CancelOrder) -> None:
    """Take everything back, last deed first, tell those it concerns, and end the order."""
    standing = run.standing
    run.stock.stop()
    run.promises.stop()
    run.desk.answer_wish(BEING_CANCELLED)
    standing.release_holds("the order is being cancelled")
    standing.tell(f"to be cancelled: {wish.reason}", kind=TimelineKind.OPERATOR, actor=wish.actor)
    accepted = standing.lifecycle not in {Lifecycle.RECEIVED, Lifecycle.VALIDATING}
    await run.desk.show()
    await run.undoing.run()
    if standing.fulfilment not in {FulfilmentState.OPEN, FulfilmentState.CANCELLED}:
        standing.fulfil(FulfilmentState.CANCELLATION_REQUESTED)
    if standing.fulfilment is not FulfilmentState.CANCELLED:
        standing.fulfil(FulfilmentState.CANCELLED)
    due = standing.account.give_back_held() if standing.account.held else Money.zero(run.order.currency)
    await telling.cancelled(run, wish.reason, due)
    await run.asides.done()
    # What was under way when the wish came may have taken something since.
    await run.undoing.run()
    standing.move(Lifecycle.CANCELLED if accepted else Lifecycle.REJECTED, wish.reason[:500], actor=wish.actor)
    standing.release_holds("the order has ended")
    await run.desk.show()
