"""How an order can have ended, for the laws that differ by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.states.lifecycle import Lifecycle

if TYPE_CHECKING:
    from ops.proof.lives.world.memory import World

TAKEN_BACK = frozenset({Lifecycle.CANCELLED, Lifecycle.REJECTED})
ENDED = TAKEN_BACK | {Lifecycle.COMPLETED}


def ended_at_once(world: World, order_id: str) -> bool:
    """Whether nothing was to be done about it from the start."""
    order = world.orders[order_id]
    return order.test or order.nothing_to_deliver
