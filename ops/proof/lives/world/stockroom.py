"""What happens to stock beside an order: it is there or short, others want it, deliveries come, counts find less."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from models.partners.events import BackorderExpired, BackorderFilled, PickedLine, StockLost
from models.stock.demand import Demand, Need
from models.stock.nodes import Lane, Node, NodeKind
from models.stock.reservation import ReservationRequest
from ops.proof.lives.world.floor import DAY, HOUR, MINUTE
from ops.proof.lives.world.shop import GOODS

if TYPE_CHECKING:
    from models.partners.events import PartnerEvent
    from models.stock.life import ClaimLine
    from ops.proof.lives.world.balances import Kept
    from ops.proof.lives.world.floor import Floor
    from ops.proof.lives.world.memory import Envelope, World

NODES = (
    Node(name="berlin", priority=1, collects=True, lanes=(Lane(country="DE", transit_days=1), Lane())),
    Node(name="hamburg", kind=NodeKind.THIRD_PARTY, priority=2),
)
RIVAL = "order:rival:1"
_LOTS = {"MED-KIT": (("A", 70), ("B", 200), ("OLD", 10))}
"""Lots, and in how many days they expire: policy wants sixty left."""
_SWEEP_S = 12 * HOUR
_LAST_SWEEP_S = 90 * DAY


class Stockroom:
    """The stock of one life."""

    def __init__(self, world: World, floor: Floor) -> None:
        """Fill the shelves, more or less."""
        self._world, self._floor = world, floor
        self._chance = random.Random(f"{world.seed}/stock")  # noqa: S311 - a life is made up
        self._told = 0
        world.ledger.filled = self._filled
        self._fill()
        self._events_to_come()

    def _fill(self) -> None:
        chance, beginning = self._chance, self._world.host.now.date()
        scarce = chance.random() < 0.3  # noqa: PLR2004 - three lives in ten are short of something
        for sku in GOODS:
            for node in NODES:
                for lot, days in _LOTS.get(sku, (("", None),)):
                    quantity = chance.randint(0, 5) if scarce else chance.randint(8, 40)
                    if quantity:
                        spot = (sku, node.name, lot)
                        self._world.ledger.expires[sku, lot] = (
                            None if days is None else beginning + timedelta(days=days)
                        )
                        self._floor.arrive(spot, quantity)

    def _events_to_come(self) -> None:
        chance, host = self._chance, self._world.host
        for sku in GOODS:
            lot = "B" if sku in _LOTS else ""
            spot, quantity = (sku, chance.choice(NODES).name, lot), chance.randint(1, 30)

            async def deliver(spot: tuple[str, str, str] = spot, quantity: int = quantity) -> None:
                self._floor.arrive(spot, quantity)

            host.later(chance.uniform(HOUR, 12 * DAY), deliver)
        if chance.random() < 0.4:  # noqa: PLR2004 - somebody else wants it too
            host.later(chance.uniform(0, 30 * MINUTE), self._rival)
        if chance.random() < 0.15:  # noqa: PLR2004 - one life in seven
            host.later(chance.uniform(MINUTE, 3 * DAY), self._count)
        host.later(_SWEEP_S, self._sweep)

    async def _rival(self) -> None:
        need = Need(line_id="1", sku=self._chance.choice(GOODS), quantity=self._chance.randint(1, 20))
        request = ReservationRequest(key=f"{RIVAL}/stock", order_id=RIVAL, needs=(need,), demand=Demand(channel="pos"))
        answer = await self._world.ledger.reserve(request)
        self._world.note(
            "a rival reserves" if answer.granted else "a rival finds nothing", f"{need.quantity} of {need.sku}"
        )

    async def _count(self) -> None:
        """Find less than the books have, on the shelf of somebody who was promised it."""
        promised = [(kept, line) for kept, line in self._world.ledger.live() if line.open]
        if not promised:
            return
        kept, line = self._chance.choice(promised)
        place, quantity = line.place, self._chance.randint(1, line.open)
        lies = self._floor.lies[place.sku, place.node, place.lot]
        if lies < quantity:
            return
        self._floor.lies[place.sku, place.node, place.lot] -= quantity
        self._world.note("a count finds less", f"{quantity} of {place.sku} at {place.node}")
        self._world.ledger.lose(kept, place, quantity)
        if kept.order_id != RIVAL:
            self._tell(self._lost(kept, line, quantity))

    def _lost(self, kept: Kept, line: ClaimLine, quantity: int) -> StockLost:
        gone = PickedLine(line_id=line.place.line_id, sku=line.place.sku, quantity=quantity, lot=line.place.lot)
        return StockLost(
            **self._envelope(kept),
            reservation_key=kept.key,
            lines=(gone,),
            node=line.place.node,
            reason="a count found less",
        )

    async def _sweep(self) -> None:
        for kept in self._world.ledger.sweep():
            self._world.note("a backorder expires", kept.key)
            self._tell(BackorderExpired(**self._envelope(kept), reservation_key=kept.key))
        # Nothing can be left to sweep for when everything has ended long ago.
        if self._world.host.now < self._world.beginning + timedelta(seconds=_LAST_SWEEP_S):
            self._world.host.later(_SWEEP_S, self._sweep)

    def _filled(self, kept: Kept) -> None:
        if kept.order_id == RIVAL:
            return
        self._world.note("a backorder is filled", kept.key)
        self._tell(
            BackorderFilled(
                **self._envelope(kept),
                reservation_key=kept.key,
                allocations=kept.allocations,
                senders=self._world.ledger.senders_of(kept),
            )
        )

    def _envelope(self, kept: Kept) -> Envelope:
        self._told += 1
        return {"event_id": f"stock/{self._told}", "order_id": kept.order_id, "occurred_at": self._world.host.now}

    def _tell(self, event: PartnerEvent) -> None:
        async def deliver() -> None:
            heard = await self._world.host.signal(event.order_id, "partner_event", event)
            self._world.note("stock word" if heard else "stock word after the end", event.event_id)

        self._world.host.later(self._chance.uniform(0.1, 5), deliver)
