"""Fourth part of the story: the goods leave, parcel by parcel, and each is paid for and invoiced as it does."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from temporalio import workflow

from models.partners.events import (
    GoodsCollected,
    ParcelMoved,
    ParcelShipped,
    PickedShort,
    ReadyToCollect,
    ReleaseAcknowledged,
    ReleaseRejected,
    StockLost,
)
from workflows.desk import CancelOrder
from workflows.fulfilling import parcels, reports, stopping
from workflows.fulfilling.chasing import Chase
from workflows.fulfilling.collecting import Collecting
from workflows.fulfilling.departing import Departures
from workflows.fulfilling.releasing import release
from workflows.fulfilling.rerouting import leave
from workflows.ordering.settling import settle
from workflows.ordering.watching import Watch
from workflows.queues import Partner

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from workflows.ordering.run import Run


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
        """Begin with what is reserved."""
        self._run = run
        self._alarm = run.alarm
        self._departures = Departures(run, self._alarm)
        self._chase = Chase(run, self._alarm)
        self._collecting = Collecting(run, self._alarm)
        self._watch: Watch | None = None
        self._hears: dict[type, Callable[[Any], Awaitable[None]]] = {
            ReleaseAcknowledged: partial(reports.acknowledged, run),
            ParcelShipped: partial(reports.shipped, run),
            PickedShort: partial(reports.short, run),
            ReleaseRejected: partial(reports.rejected, run),
            ReadyToCollect: self._collecting.ready,
            GoodsCollected: self._collecting.collected,
            ParcelMoved: self._moved,
            StockLost: self._lost,
        }

    async def ship(self) -> None:
        """See the function of the same name."""
        goods = self._run.standing.goods
        await self._unless_stopped(self._send_ready)
        while not goods.all_shipped:
            await workflow.wait_condition(self._something_to_do)
            await self._unless_stopped(self._do)
        self._stop_watching()
        if not goods.anything_shipped:
            raise self._run.stock.gave_up

    async def _unless_stopped(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do something; what has left stays sold, whatever becomes of the rest.

        Raises:
            CancelOrder: nothing has left.
        """
        try:
            await act()
        except CancelOrder as wish:
            if not self._run.standing.goods.anything_shipped:
                self._stop_watching()
                raise
            await stopping.close_rest(self._run, wish.reason)

    def _something_to_do(self) -> bool:
        return self._run.standing.goods.all_shipped or any(calls for calls, _ in self._turns())

    async def _do(self) -> None:
        for calls, act in self._turns():
            if calls:
                await act()
                break
        goods = self._run.standing.goods
        waits = not goods.at_warehouses or self._collecting.waits_for_customer
        if self._watch is not None and waits and not goods.all_shipped:
            # What is left waits for stock, or for the customer: no warehouse is late with it.
            self._stop_watching()

    def _turns(self) -> Iterator[tuple[bool, Callable[[], Awaitable[None]]]]:
        """What may be to do, the most urgent first, and whether it is."""
        run = self._run
        yield bool(run.events), self._take
        yield run.desk.wish is not None, partial(stopping.meet_wish, run)
        yield run.changing.calls, run.changing.rest
        yield self._departures.call, self._send_ready
        yield self._chase.call, self._chase.look
        yield self._collecting.call, self._look_at_counter
        if self._watch is not None:
            yield self._watch.calls, self._watch.look

    async def _send_ready(self) -> None:
        """Release what is reserved, unless our ledger has taken it away again, or it waits for a wave."""
        run = self._run
        wanted = await self._departures.next()
        if not wanted:
            return
        await release(run, wanted)
        for consignment in wanted:
            if not consignment.released:
                await leave(run, consignment, f"{consignment.node} could not be reached")
        self._chase.expect(consignment for consignment in wanted if consignment.released)
        await run.desk.show()
        self._watch_nodes()

    async def _look_at_counter(self) -> None:
        await self._collecting.look()
        if not self._collecting.waits_for_customer:
            self._watch_nodes()

    def _watch_nodes(self) -> None:
        run = self._run
        if self._watch is None and run.standing.goods.at_warehouses:
            rules = run.assessment.fulfilment
            hours = rules.expedited_ship_within_hours if run.assessment.route.expedite else rules.ship_within_hours
            self._watch = Watch(run, Partner.WMS, timedelta(hours=hours), "shipment", self._alarm)

    def _stop_watching(self) -> None:
        """Nothing is with the warehouses that they could be late with."""
        self._chase.end()
        if self._watch is not None:
            self._watch.end()
            self._watch = None

    async def _take(self) -> None:
        event = self._run.events.popleft()
        # Whoever waits for stock has heard our ledger's word already (workflows/ordering/run.py).
        hear = self._hears.get(type(event))
        if hear is not None:
            await hear(event)

    async def _moved(self, event: ParcelMoved) -> None:
        if not await parcels.moved(self._run, event):
            self._run.early.append(event)

    async def _lost(self, event: StockLost) -> None:
        await self._run.stock.lost(event.lines, event.reason, event.node)
        await self._run.show_in_passing()
