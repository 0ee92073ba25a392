"""The laws of stock, I8 to I11: judged from our books, and from what truly lies on the shelves."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from models.policy.stock.sourcing.shelves import least_days
from models.stock.quantities import PARTS_OF_ON_HAND, StockState
from models.stock.reservation import ReservationState
from ops.proof.lives.laws.endings import ENDED
from ops.proof.lives.world.balances import LIVE
from ops.proof.lives.world.rules import policies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.proof.lives.world.balances import Spot
    from ops.proof.lives.world.memory import World


def nothing_oversold(world: World) -> Iterator[str]:
    """I8: nowhere is less than nothing available."""
    for spot in world.ledger.levels:
        if world.ledger.available(spot) < 0:
            yield f"{world.ledger.available(spot)} available of {spot}"


def shelves_add_up(world: World) -> Iterator[str]:
    """I9: what is on hand is what is available, promised and set aside; what is promised is what reservations have."""
    soft: Counter[Spot] = Counter()
    firm: Counter[Spot] = Counter()
    for kept, line in world.ledger.live():
        place = line.place
        into = soft if kept.claim.state is ReservationState.HELD else firm
        into[place.sku, place.node, place.lot] += line.open
    for spot, levels in world.ledger.levels.items():
        below = {state.value: levels[state] for state in (StockState.ON_HAND, *PARTS_OF_ON_HAND) if levels[state] < 0}
        if below:
            yield f"below nothing at {spot}: {below}"
        if (levels[StockState.SOFT_RESERVED], levels[StockState.ALLOCATED]) != (soft[spot], firm[spot]):
            yield f"{spot} has {dict(levels)}, reservations have {soft[spot]} held and {firm[spot]} committed"


def books_match_the_floor(world: World) -> Iterator[str]:
    """I9: when all is told, our books have on hand what lies there."""
    ours: Counter[tuple[str, str]] = Counter()
    theirs: Counter[tuple[str, str]] = Counter()
    for (sku, node, _), levels in world.ledger.levels.items():
        ours[sku, node] += levels[StockState.ON_HAND]
    for (sku, node, _), quantity in world.lies.items():
        theirs[sku, node] += quantity
    for parcel in world.journal.sent:
        heard = {shipment.shipment_id for shipment in world.snapshots[parcel.release.order_id].shipments}
        if parcel.shipment_id not in heard:
            # It left after its order had ended: the next count mends that.
            for (_, sku, _), quantity in parcel.pieces.items():
                ours[sku, parcel.release.node] -= quantity
    for place in ours.keys() | theirs.keys():
        if ours[place] != theirs[place]:
            yield f"our books have {ours[place]} on hand at {place}, where {theirs[place]} lie"


def nothing_stays_reserved(world: World) -> Iterator[str]:
    """I10: an order that has ended has nothing reserved, and no place in the queue."""
    for kept in world.ledger.kept.values():
        snapshot = world.snapshots.get(kept.order_id)
        over = snapshot is None or snapshot.lifecycle in ENDED
        waits = kept.claim.state is ReservationState.PENDING
        if over and (waits or (kept.claim.state in LIVE and kept.claim.open)):
            yield f"{kept.key} still has {kept.claim.open} reserved ({kept.claim.state.value})"


def shipped_is_what_was_reserved(world: World) -> Iterator[str]:
    """I11: the lots that left are lots that were promised to the order, good for long enough when promised."""
    promised: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for at, order_id, one in world.ledger.lots_promised:
        promised[order_id].add((one.sku, one.lot))
        expires = world.ledger.expires.get((one.sku, one.lot))
        if expires is not None and (expires - at.date()).days < least_days(policies().stock.availability, one.sku):
            yield f"{one.sku} of lot {one.lot} was promised on {at:%Y-%m-%d} and expires on {expires}"
    left = {(off.order_id, off.place.sku, off.place.lot) for off in world.ledger.went_off if not off.beyond}
    left |= {(sent.release.order_id, sku, lot) for sent in world.journal.sent for _, sku, lot in sent.pieces if lot}
    for order_id, sku, lot in sorted(left):
        if (sku, lot) not in promised[order_id]:
            yield f"{sku} of lot {lot} left for {order_id}, which was promised none of it"
