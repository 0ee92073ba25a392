"""Where the ledger's own books disagree, found by the database: only what differs is ever read.

Every comparison lays two books over each other, adds both up by balance, and keeps the balances whose sums differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, and_, case, cast, func, literal_column, or_, select, true, union_all

from activities.adapters.store.stock.tables import (
    reservation_lines,
    reservations,
    ring_fences,
    stock_balances,
    stock_movements,
    supplies,
)
from models.stock.differences import DifferenceKind
from models.stock.quantities import EXPECTED, PARTS_OF_ON_HAND, PROMISED, StockState
from models.stock.reservation import ReservationState
from models.stock.supply import SupplyState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.stock.movements import Spot

    Columns = Mapping[str, ColumnElement[int]]

CLOSED = "closed"
"""What stands open in lines of reservations that have ended: nothing, where all is right."""
PROMISED_TOGETHER = "promised"
_NOTHING: ColumnElement[int] = literal_column("0", BigInteger)
_b, _m, _f, _s = stock_balances.c, stock_movements.c, ring_fences.c, supplies.c
_r, _l = reservations.c, reservation_lines.c
_open = _l.quantity - _l.consumed - _l.released
_LINES = reservation_lines.join(reservations)


@dataclass(frozen=True)
class Discrepancy:
    """One quantity that two books do not agree about."""

    kind: DifferenceKind
    sku: str
    node: str
    lot: str
    what: str
    ours: int
    theirs: int
    orders: tuple[str, ...] | None = None
    """Whom it touches, where that is known already."""

    @property
    def spot(self) -> Spot:
        """The balance."""
        return self.sku, self.node, self.lot

    @property
    def units(self) -> int:
        """By how much."""
        return abs(self.ours - self.theirs)


async def discrepancies(connection: AsyncConnection, sku: str | None = None) -> list[Discrepancy]:
    """Compare the books of one article, or of all, within the transaction of the caller."""
    return [
        *await _compared(connection, DifferenceKind.MOVEMENTS, _movements(), sku),
        *await _compared(connection, DifferenceKind.RESERVATIONS, _promises(), sku),
        *await _compared(connection, DifferenceKind.FENCES, _fences(), sku),
        *await _compared(connection, DifferenceKind.SUPPLY, _expectations(), sku),
        *await _oversold(connection, sku),
    ]


@dataclass(frozen=True)
class _Book:
    """What another book says about balances: where it stands, and what each quantity is there."""

    spot: Sequence[ColumnElement[str]]
    source: Select[int]
    """A select of whatever; its columns are replaced."""
    says: Columns


def _movements() -> _Book:
    says = {state.value: case((_m.state == state.value, _m.quantity), else_=_NOTHING) for state in StockState}
    return _Book((_m.sku, _m.node, _m.lot), select(_NOTHING).select_from(stock_movements), says)


def _promises() -> _Book:
    held, committed = _r.state == ReservationState.HELD.value, _r.state == ReservationState.COMMITTED.value
    says: Columns = {
        StockState.SOFT_RESERVED.value: case((held, _open - _l.picked), else_=_NOTHING),
        StockState.ALLOCATED.value: case((committed, _open - _l.picked), else_=_NOTHING),
        StockState.PICKED.value: case((or_(held, committed), _l.picked), else_=_NOTHING),
        CLOSED: case((or_(held, committed), _NOTHING), else_=_open),
    }
    return _Book((_l.sku, _l.node, _l.lot), select(_NOTHING).select_from(_LINES), says)


def _fences() -> _Book:
    says = {StockState.CHANNEL_RESERVED.value: _f.quantity}
    return _Book((_f.sku, _f.node, _f.lot), select(_NOTHING).select_from(ring_fences), says)


def _expectations() -> _Book:
    outstanding = case((_s.quantity > _s.received, _s.quantity - _s.received), else_=_NOTHING)
    states = {StockState.ON_ORDER: SupplyState.ORDERED, StockState.IN_TRANSIT: SupplyState.IN_TRANSIT}
    says = {state.value: case((_s.state == states[state].value, outstanding), else_=_NOTHING) for state in EXPECTED}
    return _Book((_s.sku, _s.node, _s.lot), select(_NOTHING).select_from(supplies), says)


async def _compared(
    connection: AsyncConnection, kind: DifferenceKind, book: _Book, sku: str | None
) -> list[Discrepancy]:
    ours = {what: _b.get(what, _NOTHING) for what in book.says}
    rows = await connection.execute(_differing(ours, book, sku))
    return [
        Discrepancy(kind, row.sku, row.node, row.lot, what, row[f"ours_{what}"], row[f"theirs_{what}"])
        for row in rows.mappings()
        for what in book.says
        if row[f"ours_{what}"] != row[f"theirs_{what}"]
    ]


def _differing(ours: Columns, book: _Book, sku: str | None) -> Select[tuple[object, ...]]:
    """One row for each balance where any quantity of the two books differs."""
    sides = union_all(
        select(
            _b.sku,
            _b.node,
            _b.lot,
            *(column.label(f"ours_{what}") for what, column in ours.items()),
            *(_NOTHING.label(f"theirs_{what}") for what in ours),
        ).where(_of(_b.sku, sku)),
        book.source.with_only_columns(
            *book.spot,
            *(_NOTHING.label(f"ours_{what}") for what in ours),
            *(book.says[what].label(f"theirs_{what}") for what in ours),
        ).where(_of(book.spot[0], sku)),
    ).subquery()
    sums = {name: cast(func.sum(sides.c[name]), BigInteger) for name in sides.c.keys()[3:]}
    differs = or_(*(sums[f"ours_{what}"] != sums[f"theirs_{what}"] for what in ours))
    spot = (sides.c.sku, sides.c.node, sides.c.lot)
    return select(*spot, *(total.label(name) for name, total in sums.items())).group_by(*spot).having(differs)


async def _oversold(connection: AsyncConnection, sku: str | None) -> list[Discrepancy]:
    """Balances that promise more than is on hand, by their own account or by that of the reservations."""
    parts = sum((_b[state.value] for state in PARTS_OF_ON_HAND), start=_NOTHING)
    others = sum((_b[state.value] for state in PARTS_OF_ON_HAND if state not in PROMISED), start=_NOTHING)
    sides = union_all(
        select(
            _b.sku,
            _b.node,
            _b.lot,
            _b.on_hand.label("on_hand"),
            parts.label("parts"),
            others.label("claimed"),
        ).where(_of(_b.sku, sku)),
        select(_l.sku, _l.node, _l.lot, _NOTHING, _NOTHING, _open)
        .select_from(_LINES)
        .where(_of(_l.sku, sku), _r.state.in_([ReservationState.HELD.value, ReservationState.COMMITTED.value])),
    ).subquery()
    on_hand, promised, claimed = (cast(func.sum(sides.c[name]), BigInteger) for name in ("on_hand", "parts", "claimed"))
    spot = (sides.c.sku, sides.c.node, sides.c.lot)
    most = case((promised > claimed, promised), else_=claimed)
    wanted = select(*spot, on_hand.label("on_hand"), most.label("most")).group_by(*spot).having(most > on_hand)
    return [
        Discrepancy(DifferenceKind.OVERSOLD, row.sku, row.node, row.lot, PROMISED_TOGETHER, row.on_hand, row.most)
        for row in await connection.execute(wanted)
    ]


def _of(column: ColumnElement[str], sku: str | None) -> ColumnElement[bool]:
    return true() if sku is None else and_(column == sku)
