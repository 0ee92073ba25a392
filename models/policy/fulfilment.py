"""The rules of sending goods: how long a node may take, and what happens to what it cannot or does not send."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Identifier, StrictModel
from models.stock.nodes import NodeKind, TimeOfDay

_Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 30)]


class WhenUndeliverable(StrEnum):
    """What becomes of goods that will not reach the customer in the parcel they left in."""

    ASK = "ask"
    """A person settles it with the customer."""
    RESHIP = "reship"
    """They are sent once more, at no charge."""
    REFUND = "refund"
    """The money for them goes back."""


class WaveRule(StrictModel):
    """At which times of the day a node takes orders on; the first rule that fits a node counts."""

    node_kinds: tuple[NodeKind, ...] = ()
    nodes: tuple[Identifier, ...] = ()
    """Each list: none means any."""
    at: Annotated[tuple[TimeOfDay, ...], Field(min_length=1, max_length=48)]
    """In the node's own time zone, on the days it works."""
    express_waits: bool = False
    """Whether what is in a hurry waits for the next wave too."""


class FulfilmentPolicy(StrictModel):
    """How long we wait before somebody is told, what is tried before that, and what completes an order.

    An order keeps the rules it came under; what is left out was not known when they were written, and is not done.
    """

    ship_within_hours: Annotated[int, Field(ge=1, le=24 * 90)]
    expedited_ship_within_hours: Annotated[int, Field(ge=1, le=24 * 90)]
    deliver_within_days: Annotated[int, Field(ge=1, le=90)]
    """After this a shipped order that nobody reported as delivered asks a person."""
    resource_rounds: Annotated[int, Field(ge=0, le=20)] = 0
    """How often what a node could not or would not send is sourced again, before a person is asked."""
    look_before_release: bool = False
    """Whether node and lots are looked at once more right before the release: outages, waves, lots gone bad."""
    waves: tuple[WaveRule, ...] = ()
    """Nodes that none of them fits are released to at once."""
    acknowledge_within_minutes: dict[NodeKind, _Minutes] = Field(default_factory=dict)
    """After this a release nobody acknowledged is asked after; a kind that is left out is not chased."""
    acknowledgement_chases: Annotated[int, Field(ge=1, le=20)] = 3
    """How often it is asked after, before a person is told."""
    reroute_after_minutes: _Minutes | None = None
    """After so long without a word goods are sent from another node; none: never."""
    failed_attempts: Annotated[int, Field(ge=1, le=20)] | None = None
    """After so many failed attempts to deliver a parcel a person is asked; none: never."""
    ask_about_exceptions: bool = False
    """Whether a carrier's exception is given to a person at once."""
    lost: WhenUndeliverable = WhenUndeliverable.ASK
    returned_to_sender: WhenUndeliverable = WhenUndeliverable.ASK
    pick_up_within_days: Annotated[int, Field(ge=1, le=60)] = 7
    """How long goods lie ready for the customer to collect them."""
    remind_after_days: Annotated[int, Field(ge=1, le=60)] = 4
    """When a customer who has not come is reminded."""
