"""Routing: which of the conditional steps an order takes (R34, R42), and what has to be reserved for it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from models.catalogue import goods_in
from models.order.assessment import Route
from models.order.document import EACH, FulfilledBy, ServiceLevel
from models.order.payment_terms import PaymentTerms
from models.order.worth import to_authorise
from models.policy.decision import Decision, DecisionKind, RefusedOption
from models.stock.demand import Need

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.catalogue import Item
    from models.order.document import Line
    from models.order.order import Order
    from models.policy.policy_set import PolicySet

_MOST = 1_000_000
"""As many of an article as one line may be about."""


def needs(order: Order, items: Mapping[str, Item]) -> tuple[Need, ...]:
    """What our stock has to give for the order: bundles taken apart, services and what is finished left out.

    A line that `uncountable` speaks against has none: it has to be corrected first.
    """
    if order.fulfilment.fulfilled_by is FulfilledBy.CHANNEL:
        return ()
    return tuple(
        Need(line_id=line.id, sku=sku, quantity=quantity)
        for line in order.lines
        for sku, quantity in _goods_of(line, items).items()
        if quantity <= _MOST
    )


def uncountable(order: Order, items: Mapping[str, Item]) -> list[str]:
    """Say which lines are about more than a line may be about, and which bundles hold bundles."""
    reasons = [
        f"line {line.id} comes to {quantity} of {sku}, and a line may be about {_MOST} at most"
        for line in order.lines
        for sku, quantity in _goods_of(line, items).items()
        if quantity > _MOST
    ]
    bundles = {line.sku: items[line.sku] for line in order.lines if line.sku in items and line.open_quantity}
    return reasons + [
        f"{sku} holds {part.sku}, which is a bundle itself: it has to be made of articles"
        for sku, item in bundles.items()
        for part in item.components
        if part.sku in items and items[part.sku].components
    ]


def _goods_of(line: Line, items: Mapping[str, Item]) -> Counter[str]:
    """How many of which article a line is about, in the article's own unit."""
    goods: Counter[str] = Counter()
    item = items.get(line.sku)
    if item is None or not line.open_quantity or not line.needs_shipping:
        return goods
    units = _units(line, item)
    for part in goods_in(item, items):
        goods[part.sku] += part.quantity * units
    return goods


def strange_units(order: Order, items: Mapping[str, Item]) -> list[str]:
    """Say which lines are in a unit that their article cannot be counted in."""
    return [
        f"line {line.id} is in {line.unit}, but {line.sku} is counted in {items[line.sku].unit}"
        for line in order.lines
        if line.sku in items
        and line.unit not in {EACH, items[line.sku].unit}
        and items[line.sku].in_own_unit(1, line.unit) is None
    ]


def _units(line: Line, item: Item) -> int:
    """How many of the article's own unit are to come; a line without a unit of its own (each) is in that unit."""
    converted = item.in_own_unit(line.open_quantity, line.unit)
    return line.open_quantity if converted is None else converted


def route(policy: PolicySet, order: Order, wanted: tuple[Need, ...]) -> tuple[Route, Decision]:
    """Choose the steps, and say which were left out and why."""
    refused: list[RefusedOption] = []
    end = _end_at_once(order)
    authorise = bool(to_authorise(order))
    if not authorise:
        refused.append(RefusedOption(option="authorise", reason=_why_not_authorise(order)))
    check_credit = order.payment.terms is PaymentTerms.ACCOUNT
    if not check_credit:
        refused.append(RefusedOption(option="check credit", reason="the order is not on account"))
    if not wanted:
        refused.append(RefusedOption(option="reserve and ship", reason=_why_not_ship(order)))
    chosen = Route(
        check_credit=check_credit,
        authorise=authorise,
        reserve=bool(wanted),
        expedite=order.fulfilment.service_level is ServiceLevel.EXPEDITED,
        end_at_once=end,
        ends_well=not order.test and not order.cancelled_before and order.nothing_to_deliver,
    )
    steps = [name for name, on in (("credit", check_credit), ("authorise", authorise), ("ship", bool(wanted))) if on]
    decision = Decision(
        kind=DecisionKind.ROUTE,
        policy_version=policy.version,
        input={
            "channel": order.channel,
            "terms": order.payment.terms.value,
            "fulfilled_by": order.fulfilment.fulfilled_by.value,
            "service_level": order.fulfilment.service_level.value,
            "lines": len(order.lines),
        },
        outcome=end or ", ".join(steps) or "record and invoice",
        refused=tuple(refused),
    )
    return chosen, decision


def _end_at_once(order: Order) -> str | None:
    if order.test:
        return "it is a test order"
    if order.cancelled_before:
        return "the channel cancelled or refunded all of it before it reached us"
    if order.nothing_to_deliver:
        return "the channel had delivered all of it before it reached us"
    return None


def _why_not_authorise(order: Order) -> str:
    if not order.total:
        return "there is nothing to pay"
    match order.payment.terms:
        case PaymentTerms.PREPAID:
            return "the channel holds the money"
        case PaymentTerms.ACCOUNT:
            return "the customer pays the invoice"
        case PaymentTerms.CASH_ON_DELIVERY:
            return "the carrier takes the money at the door"
        case PaymentTerms.CAPTURE_ON_SHIPMENT:
            return "gift cards and the like pay for all of it"


def _why_not_ship(order: Order) -> str:
    if order.fulfilment.fulfilled_by is FulfilledBy.CHANNEL:
        return "the channel ships it from its own warehouse"
    return "nothing in it comes out of stock"
