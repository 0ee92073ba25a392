"""Random deeds about reservations: reserve, backorder, extend, commit, give back, ship."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from activities.adapters.store.stock.tables import stock_movements
from models.stock.backorders import BackorderRequest
from models.stock.demand import Demand, Need
from models.stock.quantities import MovementKind, StockState
from models.stock.reservation import (
    Consumption,
    Freed,
    ReservationCommit,
    ReservationExtension,
    ReservationRelease,
    ReservationRequest,
    ReservationState,
    Shipped,
)
from ops.proof.worlds.log import Promise, insist
from ops.proof.worlds.reading import open_lines, shelves
from ops.proof.worlds.world import Deed

if TYPE_CHECKING:
    from datetime import datetime

    from models.stock.backorders import BackorderAnswer
    from models.stock.reservation import ReservationAnswer, ReservationStanding
    from ops.proof.worlds.world import World

_S = ReservationState
_MOST = 4
_TOO_MUCH = 0.1
"""How often a parcel holds more than was reserved for it."""
_LATE = (0, 0, 6)
"""How many hours after a parcel has left it is told of."""
_m = stock_movements.c


def reserve(world: World) -> Deed:
    """Somebody wants something, for a while."""
    key, order_id, needs = world.document("reservation"), world.chance.choice(world.orders), _needs(world)
    held = world.chance.choice((None, 30, 60, 120, 240))
    request = ReservationRequest(
        key=key,
        order_id=order_id,
        needs=needs,
        demand=_demand(order_id),
        expires_at=_in(world, held),
    )

    def note(answer: ReservationAnswer) -> None:
        insist("log: neither granted nor short", answer.granted is not bool(answer.shortages), answer)
        if answer.allocations:
            world.log.granted(key, order_id, answer.allocations, answer.expires_at)

    def proof(answer: ReservationAnswer) -> None:
        _first_expiring_first(world, answer)

    wanted = ", ".join(f"{need.quantity} of {need.sku}" for need in needs)
    return Deed(f"reserve {key}: {wanted}", lambda: world.ledger.reserve(request), note, proof)


def reserve_too_late(world: World) -> Deed:
    """A reservation that comes after its release takes nothing."""
    key, order_id = world.document("late"), world.chance.choice(world.orders)
    request = ReservationRequest(key=key, order_id=order_id, needs=_needs(world), demand=_demand(order_id))
    release = ReservationRelease(reservation_key=key, order_id=order_id, reason="cancelled")

    async def ask() -> ReservationAnswer:
        await world.ledger.release(release)
        return await world.ledger.reserve(request)

    return Deed(f"release {key}, then reserve", ask, refused=True)


def backorder(world: World) -> Deed:
    """Somebody waits."""
    key, order_id, needs = world.document("backorder"), world.chance.choice(world.orders), _needs(world)
    patience = world.chance.choice((None, 60, 180))
    request = BackorderRequest(
        key=key,
        order_id=order_id,
        needs=needs,
        demand=_demand(order_id),
        deadline=_in(world, patience),
    )

    def note(answer: BackorderAnswer) -> None:
        promise = Promise(key, order_id, answer.state, expires_at=request.deadline)
        for need in needs:
            promise.granted[need.line_id, need.sku] += need.quantity
        world.log.promises[key] = promise

    return Deed(f"backorder {key}", lambda: world.ledger.backorder(request), note)


def extend(world: World) -> Deed | None:
    """Somebody needs more time."""
    promise = _any(world, _S.HELD, _S.COMMITTED, _S.RELEASED, _S.EXPIRED)
    if promise is None:
        return None
    until = world.clock() + timedelta(minutes=world.chance.choice((10, 90, 300)))
    extension = ReservationExtension(reservation_key=promise.key, order_id=promise.order_id, until=until)

    def note(standing: ReservationStanding) -> None:
        _expire_if_due(world, promise)
        if promise.state is _S.HELD and promise.expires_at is not None:
            promise.expires_at = max(promise.expires_at, until)
            insist("log: not held as long as was asked", standing.expires_at == promise.expires_at, standing)
        insist("log: an extension stands otherwise", standing.state is promise.state, standing, promise)

    return Deed(f"extend {promise.key}", lambda: world.ledger.extend(extension), note)


def commit(world: World) -> Deed | None:
    """Somebody has paid."""
    promise = _any(world, _S.HELD, _S.HELD, _S.COMMITTED, _S.RELEASED, _S.EXPIRED)
    if promise is None:
        return None
    wanted = ReservationCommit(reservation_key=promise.key, order_id=promise.order_id)

    def note(standing: ReservationStanding) -> None:
        _expire_if_due(world, promise)
        if promise.state is _S.HELD:
            promise.state = _S.COMMITTED
        insist("log: a commitment stands otherwise", standing.state is promise.state, standing, promise)
        still = sum(one.quantity for one in standing.allocations)
        insist("log: a commitment lost something", still == promise.open.total(), standing, promise)

    return Deed(f"commit {promise.key}", lambda: world.ledger.commit(wanted), note)


def release(world: World, promise: Promise | None = None) -> Deed | None:
    """Somebody wants none of it any more."""
    promise = promise or _any(world, *_S)
    if promise is None:
        return None
    wanted = ReservationRelease(reservation_key=promise.key, order_id=promise.order_id, reason="cancelled")

    def note(_nothing: None) -> None:
        if promise.is_live or promise.state is _S.PENDING:
            promise.let_go(_S.RELEASED)

    return Deed(f"release {promise.key}", lambda: world.ledger.release(wanted), note)


def release_part(world: World) -> Deed | None:
    """Somebody wants less."""
    promise = _any(world, *_S)
    if promise is None or not promise.granted:
        return None
    line, sku = world.chance.choice(sorted(promise.granted))
    quantity = world.chance.randint(1, _MOST)
    wanted = ReservationRelease(
        reservation_key=promise.key,
        order_id=promise.order_id,
        reason="fewer",
        key=world.document("part"),
        items=(Freed(line_id=line, sku=sku, quantity=quantity),),
    )

    def note(_nothing: None) -> None:
        if promise.is_live:
            promise.free((line, sku), quantity)
        elif promise.state is _S.PENDING:
            promise.granted[line, sku] -= quantity
            promise.granted = +promise.granted
            if not promise.granted:
                promise.state = _S.RELEASED

    name = f"release {quantity} of {line}, {sku}, of {promise.key}"
    return Deed(name, lambda: world.ledger.release(wanted), note)


def consume(world: World) -> Deed | None:
    """A parcel leaves, sometimes with another lot than was reserved, sometimes with too much in it."""
    promise = _any(world, _S.HELD, _S.COMMITTED)
    if promise is None:
        return None
    with world.reader.connect() as connection:
        lines = open_lines(connection, promise.key)
        before = shelves(connection, world.skus)
    if not lines:
        return None
    line, sku, node, reserved_lot = world.chance.choice(sorted(lines))
    there = {place[3]: left for place, (left, _) in lines.items() if place[:3] == (line, sku, node)}
    quantity = world.chance.randint(1, sum(there.values()) + (world.chance.random() < _TOO_MUCH))
    lots = [lot for of_sku, at_node, lot in before if (of_sku, at_node) == (sku, node)]
    lot = world.chance.choice((None, reserved_lot, world.chance.choice(lots)))
    shipped = Shipped(line_id=line, sku=sku, quantity=quantity, node=node, lot=lot)
    key = world.document("shipment")
    # Some parcels are told of at once, some hours after they have left.
    left_at = world.clock() - timedelta(hours=_LATE[len(world.log.promises) % len(_LATE)])
    shipment = Consumption(
        key=key, reservation_key=promise.key, order_id=promise.order_id, items=(shipped,), shipped_at=left_at
    )

    def note(_nothing: None) -> None:
        promise.ship((line, sku), quantity)
        world.log.left(sku, node, _shipped_lots(world, key), left_at)

    def proof(_nothing: None) -> None:
        if lot is not None and quantity <= there.get(lot, 0) + before[sku, node, lot].available:
            went = _shipped_lots(world, key)
            insist("I11 another lot was booked than was shipped", went == {lot: quantity}, shipped, went)

    name = f"ship {quantity} of {line}, {sku}, lot {lot}, at {node}, of {promise.key}"
    refused = quantity > sum(there.values())
    return Deed(name, lambda: world.ledger.consume(shipment), note, proof, refused=refused)


def _shipped_lots(world: World, document: str) -> dict[str, int]:
    wanted = select(_m.lot, _m.quantity).where(
        _m.document_key == document, _m.kind == MovementKind.SHIPMENT, _m.state == StockState.ON_HAND
    )
    with world.reader.connect() as connection:
        return {row.lot: -row.quantity for row in connection.execute(wanted)}


def _first_expiring_first(world: World, answer: ReservationAnswer) -> None:
    """No lot was promised while one that expires earlier could still be had at the same node.

    What those in the queue wait for cannot be had: whoever has goods set aside for him takes those, and passes nobody.
    """
    with world.reader.connect() as connection:
        left = shelves(connection, world.skus)
    today = world.clock().date()
    for one in answer.allocations:
        promised = world.expiry(one.sku, one.lot)
        insist("I11 an expired lot was promised", promised >= today, one)
        insist("I11 a lot that may not be sold was promised", world.may_be_sold(one.sku, one.lot), one)
        earlier = {
            lot: shelf.available
            for (sku, node, lot), shelf in left.items()
            if (sku, node) == (one.sku, one.node) and today <= world.expiry(sku, lot) < promised
        }
        waiting = world.log.waiting_for(one.sku)
        insist("I11 a lot that expires earlier was left", sum(earlier.values()) <= waiting, one, earlier)


def _needs(world: World) -> tuple[Need, ...]:
    skus = world.chance.sample(world.skus, world.chance.choice((1, 1, 2)))
    return tuple(
        Need(line_id=str(number), sku=sku, quantity=world.chance.randint(1, _MOST))
        for number, sku in enumerate(skus, start=1)
    )


def _in(world: World, minutes: int | None) -> datetime | None:
    return None if minutes is None else world.clock() + timedelta(minutes=minutes)


def _demand(order_id: str) -> Demand:
    return Demand(channel=order_id.split(":")[1])


def _any(world: World, *states: ReservationState) -> Promise | None:
    """A promise in one of these states, if there is any."""
    found = [one for one in world.log.promises.values() if one.state in states]
    return world.chance.choice(found) if found else None


def _expire_if_due(world: World, promise: Promise) -> None:
    if promise.state is _S.HELD and promise.is_due(world.clock()):
        promise.let_go(_S.EXPIRED)
