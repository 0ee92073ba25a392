"""Expecting: when each backorder will be served, worked out anew whenever supply or the queue has changed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import bindparam, select, update

from activities.adapters.store.stock.queue.filling import fill_for
from activities.adapters.store.stock.queue.waiting import anyone_waits, event_id, look_for, queue_for
from activities.adapters.store.stock.tables import reservations, supplies
from activities.adapters.store.stock.telling_orders import tell_order
from activities.adapters.store.stock.transaction import in_transaction
from models.errors import Transient
from models.partners.events import BackorderExpected
from models.policy.stock.queueing import forecast
from models.stock.events import LotJudged
from models.stock.reservation import ReservationState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from models.policy.book import PolicyBook
    from models.stock.backorders import Backorder
    from models.stock.events import StockEvent

_log = structlog.get_logger()
_r = reservations.c
_expects = bindparam("expects", type_=_r.expected_at.type)
_AT_ONCE = 100
"""Dates that are written in one transaction."""
# Only a date that differs is written, and only by one: whoever comes second with the same date changes nothing.
_EXPECT = (
    update(reservations)
    .where(_r.key == bindparam("of_key"), _r.state == ReservationState.PENDING.value)
    .where(_r.expected_at.is_distinct_from(_expects))
    .values(expected_at=_expects)
)
_OF_SUPPLY = select(supplies.c.sku).where(supplies.c.id == bindparam("of_supply")).distinct()


async def after_event(database: Database, policies: PolicyBook, event: StockEvent, now: datetime) -> None:
    """Serve the queue with what an event has brought, and tell those who go on waiting of new dates.

    Called once the event is written for good. What fails here is made up for by the next sweep, so nothing is raised
    where the database is merely busy.
    """
    try:
        skus = await _touched(database, event)
        await fill_for(database, policies, skus, now)
        await reforecast(database, policies, skus, now)
    except Transient as error:
        _log.warning("the queue is left to the next sweep", event_id=event.event_id, error=str(error))


async def reforecast(
    database: Database, policies: PolicyBook, skus: Iterable[str], now: datetime, *, answered: Collection[str] = ()
) -> int:
    """Work out anew when the backorders that want any of these can be served; each new date is told once.

    Args:
        database: ours.
        policies: what is there counts as far as each one's rules let it have it.
        skus: articles whose supply, or queue, has changed; cheap where nobody waits for them.
        now: the moment.
        answered: keys whose orders hear of it in another way, and need not be told.

    Returns:
        How many dates have changed.

    Raises:
        Transient: the database is too busy.
    """
    wanted = frozenset(skus)
    async with database.reading() as connection:
        if not await anyone_waits(connection, wanted, now):
            return 0
        queue = await queue_for(connection, wanted, now)
        picture = await look_for(connection, queue, at=now)
    expected = forecast(queue.backorders, picture, queue.policies(policies))
    # The others stand in the queue for other articles of which not everything was looked at.
    moved = [
        (backorder, expected[backorder.key])
        for backorder in queue.backorders
        if expected[backorder.key] != backorder.expected_at and any(need.sku in wanted for need in backorder.needs)
    ]
    # By key: two who write dates at once never wait for each other in a circle.
    moved.sort(key=lambda pair: pair[0].key)
    changed = 0
    for start in range(0, len(moved), _AT_ONCE):
        work = partial(_expect, dates=moved[start : start + _AT_ONCE], now=now, answered=answered)
        changed += await in_transaction(database, work)
    return changed


async def _expect(
    connection: AsyncConnection,
    dates: Iterable[tuple[Backorder, datetime | None]],
    now: datetime,
    answered: Collection[str],
) -> int:
    changed = 0
    for backorder, date in dates:
        if not (await connection.execute(_EXPECT, {"of_key": backorder.key, "expects": date})).rowcount:
            continue
        changed += 1
        if backorder.key not in answered:
            event = BackorderExpected(
                event_id=event_id("expected", backorder.key, str(date), str(now)),
                order_id=backorder.order_id,
                occurred_at=now,
                reservation_key=backorder.key,
                expected_at=date,
            )
            await tell_order(connection, event)
    return changed


async def _touched(database: Database, event: StockEvent) -> frozenset[str]:
    """The articles an event is about; a supply's, where it names only that."""
    named = {line.sku for line in getattr(event, "lines", ())}
    if isinstance(event, LotJudged):
        named.add(event.sku)
    supply = getattr(event, "supply_id", None)
    if supply is not None:
        async with database.reading() as connection:
            named.update((await connection.execute(_OF_SUPPLY, {"of_supply": supply})).scalars())
    return frozenset(named)
