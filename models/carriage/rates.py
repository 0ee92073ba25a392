"""Which carrier's offer is taken for a parcel: the cheapest of those that may be; and why the others were not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from models.base import StrictModel, Text
from models.money import Money
from models.order.document import ServiceLevel

if TYPE_CHECKING:
    from collections.abc import Sequence

_Days = Annotated[int, Field(ge=0, le=90)]
_TOLD_OF = 3
"""Of so many offers that were not taken a person is told."""


class Rate(StrictModel):
    """What a carrier would take for a parcel."""

    id: Text
    """The hub's or carrier's own id of the offer."""
    carrier: Text
    service: Text
    cost: Money
    days: _Days | None = None
    """How long it would take, where the carrier says."""


class ServiceRule(StrictModel):
    """A service that we use, for which promise to the customer, and up to which price."""

    service: Text
    """As the carrier's interface spells it."""
    carrier: Text | None = None
    """None: whichever carrier sells a service of this name."""
    levels: Annotated[tuple[ServiceLevel, ...], Field(min_length=1)]
    at_most: Money | None = None
    within_days: _Days | None = None
    """A slower offer, or one whose carrier does not say how long it takes, is not taken."""


class RefusedRate(StrictModel):
    """An offer that was not taken."""

    rate: Rate
    reason: Text


class RateChoice(StrictModel):
    """How the choice went."""

    taken: Rate | None
    """None: no offer may be taken."""
    refused: tuple[RefusedRate, ...]
    """In the order in which they were offered."""

    def told(self) -> str:
        """Say it in one line, for the order's story."""
        said = [f"{one.rate.carrier} {one.rate.service} {one.rate.cost}: {one.reason}" for one in self.refused]
        more = f" and {len(said) - _TOLD_OF} more" if len(said) > _TOLD_OF else ""
        against = f"not {'; '.join(said[:_TOLD_OF])}{more}" if said else "the only offer"
        if self.taken is None:
            return against if said else "nobody offers to carry it"
        return f"{self.taken.carrier} {self.taken.service} for {self.taken.cost}; {against}"


def choose(rates: Sequence[Rate], rules: Sequence[ServiceRule], level: ServiceLevel, currency: str) -> RateChoice:
    """Take the cheapest offer that a rule allows; of two that cost the same the quicker, then the first.

    Args:
        rates: what is offered.
        rules: what may be taken; none: everything may, for every promise.
        level: what the customer was promised.
        currency: offers in another one cannot be compared, and are not taken.
    """
    reasons = [_against(rate, rules, level, currency) for rate in rates]
    allowed = [rate for rate, reason in zip(rates, reasons, strict=True) if reason is None]
    taken = min(allowed, key=_merit, default=None)
    refused = tuple(
        RefusedRate(rate=rate, reason=reason or "costs more" if reason or _dearer(rate, taken) else "is slower")
        for rate, reason in zip(rates, reasons, strict=True)
        if rate is not taken
    )
    return RateChoice(taken=taken, refused=refused)


def _merit(rate: Rate) -> tuple[int, float]:
    return rate.cost.amount, float("inf") if rate.days is None else rate.days


def _dearer(rate: Rate, taken: Rate | None) -> bool:
    return taken is not None and taken.cost.amount < rate.cost.amount


def _against(rate: Rate, rules: Sequence[ServiceRule], level: ServiceLevel, currency: str) -> str | None:
    """Say why an offer may not be taken; None: it may."""
    if rate.cost.currency != currency:
        return f"is not in {currency}"
    if not rules:
        return None
    ours = [rule for rule in rules if rule.service == rate.service and rule.carrier in {None, rate.carrier}]
    if not ours:
        return "is not a service we use"
    fitting = [rule for rule in ours if level in rule.levels]
    if not fitting:
        return f"is not for {level.value} orders"
    reasons = [_against_rule(rate, rule) for rule in fitting]
    return None if None in reasons else reasons[0]


def _against_rule(rate: Rate, rule: ServiceRule) -> str | None:
    if rule.at_most is not None and (
        rule.at_most.currency != rate.cost.currency or rate.cost.amount > rule.at_most.amount
    ):
        return f"costs more than {rule.at_most}"
    if rule.within_days is not None and (rate.days is None or rate.days > rule.within_days):
        return f"takes longer than {rule.within_days} days"
    return None
