"""What is given for returned goods: asked for, granted, and given."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Count, Identifier, Quantity, Sku, StrictModel, Text
from models.ids import OrderId, ReturnId
from models.money import Money
from models.policy.decision import Decision
from models.policy.returns import ReturnRules
from models.returns.request import Condition, Resolution, ReturnReason

Key = Annotated[str, Field(min_length=1, max_length=250)]


class ClaimedLine(StrictModel):
    """So many of a line something is to be given for."""

    line_id: Identifier
    sku: Sku
    quantity: Quantity
    reason: ReturnReason
    grades: dict[Condition, Quantity]
    """How many of them are in which condition."""


class RefundClaim(StrictModel):
    """Set aside what these goods are worth, so that nobody else gives it away."""

    key: Key
    return_id: ReturnId
    order_id: OrderId
    resolution: Resolution
    lines: Annotated[tuple[ClaimedLine, ...], Field(min_length=1)]
    rules: ReturnRules
    policy_version: Text
    label_fee: Money
    """To be kept back for the way back; nothing where that has been done."""


class RefundLine(StrictModel):
    """What one line comes to."""

    line_id: Identifier
    sku: Sku
    quantity: Quantity
    amount: Money
    """Its share of what the customer paid: discounts off, tax in."""
    fee: Money
    """Kept back for putting it on the shelf again."""


class Ways(StrictModel):
    """How an amount goes back."""

    card: Money
    """Through our payment provider."""
    channel: Money
    """The channel gives it back, since it took it."""
    credit: Money
    """As the customer's credit, or off what he owes."""
    by_hand: Money
    """Paid out by finance: he paid at the door."""

    @property
    def total(self) -> Money:
        """All of it."""
        return self.card + self.channel + self.credit + self.by_hand

    @classmethod
    def none(cls, currency: str) -> Ways:
        """Nothing."""
        zero = Money.zero(currency)
        return cls(card=zero, channel=zero, credit=zero, by_hand=zero)


class RefundGrant(StrictModel):
    """What may be given, and is set aside."""

    lines: tuple[RefundLine, ...]
    shipping: Money
    fees: Money
    """Kept back for the way back and for restocking."""
    ways: Ways
    before: Ways | None = None
    """What all returns of the order were given before, so that each tender is given back once."""
    capped: bool = False
    """Whether less is left of what the customer paid than the rules would give."""
    decision: Decision

    @property
    def total(self) -> Money:
        """What the customer gets."""
        return self.ways.total


class RefundOutcome(StrictModel):
    """What became of a grant."""

    key: Key
    return_id: ReturnId
    given: Ways
    """What was given in the end; the rest of the grant is free again."""


class LineClaim(StrictModel):
    """How many of a line a return has a claim to."""

    line_id: Identifier
    quantity: Count


class ClaimChange(StrictModel):
    """Set how many units a return has a claim to: more than it announced, or what it gives up."""

    return_id: ReturnId
    order_id: OrderId
    lines: tuple[LineClaim, ...]


class ClaimAnswer(StrictModel):
    """Whether the order has so many that no other return has a claim to; if not, nothing was changed."""

    granted: bool


class ReplacementLine(StrictModel):
    """So many of an article to be sent."""

    line_id: Identifier
    sku: Sku
    quantity: Quantity


class Replacement(StrictModel):
    """Hand in an order that costs nothing, for goods that came back."""

    return_id: ReturnId
    order_id: OrderId
    part: Annotated[int, Field(ge=1)]
    """1 for the first one of the return."""
    lines: Annotated[tuple[ReplacementLine, ...], Field(min_length=1)]


class HandedIn(StrictModel):
    """The order that was handed in."""

    order_id: OrderId


class MoneyState(StrEnum):
    """Where one gift of money stands."""

    APPROVAL = "approval"
    SENDING = "sending"
    GIVEN = "given"
    REFUSED = "refused"
    """A person said no; it is free again."""
    GIVEN_UP = "given_up"
    """Nobody is sure that it was sent, and somebody stopped asking; it is not given a second time."""
