"""Short ways of drawing shelves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from models.policy.stock.rules import ReplenishmentRule, ReplenishmentRules
from models.stock.lots import LotStatus
from models.stock.nodes import Node, NodeKind
from models.stock.picture import Picture, RingFence, Shelf
from models.stock.quantities import Balance
from models.stock.replenishment import DemandDay, DemandHistory
from models.stock.supply import Supply, SupplyKind

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
TODAY = NOW.date()
BERLIN = Node(name="berlin", priority=10)
ROTTERDAM = Node(name="rotterdam", priority=20)
STORE = Node(name="store", kind=NodeKind.STORE, priority=50, replenished_from="berlin")
SUPPLIER = Node(name="direct", kind=NodeKind.SUPPLIER, priority=90)
NODES = (BERLIN, ROTTERDAM, STORE, SUPPLIER)


def shelf(on_hand: int, *, sku: str = "MUG", node: str = "berlin", lot: str = "", **levels: int) -> Shelf:
    return Shelf(balance=Balance(sku=sku, node=node, lot=lot, on_hand=on_hand, **levels))


def in_lot(on_hand: int, *, expires_on: date | None = None, status: LotStatus = LotStatus.RELEASED) -> Shelf:
    balance = Balance(sku="MUG", node="berlin", lot="L1", on_hand=on_hand)
    return Shelf(balance=balance, expires_on=expires_on, lot_status=status)


def coming(quantity: int, days: float | None, *, sku: str = "MUG", node: str = "berlin", received: int = 0) -> Supply:
    expected = None if days is None else NOW + timedelta(days=days)
    return Supply(
        id=f"PO-{quantity}-{days}",
        kind=SupplyKind.PURCHASE,
        sku=sku,
        node=node,
        quantity=quantity,
        received=received,
        ordered_at=NOW,
        expected_at=expected,
    )


def picture(
    *shelves: Shelf,
    supplies: tuple[Supply, ...] = (),
    fences: tuple[RingFence, ...] = (),
    waiting: dict[str, int] | None = None,
    nodes: tuple[Node, ...] = NODES,
) -> Picture:
    return Picture(at=NOW, nodes=nodes, shelves=shelves, supplies=supplies, fences=fences, waiting=waiting or {})


def wanted(*quantities: int, sku: str = "MUG", node: str = "berlin") -> dict[tuple[str, str], DemandHistory]:
    """Demand of the last full days, yesterday's last, and none today."""
    first = TODAY - timedelta(days=len(quantities))
    days = [DemandDay(day=first + timedelta(days=n), quantity=quantity) for n, quantity in enumerate(quantities)]
    days.append(DemandDay(day=TODAY, quantity=0))
    return {(sku, node): DemandHistory(sku=sku, node=node, days=tuple(days))}


def by(*rules: ReplenishmentRule) -> ReplenishmentRules:
    return ReplenishmentRules(rules=rules)
