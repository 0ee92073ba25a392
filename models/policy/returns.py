"""The rules of returns: who may return what, on what terms, and where the goods go. The first rule that fits counts."""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from models.base import ChannelName, Identifier, StrictModel
from models.money import Currency
from models.returns.request import Condition, ReturnReason

if TYPE_CHECKING:
    from models.money import Money

Amounts = dict[Currency, Annotated[int, Field(ge=0)]]
"""An amount a currency, in minor units."""
Pattern = Annotated[str, Field(min_length=1, max_length=100)]
"""Articles by a shell pattern: ``MED-*``."""
Percent = Annotated[int, Field(ge=0, le=100)]
Days = Annotated[int, Field(ge=0, le=3650)]

OUR_FAULT = (
    ReturnReason.DAMAGED,
    ReturnReason.DEFECTIVE,
    ReturnReason.WRONG_ITEM,
    ReturnReason.NOT_AS_DESCRIBED,
    ReturnReason.ARRIVED_LATE,
    ReturnReason.UNDELIVERED,
)


class Disposition(StrEnum):
    """What becomes of goods that came back."""

    RESTOCK = "restock"
    REFURBISH = "refurbish"
    QUARANTINE = "quarantine"
    SCRAP = "scrap"
    RETURN_TO_VENDOR = "return_to_vendor"
    KEEP = "keep"
    """The customer keeps them."""


class ShippingRefund(StrEnum):
    """Whether the customer gets back what he paid for the way to him."""

    NEVER = "never"
    WHOLE = "whole"
    """With the return that completes the order: all that was shipped has come back."""
    SHARE = "share"
    """In proportion to what the goods are worth."""


class TenderOrder(StrEnum):
    """Where money goes first that was paid in several ways."""

    CARD_FIRST = "card_first"
    GIFT_CARD_FIRST = "gift_card_first"


class WindowRule(StrictModel):
    """How long after its arrival something may be returned."""

    days: Days
    sku: Pattern = "*"
    channels: tuple[ChannelName, ...] = ()
    customer_classes: tuple[Identifier, ...] = ()
    reasons: tuple[ReturnReason, ...] = ()
    """Each list: none means any."""


class ConditionOutcome(StrEnum):
    """What a condition leads to."""

    DECLINE = "decline"
    ASK = "ask"


class ConditionRule(StrictModel):
    """What is not taken back as a matter of course."""

    outcome: ConditionOutcome
    sku: Pattern = "*"
    conditions: tuple[Condition, ...] = ()
    reasons: tuple[ReturnReason, ...] = ()
    """Each list: none means any."""


class ReasonRule(StrictModel):
    """What follows from the reason."""

    reasons: tuple[ReturnReason, ...] = ()
    """None means any."""
    we_pay_the_way_back: bool = False
    shipping: ShippingRefund = ShippingRefund.NEVER


class FeeRule(StrictModel):
    """What is kept back for putting something on the shelf again."""

    percent: Percent
    sku: Pattern = "*"
    conditions: tuple[Condition, ...] = ()
    reasons: tuple[ReturnReason, ...] = ()


class DispositionRule(StrictModel):
    """Where goods go."""

    disposition: Disposition
    sku: Pattern = "*"
    grades: tuple[Condition, ...] = ()
    reasons: tuple[ReturnReason, ...] = ()


class EarlyRule(StrictModel):
    """Who gets his money before the goods are back, and how much at most."""

    up_to: Amounts
    customer_classes: tuple[Identifier, ...] = ()
    channels: tuple[ChannelName, ...] = ()
    """Each list: none means any."""


_REASONS = (
    ReasonRule(reasons=OUR_FAULT, we_pay_the_way_back=True, shipping=ShippingRefund.SHARE),
    ReasonRule(shipping=ShippingRefund.WHOLE),
)
_DISPOSITIONS = (
    DispositionRule(grades=(Condition.DAMAGED,), disposition=Disposition.SCRAP),
    DispositionRule(grades=(Condition.DEFECTIVE,), disposition=Disposition.RETURN_TO_VENDOR),
    DispositionRule(grades=(Condition.USED,), disposition=Disposition.REFURBISH),
    DispositionRule(disposition=Disposition.RESTOCK),
)


class ReturnRules(StrictModel):
    """All of them. What no rule speaks of: thirty days, taken back, restocked unless it is broken."""

    window_days: Days = 30
    windows: tuple[WindowRule, ...] = ()
    final_sale: tuple[Pattern, ...] = ()
    """What may come back for our fault only."""
    conditions: tuple[ConditionRule, ...] = ()
    ask_above: Amounts = Field(default_factory=dict)
    """From which worth on a person authorises the return."""
    keep_below: Amounts = Field(default_factory=dict)
    """Up to which worth the customer keeps the goods, since the way back would cost more."""
    reasons: tuple[ReasonRule, ...] = _REASONS
    way_back_fee: Amounts = Field(default_factory=dict)
    """What a label costs a customer who pays the way back himself; none in his currency: he sends it as he likes."""
    fees: tuple[FeeRule, ...] = ()
    early: tuple[EarlyRule, ...] = ()
    refund_above: Amounts = Field(default_factory=dict)
    """From which amount on finance approves what is given back."""
    tenders: TenderOrder = TenderOrder.CARD_FIRST
    dispositions: tuple[DispositionRule, ...] = _DISPOSITIONS
    node: Identifier | None = None
    """Where goods come back to; none: to where they were sent from."""
    return_within_days: Annotated[int, Field(ge=1, le=365)] = 30
    """After so many days without the goods the return expires."""

    def reason(self, reason: ReturnReason) -> ReasonRule:
        """The rule for a reason; a reason without one is the customer's own affair."""
        fits = (rule for rule in self.reasons if not rule.reasons or reason in rule.reasons)
        return next(fits, ReasonRule())

    def is_final(self, sku: str) -> bool:
        """Whether it was sold for good."""
        return any(fnmatchcase(sku, pattern) for pattern in self.final_sale)

    def condition(self, sku: str, condition: Condition, reason: ReturnReason) -> ConditionOutcome | None:
        """What its condition leads to; none: it is taken back."""
        for rule in self.conditions:
            if (
                fnmatchcase(sku, rule.sku)
                and (not rule.conditions or condition in rule.conditions)
                and (not rule.reasons or reason in rule.reasons)
            ):
                return rule.outcome
        return None

    def window(self, sku: str, channel: str, customer_class: str | None, reason: ReturnReason) -> int:
        """How many days after its arrival it may be returned."""
        for rule in self.windows:
            if (
                fnmatchcase(sku, rule.sku)
                and (not rule.channels or channel in rule.channels)
                and (not rule.customer_classes or customer_class in rule.customer_classes)
                and (not rule.reasons or reason in rule.reasons)
            ):
                return rule.days
        return self.window_days

    def fee_percent(self, sku: str, condition: Condition, reason: ReturnReason) -> int:
        """How much of its price is kept back; nothing where it comes back for our fault."""
        if reason in OUR_FAULT:
            return 0
        for rule in self.fees:
            if (
                fnmatchcase(sku, rule.sku)
                and (not rule.conditions or condition in rule.conditions)
                and (not rule.reasons or reason in rule.reasons)
            ):
                return rule.percent
        return 0

    def disposition(self, sku: str, grade: Condition, reason: ReturnReason) -> Disposition:
        """Where it goes; what no rule speaks of is quarantined."""
        for rule in self.dispositions:
            if (
                fnmatchcase(sku, rule.sku)
                and (not rule.grades or grade in rule.grades)
                and (not rule.reasons or reason in rule.reasons)
            ):
                return rule.disposition
        return Disposition.QUARANTINE

    def early_for(self, worth: Money, channel: str, customer_class: str | None) -> bool:
        """Whether so much is given before the goods are back."""
        return any(
            within(rule.up_to, worth)
            and (not rule.channels or channel in rule.channels)
            and (not rule.customer_classes or customer_class in rule.customer_classes)
            for rule in self.early
        )


def within(limits: Amounts, amount: Money) -> bool:
    """Whether there is a limit in the currency and the amount is not above it."""
    limit = limits.get(amount.currency)
    return limit is not None and amount.amount <= limit


def above(limits: Amounts, amount: Money) -> bool:
    """Whether there is a limit in the currency and the amount is above it."""
    limit = limits.get(amount.currency)
    return limit is not None and amount.amount > limit
