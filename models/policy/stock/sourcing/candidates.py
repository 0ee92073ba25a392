"""Candidates: which nodes may serve a demand at all, and why the others may not."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from models.order.document import Delivery, ServiceLevel
from models.policy.stock.sourcing import calendars
from models.stock.nodes import NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from models.policy.stock.rules import SourcingRules
    from models.stock.demand import Demand
    from models.stock.nodes import Lane, Node
    from models.stock.picture import Picture

_PREFIX = 3
"""Characters of the postal code that a demand tells: a lane's longer prefix is compared as far as they go."""


@dataclass(slots=True, eq=False)
class Candidate:
    """A node that may serve the demand, and what a parcel from it means. Dates are worked out when asked for."""

    node: Node
    tier: int
    """The lowest is asked first."""
    lane: Lane | None
    """None: it is collected."""
    free: float
    """The part of its day that is free, from 0 to 1."""
    demand: Demand
    at: datetime
    name: str = dataclass_field(init=False)
    _arrives: datetime | None = dataclass_field(default=None, init=False)

    def __post_init__(self) -> None:
        """Keep the name at hand: it is asked for most."""
        self.name = self.node.name

    @property
    def ready(self) -> datetime:
        """When it leaves the node."""
        return calendars.ready_at(self.node, self.at)

    @property
    def arrives(self) -> datetime:
        """When the customer has it, or may collect it."""
        if self._arrives is None:
            level = self.demand.service_level
            lane = self.lane
            self._arrives = calendars.arrives_at(self.node, lane, self.at, level) if lane else self.ready
        return self._arrives

    @property
    def in_time(self) -> bool:
        """Whether it keeps the dates that were asked for; where none were, it does."""
        asked = self.demand
        if asked.ship_by is not None and self.ready > asked.ship_by:
            return False
        return asked.deliver_by is None or self.arrives <= asked.deliver_by

    @property
    def late(self) -> bool:
        """Whether today's parcels have left already."""
        return calendars.after_cut_off(self.node, self.at)

    @property
    def cost(self) -> int:
        """Of one parcel, handling included."""
        if self.lane is None:
            return self.node.handling_cost
        expedited = self.demand.service_level is ServiceLevel.EXPEDITED
        return self.node.handling_cost + (self.lane.express_cost if expedited else self.lane.cost)

    @property
    def distance(self) -> int:
        """In kilometres; whoever collects comes by himself."""
        return self.lane.distance_km if self.lane else 0

    @property
    def preference(self) -> tuple[int, int, str]:
        """The order in which candidates stand where nothing else decides."""
        return self.tier, self.node.priority, self.name


class Field:
    """All candidates for one demand, the preferred first, and the nodes that are none."""

    def __init__(self, rules: SourcingRules, demand: Demand, picture: Picture) -> None:
        """Look at every node of the picture."""
        self.demand = demand
        self.picture = picture
        self.candidates: list[Candidate] = []
        self.refused: dict[str, str] = {}
        """By node: why it may not serve."""
        tiers = {kind: place for place, kind in enumerate(rules.node_kinds)}
        loads = {load.node: load.orders for load in picture.loads}
        for node in picture.nodes:
            answer = _judge(node, tiers, loads.get(node.name, 0), demand, picture.at)
            if isinstance(answer, str):
                self.refused[node.name] = answer
            else:
                self.candidates.append(answer)
        self.candidates.sort(key=lambda candidate: candidate.preference)


def drop_shipped(rules: SourcingRules, skus: Iterable[str]) -> frozenset[str]:
    """Which of the articles a supplier may send for us."""
    return frozenset(sku for sku in skus if any(fnmatchcase(sku, pattern) for pattern in rules.drop_ship))


def why_not_sent(rules: SourcingRules, node: Node, sku: str) -> str | None:
    """Why no order that is to be sent gets an article from a node, whosever it is; none: some order may."""
    if not node.takes_orders:
        return "the node takes no new orders"
    if not node.ships:
        return "the node sends no parcels"
    if not node.lanes:
        return "no lane leads from the node to anybody"
    if node.kind is NodeKind.SUPPLIER:
        return None if drop_shipped(rules, [sku]) else "rule: its supplier does not send this article for us"
    return None if node.kind in rules.node_kinds else f"rule: nothing is sent from a {node.kind.value}"


def left_to_waiting(
    rules: SourcingRules, nodes: Iterable[Node], sku: str, free: Mapping[str, int], waiting: int
) -> dict[str, int]:
    """How much of an article each node keeps for those in the queue, so that nobody overtakes them.

    Nobody knows yet which node will serve them. It is kept at the preferred of those that send, and what they have not
    got where customers can only collect it.

    Args:
        rules: which nodes send.
        nodes: all of them.
        sku: the article.
        free: by node, what could be had there by anybody.
        waiting: how many the queue wants of it.
    """
    serving = [node for node in nodes if node.takes_orders and free.get(node.name, 0) > 0]
    unsent = {node.name for node in serving if why_not_sent(rules, node, sku) is not None}
    left: dict[str, int] = {}
    for node in sorted(serving, key=lambda node: (node.name in unsent, node.priority, node.name)):
        if node.collects or node.name not in unsent:
            left[node.name] = min(free[node.name], waiting)
            waiting -= left[node.name]
    return left


def lane_for(node: Node, demand: Demand) -> Lane | None:
    """The first lane that reaches the customer; where the country is not known, the first there is."""
    if demand.country is None:
        return node.lanes[0] if node.lanes else None
    for lane in node.lanes:
        if lane.country is not None and lane.country != demand.country:
            continue
        if demand.postal_prefix.startswith(lane.postal_prefix[:_PREFIX]):
            return lane
    return None


def _judge(node: Node, tiers: dict[NodeKind, int], orders: int, demand: Demand, at: datetime) -> Candidate | str:
    """The node as a candidate, or why it is none."""
    left_out = _why_left_out(node, demand)
    if left_out is not None:
        return left_out
    free = _free(node, orders)
    if demand.delivery is Delivery.PICK_UP:
        refusal = _why_not_collected(node, demand)
        return refusal or Candidate(node, 0, None, free, demand, at)
    if not node.ships:
        return "it does not send parcels"
    if node.kind not in tiers and node.kind is not NodeKind.SUPPLIER:
        return f"policy does not send from a {node.kind.value}"
    lane = lane_for(node, demand)
    if lane is None:
        return f"it has no lane to {demand.country or 'anywhere'} {demand.postal_prefix}".rstrip()
    return Candidate(node, _tier(node, tiers, demand, free), lane, free, demand, at)


def _why_left_out(node: Node, demand: Demand) -> str | None:
    if not node.takes_orders:
        return node.down or "it is not active"
    if node.name in demand.avoid_nodes:
        return "it has turned this order down"
    elsewhere = demand.only_at not in {None, node.name}
    return "the rest of the order lies elsewhere, and all of it goes together" if elsewhere else None


def _why_not_collected(node: Node, demand: Demand) -> str | None:
    if node.name != demand.pick_up_at:
        return "the customer does not collect there"
    return None if node.collects else "customers cannot collect there"


def _tier(node: Node, tiers: dict[NodeKind, int], demand: Demand, free: float) -> int:
    """Kinds as policy has them, then our own nodes whose day is full, then suppliers. Expedited orders jump the day."""
    full = not free and demand.service_level is ServiceLevel.STANDARD
    if node.kind is NodeKind.SUPPLIER:
        return len(tiers) + (2 if full else 1)
    return len(tiers) if full else tiers[node.kind]


def _free(node: Node, orders: int) -> float:
    if node.capacity is None:
        return 1.0
    return max(node.capacity - orders, 0) / node.capacity if node.capacity else 0.0
