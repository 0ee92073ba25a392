"""Asking our own store: quick, within the workflow's task, and retried until it answers.

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
_RETRIES = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(minutes=1))
_HOLDS_THE_TASK = timedelta(seconds=5)
"""The longest pause that the task is held for."""


async def own(
    verb: Callable[..., Awaitable[Reply]], *asked: object, summary: str, within: timedelta = _WITHIN
) -> Reply:
    """Ask it.

    Raises:
        ApplicationError: it refused; `activities.failures.trouble_of` says why.
    """
    return await workflow.execute_local_activity_method(
        verb,
        args=asked,
        start_to_close_timeout=within,
        local_retry_threshold=_HOLDS_THE_TASK,
        retry_policy=_RETRIES,
        summary=summary,
    )
