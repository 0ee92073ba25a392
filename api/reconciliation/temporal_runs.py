"""Having what runs by itself run at once, on Temporal's schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio.client import ScheduleOverlapPolicy
from temporalio.service import RPCError, RPCStatusCode

from api.temporal import RPC_WITHIN, in_our_words
from models.errors import Unavailable

if TYPE_CHECKING:
    from temporalio.client import Client

_WORKERS_COME_S = 5.0


class ScheduledRuns:
    """`api.services.RegularRuns` on Temporal."""

    def __init__(self, client: Client) -> None:
        """Speak to schedules through this client."""
        self._client = client

    async def begin(self, name: str) -> bool:
        """Have a run begin now; False: one is going on. A schedule that is paused runs this once, and stays paused."""
        handle = self._client.get_schedule_handle(name)
        with in_our_words(name):
            try:
                described = await handle.describe(rpc_timeout=RPC_WITHIN)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                reason = f"have not made the schedule {name} yet"
                raise Unavailable("the workers", reason, retry_after_s=_WORKERS_COME_S) from error
            if described.info.running_actions:
                return False
            await handle.trigger(overlap=ScheduleOverlapPolicy.SKIP, rpc_timeout=RPC_WITHIN)
            return True
