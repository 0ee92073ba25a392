"""Asking our own store: quick, and retried for as long as the run has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from temporalio import workflow

from workflows.desk import OWN_RETRIES
from workflows.queues import OWN_WITHIN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import timedelta

Question = TypeVar("Question")
Reply = TypeVar("Reply")


async def own(
    verb: Callable[[Any, Question], Awaitable[Reply]],
    question: Question,
    summary: str,
    within: timedelta = OWN_WITHIN,
) -> Reply:
    """Ask it.

    Raises:
        ApplicationError: it refused.
    """
    return await workflow.execute_local_activity_method(
        verb, question, start_to_close_timeout=within, retry_policy=OWN_RETRIES, summary=summary
    )
