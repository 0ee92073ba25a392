"""What an order has of our stock that no warehouse was asked for: what waits, and what is ready to be released."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.changes.shifting import give_back

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.order.pieces import Piece
    from models.stock.reservation import Allocation
    from workflows.ordering.run import Run
    from workflows.stocking.batch import Batch

Freed = tuple[str, dict["Piece", int]]
"""What is to be given back of a reservation, by its key."""


def pieces_in(allocations: Iterable[Allocation]) -> dict[Piece, int]:
    """How many of each piece."""
    pieces: dict[Piece, int] = {}
    for one in allocations:
        pieces[one.line_id, one.sku] = pieces.get((one.line_id, one.sku), 0) + one.quantity
    return pieces


def without(allocations: Iterable[Allocation], gone: dict[Piece, int]) -> tuple[Allocation, ...]:
    """What is left of allocations; takes off `gone` what was left out here."""
    left = []
    for one in allocations:
        piece = (one.line_id, one.sku)
        taken = min(gone.get(piece, 0), one.quantity)
        if taken:
            gone[piece] -= taken
        if one.quantity > taken:
            left.append(one.model_copy(update={"quantity": one.quantity - taken}))
    return tuple(left)


def elsewhere(run: Run) -> dict[Piece, int]:
    """How many of each piece wait for stock, or are reserved and not released."""
    pieces = pieces_in(one for batch in run.stock.unreleased for one in batch.allocations)
    for waiting in run.stock.remedies.waiting.values():
        for piece, quantity in waiting.items():
            pieces[piece] = pieces.get(piece, 0) + quantity
    return pieces


def leave_out(run: Run, left_out: dict[Piece, int]) -> list[Freed]:
    """Wait for less, then release less; takes off `left_out` what was left out, and answers what to give back."""
    freed: list[Freed] = []
    for key, waiting in run.stock.remedies.waiting.items():
        gone = {piece: min(quantity, left_out.get(piece, 0)) for piece, quantity in waiting.items()}
        for piece, quantity in gone.items():
            left_out[piece] = left_out.get(piece, 0) - quantity
        kept = {piece: quantity - gone[piece] for piece, quantity in waiting.items() if quantity > gone[piece]}
        run.stock.remedies.waiting[key] = kept
        freed.append((key, {piece: quantity for piece, quantity in gone.items() if quantity}))

    def smaller(batch: Batch) -> Batch | None:
        kept = without(batch.allocations, left_out)
        gone = difference(pieces_in(batch.allocations), pieces_in(kept))
        give_back(run.standing.goods, gone)
        freed.append((run.key("stock", batch.part), gone))
        return batch.of(kept) if kept else None

    run.stock.keep_only(smaller)
    return freed


def difference(whole: dict[Piece, int], part: dict[Piece, int]) -> dict[Piece, int]:
    """What is in the whole and not in the part."""
    rest = {piece: quantity - part.get(piece, 0) for piece, quantity in whole.items()}
    return {piece: quantity for piece, quantity in rest.items() if quantity}
