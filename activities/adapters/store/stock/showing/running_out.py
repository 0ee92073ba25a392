"""Which articles a channel will soon have none of, at the pace at which they were wanted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Float, cast, func, select

from activities.adapters.store.schema import storable
from activities.adapters.store.stock.buying.demand import WANTED
from activities.adapters.store.stock.tables import IS_DEMAND, publications, stock_movements, supplies
from activities.records.stock import RunningOut
from models.stock.supply import SUPPLY, SupplyState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_m, _p, _s = stock_movements.c, publications.c, supplies.c
_OUTSTANDING = [state.value for state in SupplyState if not SUPPLY.is_final(state)]


async def running_out(  # noqa: PLR0913 - the question, and how far back demand is looked at
    connection: AsyncConnection, now: datetime, *, channel: str | None, within_days: int, history_days: int, limit: int
) -> tuple[RunningOut, ...]:
    """What channels may sell and will have none of within so many days, the soonest first.

    An article's pace is its demand over so many past days, at all nodes together: what is sold through one channel
    is gone for the others. Nothing that is still to come is counted; the day it is expected stands beside.
    """
    if not storable(channel):
        return ()
    since = now - timedelta(days=history_days)
    wanted = select(_m.sku, WANTED.label("units")).where(IS_DEMAND, _m.occurred_at >= since).group_by(_m.sku).subquery()
    comes = (
        select(func.min(_s.expected_at))
        .where(_s.sku == _p.sku, _s.state.in_(_OUTSTANDING), _s.quantity > _s.received)
        .scalar_subquery()
    )
    left = cast(_p.quantity, Float) * history_days / wanted.c.units
    asked = (
        select(_p.channel, _p.sku, _p.quantity, wanted.c.units, left.label("lasts"), comes.label("comes"))
        .join_from(publications, wanted, _p.sku == wanted.c.sku)
        .where(wanted.c.units > 0, _p.quantity * history_days <= wanted.c.units * within_days)
        .order_by("lasts", _p.sku, _p.channel)
        .limit(limit)
    )
    if channel is not None:
        asked = asked.where(_p.channel == channel)
    return tuple(
        RunningOut(
            channel=row.channel,
            sku=row.sku,
            quantity=row.quantity,
            daily=round(row.units / history_days, 3),
            days_left=round(row.lasts, 1),
            expected_at=row.comes,
        )
        for row in await connection.execute(asked)
    )
