"""Lists of stock, a page at a time: movements, what is outstanding, differences."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, or_, select, tuple_

from activities.adapters.store.schema import storable
from activities.adapters.store.stock.picture import supply
from activities.adapters.store.stock.showing.places import Place, moment_of, number_of, page_of, read_place
from activities.adapters.store.stock.tables import stock_differences, stock_movements, supplies
from activities.records.orders import Page
from activities.records.stock import StockMovement
from models.errors import NotFound
from models.stock.differences import Difference, DifferenceKind, DifferenceState
from models.stock.quantities import MovementKind, StockState
from models.stock.supply import SUPPLY, SupplyState

if TYPE_CHECKING:
    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.stock.supply import Supply

_m, _s, _d = stock_movements.c, supplies.c, stock_differences.c
_OUTSTANDING = [state.value for state in SupplyState if not SUPPLY.is_final(state)]
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
# What has no date comes after everything that has one.
_COMES = func.coalesce(_s.expected_at, literal(_NEVER, _s.expected_at.type))
_SOONEST = (_COMES, _s.id, _s.sku, _s.node, _s.lot)
_LATEST_SEEN = (_d.last_seen, _d.id)
_WITH_PARTNERS = [DifferenceKind.WAREHOUSE.value, DifferenceKind.ERP.value]


async def movements(
    connection: AsyncConnection, sku: str, *, node: str | None, cursor: str | None, limit: int
) -> Page[StockMovement]:
    """An article's movements, newest first; raises `InvalidInput` for a cursor that is not ours."""
    statement = select(stock_movements).where(_m.sku == sku)
    if node is not None:
        statement = statement.where(_m.node == node)
    if cursor is not None:
        (last,) = read_place("movements", cursor, int)
        statement = statement.where(_m.id < number_of(last))
    if not storable(sku, node):
        return Page([], None)
    rows = (await connection.execute(statement.order_by(_m.id.desc()).limit(limit + 1))).all()
    return page_of("movements", rows, limit, view=_movement, place=lambda row: (row.id,))


async def outstanding(
    connection: AsyncConnection, *, sku: str | None, late_at: datetime | None, cursor: str | None, limit: int
) -> Page[Supply]:
    """Supplies of which something is still to come; with a moment, only those that are late by then."""
    statement = select(supplies).where(_s.state.in_(_OUTSTANDING), _s.quantity > _s.received)
    if sku is not None:
        statement = statement.where(_s.sku == sku)
    if late_at is not None:
        statement = statement.where(or_(_s.expected_at > _s.first_expected_at, _s.expected_at < late_at))
    if cursor is not None:
        date, *others = read_place("supplies", cursor, str, str, str, str, str)
        statement = statement.where(tuple_(*_SOONEST) > (moment_of(date), *others))
    if not storable(sku):
        return Page([], None)
    rows = (await connection.execute(statement.order_by(*_SOONEST).limit(limit + 1))).all()
    return page_of("supplies", rows, limit, view=supply, place=_place_of_supply)


async def supply_named(connection: AsyncConnection, supply_id: str) -> tuple[Supply, ...]:
    """A supply's articles.

    Raises:
        NotFound: there is none of this id.
    """
    wanted = select(supplies).where(_s.id == supply_id).order_by(*supplies.primary_key)
    rows = (await connection.execute(wanted)).all() if storable(supply_id) else []
    if not rows:
        raise NotFound(f"there is no supply {supply_id}")
    return tuple(supply(row) for row in rows)


async def differences(
    connection: AsyncConnection, *, state: DifferenceState | None, lasting: int, cursor: str | None, limit: int
) -> Page[Difference]:
    """Where books differ, the latest seen first; raises `InvalidInput` for a cursor that is not ours.

    What fewer than so many comparisons in a row have found between our books and a partner's is left out.
    """
    statement = select(stock_differences).where(or_(_d.kind.not_in(_WITH_PARTNERS), _d.times_seen >= lasting))
    if state is not None:
        statement = statement.where(_d.state == state.value)
    if cursor is not None:
        seen, last = read_place("differences", cursor, str, str)
        statement = statement.where(tuple_(*_LATEST_SEEN) < (moment_of(seen), last))
    latest = statement.order_by(*(column.desc() for column in _LATEST_SEEN)).limit(limit + 1)
    rows = (await connection.execute(latest)).all()
    return page_of("differences", rows, limit, view=_difference, place=_place_of_difference)


def _movement(row: Row[*tuple[Any, ...]]) -> StockMovement:
    return StockMovement(
        id=row.id,
        kind=MovementKind(row.kind),
        state=StockState(row.state),
        sku=row.sku,
        node=row.node,
        lot=row.lot,
        quantity=row.quantity,
        document=row.document_key,
        actor=row.actor,
        order_id=row.order_id,
        reason=row.reason,
        occurred_at=row.occurred_at,
        at=row.at,
    )


def _difference(row: Row[*tuple[Any, ...]]) -> Difference:
    values = {name: getattr(row, name) for name in Difference.model_fields if name not in {"kind", "state"}}
    return Difference(**values, kind=DifferenceKind(row.kind), state=DifferenceState(row.state))


def _place_of_supply(row: Row[*tuple[Any, ...]]) -> Place:
    return (row.expected_at or _NEVER).isoformat(), row.id, row.sku, row.node, row.lot


def _place_of_difference(row: Row[*tuple[Any, ...]]) -> Place:
    return row.last_seen.isoformat(), row.id
