"""Reconciling: reading partners' documents into our store, comparing there, and healing what may be healed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from temporalio import activity

from activities.attempts import shows_itself
from models.errors import PartnerError, Unavailable
from models.reconciling.documents import DocumentQuery
from models.reconciling.runs import (
    Compared,
    CompareRequest,
    HealingOutcome,
    HealingTask,
    ReadRequest,
    RunEnd,
    RunPart,
    RunReport,
    Taken,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from activities.ports.reconciling import Documents, Reconciling
    from models.reconciling.documents import Party


class DocumentActivities:
    """Reads what a partner has written down; on the partner's own task queue."""

    def __init__(self, documents: Mapping[Party, Documents], reconciling: Reconciling) -> None:
        """Read from these partners into this store."""
        self._documents = documents
        self._reconciling = reconciling

    @activity.defn(name="reconciling.read")
    @shows_itself
    async def read(self, request: ReadRequest) -> int:
        """Read a partner's documents page by page; answers how many.

        Each page is kept as it comes, and the place after it goes with the heartbeat, so that whoever takes over goes
        on there. Only when all is read does the next reading begin later.
        """
        since, cursor, count = await self._begin(request.party)
        source = self._documents.get(request.party)
        try:
            while source is not None:
                page = await source.documents(DocumentQuery(since=since, cursor=cursor))
                await self._reconciling.keep(page.documents)
                count += len(page.documents)
                cursor = page.next_cursor
                activity.heartbeat(since.isoformat(), cursor, count)
                if cursor is None:
                    await self._reconciling.read_until(request.run_id, request.party, count)
                    return count
        except PartnerError as error:
            await self._reconciling.not_read(request.party, str(error))
            raise
        raise Unavailable(request.party.value, "has no adapter here that lists documents")

    async def _begin(self, party: Party) -> tuple[datetime, str | None, int]:
        told = activity.info().heartbeat_details
        if told and told[1] is not None:
            return datetime.fromisoformat(told[0]), told[1], told[2]
        return await self._reconciling.read_from(party), None, 0


class ReconcilingActivities:
    """Verbs over our own side of it; each does a part in a short time: run as local activities."""

    def __init__(self, reconciling: Reconciling) -> None:
        """Reconcile in this store."""
        self._reconciling = reconciling

    @activity.defn(name="reconciling.begin")
    async def begin(self, run_id: str) -> datetime:
        return await self._reconciling.begin(run_id)

    @activity.defn(name="reconciling.enlist")
    async def enlist(self, run_id: str) -> int:
        return await self._reconciling.enlist(run_id)

    @activity.defn(name="reconciling.compare")
    async def compare(self, request: CompareRequest) -> Compared:
        return await self._reconciling.compare(request.run_id, request.comparison, limit=request.limit)

    @activity.defn(name="reconciling.to_heal")
    async def to_heal(self, part: RunPart) -> Taken:
        return await self._reconciling.to_heal(part.run_id, limit=part.limit)

    @activity.defn(name="reconciling.tell_order")
    async def tell_order(self, task: HealingTask) -> str:
        return await self._reconciling.tell_order(task)

    @activity.defn(name="reconciling.settle")
    async def settle(self, outcome: HealingOutcome) -> None:
        """Note that a difference was healed, or is left to a person."""
        note = self._reconciling.healed if outcome.done else self._reconciling.not_healed
        await note(outcome.run_id, outcome.difference_id, outcome.said)

    @activity.defn(name="reconciling.end")
    async def end(self, run: RunEnd) -> RunReport:
        return await self._reconciling.end(run.run_id, run.skipped)
