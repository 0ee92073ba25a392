"""The lists of what is late: orders on hold, goods that should have left, supplies that should have come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, literal, or_, select

from activities.adapters.store.reconciling.spelling import spelt_out
from activities.adapters.store.stock.tables import reservation_lines, reservations, supplies
from activities.adapters.store.tables.orders import order_holds, orders
from activities.records.reconciling import Worklist
from models.promises.promise import PromiseState
from models.states.hold import HoldKind, HoldState
from models.stock.supply import SUPPLY, SupplyState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Subquery

_o, _h, _r, _l, _s = orders.c, order_holds.c, reservations.c, reservation_lines.c, supplies.c
_OPEN = literal(HoldState.OPEN.value, literal_execute=True)
_OUTSTANDING = [state.value for state in SupplyState if not SUPPLY.is_final(state)]


def on_hold() -> Subquery:
    """Orders with an open hold, since the oldest was opened."""
    held = (
        select(_h.order_id, func.min(_h.opened_at).label("since"))
        # Of every kind: the index of open holds begins with it.
        .where(_h.state == _OPEN, _h.kind.in_(spelt_out("kinds", *HoldKind)))
        .group_by(_h.order_id)
        .subquery("held")
    )
    return (
        select(
            held.c.since.label("received_at"),
            _o.id,
            _o.id.label("order_id"),
            _o.total.label("amount"),
            _o.currency,
            _o.snapshot,
        )
        .join_from(held, orders, _o.id == held.c.order_id)
        .subquery(Worklist.ON_HOLD.value)
    )


def late_to_leave() -> Subquery:
    """Orders behind their promise with goods at a node, since they came; the node that comes first stands for all."""
    mine = (_r.order_id == _o.id, _l.quantity > _l.consumed + _l.released)
    still_at = select(func.min(_l.node)).join_from(reservation_lines, reservations).where(*mine).scalar_subquery()
    behind = (
        select(
            _o.received_at,
            _o.id,
            _o.id.label("order_id"),
            _o.total.label("amount"),
            _o.currency,
            _o.snapshot,
            still_at.label("owner"),
        )
        .where(_o.promise.in_(spelt_out("behind", PromiseState.AT_RISK, PromiseState.MISSED)))
        .subquery("behind")
    )
    return select(behind).where(behind.c.owner.is_not(None)).subquery(Worklist.LATE_TO_LEAVE.value)


def late_supplies(now: datetime) -> Subquery:
    """Purchases and transfers that are late, since the day that was said first."""
    overdue = _s.expected_at < literal(now, _s.expected_at.type)
    return (
        select(
            func.min(func.coalesce(_s.first_expected_at, _s.expected_at)).label("received_at"),
            _s.id,
            literal("").label("order_id"),
            func.max(_s.source).label("owner"),
            func.count(_s.sku.distinct()).label("articles"),
            func.sum(_s.quantity - _s.received).label("units"),
            func.max(_s.expected_at).label("expected_at"),
        )
        .where(_s.state.in_(_OUTSTANDING), _s.quantity > _s.received)
        .where(or_(_s.expected_at > _s.first_expected_at, overdue))
        .group_by(_s.id)
        .subquery(Worklist.LATE_SUPPLIES.value)
    )
