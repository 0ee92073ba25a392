"""Replenishment: what is to be ordered, from whom, and why."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.base import ChannelName, Identifier, Quantity, Sku, StrictModel, Text
from models.order.document import Moment
from models.stock.lots import Day
from models.stock.quantities import Level

Planned = Annotated[int, Field(ge=0, le=1_000_000_000)]
"""How much somebody would like to have lying there."""


class DemandDay(StrictModel):
    """What was wanted of an article at a node on one day."""

    day: Day
    quantity: Level


class DemandHistory(StrictModel):
    """An article's demand at a node, the oldest day first; days without any are there with nothing."""

    sku: Sku
    node: Identifier
    days: Annotated[tuple[DemandDay, ...], Field(max_length=400)]


class Promotion(StrictModel):
    """A campaign that will sell more than usual."""

    id: Identifier
    sku: Sku
    channel: ChannelName | None = None
    starts: Day
    ends: Day
    expected: Quantity
    """What it is expected to sell beyond the usual, in all."""


class Proposal(StrictModel):
    """Order so many of an article for a node."""

    key: Text
    """The idempotency key: what is asked again under it is the very same, so that a requisition goes out once."""
    sku: Sku
    node: Identifier
    quantity: Quantity
    supplier: Text | None = None
    from_node: Identifier | None = None
    """A transfer from there, rather than a purchase."""
    needed_by: Moment | None = None
    expected_at: Moment
    """By the lead time."""
    because: Text


class RefusedProposal(StrictModel):
    """What a partner was asked for, and refused; it is asked for anew after some hours."""

    proposal: Proposal
    refused_at: Moment
    why: Text


class ProjectedDay(StrictModel):
    """The end of one day, if things go on as they do."""

    day: Day
    demand: float
    arriving: Level
    on_hand: float
    """Below nothing: what could not be served so far."""


class Projection(StrictModel):
    """How an article's stock at a node will run."""

    sku: Sku
    node: Identifier
    daily_demand: float
    days: tuple[ProjectedDay, ...]
    runs_out_on: Day | None = None
    """The first day that ends below safety stock."""


class Uncovered(StrictModel):
    """A promotion that the stock expected by then does not cover."""

    promotion: Promotion
    covered: Level
    missing: Quantity
    because: Text


class SupplierStanding(StrictModel):
    """How a supplier delivers, by the purchase orders of the last year."""

    supplier: Text
    orders: Level
    outstanding: Level
    """Orders of which something is still to come."""
    late: Level
    """Orders that he put off, or that were to be here by now."""
    lead_days: float | None = None
    """From the order until the date he named first, on average; none: he has named none."""
    slip_days: float | None = None
    """From the date he named first until the one he named last, on average; below nothing: he is early."""


class Scenario(StrictModel):
    """What if? An article's stock at a node under another demand, a late supplier or another rule."""

    sku: Sku
    node: Identifier
    days: Annotated[int, Field(ge=1, le=365)] = 30
    demand_factor: Annotated[float, Field(ge=0, le=100, strict=False)] = 1.0
    """Times the demand that is sensed now."""
    supply_delay_days: Annotated[int, Field(ge=0, le=365)] = 0
    """How much later all supply comes."""
    reorder_point: Planned | None = None
    order_up_to: Planned | None = None
    """Instead of the rule's; none: as the rule has it."""


class PlannedOrder(StrictModel):
    """An order that would go out if things go on as they do."""

    day: Day
    quantity: Quantity
    arrives_on: Day


class ScenarioAnswer(StrictModel):
    """How it would go, beside how it will go if nothing changes."""

    scenario: Scenario
    as_it_is: Projection
    as_it_would_be: Projection
    orders: tuple[PlannedOrder, ...]
    """What would be ordered; it is among what arrives."""


class Replenished(StrictModel):
    """What became of a proposal."""

    key: Text
    """The proposal's."""
    sku: Sku
    node: Identifier
    quantity: Quantity
    reference: Text | None = None
    """The purchase order's or the transfer's number; none: it was not ordered."""
    trouble: Text | None = None
    """Why not."""


class ReplenishmentReport(StrictModel):
    """One round of replenishment."""

    asked: tuple[Replenished, ...]
    """The most urgent."""
    more: bool = False
    """Whether there was more than fits into a round; the next one proposes it again."""
