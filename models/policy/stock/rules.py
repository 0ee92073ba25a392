"""The rules of stock, as data: what may be promised to whom, from where, and what happens when there is too little.

Rules that name articles do so by a pattern with ``*`` and ``?``; the first rule that fits an article counts.
"""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Protocol, TypeVar

from pydantic import Field

from models.base import ChannelName, Identifier, Sku, StrictModel, Text
from models.order.parties import CustomerKind
from models.stock.nodes import NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

Pattern = Annotated[str, Field(min_length=1, max_length=100)]
"""SKUs by shell pattern: ``*``, ``MED-*``."""
Units = Annotated[int, Field(ge=0, le=1_000_000_000)]
Percent = Annotated[int, Field(ge=0, le=100)]
Days = Annotated[int, Field(ge=0, le=3650)]
Hours = Annotated[int, Field(ge=1, le=24 * 365)]
Weight = Annotated[float, Field(ge=0, le=1000, strict=False)]


class SafetyRule(StrictModel):
    """How much of an article a node keeps back (R67)."""

    sku: Pattern = "*"
    node_kinds: tuple[NodeKind, ...] = ()
    """None: every kind."""
    nodes: tuple[Identifier, ...] = ()
    """None: every node."""
    units: Units = 0
    percent: Percent = 0
    """Of what is on hand, rounded up; the larger of both counts."""


class ExpiryRule(StrictModel):
    """How long goods must still be good when they are promised (R70)."""

    sku: Pattern = "*"
    days: Days = 0
    """Fewer left: not for sale."""


class FenceRule(StrictModel):
    """Stock set aside for one holder at a node (R69): as much is kept there as can be."""

    sku: Pattern
    node: Identifier
    holder: Annotated[str, Field(pattern=r"^(channel|class):[A-Za-z0-9._~-]+$")]
    units: Units


class CustomerClassRule(StrictModel):
    """Who belongs to a class of customers; the first rule that fits counts."""

    name: Identifier
    channels: tuple[ChannelName, ...] = ()
    kinds: tuple[CustomerKind, ...] = ()
    customers: tuple[Identifier, ...] = ()
    """Each list: none means any."""
    priority: Annotated[int, Field(ge=0, le=1000)] = 0
    """How early its orders are served: the highest number first."""
    partial: bool | None = None
    """Whether its orders may be sent in parts (R49); none: as the sourcing rules say."""


class PublicationMode(StrEnum):
    """How a channel hears."""

    ON_CHANGE = "on_change"
    BATCH = "batch"
    NEVER = "never"


class ChannelRule(StrictModel):
    """What one channel may show and how it hears (R68, R72, R80, R81)."""

    buffer_units: Units = 0
    """Taken off what it shows: orders on their way to us that we have not heard of."""
    buffer_percent: Percent = 0
    """Rounded up; the larger of both counts."""
    share_percent: Percent = 100
    """Of what can be promised, at most so much is shown."""
    oversell_units: Units = 0
    """It may sell so many beyond what can be promised (R81): such orders are short, and the rules of shortage say what
    becomes of them."""
    most: Units | None = None
    """Never more than so many are shown."""
    sells_expected: bool = False
    """Whether supply that is on its way is shown too."""
    publication: PublicationMode = PublicationMode.ON_CHANGE
    coalesce_seconds: Annotated[int, Field(ge=0, le=3600)] = 2
    """Changes within so long are told together."""
    batch_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 30
    offers_per_call: Annotated[int, Field(ge=1, le=1000)] = 100
    calls_per_second: Annotated[float, Field(gt=0, le=1000, strict=False)] = 5.0
    """The channel's quota: kept by the Temporal server over all workers."""


class SpikeRule(StrictModel):
    """When one channel buys an article as never before (R24, R74)."""

    sku: Pattern = "*"
    channels: tuple[ChannelName, ...] = ()
    """None: every channel."""
    window_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 15
    units: Annotated[int, Field(ge=1)] = 1000
    """Reserved in the window: from here on it is a spike."""
    share_percent: Percent = 50
    """What the channel is shown of what can be promised, as long as the spike lasts."""
    frees_fences_of: tuple[Text, ...] = ()
    """Holders whose unused ring-fences are opened to the channel's buyers while the spike lasts."""


class StoreRiskRule(StrictModel):
    """Stores that may run out are taken out of what is shown online (R71)."""

    sku: Pattern = "*"
    cover_days: Days = 0
    """What a store sells in so many days is kept for its counter unless enough is on its way; 0: nothing is."""


class AvailabilityRules(StrictModel):
    """What may be promised."""

    safety: tuple[SafetyRule, ...] = ()
    expiry: tuple[ExpiryRule, ...] = ()
    fences: tuple[FenceRule, ...] = ()
    store_risk: tuple[StoreRiskRule, ...] = ()
    spikes: tuple[SpikeRule, ...] = ()
    channels: dict[ChannelName, ChannelRule] = Field(default_factory=dict)

    def channel(self, name: str) -> ChannelRule:
        """The channel's rule, or the plain one."""
        return self.channels.get(name, ChannelRule())

    def spike(self, sku: str, channel: str) -> SpikeRule | None:
        """The rule of spikes for an article in a channel: the first that fits both."""
        fits = (rule for rule in self.spikes if fnmatchcase(sku, rule.sku))
        return next((rule for rule in fits if not rule.channels or channel in rule.channels), None)


class SourcingWeights(StrictModel):
    """What counts how much when a source is chosen; each criterion is scored from 0 (worst) to 1 (best)."""

    service: Weight = 4.0
    """Whether it arrives in time, and how early."""
    distance: Weight = 1.0
    cost: Weight = 2.0
    margin: Weight = 1.0
    """What is left of the order's worth after the parcels are paid."""
    priority: Weight = 1.0
    capacity: Weight = 1.0
    """How much of the node's day is still free."""


class SourcingRules(StrictModel):
    """Where goods come from (R48-R50, R75, R89-R93)."""

    weights: SourcingWeights = SourcingWeights()
    node_kinds: tuple[NodeKind, ...] = (NodeKind.WAREHOUSE, NodeKind.THIRD_PARTY, NodeKind.STORE)
    """Kinds that send, the preferred first; a later kind is asked only for what the earlier cannot give, or not in time
    for a date that the order asks for."""
    drop_ship: tuple[Pattern, ...] = ()
    """Articles that a supplier may send for us when our own nodes cannot, within the limits of splitting."""
    most_parcels: Annotated[int, Field(ge=1, le=20)] = 3
    """Nodes that may share one order."""
    split_lines: bool = True
    """Whether one line may come from several nodes."""
    partial: bool = True
    """Whether what is there goes ahead while the rest waits."""
    soft_hours: Hours = 48
    """How long a reservation is held before it is committed."""
    held_soft_hours: Hours = 24 * 7
    """How long it is held while somebody has to decide about the order."""
    options_recorded: Annotated[int, Field(ge=1, le=50)] = 10
    """How many refused options the record of a decision names."""


class SubstituteRule(StrictModel):
    """What may go instead of an article (R58)."""

    sku: Sku
    instead: Annotated[tuple[Sku, ...], Field(min_length=1, max_length=10)]
    """The first that can be had is taken."""
    needs_approval: bool = True


class Fallback(StrEnum):
    """What is tried when an article is short, in the order of the rule's list; the first that works is done."""

    SUBSTITUTE = "substitute"
    TRANSFER = "transfer"
    BACKORDER = "backorder"
    """Where supply is expected within the wait."""
    ASK_CUSTOMER = "ask_customer"
    CANCEL_LINE = "cancel_line"
    HOLD = "hold"


class Silence(StrEnum):
    """What it means that a customer who is asked says nothing."""

    CANCEL_LINE = "cancel_line"
    BACKORDER = "backorder"


class ShortageRule(StrictModel):
    """What happens to a line that is short."""

    sku: Pattern = "*"
    channels: tuple[ChannelName, ...] = ()
    """None: every channel."""
    fallbacks: Annotated[tuple[Fallback, ...], Field(min_length=1)] = (Fallback.HOLD,)
    wait_days: Days = 30
    """How long a backorder may wait, also where it began with a transfer or a customer's word."""
    without_supply: bool = False
    """Whether a backorder may wait although nobody knows when supply will come."""
    answer_hours: Hours = 48
    """How long a customer may think."""
    silence: Silence = Silence.CANCEL_LINE


class ShortageRules(StrictModel):
    """What happens when there is too little."""

    rules: tuple[ShortageRule, ...] = ()
    substitutes: tuple[SubstituteRule, ...] = ()

    def for_line(self, sku: str, channel: str) -> ShortageRule:
        """The rule for an article in a channel: the first that fits, or a person decides."""
        fits = (rule for rule in self.rules if fnmatchcase(sku, rule.sku))
        return next((rule for rule in fits if not rule.channels or channel in rule.channels), ShortageRule())


class ReplenishmentRule(StrictModel):
    """When an article is ordered for a node, and how much (R120)."""

    sku: Pattern = "*"
    nodes: tuple[Identifier, ...] = ()
    """None: every node."""
    reorder_point: Units = 0
    """At or below so many (with what is expected, without what is promised) it is ordered; 0 with no demand: never."""
    order_up_to: Units = 0
    demand_days: Days = 0
    """Demand-linked: besides the points, so many days of demand are kept on top of the lead time's."""
    lead_days: Days = 7
    supplier: Text | None = None
    pack: Annotated[int, Field(ge=1)] = 1
    """Ordered in multiples of so many."""


class ReplenishmentRules(StrictModel):
    """What is ordered by itself."""

    rules: tuple[ReplenishmentRule, ...] = ()
    history_days: Annotated[int, Field(ge=1, le=365)] = 28
    """How far back demand is looked at."""
    smoothing: Annotated[float, Field(gt=0, le=1, strict=False)] = 0.3
    """How much the latest day counts in sensing demand: simple exponential smoothing."""


class DriftRules(StrictModel):
    """How differences between books are dealt with."""

    seen_before_shown: Annotated[int, Field(ge=1, le=10)] = 2
    """Comparisons in a row that must find a difference: goods on their way into the books differ for a moment."""


class StockRules(StrictModel):
    """All rules of stock."""

    availability: AvailabilityRules = AvailabilityRules()
    customer_classes: tuple[CustomerClassRule, ...] = ()
    sourcing: SourcingRules = SourcingRules()
    shortage: ShortageRules = ShortageRules()
    replenishment: ReplenishmentRules = ReplenishmentRules()
    drift: DriftRules = DriftRules()


class _ForArticles(Protocol):
    @property
    def sku(self) -> str: ...


Rule = TypeVar("Rule", bound=_ForArticles)


def first_for(rules: Iterable[Rule], sku: str) -> Rule | None:
    """The first rule whose pattern fits the article."""
    return next((rule for rule in rules if fnmatchcase(sku, rule.sku)), None)
