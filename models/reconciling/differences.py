"""Differences between our books and a partner's: what differs, what it is worth, and who looks after it."""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from typing import Annotated

from pydantic import Field

from models.base import StrictModel, Text
from models.money import Money
from models.order.document import Moment
from models.reconciling.documents import DocumentKind, Party
from models.states.machine import Machine


class Comparison(StrEnum):
    """Which books are laid side by side."""

    MONEY = "money"
    """The order, the ERP and the payment provider."""
    GOODS = "goods"
    """The order, the warehouse and the carrier."""
    REFUNDS = "refunds"
    """What was given back, the payment provider and the ERP's credit memos."""

    @property
    def parties(self) -> tuple[Party, ...]:
        """Whose books must have been read for it to mean anything."""
        return _PARTIES[self]


_PARTIES = {
    Comparison.MONEY: (Party.ERP, Party.PAYMENT),
    Comparison.GOODS: (Party.WMS, Party.CARRIER),
    Comparison.REFUNDS: (Party.ERP, Party.PAYMENT),
}


class DifferenceKind(StrEnum):
    """How the two books differ."""

    MISSING_AT_PARTNER = "missing_at_partner"
    MISSING_HERE = "missing_here"
    AMOUNT_DIFFERS = "amount_differs"
    CURRENCY_DIFFERS = "currency_differs"
    DUPLICATE = "duplicate"
    STATE_DIFFERS = "state_differs"
    ORPHAN = "orphan"
    """It is for an order we do not have."""


class Remedy(StrEnum):
    """What may be done about it without a person."""

    TELL_ORDER = "tell_order"
    """Put the event that was lost into our inbox."""
    POST_INVOICE = "post_invoice"
    """Ask the ERP for the invoice again, under the same key."""
    POST_CREDIT_MEMO = "post_credit_memo"
    """Ask the ERP for the credit memo again, under the same key."""
    GIVE_BACK = "give_back"
    """Refund what was taken for an order that is cancelled."""


class DifferenceState(StrEnum):
    """What has become of it."""

    OPEN = "open"
    HEALED = "healed"
    """We have put it right ourselves."""
    ASSIGNED = "assigned"
    """Somebody has it."""
    CLOSED = "closed"
    """It went away by itself, or a person has said why it may stand."""


DIFFERENCE = Machine(
    "difference",
    DifferenceState.OPEN,
    {
        DifferenceState.OPEN: frozenset({DifferenceState.HEALED, DifferenceState.ASSIGNED, DifferenceState.CLOSED}),
        # What comes back after it was healed, or changes after it was closed, is open again.
        DifferenceState.HEALED: frozenset({DifferenceState.OPEN, DifferenceState.CLOSED}),
        DifferenceState.ASSIGNED: frozenset({DifferenceState.CLOSED}),
        DifferenceState.CLOSED: frozenset({DifferenceState.OPEN}),
    },
)


class Finding(StrictModel):
    """What one comparison says of one document."""

    comparison: Comparison
    kind: DifferenceKind
    party: Party
    document: DocumentKind
    order_id: Annotated[str, Field(max_length=200)]
    subject: Annotated[str, Field(min_length=1, max_length=250)]
    """Our key of it, or else the partner's number."""
    reference: Text | None = None
    """The partner's number of it, where the partner has it."""
    ours: Money | None = None
    theirs: Money | None = None
    our_state: Text | None = None
    their_state: Text | None = None
    place: Text | None = None
    """For goods: the node that sent them, or their carrier."""
    at_stake: Money | None = None
    """What it may cost, if nobody does anything."""
    reason: Text
    remedy: Remedy | None = None

    @property
    def id(self) -> str:
        """The same at every comparison that finds it."""
        named = (self.comparison, self.kind, self.party, self.document, self.order_id, self.subject)
        return sha256("\n".join(named).encode()).hexdigest()[:24]

    @property
    def substance(self) -> tuple[object, ...]:
        """What a person who lets it stand has seen: when it changes, it is a new matter."""
        return (self.ours, self.theirs, self.our_state, self.their_state)


class Difference(StrictModel):
    """A finding and what has become of it."""

    id: str
    finding: Finding
    state: DifferenceState
    owner: Text
    """The team that looks after this kind."""
    assignee: Text | None = None
    outcome: Text | None = None
    """What was done, or why it may stand, or why a person is needed."""
    actor: Text | None = None
    """Who did so: ``orderloom`` or a person."""
    first_seen: Moment
    last_seen: Moment
    times_seen: Annotated[int, Field(ge=1)] = 1
    settled_at: Moment | None = None
    """When it was healed or closed."""


RECONCILER = "orderloom"
"""The actor of what happens by itself."""
