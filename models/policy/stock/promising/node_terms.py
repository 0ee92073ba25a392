"""What one node can promise of an article, term by term."""

from __future__ import annotations

import math
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, TypeVar

from models.policy.stock.promising.terms import Sum
from models.policy.stock.rules import first_for
from models.policy.stock.sourcing.candidates import drop_shipped
from models.policy.stock.sourcing.shelves import least_days, safety_stock, sellable
from models.stock.availability import NodeAvailability
from models.stock.lots import LotStatus
from models.stock.nodes import NodeKind
from models.stock.quantities import PROMISED, SET_ASIDE, StockState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from models.policy.stock.rules import AvailabilityRules, SourcingRules
    from models.stock.availability import AvailabilityQuestion
    from models.stock.nodes import Node
    from models.stock.picture import Picture, RingFence, Shelf
    from models.stock.supply import Supply

T = TypeVar("T")

_WHY = {
    StockState.SOFT_RESERVED: "held for orders that are not firm yet",
    StockState.ALLOCATED: "allocated to orders",
    StockState.PICKED: "picked for orders, not shipped yet",
    StockState.QUARANTINED: "in quarantine",
    StockState.DAMAGED: "damaged",
    StockState.IN_INSPECTION: "being inspected",
}


class NodeTerms:
    """The nodes' parts of one answer."""

    def __init__(
        self,
        rules: AvailabilityRules,
        sourcing: SourcingRules,
        question: AvailabilityQuestion,
        picture: Picture,
        daily_sales: Mapping[str, float],
    ) -> None:
        """Sort what the picture shows of the article by node."""
        self._rules = rules
        self._sourcing = sourcing
        self._question = question
        self._picture = picture
        self._daily_sales = daily_sales
        self._holders = _holders(question)
        self._days = least_days(rules, question.sku)
        # By UTC as in sourcing; for a day to come, by what is good then.
        self._on = (question.at or picture.at).astimezone(UTC).date()
        self._counts_expected = question.at is not None or (
            question.channel is not None and rules.channel(question.channel).sells_expected
        )

    def of_all(self) -> tuple[NodeAvailability, ...]:
        """Every node that has the article, expects it, or is asked about; the preferred first."""
        shelves = _by_node(
            (shelf.balance.node, shelf) for shelf in self._picture.shelves if self._is_it(shelf.balance.sku)
        )
        supplies = _by_node((one.node, one) for one in self._picture.supplies if self._is_it(one.sku))
        fences = _by_node((one.node, one) for one in self._picture.fences if self._is_it(one.sku))
        shown = {*shelves, *supplies, self._question.node}
        return tuple(
            self._node(node, shelves.get(node.name, ()), supplies.get(node.name, ()), fences.get(node.name, ()))
            for node in self._picture.nodes
            if node.name in shown
        )

    def _is_it(self, sku: str) -> bool:
        return sku == self._question.sku

    def _node(
        self, node: Node, shelves: Sequence[Shelf], supplies: Sequence[Supply], fences: Sequence[RingFence]
    ) -> NodeAvailability:
        found = Sum()
        on_hand = sum(shelf.balance.on_hand for shelf in shelves)
        found.add("on_hand", on_hand, f"on the shelves of {node.title or node.name}", always=True)
        for state in (*PROMISED, *SET_ASIDE):
            found.add(state.value, -sum(shelf.balance.level(state) for shelf in shelves), _WHY[state])
        self._set_aside(found, shelves, fences)
        self._bad_lots(found, shelves)
        self._safety(found, node, on_hand)
        self._store_risk(found, node, supplies)
        self._inbound(found, supplies)
        found.floor()
        self._own_fence(found, shelves, fences)
        self._refusal(found, node)
        return NodeAvailability(node=node.name, atp=found.value, terms=tuple(found.terms))

    def _set_aside(self, found: Sum, shelves: Sequence[Shelf], fences: Sequence[RingFence]) -> None:
        """Everybody's ring-fences; what the asker's own have in them comes back at the end."""
        held: dict[str, int] = {}
        for fence in fences:
            held[fence.holder] = held.get(fence.holder, 0) + fence.quantity
        whose = ", ".join(f"{quantity} for {holder}" for holder, quantity in sorted(held.items()) if quantity)
        fenced = sum(shelf.balance.channel_reserved for shelf in shelves)
        found.add("channel_reserved", -fenced, f"ring-fenced: {whose}" if whose else "ring-fenced")

    def _bad_lots(self, found: Sum, shelves: Sequence[Shelf]) -> None:
        """What is left in lots that may not be sold, or not any more."""
        for shelf in shelves:
            balance = shelf.balance
            if sellable(shelf, self._on, self._days):
                continue
            if shelf.lot_status is not LotStatus.RELEASED:
                found.add("lot_status", -balance.available, f"lot {balance.lot} is {shelf.lot_status.value}")
            else:
                rule = f"; rule: at least {self._days} days must be left" if self._days else ""
                found.add("near_expiry", -balance.available, f"lot {balance.lot} expires on {shelf.expires_on}{rule}")

    def _safety(self, found: Sum, node: Node, on_hand: int) -> None:
        """What the node keeps back. The rule that counts is the first that keeps anything, if any does."""
        kept = safety_stock(self._rules.safety, node, self._question.sku, on_hand)
        for rule in self._rules.safety if kept else ():
            if safety_stock((rule,), node, self._question.sku, on_hand):
                size = f"{rule.units}" if kept == rule.units else f"{rule.percent} %"
                found.add("safety", -kept, f"rule: of {rule.sku} a {node.kind.value} keeps {size} as safety stock")
                return

    def _store_risk(self, found: Sum, node: Node, supplies: Sequence[Supply]) -> None:
        """What a store will sell over its counter, unless so much comes in time."""
        rule = first_for(self._rules.store_risk, self._question.sku)
        daily = self._daily_sales.get(node.name, 0.0)
        if node.kind is not NodeKind.STORE or rule is None or not rule.cover_days or daily <= 0:
            return
        by = self._picture.at + timedelta(days=rule.cover_days)
        coming = sum(
            one.outstanding for one in supplies if self._comes(one) and one.expected_at and one.expected_at <= by
        )
        kept = max(math.ceil(rule.cover_days * daily) - coming, 0)
        why = (
            f"rule: kept for the counter, which sells {daily:.1f} a day: {rule.cover_days} days, {coming} on their way"
        )
        found.add("store_risk", -kept, why)

    def _inbound(self, found: Sum, supplies: Sequence[Supply]) -> None:
        if not self._counts_expected:
            return
        for supply in supplies:
            if not self._comes(supply) or supply.expected_at is None:
                continue
            if self._question.at is None or supply.expected_at <= self._question.at:
                day = supply.expected_at.astimezone(UTC).date()
                whose = f" from {supply.source}" if supply.source else ""
                found.add("inbound", supply.outstanding, f"{supply.kind.value} {supply.id}{whose}, expected on {day}")

    def _comes(self, supply: Supply) -> bool:
        """Whether it can still be counted on: one whose day has passed cannot, for nobody knows where it is."""
        return bool(supply.outstanding) and supply.expected_at is not None and supply.expected_at >= self._picture.at

    def _own_fence(self, found: Sum, shelves: Sequence[Shelf], fences: Sequence[RingFence]) -> None:
        """What is set aside for the asker, in lots that may be sold; of each lot one holder's, as sourcing takes it."""
        for shelf in shelves:
            if not sellable(shelf, self._on, self._days):
                continue
            own = [one for one in fences if one.lot == shelf.balance.lot and one.holder in self._holders]
            if own:
                best = max(own, key=lambda one: (one.quantity, one.holder))
                quantity = min(best.quantity, shelf.balance.channel_reserved)
                found.add("own_fence", quantity, f"set aside for {best.holder}")

    def _refusal(self, found: Sum, node: Node) -> None:
        """All of it, where sourcing would take nothing from the node."""
        reason = None
        if not node.takes_orders:
            reason = "the node takes no new orders"
        elif not (node.ships or node.collects):
            reason = "the node neither sends parcels nor hands them out"
        elif node.kind is NodeKind.SUPPLIER:
            if not drop_shipped(self._sourcing, [self._question.sku]):
                reason = "rule: its supplier does not send this article for us"
        elif node.kind not in self._sourcing.node_kinds:
            reason = f"rule: nothing is sent from a {node.kind.value}"
        if reason is not None:
            found.add("not_sourced", -found.value, reason)


def _holders(question: AvailabilityQuestion) -> frozenset[str]:
    named = (("channel", question.channel), ("class", question.customer_class))
    return frozenset(f"{kind}:{name}" for kind, name in named if name is not None)


def _by_node(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for node, one in pairs:
        found.setdefault(node, []).append(one)
    return found
