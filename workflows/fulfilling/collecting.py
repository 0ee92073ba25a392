"""Goods that customers collect: told when they are ready, reminded, and put back if nobody comes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow

from models.ids import event_id
from models.order.snapshot import TimelineKind
from models.order.standing import PLATFORM
from models.partners.events import GoodsCollected, ParcelMoved, ParcelShipped, PickedLine
from models.states.fulfilment import FulfilmentState, ShipmentState
from workflows.asking import NotDone
from workflows.desk import CancelOrder
from workflows.fulfilling import reports
from workflows.fulfilling.consignment import of_release
from workflows.fulfilling.releasing import recall
from workflows.ordering import telling
from workflows.queues import Partner

if TYPE_CHECKING:
    from datetime import datetime

    from models.messages import Collection
    from models.partners.events import ReadyToCollect
    from workflows.fulfilling.alarm import Alarm
    from workflows.fulfilling.consignment import Consignment
    from workflows.ordering.run import Run

_REMINDER, _WINDOW = "reminder ", "pick-up window "
_CARRIER = "collection"
_CUSTOMER = "customer"
"""Whom an order waits for whose goods lie ready."""


class Collecting:
    """What lies ready for one order's customer."""

    def __init__(self, run: Run, alarm: Alarm) -> None:
        """Be reminded by this alarm."""
        self._run = run
        self._alarm = alarm

    @property
    def call(self) -> bool:
        """Whether `look` has something to do."""
        return bool(self._alarm.all_passed(_REMINDER) or self._alarm.all_passed(_WINDOW))

    @property
    def waits_for_customer(self) -> bool:
        """Whether all that nodes still have of it lies ready: no node is late with it."""
        left = [consignment for consignment in self._run.consigned.values() if consignment.open()]
        return bool(left) and all(consignment.ready_until is not None for consignment in left)

    async def ready(self, event: ReadyToCollect) -> None:
        """Tell the customer that goods lie ready, and for how long."""
        run, rules = self._run, self._run.assessment.fulfilment
        consignment = of_release(run, event.release_key)
        if consignment is None or not consignment.open():
            await reports.puzzled(run, f"{event.node} has goods ready that this order does not wait for")
            return
        if consignment.ready_until is not None:
            return
        now = workflow.now()
        until = consignment.ready_until = now + timedelta(days=rules.pick_up_within_days)
        consignment.heard_of = True
        run.standing.fulfil(FulfilmentState.READY_FOR_PICKUP)
        run.standing.awaiting = _CUSTOMER
        run.standing.tell(f"ready to be collected at {event.node} until {until:%Y-%m-%d}", actor=Partner.WMS.value)
        telling.ready_to_collect(run, consignment.key, event.node, until)
        if rules.remind_after_days < rules.pick_up_within_days:
            remind = now + timedelta(days=rules.remind_after_days)
            self._alarm.set(f"{_REMINDER}{consignment.key}", remind, "then the customer is reminded")
        self._alarm.set(f"{_WINDOW}{consignment.key}", until, "the goods are to be collected by then")
        await run.desk.show()

    async def collected(self, event: GoodsCollected) -> None:
        """Take it as sent and delivered at once: the customer has it."""
        tracking = f"COLLECT-{event.shipment_id}"
        shipped = ParcelShipped(
            event_id=event.event_id,
            order_id=event.order_id,
            occurred_at=event.occurred_at,
            release_key=event.release_key,
            shipment_id=event.shipment_id,
            node=event.node,
            carrier=_CARRIER,
            tracking_number=tracking,
            lines=event.lines,
        )
        delivered = ParcelMoved(
            event_id=event_id(event.event_id, "delivered"),
            order_id=event.order_id,
            occurred_at=event.occurred_at,
            tracking_number=tracking,
            state=ShipmentState.DELIVERED,
        )
        consignment = of_release(self._run, event.release_key)
        if consignment is not None:
            self._expect_no_more(consignment)
        await reports.shipped(self._run, shipped)
        self._run.events.append(delivered)

    async def look(self) -> None:
        """Remind customers, and put back what they did not collect in time.

        Raises:
            CancelOrder: nothing of the order was collected, and nothing else is left of it.
        """
        for name in self._alarm.all_passed(_REMINDER):
            self._alarm.unset(name)
            consignment = self._run.consigned.get(name.removeprefix(_REMINDER))
            if consignment is not None and consignment.ready_until is not None and consignment.open():
                self._remind(consignment, consignment.ready_until)
        for name in self._alarm.all_passed(_WINDOW):
            self._alarm.unset(name)
            consignment = self._run.consigned.get(name.removeprefix(_WINDOW))
            if consignment is not None and consignment.open():
                await self._nobody_came(consignment)

    def _remind(self, consignment: Consignment, until: datetime) -> None:
        self._run.standing.tell(f"the customer is reminded to collect it at {consignment.node}")
        telling.reminded_to_collect(self._run, consignment.key, consignment.node, until)

    async def _nobody_came(self, consignment: Consignment) -> None:
        run = self._run
        reason = f"nobody collected it at {consignment.node} in time"
        try:
            stopped = await recall(run, consignment, reason=reason)
        except NotDone:
            stopped = False
        if not stopped:
            consignment.ready_until = None
            run.standing.tell(f"{consignment.node} says it was collected after all", actor=Partner.WMS.value)
            await run.show_in_passing()
            return
        pieces = consignment.open()
        consignment.take(pieces)
        run.standing.tell(f"{reason}: it is put back", kind=TimelineKind.UNDO)
        if pieces == run.standing.goods.outstanding() and not run.standing.goods.anything_shipped:
            raise CancelOrder(reason, PLATFORM)
        document = run.key("free", run.stock.fresh_part("no-show"))
        await run.stock.free(pieces, consignment.reservation_key, document, reason, node=consignment.node)
        run.standing.goods.taken_back(pieces)
        run.standing.goods.cancelled(pieces)
        await run.desk.show()

    def _expect_no_more(self, consignment: Consignment) -> None:
        self._alarm.unset(f"{_REMINDER}{consignment.key}")
        self._alarm.unset(f"{_WINDOW}{consignment.key}")


def collections(run: Run, word: Collection) -> list[GoodsCollected]:
    """What a person at the counter says was collected: all that lies ready, or all at one node."""
    return [
        GoodsCollected(
            event_id=event_id("counter", consignment.key),
            order_id=run.order.id,
            occurred_at=workflow.now(),
            release_key=consignment.key,
            shipment_id=f"C{number}-{consignment.node}",
            node=consignment.node,
            lines=tuple(
                PickedLine(line_id=line_id, sku=sku, quantity=quantity)
                for (line_id, sku), quantity in consignment.open().items()
            ),
        )
        for number, consignment in enumerate(run.consigned.values(), start=1)
        if consignment.ready_until is not None and consignment.open() and word.node in {None, consignment.node}
    ]
