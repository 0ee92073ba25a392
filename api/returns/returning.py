"""Returns as requests work with them: the records, and what carries them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from activities.records.returns import Returns
    from models.messages import Cancellation
    from models.partners.events import ParcelMoved
    from models.returns.case import ReturnCase
    from models.returns.messages import GoodsReceipt, Inspection, ReturnAcknowledgement, ReturnDecision


class RunningReturns(Protocol):
    """The returns at work; `api.returns.temporal_returns.ReturnGateway` answers it.

    Each raises `Conflict` where the return refuses or has ended, `InvalidInput` where what is sent cannot be so,
    `NotFound` where no such return runs, and `Unavailable` where Temporal or the workers do not answer.
    """

    async def start(self, case: ReturnCase) -> bool:
        """Start a return; starting it again changes nothing. False where it is not certain that it runs."""

    async def receive(self, message_id: str, return_id: str, receipt: GoodsReceipt) -> ReturnAcknowledgement:
        """Say what has come."""

    async def inspect(self, message_id: str, return_id: str, inspection: Inspection) -> ReturnAcknowledgement:
        """Say what was found."""

    async def decide(self, message_id: str, return_id: str, decision: ReturnDecision) -> ReturnAcknowledgement:
        """Answer a hold."""

    async def withdraw(self, message_id: str, return_id: str, wish: Cancellation) -> ReturnAcknowledgement:
        """Wait no longer for what has not come."""

    async def deliver(self, return_id: str, event: ParcelMoved) -> None:
        """Hand the carrier's word on."""


@dataclass(frozen=True)
class Returning:
    """Both of them."""

    records: Returns
    running: RunningReturns

    async def begin(self, case: ReturnCase) -> None:
        """Start a return that is kept; where that is not certain, the sweep does."""
        if await self.running.start(case):
            await self.records.mark_started(case.id)

    async def sweep(self, *, older_than_s: float, limit: int) -> int:
        """Start returns that were kept but not started; answers how many were tried."""
        waiting = await self.records.unstarted(older_than_s=older_than_s, limit=limit)
        for case in waiting:
            await self.begin(case)
        return len(waiting)
