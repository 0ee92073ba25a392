"""A policy set: the rules an order is accepted under, as data with a version. Validated when loaded, never at work."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from models.base import ChannelName, StrictModel, Text
from models.money import Currency
from models.order.parties import Country
from models.policy.changes import ChangeRules
from models.policy.fulfilment import FulfilmentPolicy
from models.policy.money import MoneyPolicy
from models.policy.promises.rules import PromiseRules
from models.policy.reconciling import ReconcilingRules
from models.policy.returns import ReturnRules
from models.policy.stock.rules import StockRules

MinorUnits = Annotated[int, Field(ge=0)]
Limits = dict[Currency, MinorUnits]
"""An amount a currency, in minor units."""
Version = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(-[a-z0-9]+)?$")]
"""The day a policy set was made, and a word to tell apart several of one day."""


class ApprovalPolicy(StrictModel):
    """From which value on a person must approve an order (R43)."""

    limits: Limits
    without_limit: Text = "approve"
    """For a currency without a limit: ``approve`` (ask a person) or ``pass``."""
    trusted_channels: tuple[ChannelName, ...] = ()
    """Channels whose orders are never too large to pass, such as a marketplace with its own limits."""


class FraudPolicy(StrictModel):
    """What makes an order suspicious, in points; enough points hold it (R35)."""

    hold_at: Annotated[int, Field(ge=1)]
    channel_review: int = 0
    channel_high: int = 0
    """Points for the channel's own warnings."""
    countries_differ: int = 0
    """Points where billing and shipping countries differ."""
    guest_above: Limits = Field(default_factory=dict)
    guest_above_points: int = 0
    """Points for a guest's order above the amount."""
    expedited_guest: int = 0
    """Points for a guest in a hurry."""
    many_of_one: Annotated[int, Field(ge=2)] = 100
    many_of_one_points: int = 0
    """Points for a person (not a company) who buys at least so many of one article."""
    exempt_channels: tuple[ChannelName, ...] = ()
    """Channels that carry the risk themselves, and stores where the customer stands before us."""


class CompliancePolicy(StrictModel):
    """What may be sold, and where to (R45). Never pinned: today's rules judge every order."""

    barred_destinations: tuple[Country, ...] = ()
    """Where nothing may be sent."""
    review_regulated: bool = True
    """Whether each regulated article waits for a person."""


class PatiencePolicy(StrictModel):
    """How a step deals with a partner that is not there."""

    quick_attempts: Annotated[int, Field(ge=1, le=20)]
    """Attempts before the order is shown as waiting for the partner."""
    first_pause_seconds: Annotated[int, Field(ge=1)]
    longest_pause_seconds: Annotated[int, Field(ge=1)]
    """While it waits it asks again by itself, with pauses that double between these two."""


class CustomerNotices(StrictModel):
    """Which notices go out."""

    channels_that_write_themselves: tuple[ChannelName, ...] = ()
    """Channels that allow us no word to their customers; they are told, not the customer."""
    confirm: bool = True
    """Whether the customer hears from us at acceptance."""


class PolicySet(StrictModel):
    """All rules of one version. An order keeps the version it was accepted under."""

    version: Version
    approval: ApprovalPolicy
    fraud: FraudPolicy
    compliance: CompliancePolicy
    fulfilment: FulfilmentPolicy
    patience: PatiencePolicy
    notices: CustomerNotices = CustomerNotices()
    stock: StockRules = StockRules()
    returns: ReturnRules = ReturnRules()
    changes: ChangeRules = ChangeRules()
    reconciliation: ReconcilingRules = ReconcilingRules()
    money: MoneyPolicy = MoneyPolicy()
    promises: PromiseRules = PromiseRules()
