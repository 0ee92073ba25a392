"""Which of a claim's places a message means that names only the line and the article, or the node as well. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from models.stock.life import Place, Step, relocate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.stock.life import Claim, ClaimLine
    from models.stock.reservation import Freed, Shipped


def freed_places(claim: Claim, items: Iterable[Freed]) -> dict[Place, int]:
    """Spread what is wanted no longer over the claim's places.

    What is not picked goes first, and of that the lot that expires last: what the order keeps leaves in the best order.
    What is not open any more is left out.
    """
    left = Counter({line.place: line.unpicked for line in claim.lines})
    picked = Counter({line.place: line.picked for line in claim.lines})
    freed: Counter[Place] = Counter()
    for item in items:
        lines = [line for line in reversed(claim.lines) if _is_for(line, item) and _lies_there(line.place, item)]
        rest = _take(left, lines, item.quantity, into=freed)
        _take(picked, lines, rest, into=freed)
    return dict(freed)


def shipped_places(claim: Claim, items: Iterable[Shipped], *, believe_lots: bool) -> tuple[Step, dict[Place, int]]:
    """Spread what was shipped over the claim's places.

    A lot that is named is taken; where it is not what was reserved, the claim is moved to it first. Where none is
    named, picked goods went first, and of the others the lot that expires first. What is more than the claim has is
    laid upon a place all the same: it is for `models.stock.life.consume` to refuse.

    Args:
        claim: its lines in the order in which their lots expire.
        items: what has left.
        believe_lots: whether lots that are named and were not reserved count.

    Returns:
        The step that moves the claim to the lots that went, and what went of each place afterwards.
    """
    moved = Step(claim)
    shipped: Counter[Place] = Counter()
    unnamed: list[tuple[Shipped, int]] = []
    # Named lots first: what names none takes what they leave.
    for item in sorted(items, key=lambda item: (item.lot is None, item.line_id, item.sku, item.node, item.lot or "")):
        rest = item.quantity
        if item.lot is not None:
            named = [line for line in _at_node(moved.claim, item) if line.place.lot == item.lot]
            rest = _take(_still_open(moved.claim, shipped), named, rest, into=shipped)
            if believe_lots:
                moved, rest = _moved_to(moved, item, item.lot, rest, shipped)
        unnamed.append((item, rest))
    for item, quantity in unnamed:
        lines = sorted(_at_node(moved.claim, item), key=lambda line: not line.picked)
        rest = _take(_still_open(moved.claim, shipped), lines, quantity, into=shipped)
        if rest:
            shipped[Place(item.line_id, item.sku, item.node, item.lot or "")] += rest
    return moved, dict(shipped)


def _moved_to(moved: Step, item: Shipped, lot: str, quantity: int, shipped: Counter[Place]) -> tuple[Step, int]:
    """Move so much of the claim to the lot that went; returns what could not be moved."""
    for line in _at_node(moved.claim, item):
        part = min(quantity, _still_open(moved.claim, shipped)[line.place])
        if part > 0 and line.place.lot != lot:
            step = relocate(moved.claim, line.place, lot, part)
            moved = Step(step.claim, (*moved.shifts, *step.shifts))
            shipped[replace(line.place, lot=lot)] += part
            quantity -= part
    return moved, quantity


def _take(left: Counter[Place], lines: Iterable[ClaimLine], quantity: int, *, into: Counter[Place]) -> int:
    """Take so many of what is left in these lines; returns what they did not have."""
    for line in lines:
        part = min(quantity, left[line.place])
        if part > 0:
            left[line.place] -= part
            into[line.place] += part
            quantity -= part
    return quantity


def _still_open(claim: Claim, shipped: Counter[Place]) -> Counter[Place]:
    return Counter({line.place: line.open - shipped[line.place] for line in claim.lines})


def _at_node(claim: Claim, item: Shipped) -> list[ClaimLine]:
    return [line for line in claim.lines if _is_for(line, item) and line.place.node == item.node]


def _lies_there(place: Place, item: Freed) -> bool:
    return item.node in {None, place.node} and item.lot in {None, place.lot}


def _is_for(line: ClaimLine, item: Freed | Shipped) -> bool:
    return (line.place.line_id, line.place.sku) == (item.line_id, item.sku)
