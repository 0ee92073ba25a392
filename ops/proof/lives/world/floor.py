"""The people in the warehouses, and the parcels they send: what they do by themselves, and how they tell of it."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

from models.catalogue import Component
from models.partners.events import (
    ParcelMoved,
    ParcelShipped,
    PickedLine,
    PickedShort,
    ReleaseAcknowledged,
    ReleaseRejected,
)
from models.partners.warehouse import ReleaseState
from models.states.fulfilment import ShipmentState
from ops.proof.lives.world.memory import Sent
from ops.proof.lives.world.shop import ITEMS

if TYPE_CHECKING:
    from models.partners.events import PartnerEvent
    from models.partners.transfers import TransferOrder
    from models.partners.warehouse import Release
    from ops.proof.lives.world.balances import Spot
    from ops.proof.lives.world.memory import Envelope, World

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
_PLANS = {"whole": 60, "two parcels": 16, "short": 12, "rejected": 5, "late": 5}
_WAYS = {
    (ShipmentState.IN_TRANSIT, ShipmentState.OUT_FOR_DELIVERY, ShipmentState.DELIVERED): 70,
    (ShipmentState.DELIVERED,): 10,
    (ShipmentState.IN_TRANSIT, ShipmentState.FAILED_ATTEMPT, ShipmentState.DELIVERED): 10,
    (ShipmentState.IN_TRANSIT, ShipmentState.LOST): 4,
    (ShipmentState.IN_TRANSIT, ShipmentState.RETURNED_TO_SENDER): 4,
    (ShipmentState.IN_TRANSIT, ShipmentState.LOST, ShipmentState.DELIVERED): 2,
}
Pieces = dict[tuple[str, str, str], int]
"""So many, by line, article and lot."""


class Floor:
    """Every warehouse's floor, and the carrier's lorries."""

    def __init__(self, world: World) -> None:
        """Begin with empty shelves and nothing to do."""
        self._world = world
        self.lies = world.lies
        world.ledger.scrapped = self.throw_away
        self._open: dict[str, Release] = {}
        self._states: dict[str, ReleaseState] = {}
        self._events = self._parcels = 0

    def take(self, release: Release) -> None:
        """Put a release among the work."""
        self._open[release.key] = release
        self._states[release.key] = ReleaseState.RELEASED
        chance = self._chance(release.key)
        if chance.random() < 0.7:  # noqa: PLR2004 - most warehouses acknowledge
            self._tell(ReleaseAcknowledged(**self._envelope(release, "ack"), release_key=release.key), chance)
        plan = chance.choices(list(_PLANS), list(_PLANS.values()))[0]
        begins = chance.uniform(80 * HOUR, 120 * HOUR) if plan == "late" else chance.uniform(5 * MINUTE, 30 * HOUR)

        async def work() -> None:
            left = self._open.pop(release.key, None)
            if left is not None:
                self._work(left, plan, chance)

        self._world.host.later(begins, work)

    def stop(self, key: str) -> bool:
        """Stop a release nobody has begun to work on; the people on the floor do not always hear in time."""
        heard = self._chance(f"{key}/recall").random() < 0.85  # noqa: PLR2004 - most of the time
        if key not in self._open or not heard:
            self._world.note("recalled too late", key)
            return False
        del self._open[key]
        self._states[key] = ReleaseState.RECALLED
        return True

    def standing(self, key: str) -> ReleaseState:
        """Where a release stands."""
        return self._states.get(key, ReleaseState.UNKNOWN)

    def move(self, order: TransferOrder) -> None:
        """Take goods from one node to another, some days later."""
        chance = self._chance(order.key)

        async def arrive() -> None:
            for line in order.lines:
                self.arrive((line.sku, order.to_node, ""), line.quantity)

        self._world.host.later(chance.uniform(DAY, 3 * DAY), arrive)

    def arrive(self, spot: Spot, quantity: int) -> None:
        """Goods come in, and our books are told."""
        self.lies[spot] += quantity
        self._world.note("goods came", f"{quantity} of {spot}")
        self._world.ledger.receive(spot, quantity, self._world.ledger.expires.get((spot[0], spot[2])))

    def take_back(self, sku: str, node: str, quantity: int) -> None:
        """Goods come back from a customer; a bundle comes back as its parts."""
        item = ITEMS[sku]
        for part in item.components or (Component(sku=sku, quantity=1),):
            self.lies[part.sku, node, ""] += part.quantity * quantity

    def throw_away(self, spot: Spot, quantity: int) -> None:
        """Throw away what our books say is worth nothing."""
        self.lies[spot] -= quantity

    # --- the work ---------------------------------------------------------------------------------------------------

    def _work(self, release: Release, plan: str, chance: random.Random) -> None:
        self._world.note(f"floor: {plan}", release.key)
        self._states[release.key] = ReleaseState.REJECTED if plan == "rejected" else ReleaseState.SHIPPED
        if plan == "rejected":
            event = ReleaseRejected(**self._envelope(release, "no"), release_key=release.key, reason="no room")
            self._tell(event, chance)
            return
        found, missing = self._pick(release, chance, careless=plan == "short")
        if missing:
            self._short(release, missing, chance)
        parcels = _parted(found) if plan == "two parcels" else [found]
        for number, pieces in enumerate(parcels, start=1):
            if pieces:
                self._parcels += 1
                self._send_later(release, f"P{self._parcels}-{release.node}-{number}", pieces, chance)

    def _pick(self, release: Release, chance: random.Random, *, careless: bool) -> tuple[Pieces, Pieces]:
        found: Pieces = {}
        missing: Pieces = {}
        for line in release.lines:
            spot = (line.sku, release.node, line.lot)
            there = min(max(self.lies[spot], 0), line.quantity)
            if careless:
                there = chance.randint(0, there)
            piece = (line.line_id, line.sku, line.lot)
            if there:
                self.lies[spot] -= there
                found[piece] = found.get(piece, 0) + there
            if there < line.quantity:
                missing[piece] = missing.get(piece, 0) + line.quantity - there
        return found, missing

    def _short(self, release: Release, missing: Pieces, chance: random.Random) -> None:
        event = PickedShort(**self._envelope(release, "short"), release_key=release.key, lines=_lines(missing, chance))
        counted: Counter[tuple[str, str]] = Counter()
        for (line_id, sku, _), quantity in missing.items():
            counted[line_id, sku] += quantity
        self._world.journal.short[event.event_id] = counted
        self._tell(event, chance)

    def _send_later(self, release: Release, shipment_id: str, pieces: Pieces, chance: random.Random) -> None:
        async def send() -> None:
            world = self._world
            world.journal.sent.append(Sent(release, shipment_id, pieces, world.host.now))
            world.note("parcel sent", shipment_id)
            first = shipment_id.endswith("-1") and release.tracking_number is not None
            tracking = release.tracking_number if first and release.tracking_number else f"T-{shipment_id}"
            event = ParcelShipped(
                **self._envelope(release, shipment_id),
                release_key=release.key,
                shipment_id=shipment_id,
                node=release.node,
                carrier=release.carrier or "none",
                tracking_number=tracking,
                lines=_lines(pieces, chance),
            )
            self._tell(event, chance, twin=True)
            self._on_its_way(release, tracking, shipment_id, chance)

        self._world.host.later(chance.uniform(MINUTE, 20 * HOUR), send)

    def _on_its_way(self, release: Release, tracking: str, shipment_id: str, chance: random.Random) -> None:
        states = chance.choices(list(_WAYS), list(_WAYS.values()))[0]
        at = 0.0
        for state in states:
            at += chance.uniform(10 * MINUTE, 2 * DAY)

            async def say(state: ShipmentState = state) -> None:
                self._world.note(f"carrier: {state.value}", tracking)
                envelope = self._envelope(release, f"{shipment_id}-{state.value}")
                self._tell(ParcelMoved(**envelope, tracking_number=tracking, state=state), chance, twin=True)

            self._world.host.later(at, say)

    # --- how it is told ---------------------------------------------------------------------------------------------

    def _tell(self, event: PartnerEvent, chance: random.Random, *, twin: bool = False) -> None:
        """Send an event: soon or late, once or more often, and now and then the same fact under another id."""
        late = chance.random() < 0.08  # noqa: PLR2004 - one in twelve
        delay = chance.uniform(HOUR, 2 * DAY) if late else chance.uniform(1, 10 * MINUTE)
        self._deliver(event, delay, "callback late" if late else "callback")
        if chance.random() < 0.1:  # noqa: PLR2004 - one in ten
            for _ in range(chance.choice((1, 1, 4))):
                self._deliver(event, delay + chance.uniform(0, 5 * DAY), "callback again")
        if twin and chance.random() < 0.05:  # noqa: PLR2004 - one in twenty
            other = event.model_copy(update={"event_id": f"{event.event_id}/twin"})
            self._deliver(other, delay + chance.uniform(0, 5 * HOUR), "callback under a new id")

    def _deliver(self, event: PartnerEvent, delay: float, kind: str) -> None:
        self._world.journal.events[event.event_id] = event

        async def deliver() -> None:
            heard = await self._world.host.signal(event.order_id, "partner_event", event)
            self._world.note(kind if heard else "callback after the end", event.event_id)

        self._world.host.later(delay, deliver)

    def _envelope(self, release: Release, name: str) -> Envelope:
        self._events += 1
        event_id = f"w{self._events}/{name}"
        return {"event_id": event_id, "order_id": release.order_id, "occurred_at": self._world.host.now}

    def _chance(self, name: str) -> random.Random:
        return random.Random(f"{self._world.seed}/floor/{name}")  # noqa: S311 - a life is made up


def _parted(found: Pieces) -> list[Pieces]:
    first = {piece: -(-quantity // 2) for piece, quantity in found.items()}
    second = {piece: quantity - first[piece] for piece, quantity in found.items()}
    return [first, {piece: quantity for piece, quantity in second.items() if quantity}]


def _lines(pieces: Pieces, chance: random.Random) -> tuple[PickedLine, ...]:
    names_lots = chance.random() < 0.6  # noqa: PLR2004 - most warehouses say which lot
    return tuple(
        PickedLine(line_id=line_id, sku=sku, quantity=quantity, lot=lot if names_lots else None)
        for (line_id, sku, lot), quantity in pieces.items()
    )
