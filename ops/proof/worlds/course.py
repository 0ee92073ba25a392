"""The course of a world: what may be done in it, how often, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.store.stock.books.discrepancies import discrepancies
from models.stock.reservation import ReservationState
from ops.proof.worlds import goods, reservations
from ops.proof.worlds.log import insist
from ops.proof.worlds.reading import shelves

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.proof.worlds.world import Deed, World

    Maker = Callable[[World], Deed | None]

_DEEDS: dict[Maker, int] = {
    reservations.reserve: 6,
    reservations.reserve_too_late: 1,
    reservations.backorder: 2,
    reservations.extend: 2,
    reservations.commit: 4,
    reservations.release: 1,
    reservations.release_part: 2,
    reservations.consume: 4,
    goods.receive: 4,
    goods.sell: 2,
    goods.adjust: 1,
    goods.count: 2,
    goods.set_aside: 2,
    goods.clear: 1,
    goods.judge: 4,
    goods.pick: 3,
}
"""What may be asked for, and how often."""
_DELIVERIES = 3
"""Deliveries before anything else."""
_BESIDE = 0.15
"""How often somebody else reserves at the same moment."""


async def live(world: World) -> None:
    """Do one deed of a world.

    Raises:
        Broken: a law does not hold after it.
    """
    deed = None
    while deed is None:
        (maker,) = world.chance.choices(list(_DEEDS), list(_DEEDS.values()))
        deed = (goods.receive if len(world.story) < _DELIVERIES else maker)(world)
    beside = world.chance.random() < _BESIDE
    await world.do(deed, reservations.reserve(world) if beside else None)


def swept(world: World) -> None:
    """Note what a sweep must have let go, and check it.

    Raises:
        Broken: a law does not hold after it.
    """
    world.story.append("a sweep")
    for promise in world.log.promises.values():
        if promise.is_due(world.clock()):
            promise.let_go(ReservationState.EXPIRED)
    world.check()


async def end(world: World) -> None:
    """End every order, then empty the shelves: nothing may be left promised, set aside or unaccounted for.

    Raises:
        Broken: something is left, or a law does not hold.
    """
    for promise in list(world.log.promises.values()):
        deed = reservations.release(world, promise)
        if deed is not None and (promise.is_live or promise.state is ReservationState.PENDING):
            await world.do_plainly(deed)
            # What one gives back may fill another's backorder.
            world.check()
    with world.reader.connect() as connection:
        left = shelves(connection, world.skus)
    for spot, shelf in left.items():
        insist("I10 something is promised though every order has ended", shelf.promised == 0, spot, shelf)
        if shelf.on_hand:
            await world.do_plainly(goods.counting(world, spot, shelf.on_hand, 0))
    world.check()
    async with world.database.reading() as connection:
        found = [one for sku in world.skus for one in await discrepancies(connection, sku)]
    insist("auditor: a difference", not found, found)
    with world.reader.connect() as connection:
        emptied = shelves(connection, world.skus)
    insist("I9 something lies on an empty shelf", not any(map(any, emptied.values())), emptied)
