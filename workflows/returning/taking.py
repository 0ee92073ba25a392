"""What people and the carrier tell a return: taken into its quantities at once, and followed up by its story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import workflow

from models.errors import InvalidInput
from models.messages import Verdict
from models.order.snapshot import TimelineKind
from models.returns import disposing
from models.returns.handling import Lot
from workflows.messages import conflict
from workflows.returning.run import Came, Judged

if TYPE_CHECKING:
    from models.money import Money
    from models.returns.messages import GoodsReceipt, Inspection
    from workflows.returning.run import ReturnRun


def check_receipt(run: ReturnRun, receipt: GoodsReceipt) -> None:
    """Refuse a receipt that cannot be taken now.

    Raises:
        ApplicationError: the return is not authorised, or has ended.
    """
    if receipt.receipt_id not in run.receipts:
        _check_open(run)


def receive(run: ReturnRun, receipt: GoodsReceipt) -> str:
    """Take a receipt, once; answers what became of it."""
    if receipt.receipt_id in run.receipts:
        return f"receipt {receipt.receipt_id} is known"
    run.receipts.add(receipt.receipt_id)
    taken = run.standing.goods.receive(receipt)
    odd = [Lot(odd.line_id or "", odd.sku, odd.quantity, odd.node, odd.lot) for odd in taken.oddities]
    quantity = sum(lot.quantity for lot in taken.lots)
    beside = sum(lot.quantity for lot in odd)
    said = f"{quantity} received at {receipt.node}" + (f", and {beside} that nobody announced" if beside else "")
    run.standing.tell(said, kind=TimelineKind.OPERATOR, actor=receipt.actor)
    run.shelving.tell(disposing.came(run.case, receipt.receipt_id, [*taken.lots, *odd], workflow.now()))
    run.questions += len(taken.oddities)
    run.news.append(Came(tuple(taken.oddities)))
    return said


def check_inspection(run: ReturnRun, inspection: Inspection) -> None:
    """Refuse an inspection that cannot be so.

    Raises:
        ApplicationError: the return is not authorised, or has ended.
        InvalidInput: more than waits for inspection, or a reason is missing.
    """
    if inspection.inspection_id in run.inspections:
        return
    _check_open(run)
    goods = run.standing.goods
    goods.check(inspection)
    for index, found in enumerate(inspection.lines):
        try:
            disposing.disposition(run.assessment.rules, goods.lines[found.line_id].line, found)
        except InvalidInput as error:
            first = error.errors[0]
            raise InvalidInput.at(f"/lines/{index}{first.pointer}", first.code, first.message) from error


def inspect(run: ReturnRun, inspection: Inspection) -> str:
    """Take an inspection that `check_inspection` has passed, once; answers what became of it."""
    if inspection.inspection_id in run.inspections:
        return f"inspection {inspection.inspection_id} is known"
    run.inspections.add(inspection.inspection_id)
    standing, rules = run.standing, run.assessment.rules
    accepted = rejected = 0
    for number, line in enumerate(inspection.lines, start=1):
        announced = standing.goods.lines[line.line_id].line
        chosen = disposing.disposition(rules, announced, line)
        standing.decide(disposing.decision(rules, run.assessment.policy_version, announced, line, chosen))
        found = standing.goods.inspect(line, chosen)
        run.shelving.tell(disposing.went(run.case, inspection.inspection_id, number, found, workflow.now()))
        accepted += line.quantity if line.accepted else 0
        rejected += 0 if line.accepted else line.quantity
    said = f"inspected: {accepted} accepted, {rejected} rejected"
    standing.tell(said, kind=TimelineKind.OPERATOR, actor=inspection.actor)
    run.news.append(Judged(accepted, rejected))
    return said


def check_amount(run: ReturnRun, hold_id: str, verdict: Verdict, amount: Money | None) -> None:
    """Refuse an amount that the hold does not allow.

    Raises:
        InvalidInput: it is no hold about money, the amount is missing, or it is more than the hold names.
    """
    if hold_id not in run.limits:
        if amount is not None:
            raise InvalidInput.at("/amount", "no_money", f"{hold_id} is not about money")
        return
    most = run.limits[hold_id]
    if amount is None:
        if most is None and verdict is Verdict.APPROVE:
            raise InvalidInput.at("/amount", "missing", "say how much is given")
        return
    currency = run.case.sold.currency
    if amount.currency != currency or amount.amount <= 0:
        raise InvalidInput.at("/amount", "amount", f"must be a positive amount in {currency}")
    if most is not None and most < amount:
        raise InvalidInput.at("/amount", "too_much", f"is more than the {most} that the rules give")


def check_withdrawal(run: ReturnRun) -> None:
    """Refuse to stop a return that has ended, or of which all has come.

    Raises:
        ApplicationError: as above.
    """
    if run.standing.ended:
        raise conflict(f"the return has ended: {run.standing.state.value}")
    goods = run.standing.goods
    if run.is_judged and goods.anything_received and not goods.expected:
        raise conflict("all of it has come: it is inspected and settled")


def _check_open(run: ReturnRun) -> None:
    standing = run.standing
    if standing.ended:
        raise conflict(f"the return has ended: {standing.state.value}")
    if not any(goods.authorised for goods in standing.goods.lines.values()):
        raise conflict(f"the return is not authorised yet: {standing.state.value}")
