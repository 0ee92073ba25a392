"""Claims as they are kept: a reservation read with its lines, and a step of its life written with its movements.

Whoever loads a claim to change it has its reservation locked first, and moves balances last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, update

from activities.adapters.store.stock.movements import Document, Movement, Spot, move
from activities.adapters.store.stock.offers.offer_rows import reconsider_wanted
from activities.adapters.store.stock.tables import lots, reservation_lines, reservations
from models.errors import Conflict
from models.stock.life import Claim, ClaimLine, Place, Step
from models.stock.reservation import RESERVATION, Allocation, ReservationStanding, ReservationState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.stock.demand import Demand

_r = reservations.c
_l = reservation_lines.c
_RESERVATION = select(reservations).where(_r.key == bindparam("of_key"))
_LOCKED = _RESERVATION.with_for_update()
_LINES = (
    select(reservation_lines, lots.c.expires_on)
    .outerjoin(lots, (lots.c.sku == _l.sku) & (lots.c.lot == _l.lot))
    .where(_l.reservation_key == bindparam("of_key"))
    .order_by(_l.line_id, _l.sku, _l.node, lots.c.expires_on.is_(None), lots.c.expires_on, _l.lot)
)
_STAND = (
    update(reservations)
    .where(_r.key == bindparam("of_key"))
    .values(state=bindparam("new_state"), expires_at=bindparam("until"))
)
_CLOSE = _STAND.values(reason=bindparam("why"), closed_at=bindparam("at"))
_of_line = (
    (_l.reservation_key == bindparam("of_key"))
    & (_l.line_id == bindparam("for_line"))
    & (_l.sku == bindparam("of_sku"))
    & (_l.node == bindparam("at_node"))
    & (_l.lot == bindparam("of_lot"))
)
_COUNTS = ("quantity", "picked", "consumed", "released", "fenced")
_CHANGE_LINE = update(reservation_lines).where(_of_line).values({name: bindparam(f"new_{name}") for name in _COUNTS})
_DROP_LINE = delete(reservation_lines).where(_of_line)
_ADD_LINE = insert(reservation_lines)


@dataclass(frozen=True)
class KeptClaim:
    """A claim, and whose it is."""

    key: str
    order_id: str
    claim: Claim
    demand: Demand | None = None
    policy_version: str | None = None
    digest: str | None = None
    """What it was asked for; none where the key was released before it was granted."""
    opened_at: datetime | None = None
    expected_at: datetime | None = None

    def belongs_to(self, order_id: str) -> None:
        """Check whose it is.

        Raises:
            Conflict: it belongs to another order.
        """
        if self.order_id != order_id:
            raise Conflict("other_order", f"the reservation {self.key} belongs to another order than {order_id}")


async def load(connection: AsyncConnection, key: str, *, lock: bool = True) -> KeptClaim | None:
    """Read a claim, its lines by line, article and node, and of those the lots that expire first first.

    With `lock`, nobody else changes it until the transaction ends.
    """
    row = (await connection.execute(_LOCKED if lock else _RESERVATION, {"of_key": key})).one_or_none()
    if row is None:
        return None
    lines = (await connection.execute(_LINES, {"of_key": key})).all()
    return KeptClaim(
        key=row.key,
        order_id=row.order_id,
        claim=Claim(ReservationState(row.state), tuple(_line(line) for line in lines), row.expires_at),
        demand=row.demand,
        policy_version=row.policy_version,
        digest=row.digest,
        opened_at=row.opened_at,
        expected_at=row.expected_at,
    )


async def write(  # noqa: PLR0913 - what there was, what there is to be, why and when
    connection: AsyncConnection,
    kept: KeptClaim,
    step: Step,
    document: Document,
    *,
    at: datetime,
    floors: Mapping[Spot, int] | None = None,
) -> KeptClaim:
    """Write what a step makes of a claim: its standing, the lines that differ, and then the movements.

    Args:
        connection: a transaction that has the claim locked.
        kept: the claim before the step.
        step: from `models.stock.life`.
        document: what the movements are written for; its reason becomes that of a claim which ends.
        at: when.
        floors: what must stay available in a balance.

    Raises:
        BalanceRefused: a balance or a ring-fence cannot give what the step takes; nothing may be committed.
    """
    before, after = kept.claim, step.claim
    if (before.state, before.expires_at) != (after.state, after.expires_at):
        await _stand(connection, kept.key, after, document.reason, at)
        if before.state is ReservationState.PENDING:
            await reconsider_wanted(connection, kept.key, at)
    await _write_lines(connection, kept.key, before.lines, after.lines)
    least = floors or {}
    await move(
        connection,
        replace(document, occurred_at=document.occurred_at or at),
        [
            Movement(
                sku=place.sku,
                node=place.node,
                state=shift.state,
                quantity=shift.quantity,
                line_id=place.line_id,
                lot=place.lot,
                holder=shift.holder,
                floor=least.get((place.sku, place.node, place.lot), 0),
            )
            for shift in step.shifts
            for place in (shift.place,)
        ],
    )
    return replace(kept, claim=after)


def standing(claim: Claim) -> ReservationStanding:
    """Say where a claim stands, with what is open of it."""
    return ReservationStanding(
        state=claim.state,
        expires_at=claim.expires_at,
        allocations=in_order(_allocation(line.place, line.open) for line in claim.lines if line.open),
    )


def promised(claim: Claim) -> tuple[Allocation, ...]:
    """Say what was claimed, whatever became of it."""
    return in_order(_allocation(line.place, line.quantity) for line in claim.lines)


def in_order(allocations: Iterable[Allocation]) -> tuple[Allocation, ...]:
    """Sort by line, article, node and lot: the order in which every answer lists them."""
    return tuple(sorted(allocations, key=lambda one: (one.line_id, one.sku, one.node, one.lot)))


def _allocation(place: Place, quantity: int) -> Allocation:
    return Allocation(line_id=place.line_id, sku=place.sku, quantity=quantity, node=place.node, lot=place.lot)


def _line(row: Row[Any]) -> ClaimLine:
    return ClaimLine(
        place=Place(row.line_id, row.sku, row.node, row.lot),
        quantity=row.quantity,
        picked=row.picked,
        consumed=row.consumed,
        released=row.released,
        fenced=row.fenced,
        holder=row.holder,
    )


async def _stand(connection: AsyncConnection, key: str, claim: Claim, reason: str | None, at: datetime) -> None:
    values = {"of_key": key, "new_state": claim.state, "until": claim.expires_at}
    if RESERVATION.is_final(claim.state):
        await connection.execute(_CLOSE, values | {"why": reason, "at": at})
    else:
        await connection.execute(_STAND, values)


async def _write_lines(
    connection: AsyncConnection, key: str, before: Iterable[ClaimLine], after: Iterable[ClaimLine]
) -> None:
    were = {line.place: line for line in before}
    added = [line for line in after if line.place not in were]
    changed = [line for line in after if line.place in were and line != were[line.place]]
    gone = were.keys() - {line.place for line in after}
    if added:
        await connection.execute(_ADD_LINE, [_row(key, line) for line in added])
    if changed:
        await connection.execute(_CHANGE_LINE, [_change(key, line) for line in changed])
    if gone:
        await connection.execute(_DROP_LINE, [_whose(key, place) for place in gone])


def _row(key: str, line: ClaimLine) -> dict[str, object]:
    place = line.place
    counts = {name: getattr(line, name) for name in _COUNTS}
    spot = {"line_id": place.line_id, "sku": place.sku, "node": place.node, "lot": place.lot}
    return {"reservation_key": key, **spot, **counts, "holder": line.holder}


def _change(key: str, line: ClaimLine) -> dict[str, object]:
    return _whose(key, line.place) | {f"new_{name}": getattr(line, name) for name in _COUNTS}


def _whose(key: str, place: Place) -> dict[str, object]:
    return {
        "of_key": key,
        "for_line": place.line_id,
        "of_sku": place.sku,
        "at_node": place.node,
        "of_lot": place.lot,
    }
