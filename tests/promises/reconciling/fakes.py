"""Reconciling in memory: notes what a run asks of the store, and finds what a test tells it to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from models.errors import Conflict, PartnerError
from models.partners.erp import Invoice, InvoiceLine
from models.reconciling.differences import Comparison, Remedy
from models.reconciling.documents import DocumentPage, DocumentQuery, PartnerDocument, Party
from models.reconciling.runs import Compared, HealingTask, RunReport, Taken
from tests.promises.reconciling.pictures import ORDER, euro


def telling(difference_id: str) -> HealingTask:
    return HealingTask(difference_id=difference_id, order_id=ORDER, remedy=Remedy.TELL_ORDER)


def posting(difference_id: str) -> HealingTask:
    invoice = Invoice(
        key=f"{ORDER}/invoice/P-1",
        order_id=ORDER,
        sales_order="SO-1",
        lines=(InvoiceLine(line_id="1", quantity=2, amount=euro(2380)),),
        other_charges=euro(490),
        total=euro(2870),
        paid=True,
    )
    return HealingTask(difference_id=difference_id, order_id=ORDER, remedy=Remedy.POST_INVOICE, invoice=invoice)


@dataclass
class FakeDocuments:
    """A partner with nothing to list, or one that does not answer."""

    fault: PartnerError | None = None

    async def documents(self, _query: DocumentQuery) -> DocumentPage:
        if self.fault:
            raise self.fault
        return DocumentPage(documents=())


@dataclass
class FakeReconciling:
    """Answers the store's port."""

    tasks: list[HealingTask] = field(default_factory=list)
    due: dict[Comparison, int] = field(default_factory=dict)
    """How many orders wait to be compared."""
    told: set[str] = field(default_factory=set)
    """Orders that have heard it before."""
    asked: list[str] = field(default_factory=list)
    settled: dict[str, str] = field(default_factory=dict)

    async def begin(self, run_id: str) -> datetime:
        self.asked.append(f"begin {run_id.split('/', maxsplit=1)[0]}")
        return datetime.now(UTC)

    async def read_from(self, party: Party) -> datetime:
        self.asked.append(f"read {party.value}")
        return datetime.now(UTC)

    async def keep(self, documents: tuple[PartnerDocument, ...]) -> None:
        self.asked.append(f"keep {len(documents)}")

    async def read_until(self, run_id: str, party: Party, count: int) -> None:
        self.asked.append(f"read {party.value} to the end: {count} in {run_id[:1]}")

    async def not_read(self, party: Party, reason: str) -> None:
        self.asked.append(f"{party.value} not read: {reason}")

    async def enlist(self, _run_id: str) -> int:
        self.asked.append("enlist")
        return sum(self.due.values())

    async def compare(self, _run_id: str, comparison: Comparison, *, limit: int) -> Compared:
        self.asked.append(f"compare {comparison.value}")
        done = min(limit, self.due.get(comparison, 0))
        self.due[comparison] = self.due.get(comparison, 0) - done
        return Compared(orders=done, found=0, gone=0)

    async def to_heal(self, _run_id: str, *, limit: int) -> Taken:
        taken, self.tasks = self.tasks[:limit], self.tasks[limit:]
        return Taken(looked=len(taken), tasks=tuple(taken))

    async def tell_order(self, task: HealingTask) -> str:
        if task.difference_id in self.told:
            raise Conflict("told_before", "the order was told so: delivered")
        return "told the order"

    async def healed(self, _run_id: str, difference_id: str, outcome: str) -> None:
        self.settled[difference_id] = f"healed: {outcome}"

    async def not_healed(self, _run_id: str, difference_id: str, reason: str) -> None:
        self.settled[difference_id] = f"left: {reason}"

    async def end(self, run_id: str, skipped: tuple[str, ...]) -> RunReport:
        self.asked.append("end")
        now = datetime.now(UTC)
        return RunReport(run_id=run_id, began_at=now, ended_at=now, skipped=skipped)
