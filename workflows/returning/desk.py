"""A return's desk: what it shows to people."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from temporalio import workflow

from activities.returns import ReturnActivities
from workflows.attributes import HOLD_REASON, ORDER_STATUS, WAITING_ON
from workflows.desk import OWN_RETRIES, HoldDesk
from workflows.queues import OWN_WITHIN
from workflows.returning.card import card

if TYPE_CHECKING:
    from models.returns.standing import ReturnStanding


class ReturnDesk(HoldDesk):
    """One return's desk."""

    def __init__(self, standing: ReturnStanding) -> None:
        """Show this return."""
        super().__init__(standing)
        self._standing = standing
        self._shown: tuple[object, ...] = ()
        self._writing = asyncio.Lock()

    async def show(self, *, index: bool = True) -> None:
        """Write the state down for the API, the Web UI and, with `index`, the search attributes."""
        async with self._writing:
            workflow.set_current_details(card(self._standing))
            if index:
                self._index()
            await workflow.execute_local_activity_method(
                ReturnActivities.record,
                self._standing.snapshot(),
                start_to_close_timeout=OWN_WITHIN,
                retry_policy=OWN_RETRIES,
                summary=f"write down: {self._standing.state.value}",
            )

    def _index(self) -> None:
        standing = self._standing
        reasons = sorted({hold.kind.value for hold in standing.open_holds})
        shown = (standing.state.value, *reasons, standing.waiting_on)
        if shown == self._shown:
            return
        self._shown = shown
        workflow.upsert_search_attributes(
            [
                ORDER_STATUS.value_set(standing.state.value),
                HOLD_REASON.value_set(reasons) if reasons else HOLD_REASON.value_unset(),
                WAITING_ON.value_set(standing.waiting_on) if standing.waiting_on else WAITING_ON.value_unset(),
            ]
        )
