"""The lists of what is not in everybody's books yet and of what is late, as they are this moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, literal_column, or_, select, union_all

from activities.adapters.store import cursor as cursors
from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.reconciling import late_lists
from activities.adapters.store.reconciling.spelling import spelt_out
from activities.adapters.store.reconciling.worklist_rows import VIEWS
from activities.adapters.store.stock.tables import reservations
from activities.adapters.store.tables.orders import order_holds, orders
from activities.adapters.store.tables.reconciling import differences, due
from activities.adapters.store.tables.returns import CLAIMED_MONEY, return_money
from activities.records.reconciling import Worklist, WorklistSummary
from models.reconciling.differences import Comparison, DifferenceState
from models.states.hold import HoldState
from models.stock.reservation import ReservationState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import ColumnElement, Select, Subquery

    from activities.adapters.store.database import Database
    from activities.records.orders import Page
    from activities.records.reconciling import WorklistEntry

_o, _h, _s, _d, _u, _m = orders.c, order_holds.c, reservations.c, differences.c, due.c, return_money.c
_SHIPPED = ("partially_shipped", "shipped", "delivered", "completed")
"""Headlines of orders of which something has left."""


class SqlWorklists:
    """`activities.records.reconciling.Worklists` on our own database."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        """Show what is in this database, whose tables the migrations have made."""
        self._database = database
        self._now = now

    async def summaries(self) -> list[WorklistSummary]:
        """Say of each how long it is, and since when the oldest entry waits."""
        found = []
        async with self._database.reading() as connection:
            for name in Worklist:
                wanted = self._listed(name)
                counted = select(func.count().label("number"), func.min(wanted.c.received_at).label("oldest"))
                row = (await connection.execute(counted.select_from(wanted))).one()
                found.append(WorklistSummary(name, row.number, row.oldest))
        return found

    async def page(self, name: Worklist, *, cursor: str | None, limit: int) -> Page[WorklistEntry]:
        """List entries, oldest first.

        Raises:
            InvalidInput: the cursor is not one of this list.
        """
        listed = self._listed(name)
        page = cursors.one_page(listed, select(listed), cursor=cursor, limit=limit, oldest_first=True)
        async with self._database.reading() as connection:
            rows = (await connection.execute(page)).all()
        return cursors.as_page(listed, rows, limit, VIEWS[name])

    def _listed(self, name: Worklist) -> Subquery:
        return late_lists.late_supplies(self._now()) if name is Worklist.LATE_SUPPLIES else _LISTS[name]()


def _unposted() -> Subquery:
    holder = select(func.min(_h.owner)).where(_h.order_id == _o.id, _h.state == HoldState.OPEN.value).scalar_subquery()
    return (
        select(
            _o.unposted_since.label("received_at"),
            _o.id,
            _o.id.label("order_id"),
            func.coalesce(_o.unposted, _o.total).label("amount"),
            _o.currency,
            _o.lifecycle,
            _o.waiting_on,
            holder.label("owner"),
        )
        .where(_o.unposted_since.is_not(None))
        .subquery(Worklist.AWAITING_ERP_POSTING.value)
    )


def _unconfirmed() -> Subquery:
    return (
        select(
            _s.opened_at.label("received_at"),
            _s.key.label("id"),
            _s.order_id,
            _s.state,
            _s.expires_at,
            _s.expected_at,
            _s.reason,
            _o.total.label("amount"),
            _o.currency,
        )
        .join_from(reservations, orders, _o.id == _s.order_id, isouter=True)
        .where(_s.state.in_(spelt_out("unconfirmed", ReservationState.PENDING, ReservationState.HELD)))
        .subquery(Worklist.PENDING_RESERVATIONS.value)
    )


def _unreconciled() -> Subquery:
    """What differs, and what has been shipped or moved since it was compared last."""
    goods = Comparison.GOODS.value
    differ: Select[Any] = select(
        _d.first_seen_at.label("received_at"),
        _d.id,
        _d.order_id,
        _d.difference,
        literal(None, type_=_o.total.type).label("amount"),
        literal(None, type_=_o.currency.type).label("currency"),
    ).where(_d.comparison == goods, _d.state.in_(spelt_out("standing", DifferenceState.OPEN, DifferenceState.ASSIGNED)))
    waiting: Select[Any] = (
        select(
            _u.changed_at,
            _u.order_id,
            _u.order_id,
            literal(None, type_=_d.difference.type),
            _o.total,
            _o.currency,
        )
        .join_from(due, orders, _o.id == _u.order_id)
        .where(_u.comparison == goods, _o.headline.in_(_SHIPPED))
    )
    return union_all(differ, waiting).subquery(Worklist.UNRECONCILED_SHIPMENTS.value)


def _outside_finance() -> Subquery:
    none: ColumnElement[int] = literal_column("0")
    is_due = or_(_m.state.in_(spelt_out("claimed", CLAIMED_MONEY)), _m.refunded > none, _m.credited > none)
    return (
        select(
            _m.at.label("received_at"),
            _m.key.label("id"),
            _m.order_id,
            _m.return_id,
            _m.state,
            _m.granted,
            (_m.refunded + _m.credited).label("given"),
        )
        .where(_m.posted_at.is_(None), is_due)
        .subquery(Worklist.REFUNDS_OUTSIDE_FINANCE.value)
    )


_LISTS: Mapping[Worklist, Callable[[], Subquery]] = {
    Worklist.AWAITING_ERP_POSTING: _unposted,
    Worklist.PENDING_RESERVATIONS: _unconfirmed,
    Worklist.UNRECONCILED_SHIPMENTS: _unreconciled,
    Worklist.REFUNDS_OUTSIDE_FINANCE: _outside_finance,
    Worklist.ON_HOLD: late_lists.on_hold,
    Worklist.LATE_TO_LEAVE: late_lists.late_to_leave,
}
