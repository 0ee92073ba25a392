"""Telling one channel what it may sell: changes are collected, told in batches, and the end is when all is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.channel_stock import ChannelStockActivities, StockOfferActivities
from activities.failures import trouble_of
from models.errors import InvalidInput, Trouble
from models.policy.stock.publishing import PublicationStart, halves, pause_before
from workflows.attempting import attempt
from workflows.attributes import WAITING_ON
from workflows.messages import from_call, refusal
from workflows.own import own
from workflows.queues import channel_queue
from workflows.scheduled.publishing_card import Card

if TYPE_CHECKING:
    from activities.failures import Failure
    from models.stock.publication import OfferBatch

_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(minutes=5)
_QUICK = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=10), maximum_attempts=3)


@workflow.defn(name="PublicationWorkflow")
class PublicationWorkflow:
    """One channel, until it has heard everything there is to hear. Whoever finds more to tell starts another run."""

    @workflow.init
    def __init__(self, *start: RawValue) -> None:
        """Take the start's one payload; a bad one must fail the run and not wedge it, so `run` says so."""
        self._bad_start: InvalidInput | None = None
        self._hurry = False
        self._marked = False
        try:
            self._start = from_call(PublicationStart, start)
        except InvalidInput as error:
            self._bad_start = error
            return
        self._card = Card(self._start.channel)

    @workflow.run
    async def run(self, *_start: RawValue) -> str:
        """Tell the channel all it has to hear, and answer in a line what it was told."""
        if self._bad_start is not None:
            raise refusal(self._bad_start)
        longer = _FIRST_PAUSE
        pause = pause_before(self._start.rule, workflow.now())
        while True:
            await self._gather(pause)
            failure = await self._tell_all()
            if failure is None:
                if await self._next() is None:
                    return self._card.summary
                longer = _FIRST_PAUSE
                pause = pause_before(self._start.rule, workflow.now())
            else:
                pause = max(longer, failure.retry_after or longer)
                longer = min(longer * 2, _LONGEST_PAUSE)
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(self._start)

    async def _gather(self, pause: timedelta) -> None:
        """Let changes gather, or the channel recover; a person may cut it short."""
        self._show(next_at=workflow.now() + pause)
        try:
            await workflow.wait_condition(
                lambda: self._hurry, timeout=pause, timeout_summary=f"then {self._start.channel} is told"
            )
        except TimeoutError:
            return
        finally:
            self._hurry = False

    async def _tell_all(self) -> Failure | None:
        """Tell batch after batch as long as they are full; answers what stood in the way.

        What trickles in meanwhile fills no batch: it is left to gather like any other change.
        """
        while (batch := await self._next()) is not None:
            self._card.waiting = len(batch.offers)
            failure = await self._tell(batch)
            self._card.trouble = failure.message if failure else ""
            self._mark(in_trouble=failure is not None)
            if failure is not None or len(batch.offers) < self._start.rule.offers_per_call:
                return failure
        return None

    async def _tell(self, batch: OfferBatch) -> Failure | None:
        """Tell a batch, and note that it was told; a fault is not retried for ever, for numbers age.

        A channel that refuses a batch, such as for an article it does not list, hears it again in halves: only what
        it refuses alone is left out, and that has been told too.
        """
        try:
            await attempt(
                ChannelStockActivities.publish,
                batch,
                channel_queue(batch.channel),
                summary=f"tell {batch.channel} {len(batch.offers)} numbers",
                retries=_QUICK,
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            failure = trouble_of(error)
            if failure.kind is not Trouble.REFUSE:
                return failure
            parts = halves(batch)
            for part in parts:
                trouble = await self._tell(part)
                if trouble is not None:
                    return trouble
            if parts:
                return None
            self._card.refuse(batch, failure.message)
        await self._note(batch)
        return None

    async def _note(self, batch: OfferBatch) -> None:
        await own(StockOfferActivities.published, batch, summary=f"note {len(batch.offers)} as told")
        self._card.tell(batch, workflow.now())
        self._show()

    async def _next(self) -> OfferBatch | None:
        return await own(StockOfferActivities.next_batch, self._start.channel, summary="what is to be told")

    def _show(self, next_at: datetime | None = None) -> None:
        workflow.set_current_details(self._card.text(next_at))

    def _mark(self, *, in_trouble: bool) -> None:
        """Let a channel that does not listen be found by the search attribute, as orders are."""
        if in_trouble != self._marked:
            self._marked = in_trouble
            waits_for = channel_queue(self._start.channel)
            change = WAITING_ON.value_set(waits_for) if in_trouble else WAITING_ON.value_unset()
            workflow.upsert_search_attributes([change])

    @workflow.signal(dynamic=True)
    def on_signal(self, name: str, _arguments: Sequence[RawValue]) -> None:
        """Take ``tell_now`` from a person; whatever comes with it, and whatever else comes, harms nothing."""
        if self._bad_start is not None:
            return
        if name == "tell_now":
            self._hurry = True
        else:
            self._card.strange = name[:100]
            self._show()
