"""Having nodes send goods, each consignment under its own label, and having them stop."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow

from activities.carriers import CarrierActivities
from activities.warehouse import WarehouseActivities
from models.order.casebook import said
from models.order.document import Delivery
from models.order.snapshot import TimelineKind
from models.partners.asking import Undo
from models.partners.carriers import Booking
from models.partners.warehouse import Release
from models.states.fulfilment import FulfilmentState
from models.states.hold import HoldKind
from models.stock.nodes import NodeKind
from workflows.asides import together
from workflows.asking import Manner, NotDone
from workflows.fulfilling.elsewhere import may_source_again
from workflows.fulfilling.supplying import order_from_supplier
from workflows.ordering.securing import assure
from workflows.patches import WHOLE_LIFE
from workflows.queues import Partner

if TYPE_CHECKING:
    from models.order.order import Order
    from models.partners.carriers import Label
    from workflows.fulfilling.consignment import Consignment
    from workflows.ordering.run import Run


async def release(run: Run, wanted: list[Consignment]) -> None:
    """Have the nodes send it, each consignment under its own label; side by side.

    A node that cannot be reached for as long as policy says is left: that consignment is not `released`.

    Raises:
        CancelOrder: a label or a release was finally refused, or somebody wants the order cancelled.
    """
    await assure(run)
    run.consigned |= {consignment.key: consignment for consignment in wanted}
    await together(*(_release(run, consignment) for consignment in wanted))
    if not any(consignment.released for consignment in wanted):
        return
    run.standing.fulfil(FulfilmentState.RELEASED)
    run.standing.awaiting = Partner.WMS.value


async def _release(run: Run, consignment: Consignment) -> None:
    if run.order.fulfilment.delivery is Delivery.SHIP:
        consignment.label = await _book(run, consignment)
    run.desk.check_wish()
    if consignment.kind is NodeKind.SUPPLIER:
        await order_from_supplier(run, consignment)
    run.undoing.note(f"recall the goods from {consignment.node}", lambda: stop(run, consignment))
    try:
        await ask_to_send(run, consignment, no_longer_than=_patience(run))
    except NotDone:
        return
    consignment.released = True
    consignment.released_at = workflow.now()
    run.standing.goods.released(consignment.allocations)
    run.standing.tell(f"released to {consignment.node}", actor=Partner.WMS.value)


def _patience(run: Run) -> timedelta | None:
    """For how long a node that cannot be reached is tried, before the goods come from elsewhere; None: for ever."""
    minutes = run.assessment.fulfilment.reroute_after_minutes
    return timedelta(minutes=minutes) if minutes is not None and may_source_again(run) else None


async def ask_to_send(run: Run, consignment: Consignment, *, no_longer_than: timedelta | None = None) -> None:
    """Hand the release over; handed over before, it is the same release, since its key is the same.

    Raises:
        CancelOrder: it was finally refused, or somebody wants the order cancelled.
        NotDone: the node could not be reached for so long.
    """
    question = _release_order(run.order, consignment, run.asked_as(consignment.key))
    manner = Manner(
        Partner.WMS,
        f"send {len(question.lines)} lines from {consignment.node}",
        refusal=HoldKind.INVENTORY,
        no_longer_than=no_longer_than,
    )
    await run.ask(WarehouseActivities.release, question, manner)


async def recall(run: Run, consignment: Consignment, *, reason: str = "the order was cancelled") -> bool:
    """Have a node stop a consignment; answers whether it could. What was not sent yet of it will not be sent.

    Raises:
        NotDone: nobody could reach the node, and a person gave it up.
    """
    undo = Undo(key=run.asked_as(consignment.key), order_id=run.order.id, reason=said(reason))
    manner = Manner(Partner.WMS, f"recall the goods from {consignment.node}", may_give_up=True)
    answer = await run.ask(WarehouseActivities.recall, undo, manner)
    return answer.recalled or not answer.happened


async def stop(run: Run, consignment: Consignment) -> str:
    """Take a release back; where it is too late, a person has to talk to the customer."""
    if workflow.patched(WHOLE_LIFE) and not consignment.open():
        return "nothing was left to recall"
    if await recall(run, consignment):
        return "recalled"
    reason = f"{consignment.node} sent the goods before it could be stopped: the customer has to send them back"
    hold = run.standing.open_hold(HoldKind.OTHER, reason, waiting_on=Partner.WMS.value)
    await run.desk.show()
    await run.desk.answer(hold)
    return "too late, and taken on by a person"


async def void_label(run: Run, consignment: Consignment, reason: str) -> str:
    """Have the carrier forget the parcel that a consignment was to go in."""
    undo = Undo(key=run.asked_as(f"{consignment.key}/label"), order_id=run.order.id, reason=said(reason))
    manner = Manner(Partner.CARRIER, "void the label", may_give_up=True)
    undone = await run.ask(CarrierActivities.void, undo, manner)
    return "voided" if undone.happened else "there was none"


async def forget_label(run: Run, consignment: Consignment, reason: str) -> None:
    """Have the label of what will not go under it voided, if there is one; a person may give that up."""
    if consignment.label is None:
        return
    try:
        await void_label(run, consignment, reason)
    except NotDone:
        run.standing.tell(f"the label from {consignment.node} is not voided", kind=TimelineKind.TROUBLE)


async def _book(run: Run, consignment: Consignment) -> Label:
    run.undoing.note(
        f"void the label from {consignment.node}", lambda: void_label(run, consignment, "the order was cancelled")
    )
    booking = booking_of(run.order, consignment, run.assessment.weight_grams)
    manner = Manner(Partner.CARRIER, f"book a parcel from {consignment.node}", refusal=HoldKind.ADDRESS)
    label = await run.ask(CarrierActivities.book, booking, manner)
    why = f": {label.note}" if label.note else ""
    run.standing.tell(f"label {label.tracking_number} of {label.carrier}{why}", actor=Partner.CARRIER.value)
    return label


def booking_of(order: Order, consignment: Consignment, weight_grams: int) -> Booking:
    """The parcel a consignment is to go in."""
    address = order.shipping_address
    if address is None:
        message = f"{order.id} is to be shipped but has no address: validation let it pass"
        raise AssertionError(message)
    return Booking(
        key=f"{consignment.key}/label",
        order_id=order.id,
        node=consignment.node,
        ship_to=address,
        service_level=order.fulfilment.service_level,
        weight_grams=weight_grams,
        deliver_from=order.fulfilment.deliver_from,
        deliver_by=order.fulfilment.deliver_by,
    )


def _release_order(order: Order, consignment: Consignment, key: str) -> Release:
    label = consignment.label
    return Release(
        key=key,
        order_id=order.id,
        node=consignment.node,
        lines=consignment.lines(),
        ship_to=order.shipping_address,
        service_level=order.fulfilment.service_level,
        ship_by=order.fulfilment.ship_by,
        deliver_from=order.fulfilment.deliver_from,
        deliver_by=order.fulfilment.deliver_by,
        carrier=label.carrier if label else None,
        tracking_number=label.tracking_number if label else None,
        instructions=order.fulfilment.instructions,
    )
