"""Differences as they are kept: one row each, for as long as comparisons find it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, select, update

from activities.adapters.store.inserting import insert
from activities.adapters.store.stock.tables import stock_differences
from activities.adapters.store.stock.transaction import in_transaction
from models.stock.differences import Difference, DifferenceKind, DifferenceState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from activities.adapters.store.inserting import Insert
    from activities.adapters.store.stock.books.discrepancies import Discrepancy
    from activities.adapters.store.stock.movements import Spot

MOST_ORDERS = 200
"""So many orders are named in one difference."""
_d = stock_differences.c
_OPEN, _RESOLVED = DifferenceState.OPEN.value, DifferenceState.RESOLVED.value
_RESOLVE = update(stock_differences).where(_d.id == bindparam("of_id"), _d.state == _OPEN).values(state=_RESOLVED)


def difference_id(found: Discrepancy) -> str:
    """What a difference is called: it follows from what is compared."""
    # No part but the last can hold a colon, so no two differences share a name.
    return f"{found.kind.value}:{found.what}:{found.node}:{found.lot}:{found.sku}"


@dataclass(frozen=True)
class Scope:
    """What was compared."""

    kinds: tuple[DifferenceKind, ...]
    at: datetime
    nodes: tuple[str, ...] | None = None
    """None: everywhere."""


async def keep(
    database: Database, scope: Scope, found: Iterable[Discrepancy], orders: Mapping[Spot, Sequence[str]]
) -> tuple[Difference, ...]:
    """Write down what a comparison found, and resolve what it found no more.

    Args:
        database: ours.
        scope: what was compared; what else was ever found is left alone.
        found: all that differs.
        orders: whom each balance touches.

    Returns:
        What was found, each with how often in a row, in the order of their ids.

    Raises:
        Transient: the database is too busy.
    """

    async def work(connection: AsyncConnection) -> tuple[Difference, ...]:
        rows = {row["id"]: row for row in (_row(one, orders, scope.at) for one in found)}
        if rows:
            await connection.execute(_again(database), [rows[name] for name in sorted(rows)])
        still: list[Difference] = []
        gone: list[dict[str, str]] = []
        for row in await connection.execute(_standing(scope)):
            if row.id in rows:
                still.append(_difference(row))
            else:
                gone.append({"of_id": row.id})
        if gone:
            await connection.execute(_RESOLVE, gone)
        return tuple(still)

    return await in_transaction(database, work)


def _again(database: Database) -> Insert:
    """Insert a difference, or count it once more; one that was resolved begins anew."""
    fresh = insert(database, stock_differences)
    told = fresh.excluded
    goes_on = _d.state == _OPEN
    return fresh.on_conflict_do_update(
        index_elements=[_d.id],
        set_={
            "state": _OPEN,
            "ours": told.ours,
            "theirs": told.theirs,
            "orders": told.orders,
            "last_seen": told.last_seen,
            "first_seen": case((goes_on, _d.first_seen), else_=told.first_seen),
            "times_seen": case((goes_on, _d.times_seen + 1), else_=1),
        },
    )


def _standing(scope: Scope) -> Select[tuple[Any, ...]]:
    wanted = select(stock_differences).where(_d.state == _OPEN, _d.kind.in_([kind.value for kind in scope.kinds]))
    return (wanted if scope.nodes is None else wanted.where(_d.node.in_(scope.nodes))).order_by(_d.id)


def _row(found: Discrepancy, orders: Mapping[Spot, Sequence[str]], now: datetime) -> dict[str, Any]:
    touched = orders.get(found.spot, ()) if found.orders is None else found.orders
    return {
        "id": difference_id(found),
        "kind": found.kind.value,
        "state": _OPEN,
        "sku": found.sku,
        "node": found.node,
        "lot": found.lot,
        "what": found.what,
        "ours": found.ours,
        "theirs": found.theirs,
        "orders": tuple(touched[:MOST_ORDERS]),
        "first_seen": now,
        "last_seen": now,
        "times_seen": 1,
    }


def _difference(row: Row[*tuple[Any, ...]]) -> Difference:
    values = {name: getattr(row, name) for name in Difference.model_fields if name not in {"kind", "state"}}
    return Difference(**values, kind=DifferenceKind(row.kind), state=DifferenceState(row.state))
