"""One attempt at a partner: it lets the server know that somebody is at it, and ends before the server gives it up.

Without the first, an attempt whose worker was killed would be missed only when its whole time is up. Without the
second, the server would begin the next attempt while this one still speaks to the partner.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from models.errors import Transient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

_BEATS = 3
"""So often in the time after which an attempt that is not heard of counts as lost."""
_MARGIN_S = 2.0
"""So long before the server would give it up, an attempt ends by itself; a short one in the middle of its time."""
_MARK = "__shows_itself__"
Verb = TypeVar("Verb", bound="Callable[..., Any]")


def shows_itself(verb: Verb) -> Verb:
    """Mark an activity that says by itself how far it is: what it says must not be said over."""
    setattr(verb, _MARK, True)
    return verb


class AttemptInterceptor(Interceptor):
    """Has every attempt that is waited for show that it is alive, and end in time."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - SDK name
        """Wrap every activity."""
        return _Attempt(next)


class _Attempt(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002, ANN401 - the SDK's signature
        info = activity.info()
        if info.heartbeat_timeout is None or info.start_to_close_timeout is None or hasattr(input.fn, _MARK):
            return await super().execute_activity(input)
        whole_s = info.start_to_close_timeout.total_seconds()
        within_s = max(whole_s - _MARGIN_S, whole_s / 2)
        async with _beating(info.heartbeat_timeout.total_seconds() / _BEATS):
            limit = asyncio.timeout(within_s)
            try:
                async with limit:
                    return await super().execute_activity(input)
            except TimeoutError as error:
                if not limit.expired():
                    raise
                raise Transient(info.task_queue, f"did not answer within {within_s:g} s") from error


@asynccontextmanager
async def _beating(every_s: float) -> AsyncIterator[None]:
    """Beat while something is done; what is done at once needs no beat, which would cost a call of the server."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(every_s)
            activity.heartbeat()

    beats = asyncio.create_task(beat())
    try:
        yield
    finally:
        beats.cancel()
