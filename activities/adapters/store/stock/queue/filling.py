"""Filling: backorders served from what has come, in policy's order, each in a transaction of its own.

The queue is planned in memory from one picture. Whoever else moves the same stock meanwhile is noticed by the guards of
the writes: then the picture is taken again. Two who fill at once plan the same; each reservation is written by one.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from activities.adapters.store.stock.movements import BalanceRefused, Document
from activities.adapters.store.stock.nodes import known_nodes
from activities.adapters.store.stock.queue.waiting import anyone_waits, event_id, look_for, needs_of, queue_for
from activities.adapters.store.stock.reservations import claims
from activities.adapters.store.stock.reservations.reserving import write_grant
from activities.adapters.store.stock.tables import reservations
from activities.adapters.store.stock.telling_orders import tell_order
from activities.adapters.store.stock.transaction import in_transaction
from models.partners.events import BackorderFilled
from models.policy.promises.sending import senders
from models.policy.stock.queueing import serve
from models.stock import life
from models.stock.quantities import MovementKind
from models.stock.reservation import ReservationState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from models.policy.book import PolicyBook
    from models.policy.stock.sourcing.plan import Planned
    from models.promises.sender import Sender
    from models.stock.backorders import Backorder
    from models.stock.reservation import Allocation

_LOOKS = 5
"""Pictures that are taken at most; what then still moves is left to the next sweep."""
# One that somebody else is writing is passed by; its share was taken off the picture, as if it were written already.
_TAKE = (
    select(reservations.c.key)
    .where(reservations.c.key == bindparam("of_key"))
    .where(reservations.c.state == ReservationState.PENDING.value)
    .with_for_update(skip_locked=True)
)


class _Changed(Exception):
    """Less is wanted than when the picture was taken."""


async def fill_for(  # noqa: PLR0913 - who fills for everybody needs the first four only
    database: Database,
    policies: PolicyBook,
    skus: Iterable[str],
    now: datetime,
    *,
    most: int | None = None,
    answered: Collection[str] = (),
) -> int:
    """Fill the backorders that want any of these articles and can be filled; answers how many were.

    Args:
        database: ours.
        policies: each is sourced by the version its order came under.
        skus: articles of which something may have come; cheap where nobody waits for them.
        now: the moment.
        most: no more than so many; none: all that can be.
        answered: keys whose orders hear of it in another way, and need not be told.

    Raises:
        Transient: the database is too busy.
    """
    wanted = frozenset(skus)
    filled = 0
    for _ in range(_LOOKS):
        async with database.reading() as connection:
            if not await anyone_waits(connection, wanted, now):
                return filled
            queue = await queue_for(connection, wanted, now)
            picture = await look_for(connection, queue, at=now)
        try:
            for backorder, planned in serve(queue.backorders, picture, queue.policies(policies)):
                if most is not None and filled >= most:
                    return filled
                # The others are there because they come first for another article: this is not their whole queue.
                if not planned or wanted.isdisjoint(need.sku for need in backorder.needs):
                    continue
                work = partial(_fill, backorder=backorder, planned=planned, now=now, answered=answered)
                filled += await in_transaction(database, work)
        except (BalanceRefused, _Changed):
            continue
        return filled
    return filled


async def _fill(
    connection: AsyncConnection,
    backorder: Backorder,
    planned: Sequence[Planned],
    now: datetime,
    answered: Collection[str],
) -> bool:
    if (await connection.execute(_TAKE, {"of_key": backorder.key})).first() is None:
        return False
    kept = await claims.load(connection, backorder.key)
    if kept is None or await needs_of(connection, backorder.key) != backorder.needs:
        raise _Changed
    held = await write_grant(connection, kept, planned, expires_at=None, at=now)
    firm = Document(kept.key, MovementKind.ALLOCATION, kept.order_id)
    committed = await claims.write(connection, held, life.commit(held.claim), firm, at=now)
    if backorder.key not in answered:
        nodes = await known_nodes(connection, {one.allocation.node for one in planned})
        allocations = claims.promised(committed.claim)
        filled = _filled(committed, allocations, senders(backorder.demand, nodes, allocations, now), now)
        await tell_order(connection, filled)
    return True


def _filled(
    kept: claims.KeptClaim, allocations: tuple[Allocation, ...], sending: tuple[Sender, ...], now: datetime
) -> BackorderFilled:
    return BackorderFilled(
        event_id=event_id("filled", kept.key),
        order_id=kept.order_id,
        occurred_at=now,
        reservation_key=kept.key,
        allocations=allocations,
        senders=sending,
    )
