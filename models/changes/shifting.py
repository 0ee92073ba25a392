"""What a change does to the counts of an order's goods, piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.stock.demand import Need

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.order.goods import Goods
    from models.order.pieces import Piece


def needs_for(goods: Goods, line_id: str, units: int) -> tuple[Need, ...]:
    """What has to be reserved for so many units more of a line; nothing where no warehouse sends it."""
    return tuple(
        Need(line_id=line, sku=sku, quantity=units * part.per_line_unit)
        for (line, sku), part in goods.parts.items()
        if line == line_id
    )


def pieces_for(goods: Goods, line_id: str, units: int | None = None) -> dict[Piece, int]:
    """The pieces of so many units of a line that have not left; without a number, of all of it."""
    pieces = {}
    for piece, part in goods.parts.items():
        left = part.quantity - part.shipped - part.cancelled
        if piece[0] == line_id and left > 0:
            pieces[piece] = left if units is None else min(units * part.per_line_unit, left)
    return pieces


def units_of(goods: Goods, pieces: Mapping[Piece, int]) -> int:
    """How many units of a line cannot be whole without these pieces of it."""
    return max((-(-quantity // goods.parts[piece].per_line_unit) for piece, quantity in pieces.items()), default=0)


def grow(goods: Goods, line_id: str, units: int) -> None:
    """Want so many units more of a line."""
    for (line, _), part in goods.parts.items():
        if line == line_id:
            part.quantity += units * part.per_line_unit


def stop(goods: Goods, pieces: Mapping[Piece, int]) -> None:
    """Note that a warehouse has stopped what it was to send."""
    for piece, quantity in pieces.items():
        goods.parts[piece].released -= quantity


def give_back(goods: Goods, pieces: Mapping[Piece, int]) -> None:
    """Note that these are reserved no longer."""
    for piece, quantity in pieces.items():
        goods.parts[piece].reserved -= quantity


def both(one: Mapping[Piece, int], other: Mapping[Piece, int]) -> dict[Piece, int]:
    """Add two counts of pieces up."""
    return {piece: one.get(piece, 0) + other.get(piece, 0) for piece in {**one, **other}}
