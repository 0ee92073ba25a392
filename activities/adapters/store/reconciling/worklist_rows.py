"""A row of each worklist as people read it: whose it is, why it is there, and what it is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from activities.adapters.store.tables.returns import CLAIMED_MONEY
from activities.records.reconciling import Worklist, WorklistEntry
from models.money import Money
from models.states.hold import HoldState
from models.states.lifecycle import Lifecycle
from models.stock.reservation import ReservationState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Row

    from models.order.snapshot import OrderSnapshot
    from models.returns.money import RefundGrant

_INTEGRATION, _WAREHOUSE, _FINANCE, _PURCHASING = "integration", "warehouse", "finance", "purchasing"


def _unposted(row: Row[*tuple[Any, ...]]) -> WorklistEntry:
    lacks = "no order of record" if row.lifecycle == Lifecycle.ACCEPTED else "no invoice for what was shipped"
    waits = f"; waits for {row.waiting_on}" if row.waiting_on else ""
    return _entry(row, row.owner or _INTEGRATION, f"the ERP has {lacks} yet{waits}", _money(row))


def _unconfirmed(row: Row[*tuple[Any, ...]]) -> WorklistEntry:
    if row.state == ReservationState.PENDING:
        until = f", expected {row.expected_at:%Y-%m-%d %H:%M} UTC" if row.expected_at else ""
        reason = f"waits for stock{until}"
    else:
        until = f" until {row.expires_at:%Y-%m-%d %H:%M} UTC" if row.expires_at else ""
        reason = f"is held{until} and not confirmed"
    return _entry(row, _WAREHOUSE, f"{reason}: {row.reason}" if row.reason else reason, _money(row))


def _unreconciled(row: Row[*tuple[Any, ...]]) -> WorklistEntry:
    difference = row.difference
    if difference is None:
        return _entry(row, _WAREHOUSE, "not compared with the warehouse and the carrier yet", _money(row))
    return _entry(row, difference.assignee or difference.owner, difference.finding.reason, difference.finding.at_stake)


def _outside_finance(row: Row[*tuple[Any, ...]]) -> WorklistEntry:
    granted: RefundGrant = row.granted
    if row.state == CLAIMED_MONEY:
        return _entry(row, _FINANCE, f"{row.return_id}: granted, and not known to be given", granted.total)
    given = Money(amount=row.given, currency=granted.total.currency)
    return _entry(row, _FINANCE, f"{row.return_id}: given, and the ERP has no credit memo of it", given)


def _on_hold(row: Row[*tuple[Any, ...]]) -> WorklistEntry:
    snapshot: OrderSnapshot = row.snapshot
    held = sorted((hold for hold in snapshot.holds if hold.state is HoldState.OPEN), key=lambda hold: hold.opened_at)
    more = f" (and {len(held) - 1} more)" if len(held) > 1 else ""
    return _entry(row, held[0].owner, f"{held[0].id}: {held[0].reason}{more}", _money(row))


def _late_to_leave(row: Row[*tuple[Any, ...]]) -> WorklistEntry:
    promise = row.snapshot.promise
    by = f"was to leave by {promise.ship_by:%Y-%m-%d %H:%M} UTC" if promise.ship_by else "nobody knows when it leaves"
    return _entry(row, row.owner, f"{by}: {promise.risk}" if promise.risk else by, _money(row))


def _late_supply(row: Row[*tuple[Any, ...]]) -> WorklistEntry:
    wanted = f"{row.units} units of {row.articles} article" + ("s" if row.articles > 1 else "")
    reason = f"{wanted} said for {row.received_at:%Y-%m-%d}, expected {row.expected_at:%Y-%m-%d} now"
    return _entry(row, row.owner or _PURCHASING, reason, None)


def _entry(row: Row[*tuple[Any, ...]], owner: str, reason: str, value: Money | None) -> WorklistEntry:
    return WorklistEntry(row.id, row.order_id, row.received_at, owner, reason, value)


def _money(row: Row[*tuple[Any, ...]]) -> Money | None:
    return None if row.amount is None else Money(amount=row.amount, currency=row.currency)


VIEWS: Mapping[Worklist, Callable[[Row[*tuple[Any, ...]]], WorklistEntry]] = {
    Worklist.AWAITING_ERP_POSTING: _unposted,
    Worklist.PENDING_RESERVATIONS: _unconfirmed,
    Worklist.UNRECONCILED_SHIPMENTS: _unreconciled,
    Worklist.REFUNDS_OUTSIDE_FINANCE: _outside_finance,
    Worklist.ON_HOLD: _on_hold,
    Worklist.LATE_TO_LEAVE: _late_to_leave,
    Worklist.LATE_SUPPLIES: _late_supply,
}
