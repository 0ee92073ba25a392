"""Screening: fraud, compliance and approval, each a pure function of policy, order and master data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.order.document import ChannelRisk, ServiceLevel
from models.order.parties import CustomerKind
from models.policy.decision import Decision, DecisionKind, RefusedOption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.catalogue import Item
    from models.money import Money
    from models.order.order import Order
    from models.policy.policy_set import Limits, PolicySet

PASS = "pass"  # noqa: S105 - an outcome, not a password
HOLD = "hold"


def fraud(policy: PolicySet, order: Order) -> Decision:
    """Add up what is suspicious; enough points hold the order (R35)."""
    rules = policy.fraud
    guest = order.customer.id is None
    billing, shipping = order.billing_address, order.shipping_address
    signals = {
        "the channel asks for a review": (order.channel_risk is ChannelRisk.REVIEW, rules.channel_review),
        "the channel warns of a high risk": (order.channel_risk is ChannelRisk.HIGH, rules.channel_high),
        "billing and shipping countries differ": (
            billing is not None and shipping is not None and billing.country != shipping.country,
            rules.countries_differ,
        ),
        "a guest with a large order": (guest and _above(order.total, rules.guest_above), rules.guest_above_points),
        "a guest in a hurry": (
            guest and order.fulfilment.service_level is ServiceLevel.EXPEDITED,
            rules.expedited_guest,
        ),
        "a person who buys many of one article": (
            order.customer.kind is CustomerKind.PERSON
            and any(line.quantity >= rules.many_of_one for line in order.lines),
            rules.many_of_one_points,
        ),
    }
    found = {name: points for name, (present, points) in signals.items() if present and points}
    exempt = order.channel in rules.exempt_channels
    score = 0 if exempt else sum(found.values())
    reasons = [f"{name} ({points} points)" for name, points in found.items()]
    if exempt:
        reasons = [f"the channel {order.channel} answers for its own buyers"]
    held = score >= rules.hold_at
    return Decision(
        kind=DecisionKind.FRAUD,
        policy_version=policy.version,
        input={"score": score, "hold_at": rules.hold_at, "guest": guest, "channel": order.channel, **_value(order)},
        outcome=HOLD if held else PASS,
        reasons=tuple(reasons),
        refused=(RefusedOption(option=PASS, reason=f"{score} points of {rules.hold_at}"),) if held else (),
    )


def compliance(policy: PolicySet, order: Order, items: Mapping[str, Item]) -> Decision:
    """Hold what is regulated, or may not go where it is to go (R45)."""
    country = order.shipping_address.country if order.shipping_address else None
    reasons = []
    if country in policy.compliance.barred_destinations:
        reasons.append(f"nothing may be sent to {country}")
    for sku in sorted({line.sku for line in order.lines if line.open_quantity} & items.keys()):
        item = items[sku]
        if item.regulated and policy.compliance.review_regulated:
            reasons.append(f"{sku} is regulated: {item.regulated}")
        if country in item.barred_countries:
            reasons.append(f"{sku} may not be sent to {country}")
    return Decision(
        kind=DecisionKind.COMPLIANCE,
        policy_version=policy.version,
        input={"country": country, "regulated": [sku for sku, item in items.items() if item.regulated]},
        outcome=HOLD if reasons else PASS,
        reasons=tuple(reasons[:50]),
        refused=(RefusedOption(option=PASS, reason=reasons[0]),) if reasons else (),
    )


def approval(policy: PolicySet, order: Order) -> Decision:
    """Have a person approve what is worth more than the limit (R43)."""
    rules = policy.approval
    limit = rules.limits.get(order.currency)
    if order.channel in rules.trusted_channels:
        outcome, reason = PASS, f"orders of the channel {order.channel} need no approval"
    elif limit is None:
        outcome = HOLD if rules.without_limit == "approve" and order.total.amount else PASS
        reason = f"there is no approval limit in {order.currency}"
    elif order.total.amount > limit:
        outcome, reason = HOLD, f"{order.total} is above the limit of {_money(limit, order.total)}"
    else:
        outcome, reason = PASS, f"{order.total} is within the limit of {_money(limit, order.total)}"
    return Decision(
        kind=DecisionKind.APPROVAL,
        policy_version=policy.version,
        input={"limit": limit, "channel": order.channel, **_value(order)},
        outcome=outcome,
        reasons=(reason,),
        refused=(RefusedOption(option=PASS, reason=reason),) if outcome == HOLD else (),
    )


def _above(total: Money, limits: Limits) -> bool:
    limit = limits.get(total.currency)
    return limit is not None and total.amount > limit


def _money(amount: int, like: Money) -> Money:
    return like.model_copy(update={"amount": amount})


def _value(order: Order) -> dict[str, str | int]:
    return {"amount": order.total.amount, "currency": order.currency}
