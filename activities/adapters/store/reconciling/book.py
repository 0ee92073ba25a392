"""Our side of reconciling, on our own database."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.inbox import SqlInbox
from activities.adapters.store.inserting import insert_missing
from activities.adapters.store.reconciling import comparing, healing, reading
from activities.adapters.store.tables.intake import inbox
from activities.adapters.store.tables.reconciling import runs
from models.errors import Conflict, NotFound
from models.reconciling.runs import Compared, RunReport
from models.reconciling.standing import healed, left_to_owner

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from models.policy.book import PolicyBook
    from models.policy.reconciling import ReconcilingRules
    from models.reconciling.differences import Comparison
    from models.reconciling.documents import PartnerDocument, Party
    from models.reconciling.runs import HealingTask, Taken

_n = runs.c


class SqlReconciling:
    """`activities.ports.reconciling.Reconciling` on our own database."""

    def __init__(self, database: Database, policies: PolicyBook, *, now: Clock = utc_now) -> None:
        """Reconcile by today's policy, in this database, whose tables the migrations have made."""
        self._database = database
        self._policies = policies
        self._now = now
        self._inbox = SqlInbox(database, now=now)

    @property
    def _rules(self) -> ReconcilingRules:
        return self._policies.current.reconciliation

    async def begin(self, run_id: str) -> datetime:
        """Note a run; answers when it began, the same each time."""
        now = self._now()
        row = {"id": run_id, "began_at": now, "ended_at": None, "report": RunReport(run_id=run_id, began_at=now)}
        async with self._database.writing() as connection:
            await connection.execute(insert_missing(self._database, runs), row)
            return (await _report(connection, run_id)).began_at

    async def read_from(self, party: Party) -> datetime:
        """From when on a partner's documents are to be read."""
        async with self._database.reading() as connection:
            return await reading.read_from(connection, party.value, self._rules, self._now())

    async def keep(self, documents: tuple[PartnerDocument, ...]) -> None:
        """Keep documents as they stand now, and have their orders compared when they have settled."""
        async with self._database.writing() as connection:
            await reading.keep(self._database, connection, documents, self._now())

    async def read_until(self, run_id: str, party: Party, count: int) -> None:
        """Note that all documents until the run began are here, and how many that were."""
        async with self._database.writing() as connection:
            report = await _report(connection, run_id)
            await reading.read_until(self._database, connection, party.value, report.began_at)
            await _rewrite(connection, report.model_copy(update={"read": report.read | {party: count}}))

    async def not_read(self, party: Party, reason: str) -> None:
        """Note why a partner's documents could not be read."""
        async with self._database.writing() as connection:
            await reading.not_read(self._database, connection, party.value, reason, self._now())

    async def enlist(self, run_id: str) -> int:
        """Have orders compared that changed here, and those that differ already; answers how many comparisons."""
        ourselves = reading.OURSELVES
        async with self._database.writing() as connection:
            until = (await _report(connection, run_id)).began_at
            since = await reading.read_from(connection, ourselves, self._rules, until)
            changed = await reading.enlist_changed(self._database, connection, since, until)
            settled = until - timedelta(minutes=self._rules.grace_minutes)
            again = await reading.enlist_standing(self._database, connection, until, settled)
            await reading.read_until(self._database, connection, ourselves, until)
        return changed + again

    async def compare(self, run_id: str, comparison: Comparison, *, limit: int) -> Compared:
        """Compare some of the orders that have settled, and write down what differs or does no longer."""
        async with self._database.writing() as connection:
            report = await _report(connection, run_id)
            moment = comparing.Moment(report.began_at, self._now(), self._rules)
            outcome = await comparing.compare(connection, comparison, moment, limit)
            counted = {
                "compared": report.compared | {comparison: report.compared.get(comparison, 0) + outcome.orders},
                "found": report.found + outcome.found,
                "gone": report.gone + outcome.gone,
            }
            await _rewrite(connection, report.model_copy(update=counted))
        return outcome

    async def to_heal(self, run_id: str, *, limit: int) -> Taken:
        """Take open differences within this run's limits to be healed; what is beyond goes to a person."""
        async with self._database.writing() as connection:
            taken, report = await healing.take(connection, self._rules, await _report(connection, run_id), limit)
            await _rewrite(connection, report)
        return taken

    async def tell_order(self, task: HealingTask) -> str:
        """Put the event that was lost into our inbox.

        Raises:
            Conflict: the order has had it, and differs all the same.
        """
        async with self._database.reading() as connection:
            difference = await healing.standing(connection, task.difference_id)
            document = await healing.document_of(connection, difference.finding)
        if document is None or document.event is None:
            raise Conflict("no_event", "the partner says no more what it would have told the order")
        event = document.event
        body = event.model_dump_json().encode()
        if not await self._inbox.receive(document.party.value, event, body):
            raise Conflict(
                "told_before", f"the order was told so: {await self._became(document.party, event.event_id)}"
            )
        return f"told the order what {document.party.value} had said: {event.type}"

    async def _became(self, party: Party, event_id: str) -> str:
        this = (inbox.c.source == party.value, inbox.c.event_id == event_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(select(inbox.c.state, inbox.c.reason).where(*this))).one()
        return f"{row.state}, {row.reason}" if row.reason else str(row.state)

    async def healed(self, run_id: str, difference_id: str, outcome: str) -> None:
        """Note what was done; once noted, nothing changes."""
        async with self._database.writing() as connection:
            before = await healing.standing(connection, difference_id)
            after = healed(before, outcome, self._now())
            await comparing.rewrite(connection, after)
            if after.state is not before.state:
                report = await _report(connection, run_id)
                await _rewrite(connection, report.model_copy(update={"healed": report.healed + 1}))

    async def not_healed(self, run_id: str, difference_id: str, reason: str) -> None:
        """Leave it to a person, with the reason."""
        async with self._database.writing() as connection:
            before = await healing.standing(connection, difference_id)
            after = left_to_owner(before, reason[:500])
            await comparing.rewrite(connection, after)
            if after.state is not before.state:
                report = await _report(connection, run_id)
                await _rewrite(connection, report.model_copy(update={"assigned": report.assigned + 1}))

    async def end(self, run_id: str, skipped: tuple[str, ...]) -> RunReport:
        """Note that a run has ended; answers what it came to."""
        async with self._database.writing() as connection:
            report = await _report(connection, run_id)
            ended = report.model_copy(update={"ended_at": self._now(), "skipped": skipped})
            await _rewrite(connection, ended)
        return ended


async def _report(connection: AsyncConnection, run_id: str) -> RunReport:
    # Whoever changes it holds it until he has written it: partners are read side by side.
    found: RunReport | None = await connection.scalar(select(_n.report).where(_n.id == run_id).with_for_update())
    if found is None:
        raise NotFound(f"there is no run {run_id}")
    return found


async def _rewrite(connection: AsyncConnection, report: RunReport) -> None:
    told = {"report": report, "ended_at": report.ended_at}
    await connection.execute(update(runs).where(_n.id == report.run_id).values(told))
