"""Performing activities as a worker and the server would: attempts, pauses, time-outs, and errors as failures."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, RetryState, TimeoutType
from temporalio.exceptions import TimeoutError as TimedOut
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from activities.failures import FailureInterceptor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ops.proof.lives.staging.clock import VirtualLoop


class _Inmost(ActivityInboundInterceptor):
    """Calls the activity itself."""

    def __init__(self) -> None:
        """There is nothing further in."""

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002, ANN401 - the SDK's signature
        return await input.fn(*input.args)


class Performing:
    """The activities of one world."""

    def __init__(self, loop: VirtualLoop, verbs: Iterable[object]) -> None:
        """Perform the activities of these classes of verbs."""
        self._loop = loop
        self._chain = FailureInterceptor().intercept_activity(_Inmost())
        found = [getattr(owner, name) for owner in verbs for name in dir(owner) if not name.startswith("_")]
        self._verbs = {verb.__func__: verb for verb in found if hasattr(verb, "__temporal_activity_definition")}

    async def remote(
        self,
        verb: Callable[..., Any],
        args: Sequence[object],
        policy: RetryPolicy | None,
        within: timedelta | None,
    ) -> Any:  # noqa: ANN401 - whatever the activity answers
        """Perform an activity of a partner.

        Raises:
            ActivityError: it failed for good, or as often as the policy allows.
        """
        try:
            return await self._attempts(verb, args, policy or RetryPolicy(), within)
        except (ApplicationError, TimedOut) as cause:
            error = ActivityError(
                "Activity task failed",
                scheduled_event_id=0,
                started_event_id=0,
                identity="stage",
                activity_type=verb.__name__,
                activity_id="0",
                retry_state=RetryState.MAXIMUM_ATTEMPTS_REACHED,
            )
            raise error from cause

    async def local(self, verb: Callable[..., Any], args: Sequence[object], policy: RetryPolicy | None) -> Any:  # noqa: ANN401 - the same
        """Perform an activity of our own store.

        Raises:
            ApplicationError: it failed for good; bare, as the SDK has it for local activities.
        """
        return await self._attempts(verb, args, policy or RetryPolicy(), None)

    async def _attempts(
        self, verb: Callable[..., Any], args: Sequence[object], policy: RetryPolicy, within: timedelta | None
    ) -> Any:  # noqa: ANN401 - the same
        attempt, pause = 1, policy.initial_interval
        longest = policy.maximum_interval or 100 * policy.initial_interval
        while True:
            try:
                return await self._attempt(self._verbs[verb], args, within)
            except ApplicationError as error:
                if error.non_retryable or attempt == policy.maximum_attempts:
                    raise
            except TimedOut:
                if attempt == policy.maximum_attempts:
                    raise
            await asyncio.sleep(pause.total_seconds())
            attempt += 1
            pause = min(pause * policy.backoff_coefficient, longest)

    async def _attempt(self, verb: Callable[..., Any], args: Sequence[object], within: timedelta | None) -> Any:  # noqa: ANN401 - the same
        call = self._chain.execute_activity(ExecuteActivityInput(verb, args, None, {}))
        if within is None:
            return await call
        # What is not answered in time goes on all the same: its effect may come while the next attempt is under way.
        work = self._loop.create_task(call)
        done, _ = await asyncio.wait([work], timeout=within.total_seconds())
        if not done:
            work.add_done_callback(_forget)
            raise TimedOut("start-to-close", type=TimeoutType.START_TO_CLOSE, last_heartbeat_details=())
        return work.result()


def _forget(work: asyncio.Task[Any]) -> None:
    if not work.cancelled():
        work.exception()
