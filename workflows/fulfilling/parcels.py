"""What carriers tell of parcels: on their way, nobody there, lost, coming back; and what policy does about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import workflow

from activities.carriers import CarrierActivities
from models.order.pieces import needs_of
from models.order.snapshot import TimelineKind
from models.order.standing import PLATFORM
from models.partners.carriers import Redelivery
from models.policy.fulfilment import WhenUndeliverable
from models.states.fulfilment import FulfilmentState, ShipmentState
from models.states.hold import HoldKind, HoldState
from workflows.asking import Manner, NotDone
from workflows.desk import CancelOrder
from workflows.ordering.settling import refund
from workflows.patches import LOOSE_ENDS, REAL_PARTNERS, WHOLE_LIFE
from workflows.queues import Partner

if TYPE_CHECKING:
    from models.order.pieces import Parcel
    from models.partners.events import ParcelMoved
    from models.states.hold import Hold
    from workflows.ordering.run import Run

_UNDELIVERED = {ShipmentState.LOST, ShipmentState.RETURNED_TO_SENDER}


async def moved(run: Run, event: ParcelMoved) -> bool:
    """Take word of a parcel while others have still to leave; False where it is no news, or no parcel of ours yet."""
    if not _news(run, event):
        return False
    await _follow(run, event, asks=event.state in _UNDELIVERED and workflow.patched(WHOLE_LIFE))
    return True


async def arriving(run: Run, event: ParcelMoved) -> None:
    """Take word of a parcel when all of them have left."""
    if not _news(run, event):
        return
    said = f"parcel {event.tracking_number}: {event.state.value.replace('_', ' ')}"
    run.standing.tell(said, actor=Partner.CARRIER.value)
    await _follow(run, event, asks=True)
    if not run.standing.goods.all_arrived:
        await run.show_in_passing()


def _news(run: Run, event: ParcelMoved) -> bool:
    goods, counted = run.standing.goods, run.assessment.fulfilment.failed_attempts is not None
    parcel = goods.parcel(event.tracking_number)
    if parcel is not None and parcel.lost_at is not None and event.occurred_at < parcel.lost_at:
        return False
    each = len(goods.under_label(event.tracking_number)) > 1 and workflow.patched(REAL_PARTNERS)
    if goods.moved(event.tracking_number, event.state, each=each):
        if parcel is not None and event.state is ShipmentState.LOST:
            parcel.lost_at = event.occurred_at
        return True
    once_more = event.state is ShipmentState.FAILED_ATTEMPT
    return counted and once_more and parcel is not None and parcel.state is ShipmentState.FAILED_ATTEMPT


async def _follow(run: Run, event: ParcelMoved, *, asks: bool) -> None:
    rules, parcel = run.assessment.fulfilment, run.standing.goods.parcel(event.tracking_number)
    if parcel is None:
        return
    match event.state:
        case ShipmentState.LOST | ShipmentState.RETURNED_TO_SENDER if not parcel.made_good:
            lost = event.state is ShipmentState.LOST
            await _make_good(run, event, rules.lost if lost else rules.returned_to_sender, asks=asks)
        case ShipmentState.FAILED_ATTEMPT if rules.failed_attempts is not None:
            parcel.failed_attempts += 1
            if parcel.failed_attempts >= rules.failed_attempts:
                parcel.failed_attempts = 0
                run.aside(_nobody_there(run, parcel, event, rules.failed_attempts))
        case ShipmentState.EXCEPTION if rules.ask_about_exceptions:
            said = f"the carrier has trouble with parcel {event.tracking_number}: {event.detail or 'it does not say'}"
            run.aside(_shown_until_it_moves(run, parcel, said))
        case ShipmentState.DELIVERED:
            _check_window(run, event)
        case _:
            pass


def _check_window(run: Run, event: ParcelMoved) -> None:
    wanted = run.order.fulfilment
    late = wanted.deliver_by is not None and event.occurred_at > wanted.deliver_by
    early = wanted.deliver_from is not None and event.occurred_at < wanted.deliver_from
    if late or early:
        said = f"parcel {event.tracking_number} came {'after' if late else 'before'} the delivery window"
        run.standing.tell(said, kind=TimelineKind.TROUBLE, actor=Partner.CARRIER.value)


async def _make_good(run: Run, event: ParcelMoved, remedy: WhenUndeliverable, *, asks: bool) -> None:
    """Send what was in a parcel once more, give the money back, or have a person settle it."""
    parcel = run.standing.goods.parcel(event.tracking_number)
    if parcel is None:
        return
    said = f"parcel {event.tracking_number} was {event.state.value.replace('_', ' ')}"
    match remedy:
        case WhenUndeliverable.RESHIP:
            parcel.made_good = True
            pieces = run.standing.goods.undelivered(parcel)
            if run.standing.fulfilment is FulfilmentState.SHIPPED:
                run.standing.fulfil(FulfilmentState.INCOMPLETE)
            run.standing.tell(f"{said}: it is sent once more, at no charge", kind=TimelineKind.DECISION)
            await run.stock.again(needs_of(pieces))
            await run.desk.show()
        case WhenUndeliverable.REFUND:
            parcel.made_good = True
            run.standing.tell(f"{said}: {parcel.value} is given back", kind=TimelineKind.DECISION)
            await refund(run, f"undelivered-{event.tracking_number}", parcel.value, said)
        case WhenUndeliverable.ASK:
            if asks:
                await _settled_by_a_person(run, said)


async def _nobody_there(run: Run, parcel: Parcel, event: ParcelMoved, attempts: int) -> None:
    """Ask a person whether the carrier is to try again; a parcel that moves on answers by itself."""
    said = f"parcel {event.tracking_number} could not be delivered {attempts} times"
    rule = "an answer: approve to have it tried again, reject to let it come back; or the parcel's delivery"
    if await _answered(run, parcel, said, rule) is not HoldState.APPROVED:
        return
    question = Redelivery(
        key=run.key("deliver-again", event.event_id), order_id=run.order.id, tracking_number=event.tracking_number
    )
    manner = Manner(Partner.CARRIER, f"deliver parcel {event.tracking_number} again", may_give_up=True)
    try:
        await run.ask(CarrierActivities.deliver_again, question, manner)
    except NotDone:
        return
    run.standing.tell(f"parcel {event.tracking_number} is to be delivered again", actor=Partner.CARRIER.value)


async def _shown_until_it_moves(run: Run, parcel: Parcel, said: str) -> None:
    await _answered(run, parcel, said, "the parcel moving on, or an answer from service")


async def _answered(run: Run, parcel: Parcel, said: str, rule: str) -> HoldState:
    """Show trouble with a parcel until somebody answers, or it moves on."""
    before = parcel.state
    hold = run.standing.open_hold(HoldKind.OTHER, said, waiting_on=Partner.CARRIER.value, release_rule=rule)
    await run.desk.show()

    def is_open() -> bool:
        return run.standing.holds[hold.id].state is HoldState.OPEN

    await workflow.wait_condition(lambda: parcel.state is not before or not is_open())
    if is_open():
        run.standing.close_hold(hold.id, HoldState.RELEASED, actor=PLATFORM, reason="the parcel has moved on")
    return run.standing.holds[hold.id].state


async def settle_unsent(run: Run) -> None:
    """Have a person settle with the customer what did not arrive and cannot be sent once more."""
    unsent = run.standing.goods.take_unsent()
    if unsent:
        said = ", ".join(f"{quantity} of {sku}" for (_, sku), quantity in unsent.items())
        await _settled_by_a_person(run, f"{said} did not arrive and cannot be sent once more")


async def _settled_by_a_person(run: Run, said: str) -> None:
    rule = "an answer from service, once it is settled"
    hold = run.standing.open_hold(HoldKind.OTHER, f"{said}: settle with the customer", release_rule=rule)
    await run.desk.show()
    while run.standing.holds[hold.id].state is HoldState.OPEN:
        try:
            await run.desk.answer(hold)
        except CancelOrder:
            if not run.standing.goods.all_shipped:
                if workflow.patched(LOOSE_ENDS):
                    # The wish is for what has not left; this has, and the order does not end before it is settled.
                    run.aside(_until_settled(run, hold))
                raise
            # Nothing is left that could be cancelled: what has left stays sold, and this is still to be settled.
            run.desk.answer_wish("cannot be cancelled: all of it has left")


async def _until_settled(run: Run, hold: Hold) -> None:
    await workflow.wait_condition(lambda: run.standing.holds[hold.id].state is not HoldState.OPEN)


def all_delivered(run: Run) -> bool:
    """Whether every parcel has arrived, or another one in its place."""
    parcels = run.standing.goods.parcels.values()
    return all(parcel.state is ShipmentState.DELIVERED or parcel.made_good for parcel in parcels)
