"""Laying our books beside our partners': one run of it, on a schedule.

Partners' documents are read into our store, the orders concerned are compared there, and what differs is healed within
limits or left to a person. All of that goes through the store: a run's history holds counts, and no documents.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.failures import trouble_of
from activities.reconciling import DocumentActivities, ReconcilingActivities
from models.reconciling.differences import Comparison
from models.reconciling.documents import Party
from models.reconciling.runs import CompareRequest, ReadRequest, RunEnd
from workflows.own import own
from workflows.queues import Partner
from workflows.reconciling.healing import heal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.reconciling.runs import RunReport

_AT_ONCE = 50
"""Orders in one step: few enough that it is done within its time."""
_STEPS = 200
"""Steps of one comparison in one run at most; what is left then is done by the next."""
_READ_WITHIN = timedelta(minutes=20)
_BEAT = timedelta(seconds=60)
"""How long one page may take."""
_ENLIST_WITHIN = timedelta(minutes=2)
_PARTNER_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=2), maximum_interval=timedelta(seconds=30), maximum_attempts=4
)


@workflow.defn(name="ReconciliationWorkflow")
class ReconciliationWorkflow:
    """Read, compare, heal."""

    @workflow.run
    async def run(self, *_nothing: RawValue) -> str:
        """Do all three; answers in a line what came of it.

        A partner that does not answer keeps only those comparisons from being made that need its books; the line says
        which, and the next run reads on where this one could not.
        """
        run_id = workflow.info().workflow_id + "/" + workflow.info().run_id
        await own(ReconcilingActivities.begin, run_id, summary="begin a run")
        troubles = await _read_all(run_id)
        await own(ReconcilingActivities.enlist, run_id, summary="see which orders have changed", within=_ENLIST_WITHIN)
        skipped = []
        for comparison in Comparison:
            missing = [f"{party.value} {troubles[party]}" for party in comparison.parties if party in troubles]
            if missing:
                skipped.append(f"{comparison.value} is not compared: {'; '.join(missing)}"[:500])
            else:
                await _compare(run_id, comparison)
        await heal(run_id)
        report = await own(
            ReconcilingActivities.end, RunEnd(run_id=run_id, skipped=tuple(skipped)), summary="end the run"
        )
        workflow.set_current_details("\n".join(f"- {line}" for line in _lines(report)))
        return "; ".join(_lines(report))


async def _read_all(run_id: str) -> Mapping[Party, str]:
    """Read every partner's documents, side by side; answers what stood in the way, by partner."""
    outcomes = await asyncio.gather(*(_read(run_id, party) for party in Party))
    return {party: trouble for party, trouble in zip(Party, outcomes, strict=True) if trouble is not None}


async def _read(run_id: str, party: Party) -> str | None:
    partner = Partner(party.value)
    try:
        await workflow.execute_activity_method(
            DocumentActivities.read,
            ReadRequest(run_id=run_id, party=party),
            task_queue=partner.value,
            start_to_close_timeout=_READ_WITHIN,
            heartbeat_timeout=_BEAT,
            retry_policy=_PARTNER_RETRIES,
            summary=f"read what {partner.called} has written down",
        )
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        return f"could not be read: {trouble_of(error).message}"
    return None


async def _compare(run_id: str, comparison: Comparison) -> None:
    request = CompareRequest(run_id=run_id, comparison=comparison, limit=_AT_ONCE)
    for _ in range(_STEPS):
        compared = await own(ReconcilingActivities.compare, request, summary=f"compare {comparison.value}")
        if compared.orders < _AT_ONCE:
            return


def _lines(report: RunReport) -> tuple[str, ...]:
    compared = ", ".join(f"{count} in {name.value}" for name, count in report.compared.items()) or "none"
    return (
        *report.skipped,
        f"{sum(report.read.values())} documents read",
        f"orders compared: {compared}",
        f"{report.found} differences new, {report.gone} gone",
        f"{report.healed} healed, {report.assigned} left to people",
    )
