"""The judgement of an order as it comes in: master data, fraud, compliance, approval, route; one pure function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.order.assessment import Assessment, Objection
from models.order.document import Delivery
from models.policy import routing, screening
from models.policy.decision import Decision, DecisionKind
from models.policy.money import money_terms
from models.policy.stock.sourcing.sourcing import goes_in_parts
from models.policy.stock.wanting import demand_of
from models.states.hold import HoldKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from models.catalogue import Item
    from models.order.order import Order
    from models.policy.policy_set import PolicySet
    from models.stock.demand import Need

_HOLDS = {
    DecisionKind.FRAUD: HoldKind.FRAUD,
    DecisionKind.COMPLIANCE: HoldKind.COMPLIANCE,
    DecisionKind.APPROVAL: HoldKind.APPROVAL,
}


def assess(
    order: Order, policy: PolicySet, items: Mapping[str, Item], *, in_force: PolicySet | None = None
) -> Assessment:
    """Judge an order.

    Args:
        order: as accepted.
        policy: the rules it came under.
        items: what master data knows of the order's articles and of their components.
        in_force: today's rules, where they are others: compliance is never pinned.
    """
    wanted = routing.needs(order, items)
    chosen, route_decision = routing.route(policy, order, wanted)
    if chosen.end_at_once:
        return Assessment(
            policy_version=policy.version,
            route=chosen,
            decisions=(route_decision,),
            fulfilment=policy.fulfilment,
            patience=policy.patience,
            notices=policy.notices,
            money=money_terms(policy.money, order),
        )
    unknown = _unknown(order, items)
    masters = _master_data(policy, order, items, unknown)
    decisions = (
        masters,
        screening.fraud(policy, order),
        screening.compliance(in_force or policy, order, items),
        screening.approval(policy, order),
        route_decision,
    )
    return Assessment(
        policy_version=policy.version,
        route=chosen,
        objections=_objections(masters, decisions),
        needs=wanted,
        demand=demand_of(policy.stock, order) if wanted else None,
        goes_together=bool(wanted) and _goes_together(policy, order),
        held_soft_hours=policy.stock.sourcing.held_soft_hours,
        unknown_skus=unknown,
        weight_grams=_weight(wanted, items),
        decisions=decisions,
        fulfilment=policy.fulfilment,
        patience=policy.patience,
        notices=policy.notices,
        money=money_terms(policy.money, order),
        changes=policy.changes,
        promises=policy.promises.towards(order.shipping_address.country if order.shipping_address else None),
    )


def _goes_together(policy: PolicySet, order: Order) -> bool:
    return not goes_in_parts(policy.stock, demand_of(policy.stock, order))


def _objections(masters: Decision, decisions: Iterable[Decision]) -> tuple[Objection, ...]:
    objections = [Objection(kind=_problem_kind(reason), reason=reason) for reason in masters.reasons]
    objections += (
        Objection(kind=_HOLDS[decision.kind], reason="; ".join(decision.reasons)[:500])
        for decision in decisions
        if decision.kind in _HOLDS and decision.outcome == screening.HOLD
    )
    return tuple(objections)


def _unknown(order: Order, items: Mapping[str, Item]) -> tuple[str, ...]:
    wanted = {line.sku for line in order.lines if line.open_quantity}
    wanted |= {part.sku for sku in wanted & items.keys() for part in items[sku].components}
    return tuple(sorted(wanted - items.keys()))


_NO_ADDRESS = "there is no address to ship to"


def _problem_kind(reason: str) -> HoldKind:
    return HoldKind.ADDRESS if reason == _NO_ADDRESS else HoldKind.DATA_QUALITY


def _master_data(policy: PolicySet, order: Order, items: Mapping[str, Item], unknown: tuple[str, ...]) -> Decision:
    reasons: list[str] = []
    if unknown:
        reasons.append(f"master data does not know {', '.join(unknown)}"[:500])
    inactive = sorted(line.sku for line in order.lines if line.sku in items and not items[line.sku].active)
    if inactive:
        reasons.append(f"no longer sold: {', '.join(inactive)}"[:500])
    reasons += routing.strange_units(order, items) + routing.uncountable(order, items)
    ships = order.fulfilment.delivery is Delivery.SHIP and bool(routing.needs(order, items))
    if ships and order.shipping_address is None and not unknown:
        reasons.append(_NO_ADDRESS)
    return Decision(
        kind=DecisionKind.MASTER_DATA,
        policy_version=policy.version,
        input={"skus": len({line.sku for line in order.lines}), "unknown": list(unknown), "inactive": list(inactive)},
        outcome=screening.HOLD if reasons else screening.PASS,
        reasons=tuple(reasons),
    )


def _weight(wanted: tuple[Need, ...], items: Mapping[str, Item]) -> int:
    return sum(items[need.sku].weight_grams * need.quantity for need in wanted if need.sku in items)
