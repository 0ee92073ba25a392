"""Credit: may this account customer owe us so much more (R36)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.policy.decision import Decision, DecisionKind, RefusedOption
from models.policy.screening import HOLD, PASS

if TYPE_CHECKING:
    from models.money import Money
    from models.partners.erp import CreditAnswer


def credit(policy_version: str, amount: Money, answer: CreditAnswer) -> Decision:
    """Hold for an unknown or blocked customer, and for what would pass the limit."""
    if not answer.known:
        reason = "the ERP has no account for this customer"
    elif answer.blocked:
        reason = "the customer's account is blocked"
    elif answer.limit < answer.exposure + amount:
        reason = f"{answer.exposure} owed and {amount} more would pass the limit of {answer.limit}"
    else:
        reason = ""
    passed = f"{answer.exposure} owed and {amount} more stay within the limit of {answer.limit}"
    return Decision(
        kind=DecisionKind.CREDIT,
        policy_version=policy_version,
        input={
            "known": answer.known,
            "blocked": answer.blocked,
            "limit": answer.limit.amount,
            "exposure": answer.exposure.amount,
            "amount": amount.amount,
            "currency": amount.currency,
        },
        outcome=HOLD if reason else PASS,
        reasons=(reason or passed,),
        refused=(RefusedOption(option=PASS, reason=reason),) if reason else (),
    )
