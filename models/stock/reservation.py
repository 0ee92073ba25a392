"""Reservations: claims on stock, from the wish to the parcel."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Identifier, Quantity, Sku, StrictModel, Text
from models.ids import OrderId
from models.order.document import Moment
from models.policy.decision import Decision
from models.promises.sender import Sender
from models.states.machine import Machine
from models.stock.demand import Demand, Need
from models.stock.quantities import Level, LotId


class ReservationState(StrEnum):
    """What became of a claim on stock."""

    PENDING = "pending"
    """A backorder: nothing is reserved yet, and it has its place in the queue."""
    HELD = "held"
    """Soft: it expires if nobody commits it."""
    COMMITTED = "committed"
    """Hard: it stays until it is shipped or given back."""
    RELEASED = "released"
    EXPIRED = "expired"
    CONSUMED = "consumed"


_S = ReservationState
RESERVATION = Machine(
    "reservation",
    ReservationState.PENDING,
    {
        _S.PENDING: frozenset({_S.HELD, _S.RELEASED, _S.EXPIRED}),
        _S.HELD: frozenset({_S.COMMITTED, _S.RELEASED, _S.EXPIRED, _S.CONSUMED}),
        _S.COMMITTED: frozenset({_S.RELEASED, _S.CONSUMED}),
        _S.RELEASED: frozenset(),
        _S.EXPIRED: frozenset(),
        _S.CONSUMED: frozenset(),
    },
)


NOT_RESERVED = frozenset({"not_reserved", *(f"reservation_{state.value}" for state in ReservationState)})
"""The codes of conflicts that say: a reservation has less than was shipped of it."""


class ReservationRequest(StrictModel):
    """Reserve all of it, or what policy allows of it. The same `key` again gets the first answer that granted it."""

    key: Text
    order_id: OrderId
    needs: Annotated[tuple[Need, ...], Field(min_length=1, max_length=5000)]
    demand: Demand
    policy_version: Text | None = None
    """The rules the order came under; none: today's."""
    expires_at: Moment | None = None
    """Until when it is held if nobody commits it; none: as long as policy says."""


class Allocation(StrictModel):
    """What was reserved for a line, and where."""

    line_id: Identifier
    sku: Sku
    quantity: Quantity
    node: Identifier
    lot: LotId = ""


class Shortage(StrictModel):
    """Which article was short: what all lines together wanted, and what all nodes together could give."""

    sku: Sku
    wanted: Annotated[int, Field(ge=1)]
    available: Level


class RemedyKind(StrEnum):
    """What policy says is to be done about a line that is short."""

    BACKORDER = "backorder"
    SUBSTITUTE = "substitute"
    TRANSFER = "transfer"
    ASK_CUSTOMER = "ask_customer"
    CANCEL_LINE = "cancel_line"
    HOLD = "hold"
    """Nothing fits: a person decides."""


class Remedy(StrictModel):
    """What is to be done about one line that is short; its needs are the line's needs that were not granted."""

    line_id: Identifier
    kind: RemedyKind
    needs: Annotated[tuple[Need, ...], Field(min_length=1)]
    reason: Text
    expected_at: Moment | None = None
    """When supply is expected; none where nobody knows."""
    deadline: Moment | None = None
    """Until when it may wait, or the customer may answer."""
    waits_until: Moment | None = None
    """Until when it may wait if the customer's answer, or his silence, is to wait."""
    substitutes: tuple[Need, ...] = ()
    """What would go instead."""
    silence: RemedyKind | None = None
    """What it means if a customer who is asked says nothing by the deadline."""
    needs_approval: bool = False
    """Whether a person has to agree to the substitute."""
    from_node: Identifier | None = None
    to_node: Identifier | None = None
    """The transfer."""


class ReservationAnswer(StrictModel):
    """Either all of it; or what was short, what was granted all the same, and what is to be done about the rest."""

    granted: bool
    """Whether all of it is reserved."""
    allocations: tuple[Allocation, ...] = ()
    shortages: tuple[Shortage, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    together: bool = False
    """Whether nothing goes before all of it can: what is there waits with what is short."""
    expires_at: Moment | None = None
    senders: tuple[Sender, ...] = ()
    """The nodes that send it, and where something is awaited, those that may."""
    decision: Decision | None = None
    """How it was sourced: the options, and why each was refused. None in a repeated answer."""


class ReservationStanding(StrictModel):
    """Where a reservation stands."""

    state: ReservationState
    expires_at: Moment | None = None
    allocations: tuple[Allocation, ...] = ()
    """What is open of it."""


class ReservationCommit(StrictModel):
    """Make a held reservation firm. One that has expired or was released stays so, and the answer says it."""

    reservation_key: Text
    order_id: OrderId


class ReservationExtension(StrictModel):
    """Hold a reservation longer; never shorter than it is held already."""

    reservation_key: Text
    order_id: OrderId
    until: Moment


class Freed(StrictModel):
    """So many of an article for a line that are wanted no longer."""

    line_id: Identifier
    sku: Sku
    quantity: Quantity
    node: Identifier | None = None
    lot: LotId | None = None
    """Only of what is reserved there, and of that lot; none: wherever it lies."""


class ReservationRelease(StrictModel):
    """Give back what is still reserved under a key. Releasing what is gone already does nothing.

    A key that was released before it was ever granted stays closed: a reservation that comes late takes nothing.
    """

    reservation_key: Text
    order_id: OrderId
    reason: Text
    key: Text | None = None
    """The partial release's own key; needed with `items`."""
    items: tuple[Freed, ...] = ()
    """Only these; none: all of it."""


class Shipped(StrictModel):
    """So many of an article have left a node for a line."""

    line_id: Identifier
    sku: Sku
    quantity: Quantity
    node: Identifier
    lot: LotId | None = None
    """The lot that went, where the node says; none: the lots that were reserved, the first to expire first."""


class Consumption(StrictModel):
    """Take what was shipped out of the reservation and off the shelf; once a `key`."""

    key: Text
    """The shipment's key."""
    reservation_key: Text
    order_id: OrderId
    items: Annotated[tuple[Shipped, ...], Field(min_length=1)]
    shipped_at: Moment | None = None
    """When it left; none: now."""
