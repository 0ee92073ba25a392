"""Expiring: reservations that nobody committed in time, backorders that have waited long enough, lots that are too old.

Each is let go in a transaction of its own, so that one which is in use holds up no other.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from activities.adapters.store.stock.movements import BalanceRefused, Document, Movement, move
from activities.adapters.store.stock.nodes import known_nodes
from activities.adapters.store.stock.queue.waiting import event_id
from activities.adapters.store.stock.reservations import claims
from activities.adapters.store.stock.tables import lots, reservation_needs, reservations, ring_fences, stock_balances
from activities.adapters.store.stock.telling_orders import tell_order
from activities.adapters.store.stock.transaction import in_transaction
from models.partners.events import BackorderExpired
from models.stock import life
from models.stock.life import Claim, Step
from models.stock.quantities import PARTS_OF_ON_HAND, MovementKind, StockState
from models.stock.reservation import RESERVATION, ReservationState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from activities.adapters.store.stock.reservations.claims import KeptClaim

_r = reservations.c
_b = stock_balances.c
_TOO_LATE = "nobody committed it in time"
_GIVEN_UP = "it has waited as long as it might"
_OUTDATED = Document("expired lots", MovementKind.EXPIRE, reason="the lot has expired")


def _due(state: ReservationState) -> Select[Any]:
    # The state stands in the statement itself, so that the partial index serves.
    return (
        select(_r.key)
        .where(_r.state == bindparam("due", state.value, literal_execute=True), _r.expires_at <= bindparam("at"))
        .order_by(_r.expires_at, _r.key)
        .limit(bindparam("most"))
    )


_DUE = (_due(ReservationState.HELD), _due(ReservationState.PENDING))
# One that is being committed, filled or released at this moment is passed by.
_TAKE = select(_r.key).where(_r.key == bindparam("of_key")).with_for_update(skip_locked=True)
_NEEDED = select(reservation_needs.c.sku).where(reservation_needs.c.reservation_key == bindparam("of_key")).distinct()
_TAKEN = [_b[state.value] for state in PARTS_OF_ON_HAND if state is not StockState.CHANNEL_RESERVED]
_LEFT = (_b.on_hand - sum(_TAKEN[1:], _TAKEN[0])).label("left")
"""What is available, and what is set aside for somebody and may not be sold to him either."""
_EARLIEST_ZONE = timedelta(hours=14)
"""Ahead of UTC: nowhere does a day begin sooner."""
_OUT_OF_DATE = (
    select(_b.sku, _b.node, _b.lot, lots.c.expires_on)
    .join(lots, (lots.c.sku == _b.sku) & (lots.c.lot == _b.lot))
    .where(lots.c.expires_on < bindparam("latest"), _LEFT > 0)
    .order_by(_b.sku, _b.node, _b.lot)
)
_is_it = (_b.sku == bindparam("of_sku")) & (_b.node == bindparam("at_node")) & (_b.lot == bindparam("of_lot"))
_THIS_BALANCE = select(_LEFT).where(_is_it).with_for_update(of=stock_balances)
_f = ring_fences.c
_ITS_FENCES = (
    select(_f.holder, _f.quantity)
    .where(_f.sku == bindparam("of_sku"), _f.node == bindparam("at_node"), _f.lot == bindparam("of_lot"))
    .where(_f.quantity > 0)
)


async def let_go(database: Database, now: datetime, *, limit: int) -> tuple[int, frozenset[str]]:
    """Let go of what has run out, the oldest first; orders hear of backorders that were given up.

    Returns:
        How many reservations and backorders were let go, and the articles whose stock, or queue, that changes.

    Raises:
        Transient: the database is too busy.
    """
    async with database.reading() as connection:
        found = [(await connection.execute(due, {"at": now, "most": limit})).scalars().all() for due in _DUE]
    keys = [key for some in found for key in some][:limit]
    freed: set[str] = set()
    count = 0
    for key in keys:
        skus = await in_transaction(database, partial(_let_go, key=key, now=now))
        count += skus is not None
        freed |= skus or set()
    return count, frozenset(freed)


async def quarantine_outdated(database: Database, now: datetime) -> int:
    """Put what is left of expired lots into quarantine, so that nobody counts it as available; answers units.

    A lot has expired where its last day has ended, by the clock of the node it lies at. What orders have of it stays
    theirs: whoever picks it sees the date.

    Raises:
        Transient: the database is too busy.
    """
    async with database.reading() as connection:
        rows = (await connection.execute(_OUT_OF_DATE, {"latest": (now + _EARLIEST_ZONE).date()})).all()
        nodes = await known_nodes(connection, {row.node for row in rows})
    days = {node.name: node.day(now) for node in nodes}
    units = 0
    for row in rows:
        if row.expires_on >= days[row.node]:
            continue
        try:
            units += await in_transaction(database, partial(_quarantine, row=row))
        except BalanceRefused:
            continue
    return units


async def _let_go(connection: AsyncConnection, key: str, now: datetime) -> set[str] | None:
    if (await connection.execute(_TAKE, {"of_key": key})).first() is None:
        return None
    kept = await claims.load(connection, key)
    if kept is None:
        return None
    if kept.claim.state is ReservationState.PENDING:
        return await _give_up(connection, kept, now)
    step = life.expire(kept.claim, now)
    if step.claim.state is kept.claim.state:
        return None
    document = Document(key, MovementKind.EXPIRE, kept.order_id, _TOO_LATE)
    await claims.write(connection, kept, step, document, at=now)
    return {shift.place.sku for shift in step.shifts}


async def _give_up(connection: AsyncConnection, kept: KeptClaim, now: datetime) -> set[str] | None:
    deadline = kept.claim.expires_at
    if deadline is None or now < deadline:
        return None
    after = Claim(RESERVATION.move(kept.claim.state, ReservationState.EXPIRED), kept.claim.lines, deadline)
    document = Document(kept.key, MovementKind.EXPIRE, kept.order_id, _GIVEN_UP)
    await claims.write(connection, kept, Step(after), document, at=now)
    event = BackorderExpired(
        event_id=event_id("expired", kept.key),
        order_id=kept.order_id,
        occurred_at=now,
        reservation_key=kept.key,
    )
    await tell_order(connection, event)
    return set((await connection.execute(_NEEDED, {"of_key": kept.key})).scalars())


async def _quarantine(connection: AsyncConnection, row: Row[*tuple[Any, ...]]) -> int:
    spot = {"of_sku": row.sku, "at_node": row.node, "of_lot": row.lot}
    left = (await connection.execute(_THIS_BALANCE, spot)).scalar_one()
    if left <= 0:
        return 0
    fences = (await connection.execute(_ITS_FENCES, spot)).all()

    def movement(state: StockState, quantity: int, holder: str | None = None) -> Movement:
        return Movement(row.sku, row.node, state, quantity, lot=row.lot, holder=holder)

    opened = [movement(StockState.CHANNEL_RESERVED, -fence.quantity, fence.holder) for fence in fences]
    await move(connection, _OUTDATED, [*opened, movement(StockState.QUARANTINED, left)])
    return int(left)
