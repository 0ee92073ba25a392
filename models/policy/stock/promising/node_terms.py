"""What one node can promise of an article, term by term."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from models.policy.stock.promising.terms import Sum
from models.policy.stock.rules import first_for
from models.policy.stock.sourcing.candidates import why_not_sent
from models.policy.stock.sourcing.shelves import least_days, safety_stock, sellable
from models.stock.availability import NodeAvailability
from models.stock.lots import LotStatus
from models.stock.nodes import NodeKind
from models.stock.quantities import PROMISED, SET_ASIDE, StockState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from models.policy.stock.rules import AvailabilityRules, SourcingRules
    from models.stock.availability import AvailabilityQuestion
    from models.stock.nodes import Node
    from models.stock.picture import Picture, RingFence, Shelf
    from models.stock.supply import Supply

T = TypeVar("T")
_EVER = datetime.max.replace(tzinfo=UTC)

OWN_FENCE = "own_fence"
"""What of a node's part is set aside for the asker, and for nobody who waits."""
NOT_SOURCED = "not_sourced"
"""What is there, and for nobody who asks as the asker does."""

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
        # For a day to come, by what is good then; what was good once nobody can have any more.
        self._moment = max(question.at or picture.at, picture.at)
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
        on = node.day(self._moment)
        self._bad_lots(found, on, shelves)
        self._safety(found, node, on_hand)
        self._store_risk(found, node, supplies, shelves)
        self._inbound(found, node, supplies, shelves)
        found.floor()
        self._own_fence(found, on, shelves, fences)
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

    def _bad_lots(self, found: Sum, on: date, shelves: Sequence[Shelf]) -> None:
        """What is left in lots that may not be sold, or not any more."""
        for shelf in shelves:
            if reason := self._why_bad(shelf, on):
                found.add(reason[0], -shelf.balance.available, reason[1])

    def _why_bad(self, shelf: Shelf, on: date) -> tuple[str, str] | None:
        """Why a lot may not be sold on a day: the term's name, and the reason."""
        if sellable(shelf, on, self._days):
            return None
        lot = shelf.balance.lot
        if shelf.lot_status is not LotStatus.RELEASED:
            return "lot_status", f"lot {lot} is {shelf.lot_status.value}"
        rule = f"; rule: at least {self._days} days must be left" if self._days else ""
        return "near_expiry", f"lot {lot} expires on {shelf.expires_on}{rule}"

    def _safety(self, found: Sum, node: Node, on_hand: int) -> None:
        """What the node keeps back. The rule that counts is the first that keeps anything, if any does."""
        kept = safety_stock(self._rules.safety, node, self._question.sku, on_hand)
        for rule in self._rules.safety if kept else ():
            if safety_stock((rule,), node, self._question.sku, on_hand):
                size = f"{rule.units}" if kept == rule.units else f"{rule.percent} %"
                found.add("safety", -kept, f"rule: of {rule.sku} a {node.kind.value} keeps {size} as safety stock")
                return

    def _store_risk(self, found: Sum, node: Node, supplies: Sequence[Supply], shelves: Sequence[Shelf]) -> None:
        """What a store will sell over its counter, unless so much comes in time."""
        rule = first_for(self._rules.store_risk, self._question.sku)
        daily = self._daily_sales.get(node.name, 0.0)
        if node.kind is not NodeKind.STORE or rule is None or not rule.cover_days or daily <= 0:
            return
        by = self._picture.at + timedelta(days=rule.cover_days)
        inbound = self._coming(supplies, by)
        coming = sum(one.outstanding for one in inbound if self._why_bad_then(node, one, shelves) is None)
        kept = max(math.ceil(rule.cover_days * daily) - coming, 0)
        why = (
            f"rule: kept for the counter, which sells {daily:.1f} a day: {rule.cover_days} days, {coming} on their way"
        )
        found.add("store_risk", -kept, why)

    def _inbound(self, found: Sum, node: Node, supplies: Sequence[Supply], shelves: Sequence[Shelf]) -> None:
        """What is expected in time; what of it nobody may sell then comes off again."""
        if not self._counts_expected:
            return
        for supply in self._coming(supplies, self._question.at):
            day = node.day(supply.expected_at) if supply.expected_at else None
            whose = f" from {supply.source}" if supply.source else ""
            found.add("inbound", supply.outstanding, f"{supply.kind.value} {supply.id}{whose}, expected on {day}")
            if reason := self._why_bad_then(node, supply, shelves):
                found.add(reason[0], -supply.outstanding, f"{reason[1]}: {supply.kind.value} {supply.id}")

    def _coming(self, supplies: Sequence[Supply], by: datetime | None) -> list[Supply]:
        """What can be counted on by then: of what was due and has not come nobody knows where it is."""
        return [
            one
            for one in supplies
            if one.outstanding and one.expected_at is not None and self._picture.at <= one.expected_at <= (by or _EVER)
        ]

    def _why_bad_then(self, node: Node, supply: Supply, shelves: Sequence[Shelf]) -> tuple[str, str] | None:
        """Why what comes may not be sold on the day it comes, or on the day that is asked about."""
        shelf = next((one for one in shelves if supply.lot and one.balance.lot == supply.lot), None)
        comes = max(self._moment, supply.expected_at or self._moment)
        return None if shelf is None else self._why_bad(shelf, node.day(comes))

    def _own_fence(self, found: Sum, on: date, shelves: Sequence[Shelf], fences: Sequence[RingFence]) -> None:
        """What is set aside for the asker, in lots that may be sold; of each lot one holder's, as sourcing takes it."""
        for shelf in shelves:
            if not sellable(shelf, on, self._days):
                continue
            own = [one for one in fences if one.lot == shelf.balance.lot and one.holder in self._holders]
            if own:
                best = max(own, key=lambda one: (one.quantity, one.holder))
                quantity = min(best.quantity, shelf.balance.channel_reserved)
                found.add(OWN_FENCE, quantity, f"set aside for {best.holder}")

    def _refusal(self, found: Sum, node: Node) -> None:
        """All of it, where sourcing would take nothing from the node.

        Where customers can only collect it, it is what the node itself has for them, and nothing that can be sent.
        """
        reason = why_not_sent(self._sourcing, node, self._question.sku)
        if reason is None:
            return
        if node.takes_orders and node.collects:
            if self._question.node == node.name:
                return
            reason = f"{reason}; customers can collect there"
        found.add(NOT_SOURCED, -found.value, reason)


def _holders(question: AvailabilityQuestion) -> frozenset[str]:
    named = (("channel", question.channel), ("class", question.customer_class))
    return frozenset(f"{kind}:{name}" for kind, name in named if name is not None)


def _by_node(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for node, one in pairs:
        found.setdefault(node, []).append(one)
    return found
