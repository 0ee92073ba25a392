"""The order's stock: reserved, waited for, replaced by something else, made firm, given back."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow

from activities.stock import StockActivities
from models.order.assessment import Objection
from models.order.casebook import PLATFORM, said
from models.order.pieces import needs_of
from models.states.hold import HoldKind
from models.stock.deciding import reserved
from models.stock.demand import Demand
from models.stock.reservation import (
    Freed,
    ReservationCommit,
    ReservationExtension,
    ReservationRelease,
    ReservationRequest,
    ReservationState,
)
from workflows.desk import CancelOrder
from workflows.patches import STOCK_CONTROL, WHOLE_LIFE
from workflows.stocking.batch import Batch
from workflows.stocking.leftover import bring_along, left_over
from workflows.stocking.remedies import Remedies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from models.order.pieces import Piece
    from models.partners.events import PickedLine
    from models.stock.demand import Need
    from models.stock.reservation import Allocation
    from workflows.ordering.run import Run


class Stocking:
    """What one order has of our stock, and what it still waits for."""

    def __init__(self, run: Run) -> None:
        """Begin with nothing reserved."""
        self._run = run
        self._keys: dict[str, None] = {}
        self._soft: dict[str, Batch] = {}
        self._rounds = 0
        self.remedies = Remedies(run, self)
        """What is done about what it is short of."""
        self.ready: deque[Batch] = deque()
        """Reserved, and not released to a warehouse yet."""
        self._held_back: dict[str, list[Batch]] = {}
        """By node: what waits for its next wave."""

    @property
    def demand(self) -> Demand:
        """Who wants it, and how."""
        return self._run.assessment.demand or Demand(channel=self._run.order.channel)

    @property
    def gave_up(self) -> CancelOrder:
        """Why the order ends where nothing of it could be had."""
        return self.remedies.gave_up or CancelOrder("nothing of it can be had", PLATFORM)

    @property
    def settled(self) -> bool:
        """Whether nothing is being waited for any more."""
        return self.remedies.done

    async def begin(self, needs: tuple[Need, ...]) -> None:
        """Reserve, and wait until there is something to go on with.

        Raises:
            CancelOrder: nothing of it can be had, or somebody wants the order cancelled.
        """
        await self.reserve(needs)
        await self.something()

    async def something(self) -> None:
        """Wait until goods are reserved.

        Raises:
            CancelOrder: nothing of it can be had, or somebody wants the order cancelled.
        """
        desk = self._run.desk
        changing = self._run.changing
        while True:
            # Waited for even where there is something at once: what goes on beside begins in this turn.
            await workflow.wait_condition(
                lambda: bool(self.ready) or self.settled or desk.wish is not None or changing.calls
            )
            if self.ready or self.settled or desk.wish is not None:
                break
            await changing.rest()
        desk.check_wish()
        if not self.ready:
            raise self.gave_up

    async def reserve(self, needs: tuple[Need, ...], part: str = "", *, avoid: tuple[str, ...] = ()) -> None:
        """Reserve what can be had, and see to what cannot, beside the order's story."""
        run = self._run
        key = self.note(part)
        demand = self._demanded(avoid)
        request = ReservationRequest(
            key=key,
            order_id=run.order.id,
            needs=needs,
            demand=demand,
            policy_version=run.assessment.policy_version,
        )
        while True:
            answer = await run.own(StockActivities.reserve, request, "reserve the stock")
            run.promises.sourced(answer.senders)
            run.standing.decide(answer.decision or reserved(run.assessment.policy_version, answer))
            self.add(part, answer.allocations, firm=False)
            if answer.granted or answer.remedies:
                break
            # Nothing is said of what to do instead: a person says when to try again.
            short = "; ".join(f"{item.sku}: {item.available} of {item.wanted}" for item in answer.shortages)
            await run.desk.clear([Objection(kind=HoldKind.INVENTORY, reason=f"short of stock: {short}"[:500])])
        self.remedies.begin(needs, answer, part, demand)
        rest = left_over(needs, answer) if answer.remedies else ()
        if rest and workflow.patched(WHOLE_LIFE):
            run.aside(bring_along(run, rest))
        if not answer.remedies:
            run.promises.reckon(f"reserved anew ({part})" if part else "as it was reserved")

    async def again(self, needs: tuple[Need, ...], *, avoid: tuple[str, ...] = ()) -> None:
        """Reserve what was lost, under a key of its own."""
        self.remedies.go_on()
        await self.reserve(needs, self.fresh_part("again"), avoid=avoid)

    def _demanded(self, avoid: tuple[str, ...]) -> Demand:
        """For whom, and from where; what one node must send comes from where the rest of it lies."""
        demand = self.demand.model_copy(update={"avoid_nodes": avoid}) if avoid else self.demand
        if not (self._run.assessment.goes_together and demand.ship_together):
            return demand
        nodes = {one.node for batch in self.unreleased for one in batch.allocations}
        return demand.model_copy(update={"only_at": min(nodes)}) if nodes else demand

    @property
    def is_whole(self) -> bool:
        """Whether all that no warehouse was asked for is reserved: nothing of it is still to be had."""
        here: Counter[Piece] = Counter()
        for batch in self.unreleased:
            for one in batch.allocations:
                here[one.line_id, one.sku] += one.quantity
        return all(here[piece] >= units for piece, units in self._run.standing.goods.not_released().items())

    def hold_back(self, batch: Batch, node: str) -> None:
        """Keep what is reserved until the node's next wave."""
        self._held_back.setdefault(node, []).append(batch)

    def resume(self, node: str) -> None:
        """The node's wave has come: what waited for it can be released."""
        self.ready.extend(replace(batch, waited=True) for batch in self._held_back.pop(node, []))

    @property
    def anything_ready(self) -> bool:
        """Whether something is reserved that no warehouse has been asked for."""
        return bool(self.ready) or any(self._held_back.values())

    @property
    def unreleased(self) -> list[Batch]:
        """What is reserved and no warehouse was asked for."""
        return [*self.ready, *(batch for batches in self._held_back.values() for batch in batches)]

    def keep_only(self, of: Callable[[Batch], Batch | None]) -> None:
        """Leave out of what is reserved and not released what is not to be released any more."""
        self.ready = deque(left for batch in self.ready if (left := of(batch)) is not None)
        for node, batches in self._held_back.items():
            self._held_back[node] = [left for batch in batches if (left := of(batch)) is not None]

    def drop_ready(self) -> None:
        """Release nothing of what is reserved: it is not wanted any more."""
        self.ready.clear()
        self._held_back.clear()

    def fresh_part(self, name: str) -> str:
        """Name one more reservation of this order."""
        self._rounds += 1
        return f"{name}-{self._rounds}"

    def note(self, part: str) -> str:
        """Name a reservation, and note how it is taken back; to be called before it is asked for."""
        key = self._run.key("stock", part)
        if key not in self._keys:
            self._keys[key] = None
            name = "release the reserved stock" + (f" ({part})" if part else "")
            self._run.undoing.note(name, lambda: self._give_back(key))
        return key

    async def _give_back(self, key: str) -> str:
        await self._release(key, "the order was cancelled")
        return "given back"

    async def _release(self, key: str, reason: str) -> None:
        release = ReservationRelease(reservation_key=key, order_id=self._run.order.id, reason=said(reason))
        await self._run.own(StockActivities.release, release, "give the stock back")

    def add(self, part: str, allocations: tuple[Allocation, ...], *, firm: bool) -> None:
        """Take note of goods that are now reserved."""
        if not allocations:
            return
        batch = Batch(part, allocations)
        self.ready.append(batch)
        if not firm:
            self._soft[self._run.key("stock", part)] = batch
        self._run.standing.goods.reserved(allocations)
        self._run.promises.reserved(allocations)
        nodes = ", ".join(sorted({allocation.node for allocation in allocations}))
        self._run.standing.tell(f"stock reserved at {nodes}")

    async def next_firm(self) -> Batch | None:
        """Take the next goods to be released, made firm; None where they had expired and are reserved again."""
        batch = self.ready.popleft()
        key = self._run.key("stock", batch.part)
        if self._soft.pop(key, None) is None or not workflow.patched(STOCK_CONTROL):
            return batch
        commit = ReservationCommit(reservation_key=key, order_id=self._run.order.id)
        standing = await self._run.own(StockActivities.commit, commit, "make the reservation firm")
        if standing.state is ReservationState.COMMITTED:
            return batch
        self._run.standing.tell(f"the reservation is {standing.state.value}: stock is reserved again")
        await self.again(self._run.standing.goods.unreserved(batch.allocations))
        return None

    async def hold_on(self) -> None:
        """Have what is only held kept longer, since somebody has to think."""
        if not self._soft or not workflow.patched(STOCK_CONTROL):
            return
        until: datetime = workflow.now() + timedelta(hours=self._run.assessment.held_soft_hours)
        for key in list(self._soft):  # others reserve meanwhile
            extension = ReservationExtension(reservation_key=key, order_id=self._run.order.id, until=until)
            await self._run.own(StockActivities.extend, extension, "keep the stock reserved")

    async def lost(self, lines: Iterable[PickedLine], reason: str, node: str) -> None:
        """Reserve again what our ledger had to take from this order, as far as no warehouse has it yet."""
        run = self._run
        run.standing.tell(f"{node} lost what was reserved: {reason}")
        wanted = run.standing.goods.lost(lines)
        if not wanted:
            return
        self.keep_only(lambda batch: batch.without(wanted, node))
        await self.again(needs_of(wanted), avoid=(node,))

    async def free(
        self,
        pieces: dict[Piece, int],
        reservation_key: str,
        document: str,
        reason: str,
        *,
        node: str | None = None,
    ) -> None:
        """Give back what a warehouse will not send, so that nobody waits for it in vain."""
        if not workflow.patched(STOCK_CONTROL):
            return
        items = tuple(
            Freed(line_id=line, sku=sku, quantity=quantity, node=node) for (line, sku), quantity in pieces.items()
        )
        await self._free(items, reservation_key, document, reason)

    async def free_lot(self, allocation: Allocation, reservation_key: str, document: str, reason: str) -> None:
        """Give back what lies in a lot that must not be sent."""
        lot = Freed(**allocation.model_dump())
        await self._free((lot,), reservation_key, document, reason)

    async def _free(self, items: tuple[Freed, ...], reservation_key: str, document: str, reason: str) -> None:
        release = ReservationRelease(
            reservation_key=reservation_key, order_id=self._run.order.id, reason=said(reason), key=document, items=items
        )
        await self._run.own(StockActivities.release, release, "give back what was not found")

    def stop(self) -> None:
        """See to nothing any more: the order ends."""
        self.remedies.stop()

    async def close(self, reason: str) -> None:
        """Give back whatever is still reserved or waited for."""
        self.stop()
        for key in self._keys:
            await self._release(key, reason)
