"""Backorders: reservations that wait for stock, and what their orders are told."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.base import StrictModel, Text
from models.ids import OrderId
from models.order.document import Moment
from models.promises.sender import Sender
from models.stock.demand import Demand, Need
from models.stock.reservation import Allocation, ReservationState


class BackorderRequest(StrictModel):
    """Wait for these until they can be had, all of them at once; once a `key`, which becomes the reservation's."""

    key: Text
    order_id: OrderId
    needs: Annotated[tuple[Need, ...], Field(min_length=1, max_length=5000)]
    demand: Demand
    policy_version: Text | None = None
    deadline: Moment | None = None
    """When it is given up by itself; none: never."""


class Backorder(StrictModel):
    """A place in the queue."""

    key: Text
    order_id: OrderId
    needs: tuple[Need, ...]
    demand: Demand
    state: ReservationState
    since: Moment
    expected_at: Moment | None = None
    """When supply is expected to reach it, those before it in the queue served; none where nobody knows."""
    deadline: Moment | None = None


class BackorderAnswer(StrictModel):
    """Where a backorder stands. Stock that came in the meantime fills it at once."""

    state: ReservationState
    allocations: tuple[Allocation, ...] = ()
    expected_at: Moment | None = None
    senders: tuple[Sender, ...] = ()
    """The nodes that send it, or may."""
