"""Asking our own store: quick, within the workflow's task, and retried until it answers, or as often as is said.

A store that is down for longer must not hold the task: while it is held an order takes no signal and answers no update,
and its history grows by three events every few seconds. So longer pauses are timers.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Reply = TypeVar("Reply")
_WITHIN = timedelta(seconds=10)
"""How long one attempt may take."""
_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = timedelta(milliseconds=200), timedelta(minutes=1), 3.0
_HOLDS_THE_TASK = timedelta(seconds=5)
"""The longest pause that the task is held for."""
FOR_EVER = 0
IN_A_MINUTE = 7
"""So many attempts that the last is made after a little more than a minute."""
ONCE = 1


async def own(
    verb: Callable[..., Awaitable[Reply]],
    *asked: object,
    summary: str,
    within: timedelta = _WITHIN,
    attempts: int = FOR_EVER,
) -> Reply:
    """Ask it.

    Raises:
        ApplicationError: it refused, or every one of the attempts failed; `activities.failures.trouble_of` says why.
    """
    return await workflow.execute_local_activity_method(
        verb,
        args=asked,
        start_to_close_timeout=within,
        local_retry_threshold=_HOLDS_THE_TASK,
        retry_policy=RetryPolicy(
            initial_interval=_FIRST_PAUSE,
            maximum_interval=_LONGEST_PAUSE,
            backoff_coefficient=_GROWTH,
            maximum_attempts=attempts,
        ),
        summary=summary,
    )
