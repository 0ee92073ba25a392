"""What a run may heal, and what it takes to do so; the rest goes to the team whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from activities.adapters.store.reconciling.comparing import rewrite
from activities.adapters.store.tables.orders import orders
from activities.adapters.store.tables.reconciling import differences, documents
from activities.adapters.store.tables.returns import return_money, returns
from models.errors import NotFound
from models.policy.reconciling import HealingBudget
from models.reconciling.asking_again import give_back, invoice_again, memo_again
from models.reconciling.differences import DifferenceState, Remedy
from models.reconciling.runs import HealingTask, Taken
from models.reconciling.standing import left_to_owner

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.partners.erp import CreditMemo, Invoice
    from models.policy.reconciling import ReconcilingRules
    from models.reconciling.differences import Difference, Finding
    from models.reconciling.documents import PartnerDocument
    from models.reconciling.runs import RunReport
    from models.returns.case import ReturnCase
    from models.returns.snapshot import ReturnSnapshot

_d, _o, _r, _m, _p = differences.c, orders.c, returns.c, return_money.c, documents.c
_NOT_TOLD = "our books do not say word for word what was asked for"


async def take(
    connection: AsyncConnection, rules: ReconcilingRules, report: RunReport, limit: int
) -> tuple[Taken, RunReport]:
    """Take the next open differences: those within the run's limits to be healed, the others to a person.

    Each is taken once a run, so that what does not succeed is tried by the next run and not again and again by this.
    """
    chosen = (
        select(_d.difference)
        .where(_d.state == DifferenceState.OPEN.value)
        .where(or_(_d.tried_in.is_(None), _d.tried_in != report.run_id))
        .order_by(_d.first_seen_at, _d.id)
        .limit(limit)
    )
    found: list[Difference] = list((await connection.scalars(chosen)).all())
    budget = HealingBudget(rules, healed=report.taken, spent=report.at_stake)
    tasks: list[HealingTask] = []
    left = 0
    for difference in found:
        task = await _task(connection, difference) if difference.finding.remedy else None
        cannot = None if task or not difference.finding.remedy else _NOT_TOLD
        refused = cannot or budget.refuse(difference.finding)
        await connection.execute(update(differences).where(_d.id == difference.id).values(tried_in=report.run_id))
        if refused or task is None:
            await rewrite(connection, left_to_owner(difference, refused or _NOT_TOLD))
            left += 1
        else:
            tasks.append(task)
    counted = {"taken": budget.healed, "at_stake": budget.spent, "assigned": report.assigned + left}
    return Taken(looked=len(found), tasks=tuple(tasks)), report.model_copy(update=counted)


async def standing(connection: AsyncConnection, difference_id: str) -> Difference:
    """Find a difference.

    Raises:
        NotFound: there is none.
    """
    found: Difference | None = await connection.scalar(select(_d.difference).where(_d.id == difference_id))
    if found is None:
        raise NotFound(f"there is no difference {difference_id}")
    return found


async def document_of(connection: AsyncConnection, finding: Finding) -> PartnerDocument | None:
    """The document a finding is about, where the partner has one."""
    this = (_p.party == finding.party.value, _p.kind == finding.document.value, _p.reference == finding.reference)
    found: PartnerDocument | None = await connection.scalar(select(_p.document).where(*this))
    return found


async def _task(connection: AsyncConnection, difference: Difference) -> HealingTask | None:
    """Word what is to be asked; None where it cannot be told from what we have."""
    finding, remedy = difference.finding, difference.finding.remedy
    if remedy is None:
        return None
    task = HealingTask(difference_id=difference.id, order_id=finding.order_id, remedy=remedy)
    if remedy is Remedy.TELL_ORDER:
        return task
    if remedy is Remedy.POST_INVOICE:
        invoice = await _invoice(connection, finding)
        return task.model_copy(update={"invoice": invoice}) if invoice else None
    if remedy is Remedy.POST_CREDIT_MEMO:
        memo = await _memo(connection, finding)
        return task.model_copy(update={"memo": memo}) if memo else None
    document = await document_of(connection, finding)
    refund = give_back(document) if document else None
    return task.model_copy(update={"refund": refund}) if refund else None


async def _invoice(connection: AsyncConnection, finding: Finding) -> Invoice | None:
    found = select(_o.document, _o.snapshot).where(_o.id == finding.order_id)
    row = (await connection.execute(found)).one_or_none()
    return invoice_again(row.document, row.snapshot, finding) if row is not None and row.snapshot else None


async def _memo(connection: AsyncConnection, finding: Finding) -> CreditMemo | None:
    key = finding.subject.removesuffix("/memo")
    found = select(_m.granted, _r.document, _r.snapshot).join(returns, _r.id == _m.return_id).where(_m.key == key)
    row = (await connection.execute(found)).one_or_none()
    if row is None or row.snapshot is None:
        return None
    case: ReturnCase = row.document
    snapshot: ReturnSnapshot = row.snapshot
    gift = next((gift for gift in snapshot.money if gift.key == key), None)
    return memo_again(case, row.granted, gift) if gift else None
