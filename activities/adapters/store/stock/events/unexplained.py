"""What nothing explains: goods that are gone, or unfit, of which the books know nothing.

It stands in the difference list until goods are told of that came before: then it is clear which goods these were.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from activities.adapters.store.stock.books.difference_rows import difference_id
from activities.adapters.store.stock.books.discrepancies import Discrepancy
from activities.adapters.store.stock.tables import stock_differences
from models.stock.differences import DifferenceKind, DifferenceState
from models.stock.quantities import SET_ASIDE, StockState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.stock.movements import Spot

_d = stock_differences.c
_OPEN, _RESOLVED = DifferenceState.OPEN.value, DifferenceState.RESOLVED.value
_OPEN_ONES = (
    select(_d.id, _d.theirs)
    .where(
        _d.id.in_(bindparam("ids", expanding=True)),
        _d.state == _OPEN,
        _d.last_seen > bindparam("before", type_=_d.last_seen.type),
    )
    .with_for_update()
)
_EXPLAIN = (
    update(stock_differences)
    .where(_d.id == bindparam("of_id"))
    .values(theirs=bindparam("left"), state=bindparam("new_state"))
)
_SETTLE = (
    update(stock_differences)
    .where(_d.id == bindparam("of_id"), _d.state == _OPEN, _d.last_seen <= bindparam("at", type_=_d.last_seen.type))
    .values(state=_RESOLVED)
)


@dataclass(frozen=True)
class Gone:
    """Some of an article that are gone, or in a state, and that the books never had."""

    sku: str
    node: str
    lot: str
    what: StockState
    more: bool
    """Whether more are said to be in that state than the books have, or fewer."""

    @property
    def spot(self) -> Spot:
        """Article, node and lot."""
        return self.sku, self.node, self.lot

    def difference(self, quantity: int) -> Discrepancy:
        """As the difference list has it: how far below, or above, our books theirs are."""
        theirs = quantity if self.more else -quantity
        return Discrepancy(DifferenceKind.UNEXPLAINED, *self.spot, self.what.value, ours=0, theirs=theirs)


async def note(
    connection: AsyncConnection, gone: Mapping[Gone, int], seen_at: datetime, orders: tuple[str, ...]
) -> None:
    """Add to the difference list."""
    rows = [_row(one.difference(quantity), seen_at, orders) for one, quantity in gone.items()]
    if rows:
        await connection.execute(_add(connection.dialect.name), sorted(rows, key=lambda row: str(row["id"])))


async def settle(connection: AsyncConnection, spot: Spot, at: datetime) -> None:
    """Strike off the list what was gone from a balance by then: it was counted."""
    gone = Gone(*spot, StockState.ON_HAND, more=False)
    await connection.execute(_SETTLE, {"of_id": difference_id(gone.difference(0)), "at": at})


async def explain_gone(connection: AsyncConnection, spot: Spot, came: int, came_at: datetime) -> dict[StockState, int]:
    """Strike off the list what goods explain that came to a balance, for sale, before others were told gone or unfit.

    Returns:
        How many have left (on hand), and how many stand in a state in which they are set aside.
    """
    explained = await _explain(connection, spot, (StockState.ON_HAND,), came, came_at, more=False)
    left = came - sum(explained.values())
    return explained | await _explain(connection, spot, SET_ASIDE, left, came_at, more=True)


async def explain_cleared(
    connection: AsyncConnection, spot: Spot, state: StockState, came: int, came_at: datetime
) -> int:
    """Strike off the list what was told to be for sale again, before it was told to be set aside; answers how many."""
    return sum((await _explain(connection, spot, (state,), came, came_at, more=False)).values())


async def _explain(  # noqa: PLR0913 - what came, when, and what it may explain
    connection: AsyncConnection,
    spot: Spot,
    states: Iterable[StockState],
    came: int,
    came_at: datetime,
    *,
    more: bool,
) -> dict[StockState, int]:
    sku, node, lot = spot
    # Whoever told it may not have named the lot.
    asked = {
        difference_id(Gone(sku, node, of_lot, what, more).difference(0)): what
        for what in states
        for of_lot in (lot, "")
    }
    found = (await connection.execute(_OPEN_ONES, {"ids": sorted(asked), "before": came_at})).all()
    explained: Counter[StockState] = Counter()
    for row in sorted(found, key=lambda row: list(asked).index(row.id)):
        part = min(came, row.theirs if more else -row.theirs)
        if part > 0:
            came -= part
            left = row.theirs - part if more else row.theirs + part
            change = {"of_id": row.id, "left": left, "new_state": _OPEN if left else _RESOLVED}
            await connection.execute(_EXPLAIN, change)
            explained[asked[row.id]] += part
    return explained


def _add(dialect: str) -> sqlite.Insert | postgresql.Insert:
    """Insert a difference, or add to the one that stands; one that was resolved begins anew."""
    fresh = sqlite.insert(stock_differences) if dialect == "sqlite" else postgresql.insert(stock_differences)
    told = fresh.excluded
    goes_on = _d.state == _OPEN
    is_even = goes_on & (_d.theirs + told.theirs == 0)
    return fresh.on_conflict_do_update(
        index_elements=[_d.id],
        set_={
            "state": case((is_even, _RESOLVED), else_=_OPEN),
            "theirs": case((goes_on, _d.theirs + told.theirs), else_=told.theirs),
            "orders": told.orders,
            "first_seen": case((goes_on & (_d.first_seen < told.first_seen), _d.first_seen), else_=told.first_seen),
            "last_seen": case((goes_on & (_d.last_seen > told.last_seen), _d.last_seen), else_=told.last_seen),
            "times_seen": case((goes_on, _d.times_seen + 1), else_=1),
        },
    )


def _row(found: Discrepancy, seen_at: datetime, orders: Iterable[str]) -> dict[str, object]:
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
        "orders": tuple(orders),
        "first_seen": seen_at,
        "last_seen": seen_at,
        "times_seen": 1,
    }
