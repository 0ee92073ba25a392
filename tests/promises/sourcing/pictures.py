"""Small pictures of the shelves, and one short way to source from them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from models.policy.stock.rules import Fallback, ShortageRule, ShortageRules, SourcingRules, SourcingWeights, StockRules
from models.policy.stock.sourcing.plan import Sourced
from models.policy.stock.sourcing.sourcing import source
from models.stock.demand import Demand, Need
from models.stock.lots import LotStatus
from models.stock.nodes import Lane, Node, NodeKind
from models.stock.picture import Picture, RingFence, Shelf
from models.stock.quantities import Balance
from models.stock.supply import Supply, SupplyKind

TUESDAY = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
STILL = {"service": 0.0, "distance": 0.0, "cost": 0.0, "margin": 0.0, "priority": 0.0, "capacity": 0.0}


def node(name: str, **facts: Any) -> Node:
    return Node(name=name, **facts)


def store(name: str, **facts: Any) -> Node:
    return Node(name=name, kind=NodeKind.STORE, **{"collects": True, **facts})


def shelf(name: str, quantity: int, sku: str = "LAMP", **facts: Any) -> Shelf:
    """So many at a node; `good_for`: days from the picture's day to the last good one."""
    good_for = facts.pop("good_for", None)
    status = facts.pop("status", LotStatus.RELEASED)
    balance = Balance(sku=sku, node=name, on_hand=quantity, **facts)
    return Shelf(balance=balance, expires_on=None if good_for is None else day(good_for), lot_status=status)


def day(ahead: int) -> date:
    return TUESDAY.date() + timedelta(days=ahead)


def fence(name: str, quantity: int, holder: str, sku: str = "LAMP", lot: str = "") -> RingFence:
    return RingFence(sku=sku, node=name, lot=lot, holder=holder, quantity=quantity)


def supply(name: str, quantity: int, in_days: int | None, sku: str = "LAMP", number: str = "PO-1") -> Supply:
    return Supply(
        id=number,
        kind=SupplyKind.PURCHASE,
        sku=sku,
        node=name,
        quantity=quantity,
        ordered_at=TUESDAY - timedelta(days=5),
        expected_at=None if in_days is None else TUESDAY + timedelta(days=in_days),
    )


def picture(nodes: list[Node], shelves: list[Shelf], at: datetime = TUESDAY, **more: Any) -> Picture:
    return Picture(at=at, nodes=tuple(nodes), shelves=tuple(shelves), **more)


def needs(*wanted: tuple[str, int]) -> list[Need]:
    """A line for each article."""
    return [Need(line_id=str(number), sku=sku, quantity=units) for number, (sku, units) in enumerate(wanted, 1)]


def demand(**facts: Any) -> Demand:
    return Demand(**{"channel": "shopify", "country": "DE", "postal_prefix": "101", **facts})


def rules(**sourcing: Any) -> StockRules:
    return StockRules(sourcing=SourcingRules(**sourcing))


def only(criterion: str) -> StockRules:
    """Rules under which one criterion alone decides."""
    return rules(weights=SourcingWeights(**{**STILL, criterion: 1.0}))


def when_short(*fallbacks: str, partial: bool = True, **more: Any) -> StockRules:
    substitutes = more.pop("substitutes", ())
    rule = ShortageRule(fallbacks=tuple(Fallback(one) for one in fallbacks), **more)
    shortage = ShortageRules(rules=(rule,), substitutes=substitutes)
    return StockRules(sourcing=SourcingRules(partial=partial), shortage=shortage)


def sourced(
    shelves: Picture, *wanted: tuple[str, int], by: StockRules | None = None, for_: Demand | None = None
) -> Sourced:
    return source(by or StockRules(), "2026-11", needs(*(wanted or (("LAMP", 5),))), for_ or demand(), shelves)


def given(answer: Sourced) -> list[tuple[str, str, str, int]]:
    """Article, node, lot and quantity of all that is planned."""
    return sorted(
        (one.allocation.sku, one.allocation.node, one.allocation.lot, one.allocation.quantity) for one in answer.planned
    )


def parcels(answer: Sourced) -> set[str]:
    return {one.allocation.node for one in answer.planned}


def why_not(answer: Sourced, option: str) -> str:
    return next(one.reason for one in answer.decision.refused if one.option == option)


def lane(**facts: Any) -> Lane:
    return Lane(**facts)
