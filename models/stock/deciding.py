"""The record of how stock was reserved, where our ledger gives none of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.policy.decision import Decision, DecisionKind, RefusedOption
from models.policy.screening import HOLD

if TYPE_CHECKING:
    from models.stock.reservation import ReservationAnswer


def reserved(policy_version: str, answer: ReservationAnswer) -> Decision:
    """Record what was reserved, and what was short."""
    return Decision(
        kind=DecisionKind.STOCK,
        policy_version=policy_version,
        input={
            "shortages": [shortage.model_dump(mode="json") for shortage in answer.shortages],
            "nodes": [*sorted({allocation.node for allocation in answer.allocations})],
        },
        outcome="reserved" if answer.granted else HOLD,
        refused=tuple(
            RefusedOption(option=f"reserve {shortage.sku}", reason=f"{shortage.available} of {shortage.wanted}")
            for shortage in answer.shortages[:50]
        ),
    )
