"""Availability, explained: a number and the terms it is the sum of."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.base import ChannelName, Identifier, Sku, StrictModel, Text
from models.order.document import Moment
from models.stock.quantities import Level


class Term(StrictModel):
    """One part of the sum."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    """``on_hand``, ``soft_reserved``, ``safety``, ``near_expiry``, ``inbound``, ``channel_buffer``..."""
    quantity: int
    """Signed: what it adds or takes."""
    because: Text
    """The rule or the fact behind it."""


class NodeAvailability(StrictModel):
    """One node's part."""

    node: Identifier
    atp: Level
    """Available to promise: the sum of the terms, never below nothing."""
    terms: tuple[Term, ...]


class AvailabilityQuestion(StrictModel):
    """Of what, for whom, where and when."""

    sku: Sku
    channel: ChannelName | None = None
    """None: what could be promised if no channel's rules applied."""
    customer_class: Identifier | None = None
    node: Identifier | None = None
    """What can be had there, sent or collected; none: what can be sent, from all nodes together."""
    at: Moment | None = None
    """Supply expected by then counts, and what is good then; none, or a time that is past: only what is there."""


class Availability(StrictModel):
    """What may be promised, and why."""

    sku: Sku
    asked: AvailabilityQuestion
    atp: Level
    """Available to promise: what the nodes that were asked about can promise together; exactly the sum of theirs."""
    ats: Level
    """Available to sell: what is left once backorders are served; for a channel, what of that it may show."""
    nodes: tuple[NodeAvailability, ...]
    terms: tuple[Term, ...]
    """From `atp` to `ats`: they add up to the difference exactly."""
    policy_version: Text
    as_of: Moment
