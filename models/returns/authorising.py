"""Whether goods may come back, and on what terms: one pure, recorded decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.money import Money
from models.order.worth import share_of
from models.policy.decision import Decision, DecisionKind, RefusedOption
from models.policy.returns import OUR_FAULT, ConditionOutcome, above, within
from models.returns.assessment import Authorisation, ReturnAssessment
from models.returns.request import Resolution

if TYPE_CHECKING:
    from datetime import timedelta

    from models.policy.policy_set import PolicySet
    from models.policy.returns import ReturnRules
    from models.returns.case import ReturnCase, ReturnLine

_REASONS_MAX = 50
_NOBODY_KNOWS = "nobody knows the order: the goods are looked at first, and a person says what is given for them"


def authorise(case: ReturnCase, policy: PolicySet) -> ReturnAssessment:
    """Judge a return by the policy in force."""
    rules = policy.returns
    worth = worth_of(case)
    declined = [said for line in case.lines if (said := _declined(rules, case, line))]
    asked = [said for line in case.lines if (said := _asked(rules, line))]
    if above(rules.ask_above, worth):
        asked.append(f"goods worth {worth} are more than may come back unasked")
    outcome, reasons = _outcome(declined, asked) if case.known else (Authorisation.AUTHORISE, [_NOBODY_KNOWS])
    goods = case.known and any(_has_goods(case, line) for line in case.lines)
    keeps = case.known and (not goods or within(rules.keep_below, worth))
    we_pay = any(rules.reason(line.reason).we_pay_the_way_back for line in case.lines)
    fee = rules.way_back_fee.get(worth.currency)
    label = case.known and not keeps and case.sold.ship_from is not None and (we_pay or fee is not None)
    return ReturnAssessment(
        policy_version=policy.version,
        rules=rules,
        patience=policy.patience,
        notices=policy.notices,
        outcome=outcome,
        reason="; ".join(reasons)[:500],
        worth=worth,
        keeps=keeps,
        early=not keeps and case.known and rules.early_for(worth, case.sold.channel, case.sold.customer_class),
        we_pay=we_pay,
        label=label,
        label_fee=Money(amount=fee or 0 if label and not we_pay else 0, currency=worth.currency),
        node=case.node or rules.node or case.sold.node,
        decisions=(_decision(case, policy.version, worth, outcome, reasons),),
    )


def worth_of(case: ReturnCase) -> Money:
    """What the customer paid for the goods; nothing where nobody knows."""
    amounts = []
    for line in case.lines:
        bought = case.sold.line(line.line_id)
        if bought is not None:
            amounts.append(share_of(bought.total, line.quantity, bought.quantity))
    return Money.sum_of(amounts, case.sold.currency)


def age(case: ReturnCase) -> timedelta | None:
    """How long ago the goods arrived; none while they are on their way."""
    arrived = case.sold.delivered_at
    return case.opened_at - arrived if arrived is not None else None


def _declined(rules: ReturnRules, case: ReturnCase, line: ReturnLine) -> str | None:
    if not case.known:
        return None
    if rules.is_final(line.sku) and line.reason not in OUR_FAULT:
        return f"{line.sku} was a final sale"
    days = rules.window(line.sku, case.sold.channel, case.sold.customer_class, line.reason)
    since = age(case)
    if since is not None and since.days > days:
        return f"{line.sku} arrived {since.days} days ago and may be returned for {days}"
    if rules.condition(line.sku, line.condition, line.reason) is ConditionOutcome.DECLINE:
        return f"{line.sku} is not taken back {line.condition.value}"
    if case.resolution is Resolution.EXCHANGE and line.exchange_for is None:
        return f"nothing is named to exchange {line.sku} for"
    return None


def _asked(rules: ReturnRules, line: ReturnLine) -> str | None:
    if rules.condition(line.sku, line.condition, line.reason) is ConditionOutcome.ASK:
        return f"whether {line.sku} is taken back {line.condition.value} ({line.reason.value}) is for a person to say"
    return None


def _has_goods(case: ReturnCase, line: ReturnLine) -> bool:
    bought = case.sold.line(line.line_id)
    return bought is not None and bought.has_goods


def _outcome(declined: list[str], asked: list[str]) -> tuple[Authorisation, list[str]]:
    if declined:
        return Authorisation.DECLINE, declined
    if asked:
        return Authorisation.ASK, asked
    return Authorisation.AUTHORISE, ["within the rules"]


def _decision(case: ReturnCase, version: str, worth: Money, outcome: Authorisation, reasons: list[str]) -> Decision:
    since = age(case)
    accepted = outcome is Authorisation.AUTHORISE
    return Decision(
        kind=DecisionKind.RETURN,
        policy_version=version,
        input={
            "lines": [
                {
                    "line_id": line.line_id,
                    "sku": line.sku,
                    "quantity": line.quantity,
                    "reason": line.reason.value,
                    "condition": line.condition.value,
                }
                for line in case.lines
            ],
            "resolution": case.resolution.value,
            "channel": case.sold.channel,
            "customer_class": case.sold.customer_class,
            "known_order": case.known,
            "days_since_arrival": since.days if since is not None else None,
            "worth": worth.amount,
            "currency": worth.currency,
        },
        outcome=outcome.value,
        reasons=tuple(reason[:500] for reason in reasons[:_REASONS_MAX]),
        refused=() if accepted else (RefusedOption(option=Authorisation.AUTHORISE.value, reason=reasons[0][:500]),),
    )
