"""Polling one feed: stretches of reading, one after the other; a feed that cannot be read is shown, and tried again.

A schedule sees that there is always one such workflow a feed. It ends after a while, so that its history stays small.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.failures import trouble_of
from activities.feeds import ChannelOrderActivities, FeedActivities, FeedBookActivities, Trouble
from models.errors import InvalidInput
from models.partners.polling import Polled, Polling, Read, Stretch
from workflows.attributes import WAITING_ON
from workflows.messages import from_call, refusal
from workflows.own import own

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from activities.failures import Failure

STRETCH = timedelta(minutes=5)
"""How long one activity reads: a poll within it costs the server nothing."""
WHOLE = timedelta(hours=1)
"""After so long the workflow ends, and the schedule starts the next."""
_BEAT_WITHIN = timedelta(seconds=15)
"""Who has not been heard of for so long reads no more."""
_TAKEN_UP_WITHIN = timedelta(minutes=2)
"""Nobody takes it up in that time: the partner's worker is away, or a channel's quota is used up."""
_QUICK = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=3)
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=1)
_VERBS: dict[Polled, Callable[[Any, Stretch], Awaitable[Read]]] = {
    Polled.EVENTS: FeedActivities.read,
    Polled.ORDERS: ChannelOrderActivities.read,
}


@workflow.defn(name="PollingWorkflow")
class PollingWorkflow:
    """One feed, for an hour."""

    @workflow.init
    def __init__(self, *start: RawValue) -> None:
        """Take the start's one payload; a bad one must fail the run and not wedge it, so `run` says so."""
        self._bad_start: InvalidInput | None = None
        self._troubled = False
        self._taken = 0
        try:
            self._polling = from_call(Polling, start)
        except InvalidInput as error:
            self._bad_start = error

    @workflow.run
    async def run(self, *_start: RawValue) -> str:
        """Read until the time is up; answers in a line what was read."""
        if self._bad_start is not None:
            raise refusal(self._bad_start)
        until, pause = workflow.now() + WHOLE, _FIRST_PAUSE
        while workflow.now() < until and not workflow.info().is_continue_as_new_suggested():
            failure = await self._read()
            if failure is None:
                pause = _FIRST_PAUSE
                continue
            wait = max(pause, failure.retry_after or pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            await workflow.sleep(wait, summary=f"then {self._polling.feed} is tried again")
        return f"{self._polling.feed}: {self._taken} read"

    async def _read(self) -> Failure | None:
        """Read for a stretch, or once where it could not be read before; answers what stood in the way."""
        stretch = timedelta(0) if self._troubled else STRETCH
        try:
            read = await workflow.execute_activity_method(
                _VERBS[self._polling.polled],
                Stretch(feed=self._polling.feed, seconds=stretch.total_seconds()),
                task_queue=self._polling.queue,
                start_to_close_timeout=2 * STRETCH,
                schedule_to_start_timeout=_TAKEN_UP_WITHIN,
                heartbeat_timeout=_BEAT_WITHIN,
                retry_policy=_QUICK,
                summary=f"read {self._polling.feed}",
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            failure = trouble_of(error)
            await self._say(failure)
            return failure
        self._taken += read.taken
        self._show(None)
        return None

    async def _say(self, failure: Failure) -> None:
        self._show(failure.message)
        trouble = Trouble(feed=self._polling.feed, said=failure.message[:500])
        await own(FeedBookActivities.troubled, trouble, summary="note that it cannot be read")

    def _show(self, trouble: str | None) -> None:
        """Show how it is, and let a feed that cannot be read be found by the search attribute, as orders are."""
        said = f"### It cannot be read\n\n{trouble}" if trouble else f"{self._taken} read in this run"
        workflow.set_current_details(f"## {self._polling.feed}\n\n{said}")
        if (trouble is not None) != self._troubled:
            self._troubled = trouble is not None
            queue = self._polling.queue
            change = WAITING_ON.value_set(queue) if self._troubled else WAITING_ON.value_unset()
            workflow.upsert_search_attributes([change])
