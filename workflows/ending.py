"""The last part of the story: the parcels arrive and the order is complete; or everything is taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow

from models.money import Money
from models.order.snapshot import TimelineKind
from models.partners.events import ParcelMoved
from models.states.fulfilment import FulfilmentState, ShipmentState
from models.states.hold import HoldKind
from models.states.lifecycle import Lifecycle
from workflows import telling
from workflows.queues import Partner
from workflows.watching import Watch

if TYPE_CHECKING:
    from models.partners.events import PartnerEvent
    from workflows.desk import CancelOrder
    from workflows.run import Run

_GONE_WRONG = {ShipmentState.LOST, ShipmentState.RETURNED_TO_SENDER}


async def deliver(run: Run) -> None:
    """Wait until every parcel has arrived, or is known not to."""
    watch = Watch(run, Partner.CARRIER, timedelta(days=run.assessment.fulfilment.deliver_within_days), "delivery")
    goods = run.standing.goods
    while not goods.all_arrived:
        await workflow.wait_condition(lambda: bool(run.events) or run.desk.wish is not None or watch.calls)
        if run.events:
            await _take(run, run.events.popleft())
        elif run.desk.wish is not None:
            said = "cannot be cancelled: the parcel is on its way"
            run.standing.tell(said, kind=TimelineKind.TROUBLE)
            await run.desk.show()
            run.desk.answer_wish(said)
        else:
            await watch.look()
    watch.end()
    if all(parcel.state is ShipmentState.DELIVERED for parcel in goods.shipments()):
        run.standing.fulfil(FulfilmentState.DELIVERED)


async def _take(run: Run, event: PartnerEvent) -> None:
    if not isinstance(event, ParcelMoved):
        run.standing.tell(f"{event.type} came when all was shipped: nothing to do", kind=TimelineKind.PARTNER)
        return
    if not run.standing.goods.moved(event.tracking_number, event.state):
        return
    run.standing.tell(
        f"parcel {event.tracking_number}: {event.state.value.replace('_', ' ')}", actor=Partner.CARRIER.value
    )
    if event.state in _GONE_WRONG:
        reason = f"parcel {event.tracking_number} was {event.state.value.replace('_', ' ')}: settle with the customer"
        hold = run.standing.open_hold(HoldKind.OTHER, reason, release_rule="an answer from service, once it is settled")
        await run.desk.show()
        await run.desk.answer(hold)
    if not run.standing.goods.all_arrived:
        await run.show_in_passing()


async def complete(run: Run) -> None:
    """End the order well: every notice is out, and no stock stays reserved for what will not be shipped."""
    run.standing.awaiting = None
    run.stock.stop()
    if run.busy_beside:
        await run.desk.show()
    await run.asides_done()
    if any(line.short or line.cancelled for line in run.standing.goods.progress()):
        await run.stock.close("the order ended without it")
    run.standing.move(Lifecycle.COMPLETED, "completed")
    await run.desk.show()


async def end_at_once(run: Run, reason: str) -> None:
    """Record an order for which nothing is to be done."""
    run.standing.move(Lifecycle.COMPLETED if run.assessment.route.ends_well else Lifecycle.CANCELLED, reason)
    await run.desk.show()


async def unwind(run: Run, wish: CancelOrder) -> None:
    """Take everything back, last deed first, tell those it concerns, and end the order."""
    standing = run.standing
    run.stock.stop()
    run.desk.answer_wish("being cancelled")
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
    await run.asides_done()
    standing.move(Lifecycle.CANCELLED if accepted else Lifecycle.REJECTED, wish.reason[:500], actor=wish.actor)
    standing.release_holds("the order has ended")
    await run.desk.show()
