"""Goods a picker has taken off the shelf for an order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from activities.adapters.store.stock.reservations import claims
from activities.adapters.store.stock.tables import reservation_lines, reservations
from models.stock import life
from models.stock.life import Step
from models.stock.quantities import MovementKind, StockState
from models.stock.reservation import ReservationState

if TYPE_CHECKING:
    from activities.adapters.store.stock.events.own_units import Line
    from activities.adapters.store.stock.events.posting import Posting
    from models.stock.events import GoodsPicked
    from models.stock.life import Claim

_r, _l = reservations.c, reservation_lines.c
_LIVE = [ReservationState.HELD.value, ReservationState.COMMITTED.value]
_KEYS = select(_r.key).where(_r.order_id == bindparam("of_order"), _r.state.in_(_LIVE)).order_by(_r.key)
_SHIPPED = (
    select(func.coalesce(func.sum(_l.consumed), 0))
    .join(reservations, _r.key == _l.reservation_key)
    .where(_r.order_id == bindparam("of_order"), _l.sku == bindparam("of_sku"), _l.node == bindparam("at_node"))
)


async def picked(posting: Posting, event: GoodsPicked, lines: tuple[Line, ...]) -> None:
    """Note what lies in a tote for the order: of what it was promised firmly first.

    What is more than it was promised is not written but noted, unless so much has left for it already: then the word
    is merely late.
    """
    keys = (await posting.connection.execute(_KEYS, {"of_order": event.order_id})).scalars().all()
    found = [await claims.load(posting.connection, key) for key in keys]
    kept = sorted((one for one in found if one is not None), key=lambda one: _is_soft(one.claim))
    await posting.look(lines, [event.node])
    steps = [Step(one.claim) for one in kept]
    free = {spot: shelf.available for spot, shelf in posting.shelves.items()}
    for line in lines:
        rest = line.quantity
        for at, step in enumerate(steps):
            steps[at], rest = _pick(step, line, event.node, rest, free)
        if rest:
            wanted = {"of_order": event.order_id, "of_sku": line.sku, "at_node": event.node}
            shipped = int((await posting.connection.execute(_SHIPPED, wanted)).scalar_one())
            spot = (line.sku, event.node, line.lot)
            posting.unexplained(spot, StockState.PICKED, max(rest - shipped, 0), more=True)
    document = posting.document(MovementKind.PICK)
    for one, step in zip(kept, steps, strict=True):
        await claims.write(posting.connection, one, step, document, at=posting.now)


def _pick(step: Step, line: Line, node: str, rest: int, free: dict[tuple[str, str, str], int]) -> tuple[Step, int]:
    """Pick as much of a line as a claim has there; the lot that was named first, if need be in another's stead."""
    mine = [one.place for one in step.claim.lines if (one.place.sku, one.place.node) == (line.sku, node)]
    if line.lot:
        step, rest = _pick_at(step, [place for place in mine if place.lot == line.lot], rest)
        for place in mine:
            spare = free.get((line.sku, node, line.lot), 0)
            part = min(rest, spare, _unpicked(step.claim, place))
            if part > 0 and place.lot != line.lot:
                free[line.sku, node, line.lot] -= part
                step = _then(step, life.relocate(step.claim, place, line.lot, part))
                step, left = _pick_at(step, [replace(place, lot=line.lot)], part)
                rest -= part - left
    return _pick_at(step, mine, rest)


def _pick_at(step: Step, places: list[life.Place], rest: int) -> tuple[Step, int]:
    taken: dict[life.Place, int] = {}
    for place in places:
        taken[place] = min(rest, _unpicked(step.claim, place))
        rest -= taken[place]
    return _then(step, life.pick(step.claim, taken)), rest


def _unpicked(claim: Claim, place: life.Place) -> int:
    return next((one.unpicked for one in claim.lines if one.place == place), 0)


def _then(before: Step, after: Step) -> Step:
    return Step(after.claim, (*before.shifts, *after.shifts))


def _is_soft(claim: Claim) -> bool:
    return claim.state is ReservationState.HELD
