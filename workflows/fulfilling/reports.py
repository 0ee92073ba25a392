"""What warehouses tell of an order: acknowledged, sent, not found, turned down; checked, and worked into its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import workflow

from activities.stock import StockActivities
from models.order.pieces import pieces_of
from models.order.snapshot import TimelineKind
from models.states.fulfilment import FulfilmentState
from models.states.hold import HoldKind
from models.stock.reservation import Consumption, Shipped
from workflows.fulfilling.consignment import of_release
from workflows.ordering import telling
from workflows.ordering.settling import settle
from workflows.patches import REAL_PARTNERS, WHOLE_LIFE
from workflows.queues import Partner
from workflows.stocking.shortfalls import Shortfall, make_good

if TYPE_CHECKING:
    from models.order.pieces import Piece
    from models.partners.events import ParcelShipped, PickedShort, ReleaseAcknowledged, ReleaseRejected
    from workflows.fulfilling.consignment import Consignment
    from workflows.ordering.run import Run


async def acknowledged(run: Run, event: ReleaseAcknowledged) -> None:
    """Note that a node has a release and will work on it."""
    consignment = of_release(run, event.release_key)
    if consignment is not None:
        consignment.heard_of = True
    if run.standing.fulfilment is FulfilmentState.RELEASED:
        run.standing.fulfil(FulfilmentState.ACKNOWLEDGED)
        run.standing.tell("acknowledged", actor=Partner.WMS.value)
        await run.show_in_passing()


async def shipped(run: Run, event: ParcelShipped) -> None:
    """Take a parcel off the shelf and out of the reservation, tell of it, and settle it."""
    goods = run.standing.goods
    consignment = of_release(run, event.release_key)
    problem = "it belongs to no release of this order" if consignment is None else goods.check(event.lines)
    if event.shipment_id in goods.parcels:
        run.standing.tell(f"parcel {event.shipment_id} reported again: nothing to do", kind=TimelineKind.PARTNER)
        return
    if consignment is None or problem:
        await puzzled(run, f"the warehouse reports parcel {event.shipment_id} wrongly: {problem}")
        return
    consignment.heard_of = True
    consignment.take(pieces_of(event.lines))
    before = goods.line_quantities()
    value = goods.shipped(event)
    _catch_up(run, event.tracking_number)
    run.promises.shipped(event, consignment.node)
    final = goods.all_shipped
    run.standing.fulfil(FulfilmentState.SHIPPED if final else FulfilmentState.INCOMPLETE)
    run.standing.awaiting = Partner.CARRIER.value if final else Partner.WMS.value
    run.standing.tell(f"parcel {event.tracking_number} left {event.node}, worth {value}", actor=Partner.WMS.value)
    run.events.extendleft(reversed(run.early))
    run.early.clear()
    await run.own(StockActivities.consume, _consumption(run, event, consignment), "take it off the shelf")
    telling.shipped(run, event, before)
    await settle(run, event.shipment_id, value, final=final)
    await run.desk.show()


def _catch_up(run: Run, tracking_number: str) -> None:
    """Have a parcel where its label is: the carrier may tell of it before the warehouse has told of all parcels."""
    goods = run.standing.goods
    parcels = goods.under_label(tracking_number)
    if len(parcels) > 1 and workflow.patched(REAL_PARTNERS):
        for state in [parcel.state for parcel in parcels]:
            goods.moved(tracking_number, state)


async def short(run: Run, event: PickedShort) -> None:
    """Note what a node could not find, and see that it is made good.

    Raises:
        CancelOrder: a person closed the order without it, and nothing else is left of it.
    """
    goods = run.standing.goods
    problem = goods.check(event.lines)
    if problem:
        await puzzled(run, f"the warehouse reports a shortage wrongly: {problem}")
        return
    goods.short(event.lines)
    run.standing.fulfil(FulfilmentState.SHORT)
    missing = pieces_of(event.lines)
    consignment = of_release(run, event.release_key)
    if consignment is not None:
        consignment.heard_of = True
        consignment.take(missing)
    said = ", ".join(f"{quantity} of {sku}" for (_, sku), quantity in missing.items())
    await make_good(run, Shortfall(event.event_id, missing, f"the warehouse could not find {said}", consignment))


async def rejected(run: Run, event: ReleaseRejected) -> None:
    """Note that a node will not send what it was asked for, and see that it is made good.

    Raises:
        CancelOrder: a person closed the order without it, and nothing else is left of it.
    """
    consignment = of_release(run, event.release_key)
    if consignment is None:
        await puzzled(run, "the warehouse rejects a release this order does not know")
        return
    if workflow.patched(WHOLE_LIFE):
        missing = consignment.open()
        run.standing.goods.taken_back(missing)
    else:
        missing = _all_of(consignment)
    consignment.heard_of = True
    consignment.take(missing)
    if not missing:
        return
    run.standing.fulfil(FulfilmentState.REJECTED)
    reason = f"{consignment.node} will not send it: {event.reason}"
    await make_good(run, Shortfall(event.event_id, missing, reason, consignment))


async def puzzled(run: Run, reason: str) -> None:
    """Have a person look at what a warehouse reports and cannot be so."""
    hold = run.standing.open_hold(HoldKind.OTHER, reason, waiting_on=Partner.WMS.value)
    await run.desk.show()
    await run.desk.answer(hold)


def _all_of(consignment: Consignment) -> dict[Piece, int]:
    return {(found.line_id, found.sku): found.quantity for found in consignment.allocations}


def _consumption(run: Run, event: ParcelShipped, consignment: Consignment) -> Consumption:
    return Consumption(
        key=run.key("ship", event.shipment_id),
        reservation_key=consignment.reservation_key,
        order_id=run.order.id,
        shipped_at=event.occurred_at,
        items=tuple(
            Shipped(line_id=line.line_id, sku=line.sku, quantity=line.quantity, node=consignment.node, lot=line.lot)
            for line in event.lines
        ),
    )
