"""Who sends an order, as far as its promise goes: the nodes that have it, and for what is awaited those that may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.order.document import Delivery
from models.policy.stock.sourcing.candidates import Field, lane_for
from models.promises.sender import Sender
from models.stock.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from models.policy.stock.rules import SourcingRules
    from models.stock.demand import Demand
    from models.stock.nodes import Node
    from models.stock.reservation import Allocation

_LIKELY = 3
"""Nodes that are reckoned with where it is not known yet which one will send."""


def senders(
    demand: Demand, nodes: Iterable[Node], allocations: Iterable[Allocation], at: datetime
) -> tuple[Sender, ...]:
    """The nodes that have something of it reserved, by name."""
    names = {one.node for one in allocations}
    found = {node.name: node for node in nodes if node.name in names}
    return tuple(_sender(found[name], demand, at) for name in sorted(found))


def likely_senders(rules: SourcingRules, demand: Demand, nodes: Sequence[Node], at: datetime) -> tuple[Sender, ...]:
    """The nodes that would be asked first, were there stock."""
    field = Field(rules, demand, Picture(at=at, nodes=tuple(nodes), waiting={}))
    return tuple(_sender(one.node, demand, at) for one in field.candidates[:_LIKELY])


def _sender(node: Node, demand: Demand, at: datetime) -> Sender:
    lane = lane_for(node, demand) if demand.delivery is Delivery.SHIP else None
    return Sender.of(node, lane, at)
