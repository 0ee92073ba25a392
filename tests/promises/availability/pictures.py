"""Pictures of shelves in few words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from models.policy.stock.promising.availability import availability
from models.policy.stock.rules import AvailabilityRules
from models.stock.availability import Availability, AvailabilityQuestion
from models.stock.nodes import Node
from models.stock.picture import Picture, RingFence, Shelf
from models.stock.quantities import Balance
from models.stock.supply import Supply, SupplyKind

if TYPE_CHECKING:
    from models.stock.availability import Term

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
NORTH, SOUTH = Node(name="north"), Node(name="south", priority=200)


def shelf(
    on_hand: int, *, node: str = "north", lot: str = "", about: dict[str, Any] | None = None, **states: int
) -> Shelf:
    """A shelf with mugs; `about` says what is known of the lot."""
    return Shelf(balance=Balance(sku="MUG", node=node, lot=lot, on_hand=on_hand, **states), **(about or {}))


def supply(quantity: int, *, days: int | None, number: str = "PO-1", node: str = "north", **more: Any) -> Supply:
    """Mugs that come in so many days."""
    comes = None if days is None else NOW + timedelta(days=days)
    return Supply(
        id=number,
        kind=SupplyKind.PURCHASE,
        sku="MUG",
        node=node,
        quantity=quantity,
        ordered_at=NOW - timedelta(days=30),
        expected_at=comes,
        **more,
    )


def fence(quantity: int, holder: str, *, node: str = "north", lot: str = "") -> RingFence:
    return RingFence(sku="MUG", node=node, lot=lot, holder=holder, quantity=quantity)


def picture(*shelves: Shelf, nodes: tuple[Node, ...] = (NORTH, SOUTH), **more: Any) -> Picture:
    return Picture(at=NOW, nodes=nodes, shelves=shelves, **more)


def ask(
    seen: Picture, rules: AvailabilityRules | None = None, *, facts: dict[str, Any] | None = None, **asked: Any
) -> Availability:
    """Ask about mugs; `facts` are what the function is told besides the picture."""
    question = AvailabilityQuestion(sku="MUG", **asked)
    return availability(rules or AvailabilityRules(), "2026-11-01", question, seen, **(facts or {}))


def said(terms: tuple[Term, ...]) -> dict[str, int]:
    """Terms by name, those of one name added up."""
    found: dict[str, int] = {}
    for term in terms:
        found[term.name] = found.get(term.name, 0) + term.quantity
    return found
