"""What is reserved, on its way to the nodes: made firm, looked at once more, and held back for the next wave."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from activities.stock import StockActivities
from models.order.pieces import needs_of
from models.partners.events import StockLost
from models.stock.outlook import ReleaseCheck
from workflows.fulfilling.consignment import consignments
from workflows.fulfilling.elsewhere import source_again
from workflows.stocking.as_one import AsOne

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from models.order.pieces import Piece
    from models.stock.outlook import BadLot, NodeOutlook, ReleaseOutlook
    from models.stock.reservation import Allocation
    from workflows.fulfilling.alarm import Alarm
    from workflows.fulfilling.consignment import Consignment
    from workflows.ordering.run import Run
    from workflows.stocking.as_one import Part
    from workflows.stocking.batch import Batch

_WAVE = "wave "


class Departures:
    """What one order has reserved and no node has been asked for."""

    def __init__(self, run: Run, alarm: Alarm) -> None:
        """Wait for waves by this alarm."""
        self._run = run
        self._alarm = alarm

    @property
    def call(self) -> bool:
        """Whether there is something to release; of what goes together nothing is before all of it can go."""
        stock = self._run.stock
        may_go = bool(stock.ready) and (stock.is_whole or not self._run.assessment.goes_together)
        return may_go or bool(self._alarm.all_passed(_WAVE))

    async def next(self) -> list[Consignment]:
        """Take what is to be released now."""
        run = self._run
        for event in [event for event in run.events if isinstance(event, StockLost)]:
            # Our ledger has taken it away again.
            run.events.remove(event)
            await run.stock.lost(event.lines, event.reason, event.node)
            await run.show_in_passing()
        for name in self._alarm.all_passed(_WAVE):
            self._alarm.unset(name)
            run.stock.resume(name.removeprefix(_WAVE))
        if run.assessment.goes_together:
            return self._all_at_once(await AsOne(run, self._look).next())
        wanted: list[Consignment] = []
        while run.stock.ready:
            batch = await run.stock.next_firm()
            wanted += await self._looked_at(batch) if batch else []
        return wanted

    async def _looked_at(self, batch: Batch) -> list[Consignment]:
        outlook = await self._look(batch)
        if outlook is None:
            return consignments(self._run, batch)
        good = await self._without_bad_lots(batch, outlook.bad_lots)
        return await self._by_node(batch, good, outlook)

    async def _look(self, batch: Batch) -> ReleaseOutlook | None:
        """Look at its nodes and lots, where policy has it so."""
        run, rules = self._run, self._run.assessment.fulfilment
        if not rules.look_before_release:
            return None
        check = ReleaseCheck(
            order_id=run.order.id,
            allocations=batch.allocations,
            waves=() if batch.waited else rules.waves,
            express=run.assessment.route.expedite,
        )
        return await run.own(StockActivities.outlook, check, "look at nodes and lots before the release")

    def _all_at_once(self, parts: list[Part]) -> list[Consignment]:
        """Release all of them, or have all of them wait for the last of their waves."""
        waves = [(part.outlook.wave_at, part.node) for part in parts if part.outlook and part.outlook.wave_at]
        wanted: list[Consignment] = []
        for part in parts:
            if waves:
                at, node = max(waves)
                self._hold_back(part.batch, node, at)
                continue
            (consignment,) = consignments(self._run, part.batch)
            wanted.append(self._of_kind(consignment, part.outlook) if part.outlook else consignment)
        return wanted

    async def _without_bad_lots(self, batch: Batch, bad: Iterable[BadLot]) -> tuple[Allocation, ...]:
        """Reserve what must not go once more: another lot, at the same node or elsewhere."""
        run = self._run
        gone = {found.allocation: found.reason for found in bad}
        for allocation, reason in gone.items():
            run.standing.tell(f"{allocation.quantity} of {allocation.sku} are not sent: {reason}")
            document = run.key("swap", run.stock.fresh_part("lot"))
            await run.stock.free_lot(allocation, run.key("stock", batch.part), document, reason)
            needs = run.standing.goods.unreserved((allocation,))
            await run.stock.again(needs)
        return tuple(found for found in batch.allocations if found not in gone)

    async def _by_node(
        self, batch: Batch, allocations: Iterable[Allocation], outlook: ReleaseOutlook
    ) -> list[Consignment]:
        by_node: dict[str, list[Allocation]] = defaultdict(list)
        for allocation in allocations:
            by_node[allocation.node].append(allocation)
        wanted: list[Consignment] = []
        for name, found in by_node.items():
            node, part = outlook.of(name), batch.of(found)
            if node.down is not None:
                await self._from_elsewhere(part, node)
            elif node.wave_at is not None:
                self._hold_back(part, name, node.wave_at)
            else:
                wanted += [self._of_kind(consignment, node) for consignment in consignments(self._run, part)]
        return wanted

    async def _from_elsewhere(self, batch: Batch, node: NodeOutlook) -> None:
        run = self._run
        pieces: dict[Piece, int] = defaultdict(int)
        for allocation in batch.allocations:
            pieces[allocation.line_id, allocation.sku] += allocation.quantity
        run.standing.goods.unreserved(batch.allocations)
        await source_again(
            run,
            needs_of(pieces),
            node=node.node,
            reservation_key=run.key("stock", batch.part),
            document=run.stock.fresh_part(f"down-{node.node}"),
            reason=f"{node.node} is down: {node.down}",
        )

    def _hold_back(self, batch: Batch, node: str, at: datetime) -> None:
        self._run.standing.tell(f"held back for the wave of {node} at {at:%Y-%m-%d %H:%M} UTC")
        self._run.stock.hold_back(batch, node)
        self._alarm.set(f"{_WAVE}{node}", at, f"the next wave of {node}")

    def _of_kind(self, consignment: Consignment, node: NodeOutlook) -> Consignment:
        consignment.kind = node.kind
        return consignment
