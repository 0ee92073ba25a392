"""Where inspected goods go, and what the stock ledger is told: each event once, its id derived from the return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.errors import InvalidInput
from models.ids import event_id
from models.policy.decision import Decision, DecisionKind, RefusedOption
from models.policy.returns import Disposition
from models.stock.events import (
    GoodsCleared,
    GoodsReturned,
    GoodsScrapped,
    GoodsSetAside,
    StockEvent,
    StockLine,
)
from models.stock.quantities import StockState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models.policy.returns import ReturnRules
    from models.returns.case import ReturnCase, ReturnLine
    from models.returns.handling import Found, Lot
    from models.returns.messages import InspectedLine


def disposition(rules: ReturnRules, line: ReturnLine, found: InspectedLine) -> Disposition:
    """Say where goods go: as the inspector says, or as policy does; what is not accepted is put aside.

    Raises:
        InvalidInput: the inspector differs from policy, or refuses the goods, and does not say why.
    """
    if not found.accepted and found.reason is None:
        raise InvalidInput.at("/reason", "reason", "say why nothing is given for them")
    proposed = proposal(rules, line, found)
    if found.disposition not in {None, proposed} and found.reason is None:
        raise InvalidInput.at("/reason", "reason", f"say why they go elsewhere than policy has it ({proposed.value})")
    return found.disposition or proposed


def proposal(rules: ReturnRules, line: ReturnLine, found: InspectedLine) -> Disposition:
    """Where policy has them go; what nothing is given for is still the customer's, and waits for him."""
    if not found.accepted:
        return Disposition.QUARANTINE
    return rules.disposition(line.sku, found.grade, line.reason)


def decision(rules: ReturnRules, version: str, line: ReturnLine, found: InspectedLine, chosen: Disposition) -> Decision:
    """Record where goods go, and why not where policy has it."""
    proposed = proposal(rules, line, found)
    overridden = chosen is not proposed
    why = (found.reason or "")[:500]
    return Decision(
        kind=DecisionKind.DISPOSITION,
        policy_version=version,
        input={
            "line_id": line.line_id,
            "sku": line.sku,
            "quantity": found.quantity,
            "grade": found.grade.value,
            "reason": line.reason.value,
            "accepted": found.accepted,
        },
        outcome=chosen.value,
        reasons=(why,) if why else (f"{line.sku} {found.grade.value}",),
        refused=(RefusedOption(option=proposed.value, reason=why),) if overridden else (),
    )


def came(case: ReturnCase, receipt: str, lots: Sequence[Lot], at: datetime) -> tuple[StockEvent, ...]:
    """What the ledger is told of goods that came: they lie in inspection."""
    return tuple(
        GoodsReturned(
            event_id=event_id(case.id, f"received/{receipt}/{number}"),
            occurred_at=at,
            document=case.id,
            reason="returned by the customer",
            node=lot.node,
            lines=lines_of(case, lot),
            order_id=case.sold.order_id if case.known else None,
        )
        for number, lot in enumerate(lots, start=1)
    )


def went(case: ReturnCase, inspection: str, number: int, found: Found, at: datetime) -> tuple[StockEvent, ...]:
    """What the ledger is told of goods that were inspected; what the customer keeps never came."""
    events: list[StockEvent] = []
    for position, lot in enumerate(found.lots, start=1):
        about: dict[str, Any] = {
            "event_id": event_id(case.id, f"inspected/{inspection}/{number}-{position}"),
            "occurred_at": at,
            "document": case.id,
            "reason": f"{found.disposition.value.replace('_', ' ')}: {found.line.grade.value}",
            "node": lot.node,
            "lines": lines_of(case, lot),
        }
        match found.disposition:
            case Disposition.RESTOCK:
                events.append(GoodsCleared(**about, state=StockState.IN_INSPECTION))
            case Disposition.REFURBISH:
                events.append(GoodsSetAside(**about, state=StockState.DAMAGED, from_state=StockState.IN_INSPECTION))
            case Disposition.QUARANTINE | Disposition.RETURN_TO_VENDOR:
                events.append(GoodsSetAside(**about, state=StockState.QUARANTINED, from_state=StockState.IN_INSPECTION))
            case Disposition.SCRAP | Disposition.KEEP:
                # What the customer is let keep after all leaves the house again.
                events.append(GoodsScrapped(**about, state=StockState.IN_INSPECTION))
    return tuple(events)


def lines_of(case: ReturnCase, lot: Lot) -> tuple[StockLine, ...]:
    """What lies on the shelf in the ledger's terms: a bundle as its goods, what is sold by the pack as packs."""
    bought = case.sold.line(lot.line_id)
    if bought is None or not bought.parts or bought.sku != lot.sku:
        unit = bought.unit if bought is not None and bought.sku == lot.sku else None
        return (StockLine(sku=lot.sku, quantity=lot.quantity, unit=unit, lot=lot.lot),)
    return tuple(StockLine(sku=part.sku, quantity=part.quantity * lot.quantity) for part in bought.parts)
