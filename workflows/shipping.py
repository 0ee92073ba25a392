"""Fourth part of the story: the goods leave, parcel by parcel, and each is paid for and invoiced as it does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow

from activities.stock import StockActivities
from models.messages import Verdict
from models.order.snapshot import TimelineKind
from models.order.standing import PLATFORM
from models.partners.events import ParcelMoved, ParcelShipped, PickedShort, ReleaseAcknowledged, ReleaseRejected
from models.states.fulfilment import FulfilmentState
from models.states.hold import HoldKind
from models.stock import Consumption, Need, Shipped
from workflows import telling
from workflows.committing import Consignment, consignments, recall, release
from workflows.desk import CancelOrder
from workflows.queues import Partner
from workflows.securing import reserve
from workflows.settling import settle
from workflows.watching import Watch

if TYPE_CHECKING:
    from models.order.goods import Piece
    from models.partners.events import PartnerEvent
    from models.stock import Allocation
    from workflows.run import Run


async def hand_over(run: Run) -> None:
    """Settle an order that no warehouse of ours sends: services, and what the channel ships itself."""
    run.standing.goods.handed_over = True
    await settle(run, "all", run.standing.goods.worth_shipped, final=True)


async def ship(run: Run, allocations: tuple[Allocation, ...]) -> None:
    """Release the goods and see every parcel off.

    Raises:
        CancelOrder: somebody wanted the order cancelled, and every warehouse could still stop it.
    """
    await Shipping(run).ship(allocations)


class Shipping:
    """The warehouses' part in one order."""

    def __init__(self, run: Run) -> None:
        """Begin with nothing released."""
        self._run = run
        self._consignments: dict[str, Consignment] = {}
        self._rounds = 0

    async def ship(self, allocations: tuple[Allocation, ...]) -> None:
        """See the function of the same name."""
        run = self._run
        rules = run.assessment.fulfilment
        hours = rules.expedited_ship_within_hours if run.assessment.route.expedite else rules.ship_within_hours
        await self._release(consignments(run, allocations))
        watch = Watch(run, Partner.WMS, timedelta(hours=hours), "shipment")
        while not run.standing.goods.all_shipped:
            await workflow.wait_condition(lambda: bool(run.events) or run.desk.wish is not None or watch.calls)
            try:
                if run.events:
                    await self._take(run.events.popleft())
                elif run.desk.wish is not None:
                    await self._stop()
                else:
                    await watch.look()
            except CancelOrder as wish:
                if not run.standing.goods.anything_shipped:
                    watch.end()
                    raise
                await self._close_rest(wish.reason)
        watch.end()

    async def _release(self, wanted: list[Consignment]) -> None:
        self._consignments |= {consignment.key: consignment for consignment in wanted}
        await release(self._run, wanted)
        await self._run.desk.show()

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
        missing = {(line.line_id, line.sku): line.quantity for line in event.lines}
        said = ", ".join(f"{quantity} of {sku}" for (_, sku), quantity in missing.items())
        await self._again_or_without(missing, f"the warehouse could not find {said}")

    async def _rejected(self, event: ReleaseRejected) -> None:
        consignment = self._consignment(event.release_key)
        if consignment is None:
            await self._puzzled("the warehouse rejects a release this order does not know")
            return
        self._run.standing.fulfil(FulfilmentState.REJECTED)
        missing: dict[Piece, int] = {(found.line_id, found.sku): found.quantity for found in consignment.allocations}
        await self._again_or_without(missing, f"{consignment.node} will not send it: {event.reason}")

    async def _again_or_without(self, missing: dict[Piece, int], reason: str) -> None:
        """Have a person choose: reserve and send it once more, or close the order without it."""
        run = self._run
        hold = run.standing.open_hold(
            HoldKind.INVENTORY,
            reason,
            release_rule="an answer: approve to reserve and send it again, reject to close the order without it",
        )
        await run.desk.show()
        if await run.desk.answer(hold) is Verdict.REJECT:
            run.standing.goods.cancelled(missing)
            run.standing.tell("closed without what is missing", kind=TimelineKind.OPERATOR)
            if not run.standing.goods.outstanding() and not run.standing.goods.anything_shipped:
                decided = run.standing.holds[hold.id]
                raise CancelOrder(decided.decision_reason or reason, decided.decided_by or PLATFORM)
            return
        self._rounds += 1
        needs = tuple(Need(line_id=line_id, sku=sku, quantity=quantity) for (line_id, sku), quantity in missing.items())
        part = f"again-{self._rounds}"
        allocations = await reserve(run, needs, part)
        await self._release(consignments(run, allocations, part))

    async def _stop(self) -> None:
        """Try to meet a wish to cancel.

        Raises:
            CancelOrder: nothing has left us, and nothing will.
        """
        run = self._run
        stopped = await self._recall_all()
        if stopped and not run.standing.goods.anything_shipped:
            run.desk.check_wish()
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

    async def _close_rest(self, reason: str) -> None:
        """What is not shipped will not be; what is shipped stays shipped."""
        run = self._run
        if await self._recall_all():
            run.standing.goods.cancelled(run.standing.goods.outstanding())
            run.standing.tell(f"the rest is cancelled: {reason}", kind=TimelineKind.UNDO)
        await run.desk.show()
        run.desk.answer_wish("what was not sent yet is cancelled")


def _consumption(run: Run, event: ParcelShipped, consignment: Consignment) -> Consumption:
    return Consumption(
        key=run.key("ship", event.shipment_id),
        reservation_key=consignment.reservation_key,
        order_id=run.order.id,
        items=tuple(
            Shipped(line_id=line.line_id, sku=line.sku, quantity=line.quantity, node=consignment.node)
            for line in event.lines
        ),
    )
