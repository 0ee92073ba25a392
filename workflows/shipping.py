"""Fourth part of the story: the goods leave, parcel by parcel, and each is paid for and invoiced as it does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow

from activities.stock import StockActivities
from models.order.pieces import pieces_of
from models.order.snapshot import TimelineKind
from models.partners.events import (
    BackorderExpected,
    BackorderExpired,
    BackorderFilled,
    ParcelMoved,
    ParcelShipped,
    PickedShort,
    ReleaseAcknowledged,
    ReleaseRejected,
    StockLost,
)
from models.states.fulfilment import FulfilmentState
from models.states.hold import HoldKind
from models.stock.reservation import Consumption, Shipped
from workflows import telling
from workflows.committing import Consignment, consignments, recall, release
from workflows.desk import CancelOrder
from workflows.queues import Partner
from workflows.settling import settle
from workflows.shortfalls import Shortfall, make_good
from workflows.watching import Watch

if TYPE_CHECKING:
    from models.order.pieces import Piece
    from models.partners.events import PartnerEvent
    from workflows.run import Run


async def hand_over(run: Run) -> None:
    """Settle an order that no warehouse of ours sends: services, and what the channel ships itself."""
    run.standing.goods.handed_over = True
    await settle(run, "all", run.standing.goods.worth_shipped, final=True)


async def ship(run: Run) -> None:
    """Release the goods as they are reserved, and see every parcel off.

    Raises:
        CancelOrder: somebody wanted the order cancelled, and every warehouse could still stop it.
    """
    await Shipping(run).ship()


class Shipping:
    """The warehouses' part in one order."""

    def __init__(self, run: Run) -> None:
        """Begin with nothing released."""
        self._run = run
        self._consignments: dict[str, Consignment] = {}
        self._watch: Watch | None = None

    async def ship(self) -> None:
        """See the function of the same name."""
        goods = self._run.standing.goods
        await self._send_ready()
        while not goods.all_shipped:
            await workflow.wait_condition(self._something_to_do)
            try:
                await self._do()
            except CancelOrder as wish:
                if not goods.anything_shipped:
                    self._stop_watching()
                    raise
                await self._close_rest(wish.reason)
        self._stop_watching()
        if not goods.anything_shipped:
            raise self._run.stock.gave_up

    def _something_to_do(self) -> bool:
        run = self._run
        late = self._watch is not None and self._watch.calls
        return (
            bool(run.events or run.stock.ready) or run.desk.wish is not None or late or run.standing.goods.all_shipped
        )

    async def _do(self) -> None:
        run = self._run
        if run.events:
            await self._take(run.events.popleft())
        elif run.desk.wish is not None:
            await self._stop()
        elif run.stock.ready:
            await self._send_ready()
        elif self._watch is not None and self._watch.calls:
            await self._watch.look()
        if self._watch is not None and not run.standing.goods.at_warehouses and not run.standing.goods.all_shipped:
            # What is left waits for stock: no warehouse is late with it.
            self._stop_watching()

    async def _send_ready(self) -> None:
        """Release what is reserved, unless our ledger has taken it away again."""
        run = self._run
        for event in [event for event in run.events if isinstance(event, StockLost)]:
            run.events.remove(event)
            await self._lost(event)
        wanted: list[Consignment] = []
        while run.stock.ready:
            batch = await run.stock.next_firm()
            wanted += consignments(run, batch) if batch else []
        if not wanted:
            return
        self._consignments |= {consignment.key: consignment for consignment in wanted}
        await release(run, wanted)
        await run.desk.show()
        if self._watch is None:
            rules = run.assessment.fulfilment
            hours = rules.expedited_ship_within_hours if run.assessment.route.expedite else rules.ship_within_hours
            self._watch = Watch(run, Partner.WMS, timedelta(hours=hours), "shipment")

    def _stop_watching(self) -> None:
        if self._watch is not None:
            self._watch.end()
            self._watch = None

    async def _take(self, event: PartnerEvent) -> None:
        match event:
            case ReleaseAcknowledged():
                if self._run.standing.fulfilment is FulfilmentState.RELEASED:
                    self._run.standing.fulfil(FulfilmentState.ACKNOWLEDGED)
                    self._run.standing.tell("acknowledged", actor=Partner.WMS.value)
                    await self._run.show_in_passing()
            case ParcelShipped():
                await self._shipped(event)
            case PickedShort():
                await self._short(event)
            case ReleaseRejected():
                await self._rejected(event)
            case StockLost():
                await self._lost(event)
            case BackorderFilled() | BackorderExpected() | BackorderExpired():
                # Whoever waits for stock has heard it already (workflows/run.py).
                pass
            case ParcelMoved():
                if not self._run.standing.goods.moved(event.tracking_number, event.state):
                    self._run.early.append(event)

    def _consignment(self, release_key: str) -> Consignment | None:
        return self._consignments.get(release_key.rsplit("~", 1)[0])

    async def _shipped(self, event: ParcelShipped) -> None:
        run, goods = self._run, self._run.standing.goods
        consignment = self._consignment(event.release_key)
        problem = "it belongs to no release of this order" if consignment is None else goods.check(event.lines)
        if event.shipment_id in goods.parcels:
            run.standing.tell(f"parcel {event.shipment_id} reported again: nothing to do", kind=TimelineKind.PARTNER)
            return
        if consignment is None or problem:
            await self._puzzled(f"the warehouse reports parcel {event.shipment_id} wrongly: {problem}")
            return
        value = goods.shipped(event)
        final = goods.all_shipped
        run.standing.fulfil(FulfilmentState.SHIPPED if final else FulfilmentState.INCOMPLETE)
        run.standing.awaiting = Partner.CARRIER.value if final else Partner.WMS.value
        run.standing.tell(f"parcel {event.tracking_number} left {event.node}, worth {value}", actor=Partner.WMS.value)
        run.events.extendleft(reversed(run.early))
        run.early.clear()
        await run.own(StockActivities.consume, _consumption(run, event, consignment), "take it off the shelf")
        telling.shipped(run, event)
        await settle(run, event.shipment_id, value, final=final)
        await run.desk.show()

    async def _puzzled(self, reason: str) -> None:
        hold = self._run.standing.open_hold(HoldKind.OTHER, reason, waiting_on=Partner.WMS.value)
        await self._run.desk.show()
        await self._run.desk.answer(hold)

    async def _short(self, event: PickedShort) -> None:
        run, goods = self._run, self._run.standing.goods
        problem = goods.check(event.lines)
        if problem:
            await self._puzzled(f"the warehouse reports a shortage wrongly: {problem}")
            return
        goods.short(event.lines)
        run.standing.fulfil(FulfilmentState.SHORT)
        missing = pieces_of(event.lines)
        consignment = self._consignment(event.release_key)
        said = ", ".join(f"{quantity} of {sku}" for (_, sku), quantity in missing.items())
        await make_good(run, Shortfall(event.event_id, missing, f"the warehouse could not find {said}", consignment))

    async def _lost(self, event: StockLost) -> None:
        await self._run.stock.lost(event.lines, event.reason, event.node)
        await self._run.show_in_passing()

    async def _rejected(self, event: ReleaseRejected) -> None:
        consignment = self._consignment(event.release_key)
        if consignment is None:
            await self._puzzled("the warehouse rejects a release this order does not know")
            return
        self._run.standing.fulfil(FulfilmentState.REJECTED)
        missing: dict[Piece, int] = {(found.line_id, found.sku): found.quantity for found in consignment.allocations}
        reason = f"{consignment.node} will not send it: {event.reason}"
        await make_good(self._run, Shortfall(event.event_id, missing, reason, consignment))

    async def _stop(self) -> None:
        """Try to meet a wish to cancel.

        Raises:
            CancelOrder: nothing has left us, and nothing will.
        """
        run = self._run
        stopped = await self._recall_all()
        if stopped and not run.standing.goods.anything_shipped:
            run.desk.check_wish()
        await self._wait_no_more()
        said = (
            "what was not sent yet is cancelled"
            if stopped
            else "cannot be cancelled: the warehouse has sent it already"
        )
        run.standing.tell(said, kind=TimelineKind.UNDO if stopped else TimelineKind.TROUBLE)
        await run.desk.show()
        run.desk.answer_wish(said)

    async def _recall_all(self) -> bool:
        """Recall what has not been shipped; answers whether none of it will be."""
        run, stopped = self._run, True
        for key, consignment in list(self._consignments.items()):
            open_pieces = run.standing.goods.outstanding()
            pieces = {
                (a.line_id, a.sku): a.quantity for a in consignment.allocations if (a.line_id, a.sku) in open_pieces
            }
            if not pieces:
                continue
            if await recall(run, consignment):
                run.standing.goods.cancelled(pieces)
                del self._consignments[key]
                run.standing.tell(f"recalled from {consignment.node}", kind=TimelineKind.UNDO, actor=Partner.WMS.value)
            else:
                stopped = False
        return stopped

    async def _wait_no_more(self) -> None:
        """Give up what no warehouse has been asked for."""
        run = self._run
        if run.standing.goods.waits_for_stock or run.stock.ready:
            waiting = run.standing.goods.not_released()
            run.stock.stop()
            run.stock.ready.clear()
            run.standing.goods.cancelled(waiting)

    async def _close_rest(self, reason: str) -> None:
        """What is not shipped will not be; what is shipped stays shipped."""
        run = self._run
        if await self._recall_all():
            run.stock.stop()
            run.stock.ready.clear()
            run.standing.goods.cancelled(run.standing.goods.outstanding())
            run.standing.tell(f"the rest is cancelled: {reason}", kind=TimelineKind.UNDO)
        await run.desk.show()
        run.desk.answer_wish("what was not sent yet is cancelled")


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
